"""Frames, sizes, reserved bits and opcodes, and what a server refuses to read (RFC 6455, 5.2 to 5.6)."""

import random
import threading

from conformance.case import Group, expect, expect_alive, expect_failed, expect_frame, expect_message
from raw_client import BINARY, CONTINUATION, PING, PONG, TEXT, encode_frame

framing = Group("framing")

SIZES = [0, 1, 125, 126, 127, 128, 129, 511, 512, 513, 4095, 4096, 65535, 65536, 65537, 1 << 20]


def sample(size, opcode=BINARY):
    """Bytes in which a lost or doubled piece is noticed; as text, with characters of one to four bytes."""
    if opcode == BINARY:
        return random.Random(size).randbytes(size)
    text = "".join(f"{i} äß € 𤭢 " for i in range(size // 24)).encode()
    return text + b"." * (size - len(text))


@framing.case("a text of {} bytes", *SIZES)
def _(server, size):
    client = server.open()
    client.send_text(sample(size, TEXT))
    expect_message(client, TEXT, sample(size, TEXT))


@framing.case("a binary message of {} bytes", *SIZES)
def _(server, size):
    client = server.open()
    client.send_binary(sample(size))
    expect_message(client, BINARY, sample(size))


@framing.case("as long as is allowed, opcode {}", TEXT, BINARY)
def _(server, opcode):
    client = server.open()
    payload = sample(server.max_message_bytes, opcode)
    client.send_frame(opcode, payload)
    expect_message(client, opcode, payload)
    expect_alive(client)


@framing.case("a byte longer than is allowed, opcode {}", TEXT, BINARY)
def _(server, opcode):
    client = server.open()
    client.send_frame(opcode, length=server.max_message_bytes + 1)
    expect_failed(client, 1009)


@framing.case("a frame that claims 2^{} bytes", 32, 40, 62)
def _(server, exponent):
    client = server.open()
    client.send_frame(BINARY, length=1 << exponent)
    expect_failed(client, 1009)


@framing.case("a length with the highest bit set")
def _(server):
    client = server.open()
    client.send_frame(BINARY, length=1 << 63)
    expect_failed(client, 1002, 1009)


@framing.case("{} bytes whose length takes {} bytes more than it needs", (5, 2), (125, 2), (5, 8), (126, 8), (65535, 8))
def _(server, size, length_bytes):
    client = server.open()
    client.send_frame(BINARY, b"x" * size, length_bytes=length_bytes)
    expect_failed(client, 1002)


@framing.case("{} bytes, sent {} at a time", (0, 1), (125, 1), (126, 1), (300, 1), (70000, 997), (1 << 20, 4096))
def _(server, size, chop):
    client = server.open()
    client.send_frame(BINARY, sample(size), chop=chop)
    expect_message(client, BINARY, sample(size))
    expect_alive(client)


@framing.case("a mask of {}", b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\0\0\1", b"\1\0\0\0")
def _(server, key):
    client = server.open()
    client.send_frame(TEXT, b"a masked text of 31 bytes......", key=key)
    expect_message(client, TEXT, b"a masked text of 31 bytes......")


@framing.case("many messages in one send")
def _(server):
    client = server.open()
    payloads = [sample(i * 7) for i in range(300)]
    client.send_bytes(b"".join(encode_frame(BINARY, x) for x in payloads))
    for x in payloads:
        expect_message(client, BINARY, x)


@framing.case("messages together with the handshake")
def _(server):
    client = server.open(together_with=encode_frame(TEXT, b"one") + encode_frame(PING, b"two") +
                         encode_frame(BINARY, b"three" * 10000))
    got = sorted(str(client.read_frame()) for _ in range(3))
    expect([x.split(",")[0] for x in got] == ["frame(opcode 0x1", "frame(opcode 0x2", "frame(opcode 0xa"], f"{got}")


@framing.case("a client that does not read for a while loses nothing")
def _(server):
    client = server.open(receive_buffer=65536)
    payloads = [sample(100_000 + i) for i in range(300)]
    sender = threading.Thread(target=lambda: [client.send_binary(x) for x in payloads], daemon=True)
    sender.start()
    sender.join(1.0)
    for x in payloads:
        expect_message(client, BINARY, x)
    sender.join()


@framing.case("an unmasked frame, opcode {}", TEXT, BINARY, PING)
def _(server, opcode):
    client = server.open()
    client.send_frame(opcode, b"bare", masked=False)
    expect_failed(client, 1002)


@framing.case("reserved bits {} on opcode {}",
              *[(rsv, opcode) for rsv in range(1, 8) for opcode in (TEXT, BINARY, PING)])
def _(server, rsv, opcode):
    client = server.open()
    client.send_frame(opcode, b"reserved", rsv=rsv)
    expect_failed(client, 1002)


@framing.case("reserved bits {} after a good message", 1, 2, 4, 7)
def _(server, rsv):
    client = server.open()
    client.send_text("good")
    expect_message(client, TEXT, b"good")
    client.send_frame(TEXT, b"reserved", rsv=rsv)
    expect_failed(client, 1002)


@framing.case("opcode {:#x} with {} bytes", *[(x, size) for x in (*range(3, 8), *range(0xB, 0x10)) for size in (0, 9)])
def _(server, opcode, size):
    client = server.open()
    client.send_frame(opcode, b"x" * size)
    expect_failed(client, 1002)


@framing.case("opcode {:#x} after a good message", 3, 7, 0xB, 0xF)
def _(server, opcode):
    client = server.open()
    client.send_text("good")
    expect_message(client, TEXT, b"good")
    client.send_frame(opcode, b"bad")
    expect_failed(client, 1002)


@framing.case("a ping of {} bytes", 0, 1, 64, 124, 125)
def _(server, size):
    client = server.open()
    client.send_frame(PING, sample(size))
    expect_frame(client, PONG, sample(size))


@framing.case("a ping of 125 bytes, byte by byte")
def _(server):
    client = server.open()
    client.send_frame(PING, sample(125), chop=1)
    expect_frame(client, PONG, sample(125))


@framing.case("{:#x} with {} bytes is too long for control", (PING, 126), (PONG, 126), (PING, 65536))
def _(server, opcode, size):
    client = server.open()
    client.send_frame(opcode, length=size)
    expect_failed(client, 1002)


@framing.case("{:#x} cannot be a fragment", PING, PONG)
def _(server, opcode):
    client = server.open()
    client.send_frame(opcode, b"half", fin=False)
    expect_failed(client, 1002)


@framing.case("a pong that nobody asked for, with {}", b"", b"unasked")
def _(server, payload):
    client = server.open()
    client.send_frame(PONG, payload)
    client.send_frame(PING, b"asked")
    expect_frame(client, PONG, b"asked")
    expect_alive(client)


@framing.case("ten pings, sent {} bytes at a time", 1, 64, 4096)
def _(server, chop):
    client = server.open()
    client.send_bytes(b"".join(encode_frame(PING, b"ping %d" % i) for i in range(10)), chop)
    # An answer to the latest is enough where several wait (5.5.3), but the order holds and the last is answered.
    answered = [client.read_frame()]
    while answered[-1].payload != b"ping 9":
        answered.append(client.read_frame())
    payloads = [x.payload for x in answered]
    expect(all(x.opcode == PONG for x in answered) and payloads == sorted(payloads), f"{payloads}")


@framing.case("a message and a ping hold their order among their kind")
def _(server):
    client = server.open()
    for i in range(50):
        client.send_text(f"{i}")
        client.send_frame(PING, b"%d" % i)
    frames = [client.read_frame() for _ in range(100)]
    for opcode in (TEXT, PONG):
        got = [x.payload for x in frames if x.opcode == opcode]
        expect(got == [b"%d" % i for i in range(50)], f"opcode {opcode}: {got}")


@framing.case("a continuation of nothing, fin {}", True, False)
def _(server, fin):
    client = server.open()
    client.send_frame(CONTINUATION, b"of what?", fin=fin)
    expect_failed(client, 1002)
