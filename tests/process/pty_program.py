"""Runs a program in a terminal of its own and sees what is on its screen.

    with PtyProgram([program(), "top"], rows=24, columns=80) as top:
        top.until(lambda screen: "node" in screen[0], "the first list")
        top.press("q")
        assert top.wait() == 0
"""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import threading
import time

PATIENCE = 30.0

# What our programs send: SGR, the cursor home, erase to the end of line and screen, and private modes.
_SEQUENCE = re.compile(rb"\x1b\[([?0-9;]*)([A-Za-z])")


class PtyProgram:
    """`output`: all bytes that came; `screen()`: the lines that are shown; `modes`: private modes that are set."""

    def __init__(self, command, rows=24, columns=80, environment=None):
        self.command, self.rows, self.columns = [str(x) for x in command], rows, columns
        self._environment = {**os.environ, "TERM": "xterm", **(environment or {})}
        self.output, self.modes = b"", set()
        self._lines, self._row, self._column = [""] * rows, 0, 0
        self._changed = threading.Condition()

    def __enter__(self):
        self._master, self._slave = pty.openpty()
        self.resize(self.rows, self.columns)
        self.before = termios.tcgetattr(self._slave)
        self.process = subprocess.Popen(self.command, stdin=self._slave, stdout=self._slave, stderr=self._slave,
                                        env=self._environment, preexec_fn=self._take_terminal)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
        self.process.wait()
        os.close(self._slave)
        self._reader.join(5)
        os.close(self._master)

    def _take_terminal(self):
        os.setsid()
        fcntl.ioctl(self._slave, termios.TIOCSCTTY, 0)

    def resize(self, rows, columns):
        with self._changed:
            self.rows, self.columns = rows, columns
            self._lines = (self._lines + [""] * rows)[:rows]
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def press(self, keys):
        os.write(self._master, keys.encode())

    def screen(self):
        with self._changed:
            return [x.rstrip() for x in self._lines]

    def until(self, condition, what, timeout=PATIENCE):
        """Waits until what is shown is right; the lines."""
        deadline = time.monotonic() + timeout
        while not condition(shown := self.screen()):
            if time.monotonic() > deadline:
                raise AssertionError(f"{what} did not come in {timeout} s:\n" + "\n".join(shown))
            with self._changed:
                self._changed.wait(0.05)
        return shown

    def wait(self, timeout=PATIENCE):
        """The exit status; what was printed is all there then."""
        status = self.process.wait(timeout)
        deadline = time.monotonic() + 5
        while "?1049" in self.modes and time.monotonic() < deadline:
            time.sleep(0.01)
        return status

    @property
    def restored(self):
        """Whether the terminal is as it was found: line mode and echo, the first screen, a cursor."""
        return termios.tcgetattr(self._slave) == self.before and "?1049" not in self.modes and "?25" not in self.modes

    def _read(self):
        pending = b""
        while True:
            try:
                got = os.read(self._master, 65536)
            except OSError:
                return
            if not got:
                return
            with self._changed:
                self.output += got
                pending = self._take(pending + got)
                self._changed.notify_all()

    def _take(self, data):
        """Draws; what may be the beginning of a sequence stays."""
        while data:
            if data[:1] == b"\x1b":
                found = _SEQUENCE.match(data)
                if not found:
                    if len(data) < 32:
                        return data
                    raise AssertionError(f"a sequence that this terminal does not know: {data[:32]!r}")
                self._control(found[1].decode(), found[2].decode())
                data = data[found.end():]
                continue
            end = next((i for i, x in enumerate(data) if x == 0x1B), len(data))
            try:
                text, rest = data[:end].decode(), b""
            except UnicodeDecodeError as error:
                if end < len(data) or error.end < end:
                    raise
                text, rest = data[:error.start].decode(), data[error.start:end]
            self._write(text)
            data = data[end:]
            if rest:
                return rest
        return b""

    def _control(self, arguments, command):
        if command == "H":
            self._row = self._column = 0
        elif command == "J":
            start = 0 if arguments == "2" else self._row + 1
            for i in range(start, len(self._lines)):
                self._lines[i] = ""
        elif command == "K":
            if self._row < len(self._lines):
                self._lines[self._row] = self._lines[self._row][:self._column]
        elif command in "hl":
            # The cursor is hidden by `l`, everything else is set by `h`.
            (self.modes.add if (command == "h") != (arguments == "?25") else self.modes.discard)(arguments)
        elif command != "m":
            raise AssertionError(f"a sequence that this terminal does not know: {arguments}{command}")

    def _write(self, text):
        for c in text:
            if c == "\r":
                self._column = 0
            elif c == "\n":
                self._row += 1
            elif self._row < len(self._lines):
                line = self._lines[self._row].ljust(self._column)
                self._lines[self._row] = line[:self._column] + c + line[self._column + 1:]
                self._column += 1
