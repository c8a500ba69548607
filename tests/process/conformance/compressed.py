"""permessage-deflate (RFC 7692): messages, good and bad."""

import zlib

from conformance.case import Group, expect_alive, expect_failed, expect_frame, expect_message
from conformance.compression import NAME, echo_compressed, expect_both_ways, json_like, open_deflate
from conformance.framing import sample
from conformance.fragments import cut
from raw_client import BINARY, CONTINUATION, PING, PONG, RSV1, TEXT, Ended

compressed = Group("compressed")

SIZES = [0, 1, 2, 125, 126, 127, 1000, 4096, 65535, 65536, 131072, 1 << 20]
KINDS = {"json": json_like, "noise": sample, "zeros": bytes}
CONTEXTS = [NAME, NAME + "; client_no_context_takeover", NAME + "; client_max_window_bits=9; server_max_window_bits=9"]


@compressed.case("{} of {} bytes", *[(kind, size) for kind in KINDS for size in SIZES])
def _(server, kind, size):
    for offer in CONTEXTS:
        client, codec = open_deflate(server, offer)
        for _ in range(3):
            echo_compressed(client, codec, BINARY, KINDS[kind](size))


# Where a match reaches beyond the end of a reader's buffer, its input may be used up before its output is there.
@compressed.case("zeros, every size from {} to {}", (500, 800), (4500, 4700), (8600, 8900), (36800, 37000),
                 (73700, 73800))
def _(server, low, high):
    client, codec = open_deflate(server)
    for size in range(low, high):
        echo_compressed(client, codec, BINARY, bytes(size))


@compressed.case("level {}, strategy {}", *[(level, strategy) for level in (0, 1, 6, 9) for strategy in
                                            (zlib.Z_DEFAULT_STRATEGY, zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE, zlib.Z_FIXED)])
def _(server, level, strategy):
    client, codec = open_deflate(server)
    for payload in (json_like(3000), sample(3000), bytes(3000), json_like(200_000)):
        echo_compressed(client, codec, BINARY, payload, level=level, strategy=strategy)


@compressed.case("a hundred messages in a row, offer {}", *CONTEXTS)
def _(server, offer):
    client, codec = open_deflate(server, offer)
    payloads = [json_like(i * 37) for i in range(100)]
    for x in payloads:
        client.send_frame(TEXT, codec.compress(x), rsv=RSV1)
    for x in payloads:
        expect_message(client, TEXT, x, codec.inflate)


@compressed.case("in fragments of {} bytes", 1, 2, 100, 1000)
def _(server, size):
    client, codec = open_deflate(server)
    for payload in (json_like(20_000), sample(3000), b""):
        client.send_fragments(BINARY, cut(codec.compress(payload), size), rsv=RSV1)
        expect_message(client, BINARY, payload, codec.inflate)


@compressed.case("with empty fragments among others")
def _(server):
    client, codec = open_deflate(server)
    data = codec.compress(json_like(500))
    client.send_fragments(BINARY, [b"", data[:9], b"", b"", data[9:], b""], rsv=RSV1)
    expect_message(client, BINARY, json_like(500), codec.inflate)
    expect_both_ways(client, codec)


@compressed.case("a ping between fragments is answered, as it came")
def _(server):
    client, codec = open_deflate(server)
    data = codec.compress(json_like(500))
    client.send_frame(TEXT, data[:20], fin=False, rsv=RSV1)
    client.send_frame(PING, b"between")
    expect_frame(client, PONG, b"between")
    client.send_frame(CONTINUATION, data[20:])
    expect_message(client, TEXT, json_like(500), codec.inflate)


@compressed.case("plain and compressed messages in turn")
def _(server):
    client, codec = open_deflate(server)
    for i in range(20):
        payload = json_like(100 + i)
        client.send_frame(TEXT, codec.compress(payload) if i % 2 else payload, rsv=RSV1 if i % 2 else 0)
        expect_message(client, TEXT, payload, codec.inflate)


def raw_deflate(*steps):
    """Raw deflate of (bytes, flush) steps, as they are."""
    deflater = zlib.compressobj(wbits=-15)
    return b"".join(deflater.compress(data) + deflater.flush(flush) for data, flush in steps)


@compressed.case("in several blocks, flushed by {}", zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH, zlib.Z_BLOCK)
def _(server, flush):
    client, codec = open_deflate(server)
    data = raw_deflate(*[(json_like(400), flush)] * 5, (b"", zlib.Z_SYNC_FLUSH)).removesuffix(b"\0\0\xff\xff")
    client.send_frame(TEXT, data, rsv=RSV1)
    expect_message(client, TEXT, json_like(400) * 5, codec.inflate)


@compressed.case("an empty message as one zero byte")
def _(server):
    client, codec = open_deflate(server)
    for _ in range(3):
        client.send_frame(TEXT, b"\0", rsv=RSV1)
        expect_message(client, TEXT, b"", codec.inflate)
    expect_both_ways(client, codec)


@compressed.case("the example of the RFC: {}", bytes.fromhex("f248cdc9c90700"), bytes.fromhex("000500faff48656c6c6f00"),
                 bytes.fromhex("f348cdc9c9070000"), bytes.fromhex("f24805000000ffffcac9c90700"))
def _(server, data):
    client, codec = open_deflate(server)
    for _ in range(2):
        client.send_frame(TEXT, data, rsv=RSV1)
        expect_message(client, TEXT, b"Hello", codec.inflate)


@compressed.case("the example of the RFC with a shared window, where it is agreed")
def _(server):
    client, codec = open_deflate(server)
    client.send_frame(TEXT, bytes.fromhex("f248cdc9c90700"), rsv=RSV1)
    expect_message(client, TEXT, b"Hello", codec.inflate)
    client.send_frame(TEXT, bytes.fromhex("f200110000"), rsv=RSV1)
    if codec.keeps_context:
        expect_message(client, TEXT, b"Hello", codec.inflate)
    else:
        expect_failed(client, 1002, 1007)


@compressed.case("text that is none once it is inflated, in fragments of {}", 1, 1000)
def _(server, size):
    client, codec = open_deflate(server)
    try:
        client.send_fragments(TEXT, cut(codec.compress("κόσμε".encode() + b"\xed\xa0\x80"), size), rsv=RSV1)
    except Ended:
        pass
    expect_failed(client, 1007)


@compressed.case("the compressed bit on a continuation")
def _(server):
    client, codec = open_deflate(server)
    data = codec.compress(json_like(100))
    client.send_frame(TEXT, data[:10], fin=False, rsv=RSV1)
    client.send_frame(CONTINUATION, data[10:], rsv=RSV1)
    expect_failed(client, 1002)


@compressed.case("the compressed bit on a ping")
def _(server):
    client, _codec = open_deflate(server)
    client.send_frame(PING, b"no", rsv=RSV1)
    expect_failed(client, 1002)


@compressed.case("reserved bits {} beside it", 2, 1, 3)
def _(server, rsv):
    client, codec = open_deflate(server)
    client.send_frame(TEXT, codec.compress(b"no"), rsv=RSV1 | rsv)
    expect_failed(client, 1002)


@compressed.case("the compressed bit where nothing was agreed")
def _(server):
    client = server.open()
    client.send_frame(TEXT, bytes.fromhex("f248cdc9c90700"), rsv=RSV1)
    expect_failed(client, 1002)


@compressed.case("bad data {}", b"\x06", b"\x07\xff", b"\xff\xff\xff\xff", b"\0\5\0\0\0Hello", b"\x4b\x04\x23\x00",
                 b"\x05\xe0\x81\x08\x00\x00\x00\x00\x20\x7f\xeb\x0b", b"\x33\x04\xa3")
def _(server, data):
    client, _codec = open_deflate(server)
    client.send_frame(BINARY, data + b"\xff" * 20, rsv=RSV1)
    expect_failed(client, 1002, 1007)


@compressed.case("a reference to before the first message")
def _(server):
    client, _codec = open_deflate(server)
    client.send_frame(BINARY, bytes.fromhex("f200110000"), rsv=RSV1)
    expect_failed(client, 1002, 1007)


@compressed.case("as long as is allowed")
def _(server):
    client, codec = open_deflate(server)
    payload = bytes(server.max_message_bytes)
    echo_compressed(client, codec, BINARY, payload)
    expect_alive_compressed(client, codec)


def expect_alive_compressed(client, codec):
    echo_compressed(client, codec, TEXT, b"still here")


@compressed.case("a bomb of {} bytes beyond what is allowed, in fragments of {}", (1, 1 << 20), (48 << 20, 1 << 20),
                 (48 << 20, 1000))
def _(server, beyond, size):
    client, codec = open_deflate(server)
    try:
        data = codec.compress(bytes(server.max_message_bytes + beyond))
        client.send_fragments(BINARY, cut(data, size), rsv=RSV1)
    except Ended:
        pass
    expect_failed(client, 1009)
    expect_alive(server.open())
