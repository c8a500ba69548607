"""A WebSocket client (RFC 6455) for tests, on a bare socket: it can be told to do what a client must not.

    with RawClient.connect(("127.0.0.1", 8765), "/echo") as client:
        client.send_text("hello")
        assert client.read_message() == Message(TEXT, b"hello")

What it reads it takes strictly: a frame that a server must not send is a `ProtocolError`. It answers nothing by
itself, neither a ping nor a close.
"""

import base64
import dataclasses
import hashlib
import os
import socket
import struct
import time

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
RSV1, RSV2, RSV3 = 4, 2, 1

_ACCEPT_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3


class ProtocolError(Exception):
    """The server did what no server may do."""


class Ended(Exception):
    """The connection ended; `reset` tells whether the server threw it away instead of finishing it."""

    def __init__(self, what, reset=False):
        super().__init__(what)
        self.reset = reset


@dataclasses.dataclass(frozen=True)
class Frame:
    opcode: int
    payload: bytes = b""
    fin: bool = True
    rsv: int = 0

    @property
    def close_code(self):
        """The code of a close frame, None when it has none."""
        return struct.unpack("!H", self.payload[:2])[0] if len(self.payload) >= 2 else None

    def __str__(self):
        shown = self.payload if len(self.payload) <= 40 else self.payload[:40] + b"..."
        return f"frame(opcode {self.opcode:#x}, fin {self.fin}, rsv {self.rsv}, {len(self.payload)} bytes {shown!r})"


@dataclasses.dataclass(frozen=True)
class Message:
    opcode: int
    payload: bytes

    def __str__(self):
        return str(Frame(self.opcode, self.payload)).replace("frame", "message", 1)


@dataclasses.dataclass(frozen=True)
class Response:
    """The head of an HTTP response; the names of its fields in lower case."""

    status: int
    fields: dict


def mask_bytes(payload, key):
    """Masks or unmasks (RFC 6455, 5.3); as one big number, since a loop over 16 MiB would take seconds."""
    whole = key * (len(payload) // 4) + key[:len(payload) % 4]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(whole, "big")).to_bytes(len(payload), "big")


def encode_frame(opcode, payload=b"", fin=True, rsv=0, key=None, masked=True, length=None, length_bytes=None):
    """A client's frame. `length` is claimed instead of the true one, in `length_bytes` (0, 2 or 8) extra bytes."""
    claimed = len(payload) if length is None else length
    if length_bytes is None:
        length_bytes = 0 if claimed < 126 else 2 if claimed < 65536 else 8
    short = {0: claimed, 2: 126, 8: 127}[length_bytes]
    head = bytes([fin << 7 | rsv << 4 | opcode, masked << 7 | short])
    head += claimed.to_bytes(length_bytes, "big") if length_bytes else b""
    if not masked:
        return head + payload
    key = os.urandom(4) if key is None else key
    return head + key + mask_bytes(payload, key)


def close_payload(code, reason=b""):
    return struct.pack("!H", code) + (reason.encode() if isinstance(reason, str) else reason)


def new_key():
    """A random `Sec-WebSocket-Key`."""
    return base64.b64encode(os.urandom(16)).decode()


def accept_of(key):
    """The `Sec-WebSocket-Accept` that answers a key."""
    return base64.b64encode(hashlib.sha1(key.encode() + _ACCEPT_GUID).digest()).decode()


def handshake_request(path, key, host="localhost", fields=None, method="GET", version="HTTP/1.1"):
    """The bytes of an upgrade; `fields` replaces and adds, a value of None leaves a field out."""
    all_fields = {"Host": host, "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": key,
                  "Sec-WebSocket-Version": "13", **(fields or {})}
    lines = [f"{name}: {value}" for name, value in all_fields.items() if value is not None]
    return "\r\n".join([f"{method} {path} {version}", *lines, "", ""]).encode("latin-1")


class RawClient:
    """One connection. Every read takes `timeout` seconds at most, and raises TimeoutError then."""

    def __init__(self, address, timeout=20.0, receive_buffer=0):
        self.timeout = timeout
        self.response = None
        self._input = bytearray()
        self.socket = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        self.socket.connect(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @classmethod
    def connect(cls, address, path="/", fields=None, key=None, together_with=b"", **options):
        """Connects and upgrades; `together_with` is sent in the same bytes. ProtocolError when it is not let in."""
        client = cls(address, **options)
        try:
            key = key or new_key()
            client.send_bytes(handshake_request(path, key, "%s:%d" % address[:2], fields) + together_with)
            client.response = client.read_response()
            check_upgraded(client.response, key)
        except BaseException:
            client.close()
            raise
        return client

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Closes the socket, without a word to the server."""
        self.socket.close()

    # Sending

    def send_bytes(self, data, chop=None):
        """Sends bytes as they are; `chop` at a time, each in a call of its own."""
        try:
            for at in range(0, len(data), chop or max(len(data), 1)):
                self.socket.sendall(data[at:at + chop] if chop else data)
        except (ConnectionResetError, BrokenPipeError) as error:
            raise Ended(str(error), True) from error

    def send_frame(self, opcode, payload=b"", chop=None, **how):
        """Sends one frame; `how` as in `encode_frame`."""
        self.send_bytes(encode_frame(opcode, payload, **how), chop)

    def send_text(self, text):
        self.send_frame(TEXT, text.encode() if isinstance(text, str) else text)

    def send_binary(self, data):
        self.send_frame(BINARY, data)

    def send_close(self, code=None, reason=b""):
        self.send_frame(CLOSE, b"" if code is None else close_payload(code, reason))

    def send_fragments(self, opcode, pieces, rsv=0):
        """Sends a message in as many frames as there are pieces; `rsv` is on the first, as RFC 7692 wants it."""
        for i, piece in enumerate(pieces):
            self.send_frame(CONTINUATION if i else opcode, piece, fin=i == len(pieces) - 1, rsv=0 if i else rsv)

    # Receiving

    def read_bytes(self, count):
        """Exactly `count` bytes; Ended when the connection ends before."""
        deadline = time.monotonic() + self.timeout
        while len(self._input) < count:
            self._fill(deadline)
        taken = bytes(memoryview(self._input)[:count])
        del self._input[:count]
        return taken

    def read_response(self):
        """The head of an HTTP response."""
        deadline = time.monotonic() + self.timeout
        while (end := self._input.find(b"\r\n\r\n")) < 0:
            self._fill(deadline)
        head = self.read_bytes(end + 4).decode("latin-1").split("\r\n")
        fields = {name.strip().lower(): value.strip() for name, _, value in (x.partition(":") for x in head[1:-2])}
        return Response(int(head[0].split(" ")[1]), fields)

    def read_frame(self):
        """The next frame of whatever kind, checked as far as it can be on its own."""
        first, second = self.read_bytes(2)
        if second & 0x80:
            raise ProtocolError("a masked frame from the server")
        frame = Frame(first & 0xF, self.read_bytes(self._read_length(second)), bool(first & 0x80), first >> 4 & 7)
        if frame.opcode not in (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG):
            raise ProtocolError(f"a reserved opcode: {frame}")
        if frame.opcode >= CLOSE and (not frame.fin or len(frame.payload) > 125 or frame.rsv):
            raise ProtocolError(f"a wrong control frame: {frame}")
        return frame

    def read_message(self, inflate=None):
        """The next message of data, its fragments joined; ProtocolError when another frame comes.

        `inflate` turns the payload of a compressed message (RSV1) into the message.
        """
        first = last = self.read_frame()
        if first.opcode not in (TEXT, BINARY) or first.rsv & ~(RSV1 if inflate else 0):
            raise ProtocolError(f"no message, but {first}")
        pieces = [first.payload]
        while not last.fin:
            last = self.read_frame()
            if last.opcode != CONTINUATION or last.rsv:
                raise ProtocolError(f"no continuation, but {last}")
            pieces.append(last.payload)
        payload = b"".join(pieces)
        return Message(first.opcode, inflate(payload) if first.rsv else payload)

    def read_end(self):
        """Reads until the server ends the connection; what came before. Ended when it reset it."""
        deadline = time.monotonic() + self.timeout
        try:
            while True:
                self._fill(deadline)
        except Ended as end:
            if end.reset:
                raise
        taken = bytes(self._input)
        self._input.clear()
        return taken

    def _read_length(self, second):
        short = second & 0x7F
        if short < 126:
            return short
        length = int.from_bytes(self.read_bytes(2 if short == 126 else 8), "big")
        if length < (126 if short == 126 else 65536):
            raise ProtocolError(f"a length of {length} in more bytes than it takes")
        return length

    def _fill(self, deadline):
        self.socket.settimeout(max(deadline - time.monotonic(), 0.001))
        try:
            data = self.socket.recv(1 << 18)
        except ConnectionResetError as error:
            raise Ended("the server reset the connection", True) from error
        finally:
            self.socket.settimeout(self.timeout)
        if not data:
            raise Ended("the server ended the connection")
        self._input += data


def check_upgraded(response, key):
    """Raises ProtocolError unless the response is a valid answer to an upgrade with `key` (RFC 6455, 4.2.2)."""
    fields = response.fields
    if response.status != 101:
        raise ProtocolError(f"not upgraded: {response.status}")
    if fields.get("upgrade", "").lower() != "websocket" or fields.get("connection", "").lower() != "upgrade":
        raise ProtocolError(f"wrong fields in the upgrade: {fields}")
    if fields.get("sec-websocket-accept") != accept_of(key):
        raise ProtocolError("a wrong Sec-WebSocket-Accept")
