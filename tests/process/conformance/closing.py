"""The closing handshake (RFC 6455, 5.5.1 and 7)."""

import time

from conformance.case import Group, expect, expect_alive, expect_close, expect_end, expect_failed, expect_message
from raw_client import CLOSE, PING, PONG, TEXT, encode_frame

closing = Group("closing")

VALID_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 3999, 4000, 4999]
INVALID_CODES = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999]


@closing.case("the code {} is sent back", *VALID_CODES)
def _(server, code):
    client = server.open()
    client.send_close(code)
    expect_failed(client, code)


@closing.case("the code {} is an error", *INVALID_CODES)
def _(server, code):
    for reason in ("", "a reason"):
        client = server.open()
        client.send_close(code, reason)
        expect_failed(client, 1002)


@closing.case("the code {}, of which the RFC says nothing, ends the connection cleanly", 5000, 65535)
def _(server, code):
    client = server.open()
    client.send_close(code)
    expect_failed(client, code, 1000, 1002)


@closing.case("no code")
def _(server):
    client = server.open()
    client.send_close()
    expect_failed(client, None, 1000)


@closing.case("half a code")
def _(server):
    client = server.open()
    client.send_frame(CLOSE, b"\x03")
    expect_failed(client, 1002)


@closing.case("a reason of {} bytes", 1, 12, 122, 123)
def _(server, size):
    client = server.open()
    client.send_close(1000, "r" * size)
    expect_failed(client, 1000)


@closing.case("a reason in many scripts")
def _(server):
    client = server.open()
    client.send_close(1000, "κόσμε, いろは, 👋")
    expect_failed(client, 1000)


@closing.case("a reason that is too long, {} bytes", 124, 125, 1000)
def _(server, size):
    client = server.open()
    client.send_frame(CLOSE, length=2 + size)
    expect_failed(client, 1002)


@closing.case("the reason {} is no text", b"\xff", b"\xc3", b"ok \xed\xa0\x80", b"\xf4\x90\x80\x80",
              b"a" * 122 + b"\xe2")
def _(server, reason):
    client = server.open()
    client.send_close(1000, reason)
    expect_failed(client, 1002, 1007)


@closing.case("a close cannot be a fragment")
def _(server):
    client = server.open()
    client.send_frame(CLOSE, b"\x03\xe8", fin=False)
    expect_failed(client, 1002)


@closing.case("a close sent byte by byte")
def _(server):
    client = server.open()
    client.send_frame(CLOSE, b"\x03\xe8bye", chop=1)
    expect_failed(client, 1000)


@closing.case("a close together with the handshake")
def _(server):
    client = server.open(together_with=encode_frame(CLOSE, b"\x03\xe8"))
    expect_failed(client, 1000)


@closing.case("what follows a close is not read: {} and a second close", TEXT, PING)
def _(server, opcode):
    client = server.open()
    client.send_bytes(encode_frame(CLOSE, b"\x03\xe8") + encode_frame(opcode, b"late") +
                      encode_frame(CLOSE, b"\x0b\xb8"))
    expect_failed(client, 1000)


@closing.case("what precedes a close is whole or absent")
def _(server):
    client = server.open()
    client.send_bytes(encode_frame(TEXT, b"one") + encode_frame(PING, b"two") + encode_frame(CLOSE, b"\x03\xe8"))
    got = client.read_frame()
    while got.opcode != CLOSE:
        expect((got.opcode, got.payload) in ((TEXT, b"one"), (PONG, b"two")), f"got {got}")
        got = client.read_frame()
    expect(got.close_code == 1000, f"got {got}")
    expect_end(client)


@closing.case("a close after messages")
def _(server):
    client = server.open()
    for i in range(10):
        client.send_text(f"{i}")
        expect_message(client, TEXT, b"%d" % i)
    client.send_close(4321, "done")
    expect_failed(client, 4321)


@closing.case("the server ends the TCP connection, and does so at once")
def _(server):
    took = []
    for _ in range(3):
        client = server.open()
        client.send_close(1000)
        expect_close(client, 1000)
        begin = time.monotonic()
        expect_end(client)
        took.append(time.monotonic() - begin)
    expect(min(took) < 1, f"it took {min(took):.1f} s")


@closing.case("a failed connection ends at once")
def _(server):
    took = []
    for _ in range(3):
        client = server.open()
        client.send_frame(3, b"reserved")
        begin = time.monotonic()
        expect_failed(client, 1002)
        took.append(time.monotonic() - begin)
    expect(min(took) < 1, f"it took {min(took):.1f} s")


@closing.case("a client that leaves without a word")
def _(server):
    server.open().close()
    expect_alive(server.open())
