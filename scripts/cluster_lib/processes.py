"""Processes that outlive who started them: known by their id and the time they began, since ids are used again."""

import ctypes
import os
import pathlib
import signal
import subprocess
import threading
import time

_libc = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


class ClusterError(RuntimeError):
    """What was asked for cannot be done; the text says why, and what could be."""


def start_daemon(command, log, die_with_caller=False, environment=None):
    """Starts a command in a session of its own, its output at the end of the file `log`; its record.

    `die_with_caller`: the kernel ends it when the caller ends; for tests, which may be killed themselves. To the kernel
    the caller is the thread, so that this is for the one that lives as long as the test.
    """
    die_with_caller = die_with_caller and threading.current_thread() is threading.main_thread()
    pathlib.Path(log).parent.mkdir(parents=True, exist_ok=True)
    with open(log, "ab") as output:
        process = subprocess.Popen([str(x) for x in command], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                   start_new_session=True, env={**os.environ, **(environment or {})},
                                   preexec_fn=_ask_to_die if die_with_caller else None)
    process.returncode = 0  # it is not ours to wait for: no warning when this object goes
    return {"pid": process.pid, "began": _stat(process.pid)[1]}


def state_of(record):
    """`running`, `frozen` (SIGSTOP) or `dead`."""
    if not record:
        return "dead"
    _reap(record["pid"])
    state, began = _stat(record["pid"])
    if began != record["began"] or state in "ZX":
        return "dead"
    return "frozen" if state in "Tt" else "running"


def send_signal(record, sign):
    """Sends a signal to a process that lives; nothing happens to one that has ended."""
    if state_of(record) != "dead":
        try:
            os.kill(record["pid"], sign)
        except ProcessLookupError:
            pass


def end(record, patience):
    """Ends a process by SIGTERM, by SIGKILL when it is still there after `patience` seconds; whether it went itself."""
    send_signal(record, signal.SIGTERM)
    send_signal(record, signal.SIGCONT)
    if wait_until(lambda: state_of(record) == "dead", patience):
        return True
    kill(record)
    return False


def kill(record):
    """Ends a process as a crash would, and waits until it is gone."""
    send_signal(record, signal.SIGKILL)
    if not wait_until(lambda: state_of(record) == "dead", 10):
        raise ClusterError(f"process {record['pid']} does not die")


def wait_until(condition, patience, pause=0.02):
    """Whether the condition came to hold within `patience` seconds."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def _ask_to_die():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _reap(pid):
    """A child of this very process that has ended stays in the table until someone asks for it."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        pass


def _stat(pid):
    """State and time of start, in ticks since the machine's, of a process; ("X", 0) when there is none."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return "X", 0
    fields = text.rpartition(")")[2].split()
    return fields[0], int(fields[19])
