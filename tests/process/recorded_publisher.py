"""Recorded traffic, played to an edge by `towncrier publish`: of the file that `TOWNCRIER_RECORDING` names, or made up."""

import gzip
import json
import math
import os
import subprocess
import time

FULL = os.environ.get("TOWNCRIER_FULL") == "1"
# Recorded seconds that are played, and how fast.
SECONDS = 60 if FULL else 24
SPEED = 1 if FULL else 2


class RecordedPublisher:
    """Looks like a `CountingPublisher`: `states` is what its vehicles come to."""

    def __init__(self, program, edge, folder):
        self._rows = _recorded_rows()
        if self._rows is None:
            print("    TOWNCRIER_RECORDING names no file: the traffic is made up", flush=True)
            self._rows = _made_rows()
        self._file = folder / "traffic.ndjson"
        self._file.write_text("".join(json.dumps(x) + "\n" for x in self._rows), encoding="utf-8")
        self._log = folder / "publish.log"
        self._command = [program, "publish", edge, self._file, "--speed", str(SPEED)]
        self.events, self.states, self.faults = {}, {}, []
        self._process = None

    def start(self):
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def finish(self, patience=60):
        """Waits until all is delivered; AssertionError when it could not be."""
        if self._process is None:
            return
        deadline = time.monotonic() + patience + SECONDS / SPEED
        try:
            status = self._process.wait(deadline - time.monotonic())
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        self._process = None
        if status != 0:
            raise AssertionError(f"towncrier publish ended with {status}: {self._log.read_text()[-2000:]}")
        for row in self._rows:
            self.states[row["id"]] = (row["state"], row["location"], row["x"], row["y"])

    def give_up(self):
        """Ends it, however far it is."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _recorded_rows():
    path = os.environ.get("TOWNCRIER_RECORDING")
    if not path or not os.path.exists(path):
        return None
    rows = []
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if row["t"] - (rows[0]["t"] if rows else row["t"]) > SECONDS:
                return rows
            rows.append(row)
    return rows


def _made_rows():
    return [{"t": t, "id": f"bus-{i}", "state": "DRIVING", "location": f"street-{i % 7}",
             "x": round(100 * math.cos((t + i) / 9), 2), "y": round(100 * math.sin((t + i) / 9), 2)}
            for t in range(SECONDS) for i in range(60)]
