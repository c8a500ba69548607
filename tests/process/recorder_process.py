"""Runs `recorder` beside a test, and asks what it has.

    with RecorderProcess(binary, [url], 40, folder) as recorder:
        recorder.wait_until_all_open()
        ...
        recorder.finish()
"""

import json
import subprocess
import threading
import time


class RecorderProcess:
    """`status` is the last line it printed: viewers, open, deliveries, frames, quiet_ms. AssertionError on timeouts."""

    def __init__(self, binary, edges, viewers, folder, silence_ms=0, ramp=500):
        self.folder = folder
        self.status = {}
        self._reports = 0
        command = [str(binary), "--viewers", str(viewers), "--out", str(folder), "--silence", str(silence_ms),
                   "--ramp", str(ramp), *(x for url in edges for x in ("--edge", url))]
        # Without its stdin it ends: it does not outlive the test.
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.finish()

    def add(self, count):
        """More viewers, spread over the edges."""
        wanted = self.status.get("viewers", 0) + count
        self._say(f"add {count}")
        self._wait(lambda: self.status.get("viewers", 0) >= wanted, "more viewers", 10)

    def be_patient(self):
        """From now on silence is no reason to leave an edge: soon nobody will be told anything."""
        self._say("patience")

    def wait_until_all_open(self, patience=30):
        self._wait(lambda: self.status and self.status["open"] == self.status["viewers"], "all viewers", patience)

    def wait_until_quiet(self, milliseconds=1500, patience=60):
        """Waits until nobody was given anything but heartbeats for a while."""
        self._wait(lambda: self.status.get("quiet_ms", 0) >= milliseconds, "silence", patience)

    def wait_for_deliveries(self, more, patience=30):
        wanted = self.status.get("deliveries", 0) + more
        self._wait(lambda: self.status.get("deliveries", 0) >= wanted, f"{more} deliveries", patience)

    def finish(self):
        """Lets all viewers leave; the folder holds the recording then."""
        if self._process.poll() is None:
            try:
                self._say("finish")
                self._process.wait(60)
            except (subprocess.TimeoutExpired, OSError):
                self._process.kill()
                self._process.wait()
        self._reader.join(5)
        for stream in (self._process.stdin, self._process.stdout):
            stream.close()
        return self._process.returncode

    def _say(self, command):
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()

    def _read(self):
        for line in self._process.stdout:
            self.status = json.loads(line)
            self._reports += 1

    def _wait(self, condition, what, patience):
        deadline = time.monotonic() + patience
        # What it printed last may be older than what the test has just done.
        news = self._reports + 2
        while self._reports < news or not condition():
            if self._process.poll() is not None:
                raise AssertionError(f"the recorder ended with {self._process.returncode}")
            if time.monotonic() > deadline:
                raise AssertionError(f"{what} did not come in {patience} s: {self.status}")
            time.sleep(0.05)
