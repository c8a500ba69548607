"""What the groups of cases are made of: the server under test, groups, and expectations."""

import contextlib
import dataclasses

from raw_client import CLOSE, TEXT, Ended, Message, ProtocolError, RawClient


class Failed(Exception):
    """The server did not do what a case expects."""


@dataclasses.dataclass
class Server:
    """The node under test. Clients that a case opens are closed after it."""

    address: tuple
    max_message_bytes: int
    handshake_timeout: float
    clients: contextlib.ExitStack = dataclasses.field(default_factory=contextlib.ExitStack)

    def open(self, path="/echo", **how):
        """An upgraded client; `how` as in `RawClient.connect`."""
        return self.clients.enter_context(RawClient.connect(self.address, path, **how))

    def dial(self, **how):
        """A client that has not said anything yet."""
        return self.clients.enter_context(RawClient(self.address, **how))


class Group:
    """Cases of one kind. A case is a function of the server and of a row of its table, named by a pattern:

        @framing.case("a text of {} bytes", 0, 1, 125)
        def _(server, size): ...
    """

    def __init__(self, name):
        self.name = name
        self.cases = []

    def case(self, pattern, *table):
        def add(function):
            for row in table or [()]:
                row = row if isinstance(row, tuple) else (row,)
                self.cases.append((f"{self.name}: {pattern.format(*map(_shown, row))}",
                                   lambda server, row=row: function(server, *row)))
            return function
        return add


def _shown(value):
    """What stands for a value in the name of a case: short and printable."""
    if isinstance(value, bytes):
        value = value.hex(" ")
    return value if not isinstance(value, str) or len(value) <= 90 else value[:90] + "..."


def expect(condition, what):
    if not condition:
        raise Failed(what)


def expect_message(client, opcode, payload, inflate=None):
    """The next message must be this one."""
    wanted = Message(opcode, payload)
    got = client.read_message(inflate)
    expect(got == wanted, f"expected {wanted}, got {got}")


def expect_frame(client, opcode, payload=b""):
    got = client.read_frame()
    expect((got.opcode, got.payload) == (opcode, payload),
           f"expected opcode {opcode:#x} with {payload!r}, got {got}")


def expect_alive(client):
    """The connection must still work."""
    client.send_text("still here")
    expect_message(client, TEXT, b"still here")


def expect_close(client, *codes):
    """The next frame must be a close with one of these codes (None: with none); returns its code."""
    got = client.read_frame()
    expect(got.opcode == CLOSE, f"expected a close, got {got}")
    expect(got.close_code in codes, f"expected the close code {' or '.join(map(str, codes))}, got {got.close_code}")
    expect(len(got.payload) != 1, "a close frame of one byte")
    got.payload[2:].decode()
    return got.close_code


def expect_end(client):
    """The server must end the TCP connection, and send nothing before."""
    rest = client.read_end()
    expect(not rest, f"{len(rest)} bytes after the close frame: {rest[:40]!r}")


def expect_failed(client, *codes):
    """The server must fail the connection: a close frame with one of these codes, then the end (RFC 6455, 7.1.7)."""
    try:
        expect_close(client, *codes)
    except Ended as end:
        raise Failed(f"expected the close code {' or '.join(map(str, codes))}: {end}") from end
    expect_end(client)


def outcome(run, server):
    """Runs a case; None, or what is wrong. ConnectionRefusedError when there is no server any more."""
    try:
        with server.clients:
            run(server)
    except (Failed, ProtocolError, Ended) as error:
        return str(error)
    except ConnectionRefusedError:
        raise
    except (OSError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return None
