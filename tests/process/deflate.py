"""permessage-deflate (RFC 7692) from the client's side, strictly: what was agreed, and both directions of it."""

import re
import zlib

from raw_client import ProtocolError

NAME = "permessage-deflate"
_TAIL = b"\x00\x00\xff\xff"  # RFC 7692, 7.2.1
# Bytes that zlib is given, and gives, at a time.
_STEP = 256
_FLAGS = ("server_no_context_takeover", "client_no_context_takeover")
_WINDOWS = ("server_max_window_bits", "client_max_window_bits")


def parse_extension(text):
    """Name and parameters (value None where there is none) of the one extension in a response's field."""
    name, *rest = [x.strip() for x in text.split(";")]
    parameters = {}
    for part in rest:
        key, has_value, value = part.partition("=")
        if key in parameters:
            raise ProtocolError(f"{key} is said twice: {text}")
        parameters[key] = value.strip('"') if has_value else None
    return name, parameters


class Deflate:
    """What was agreed, and the contexts of both directions."""

    def __init__(self, answer, offer):
        """`answer` is the field of the response, `offer` the one offer that it answers."""
        name, self.agreed = parse_extension(answer)
        if name != NAME:
            raise ProtocolError(f"another extension than was offered: {answer}")
        offered = parse_extension(offer)[1]
        _check_answer(self.agreed, offered)
        self.server_bits = int(self.agreed.get(_WINDOWS[0], 15))
        self.client_bits = int(self.agreed.get(_WINDOWS[1]) or offered.get(_WINDOWS[1]) or 15)
        self._deflater = self._inflater = None

    @property
    def keeps_context(self):
        """Whether the client's messages may refer to those before."""
        return _FLAGS[1] not in self.agreed

    def compress(self, payload, level=zlib.Z_DEFAULT_COMPRESSION, strategy=zlib.Z_DEFAULT_STRATEGY):
        """The payload of a message to the server."""
        if not self.keeps_context or self._deflater is None:
            # zlib has no window of 256 bytes: blocks without references stay within any window.
            bits, strategy = (9, zlib.Z_HUFFMAN_ONLY) if self.client_bits == 8 else (self.client_bits, strategy)
            self._deflater = zlib.compressobj(level, zlib.DEFLATED, -bits, 8, strategy)
        data = self._deflater.compress(payload) + self._deflater.flush(zlib.Z_SYNC_FLUSH)
        return data.removesuffix(_TAIL) or b"\0"

    def inflate(self, payload):
        """The message that the server compressed; ProtocolError where it used more than was agreed."""
        if _FLAGS[0] in self.agreed or self._inflater is None:
            self._inflater = zlib.decompressobj(-self.server_bits)
        data = payload + _TAIL
        try:
            return b"".join(x for at in range(0, len(data), _STEP) for x in self._inflate_step(data[at:at + _STEP]))
        except zlib.error as error:
            raise ProtocolError(f"a message that does not inflate within {self.server_bits} bits: {error}") from error

    def _inflate_step(self, data):
        # zlib notices a reference beyond its window only where the output at hand is too short to serve it.
        piece = self._inflater.decompress(data, _STEP)
        while piece or self._inflater.unconsumed_tail:
            yield piece
            piece = self._inflater.decompress(self._inflater.unconsumed_tail, _STEP)


def _check_answer(agreed, offered):
    """RFC 7692, 7.1: what an answer may say, given the offer."""
    for key, value in agreed.items():
        if key in _FLAGS and value is None:
            continue
        if key not in _WINDOWS or not re.fullmatch("[89]|1[0-5]", value or ""):
            raise ProtocolError(f"a parameter that no answer has: {key}={value}")
    if _FLAGS[0] in offered and _FLAGS[0] not in agreed:
        raise ProtocolError("server_no_context_takeover was asked for and is not agreed to")
    asked = offered.get(_WINDOWS[0])
    if asked is not None and int(agreed.get(_WINDOWS[0], 15)) > int(asked):
        raise ProtocolError(f"a server's window of {agreed.get(_WINDOWS[0], 15)} bits where {asked} was asked for")
    if _WINDOWS[1] in agreed and _WINDOWS[1] not in offered:
        raise ProtocolError("a client's window is limited that cannot be")
    if int(agreed.get(_WINDOWS[1], 0)) > int(offered.get(_WINDOWS[1]) or 15):
        raise ProtocolError("a client's window is larger than was offered")
