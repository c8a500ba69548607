"""Runs a real node for a test: starts it on free ports, waits until it is ready, and leaves no process behind.

    with NodeProcess("build/release/towncrier", "--edge.echo", "true") as node:
        socket.create_connection(node.edge)

An option of `DEFAULT_OPTIONS` holds where the caller does not give it.
"""

import atexit
import collections
import ctypes
import os
import re
import resource
import signal
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request

# A port of 0 is any that is free: tests that run at the same time do not meet.
DEFAULT_OPTIONS = {
    "--edge.listen": "127.0.0.1:0",
    "--admin.listen": "127.0.0.1:0",
    "--world.characters": "0",
}

# Lines of the node's log that are kept for an error report.
KEPT_LOG_LINES = 2000

_ADDRESS_LINE = re.compile(r"^\s+(page|clients|inspector|metrics)\s+(\S+)\s*$")
_running = set()
_libc = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


class NodeError(RuntimeError):
    """The node did not do what the test needs of it; the text holds the end of its log."""


class NodeProcess:
    """One node. Attributes after `start`: `pid`, `name`, `version`, `addresses` (`page`, `clients`, `inspector`, `metrics`)."""

    def __init__(self, binary, *options, environment=None, directory=None, start_timeout=30.0, stop_timeout=20.0,
                 wait_until_ready=True, descriptors=None):
        """`options` as on the command line; `environment` is added to the caller's; timeouts in seconds; `descriptors`
        is the soft and the hard limit of open files that the node is started with."""
        self.command = [os.path.abspath(str(binary)), "node", *_with_defaults([str(x) for x in options])]
        self.start_timeout = start_timeout
        self.stop_timeout = stop_timeout
        self.wait_until_ready = wait_until_ready
        self.addresses = {}
        self.name = self.version = None
        self._environment = {**os.environ, **(environment or {})}
        self._directory = directory
        self._descriptors = descriptors
        self._process = None
        self._changed = threading.Condition()
        self._output = collections.deque(maxlen=KEPT_LOG_LINES)
        self._log = collections.deque(maxlen=KEPT_LOG_LINES)
        self._readers = []

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    # Start and end

    def start(self):
        """Starts the process; returns when `/readyz` says 200. Raises NodeError, with nothing left running."""
        self.addresses = {}
        self._output.clear()
        self._log.clear()
        self._process = subprocess.Popen(self.command, env=self._environment, cwd=self._directory,
                                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                         preexec_fn=_in_child(self._descriptors))
        _running.add(self)
        self._readers = [_in_background(self._read, self._process.stdout, self._output, self._take_output),
                         _in_background(self._read, self._process.stderr, self._log, lambda _: None)]
        try:
            self._wait_for_start(time.monotonic() + self.start_timeout)
        except BaseException:
            self.kill()
            raise
        return self

    def stop(self, sign=signal.SIGTERM):
        """Ends the node by SIGTERM, by SIGKILL where it does not go in time; its exit status, None if not running.

        A node that had to be killed has the status -9.
        """
        if self._process is None:
            return None
        if self.running:
            self._process.send_signal(sign)
        try:
            self._process.wait(self.stop_timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
        return self._reap()

    def kill(self):
        """Ends the node as a crash would, by SIGKILL."""
        if self._process is None:
            return None
        self._process.kill()
        return self._reap()

    def restart(self):
        """Stops where it still runs, and starts again with the same options; free ports may be others."""
        self.stop()
        return self.start()

    def send_signal(self, sign):
        """Sends a signal: SIGHUP to reload, SIGSTOP and SIGCONT to freeze and go on."""
        self._process.send_signal(sign)

    @property
    def running(self):
        """Whether the process exists and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self):
        return self._process.pid if self._process is not None else None

    # Addresses

    @property
    def edge(self):
        """Host and port of the clients' listener, as `socket.create_connection` wants them."""
        return self._host_and_port("clients")

    @property
    def admin(self):
        """Host and port of the operators' listener."""
        return self._host_and_port("metrics")

    def websocket_url(self, path="/"):
        return self._url("clients", path)

    def http_url(self, path="/"):
        """A URL on the clients' listener."""
        return self._url("page", path)

    def admin_url(self, path="/metrics"):
        return self._url("metrics", path)

    def get(self, url, timeout=5.0):
        """Status and body (bytes) of a GET; an error status is a status. OSError when there is no answer."""
        context = ssl._create_unverified_context() if url.startswith("https") else None  # the test's own certificate
        try:
            with urllib.request.urlopen(url, timeout=timeout, context=context) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    # What it says, and what it takes

    @property
    def log(self):
        """The last lines of the node's log (stderr)."""
        with self._changed:
            return "\n".join(self._log)

    def wait_for_log(self, pattern, timeout=10.0):
        """The first match of a regular expression in a line of the log; NodeError when none comes in time."""
        wanted = re.compile(pattern)
        return self._wait(lambda: next(filter(None, map(wanted.search, self._log)), None),
                          time.monotonic() + timeout, f"a log line like {pattern!r}")

    def resident_bytes(self):
        """Memory of the process that is in RAM, in bytes."""
        with open(f"/proc/{self.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def open_descriptors(self):
        """Number of the process's file descriptors."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    # Within

    def _wait_for_start(self, deadline):
        # The line of the metrics is the last one that a node prints.
        self._wait(lambda: "metrics" in self.addresses, deadline, "the addresses")
        while self.wait_until_ready and not self._is_ready():
            if time.monotonic() > deadline or not self.running:
                raise NodeError(self._report("/readyz did not say 200"))
            time.sleep(0.02)

    def _is_ready(self):
        url = self.http_url("/readyz") if "clients" in self.addresses else self.admin_url("/readyz")
        try:
            return self.get(url)[0] == 200
        except OSError:
            return False

    def _wait(self, condition, deadline, what):
        while (left := deadline - time.monotonic()) > 0 and self.running:
            with self._changed:
                if found := condition():
                    return found
                self._changed.wait(min(left, 0.1))
        self._hear_out()
        with self._changed:
            if found := condition():
                return found
        raise NodeError(self._report(f"{what} did not come"))

    def _hear_out(self):
        """What a node said before it ended may still be on its way here."""
        if not self.running:
            for reader in self._readers:
                reader.join(5)

    def _read(self, stream, lines, take):
        for raw in stream:
            line = raw.decode("utf-8", "replace").rstrip("\n")
            with self._changed:
                lines.append(line)
                take(line)
                self._changed.notify_all()
        stream.close()

    def _take_output(self, line):
        if line.startswith("Towncrier "):
            self.version, _, self.name = line.removeprefix("Towncrier ").partition(", node ")
        elif match := _ADDRESS_LINE.match(line):
            self.addresses[match[1]] = match[2]

    def _reap(self):
        status = self._process.wait()
        for reader in self._readers:
            reader.join(5)
        self._process = None
        _running.discard(self)
        return status

    def _url(self, kind, path):
        return re.sub(r"^(\w+://[^/]+).*$", r"\1", self.addresses[kind]).replace("localhost", "127.0.0.1") + path

    def _host_and_port(self, kind):
        host, _, port = self._url(kind, "").partition("://")[2].rpartition(":")
        return host.strip("[]"), int(port)

    def _report(self, what):
        self._hear_out()
        state = "still runs" if self.running else f"ended with {self._process.poll()}"
        with self._changed:
            tail = "\n".join([*self._output, *list(self._log)[-40:]])
        return f"{what}; the node {state}: {' '.join(self.command)}\n{tail}"


def _with_defaults(options):
    given = {x.partition("=")[0] for x in options}
    defaults = [x for name, value in DEFAULT_OPTIONS.items() if name not in given for x in (name, value)]
    return defaults + options


def _in_child(descriptors):
    """What the child does before it becomes the node: it has the kernel kill it when the test is killed, and limits itself.

    To the kernel the parent is the thread that forked, so the first is for the thread that lives as long as the test.
    """
    dies_with_parent = threading.current_thread() is threading.main_thread()

    def prepare():
        if dies_with_parent:
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if descriptors:
            resource.setrlimit(resource.RLIMIT_NOFILE, descriptors)
    return prepare


def _in_background(function, *arguments):
    thread = threading.Thread(target=function, args=arguments, daemon=True)
    thread.start()
    return thread


@atexit.register
def _kill_all():
    for node in list(_running):
        node.kill()
