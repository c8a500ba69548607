"""Messages in several frames, and control frames among them (RFC 6455, 5.4 and 5.5)."""

from conformance.case import Group, expect, expect_alive, expect_failed, expect_frame, expect_message
from conformance.framing import sample
from raw_client import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, RawClient, encode_frame

fragments = Group("fragments")


def cut(payload, size):
    return [payload[at:at + size] for at in range(0, max(len(payload), 1), size)]


@fragments.case("a message of {} bytes in fragments of {}", (0, 1), (2, 1), (200, 1), (1000, 125), (5000, 126),
                (300_000, 65536), (1 << 20, 1000), (1 << 22, 65537))
def _(server, size, piece):
    for opcode in (TEXT, BINARY):
        client = server.open()
        client.send_fragments(opcode, cut(sample(size, opcode), piece))
        expect_message(client, opcode, sample(size, opcode))
        expect_alive(client)


@fragments.case("fragments as long as is allowed together")
def _(server):
    client = server.open()
    payload = sample(server.max_message_bytes)
    client.send_fragments(BINARY, cut(payload, 1 << 20))
    expect_message(client, BINARY, payload)


@fragments.case("fragments a byte longer than is allowed together")
def _(server):
    client = server.open()
    client.send_frame(BINARY, sample(server.max_message_bytes), fin=False)
    client.send_frame(CONTINUATION, b"!", fin=False)
    expect_failed(client, 1009)


@fragments.case("a fragment that claims more than is left, after {}", 0, 1, 70000)
def _(server, size):
    client = server.open()
    client.send_frame(BINARY, sample(size), fin=False)
    client.send_frame(CONTINUATION, length=server.max_message_bytes - size + 1)
    expect_failed(client, 1009)


@fragments.case("empty fragments: {} before, {} between, {} after", (1, 0, 0), (0, 1, 0), (0, 0, 1), (3, 3, 3))
def _(server, before, between, after):
    pieces = [b""] * before + [b"half "] + [b""] * between + [b"whole"] + [b""] * after
    client = server.open()
    client.send_fragments(TEXT, pieces)
    expect_message(client, TEXT, b"half whole")


@fragments.case("only empty fragments, opcode {}", TEXT, BINARY)
def _(server, opcode):
    client = server.open()
    client.send_fragments(opcode, [b"", b"", b""])
    expect_message(client, opcode, b"")


@fragments.case("fragments sent {} bytes at a time", 1, 7)
def _(server, chop):
    client = server.open()
    frames = encode_frame(TEXT, b"one ", fin=False) + encode_frame(CONTINUATION, b"two ", fin=False)
    client.send_bytes(frames + encode_frame(CONTINUATION, b"three"), chop)
    expect_message(client, TEXT, b"one two three")


@fragments.case("a ping between fragments is answered before the message, opcode {}", TEXT, BINARY)
def _(server, opcode):
    client = server.open()
    client.send_frame(opcode, b"first ", fin=False)
    client.send_frame(PING, b"between")
    expect_frame(client, PONG, b"between")
    client.send_frame(CONTINUATION, b"second")
    expect_message(client, opcode, b"first second")


@fragments.case("pings and pongs between many fragments, sent {} bytes at a time", 1, 1 << 20)
def _(server, chop):
    client = server.open()
    data = encode_frame(TEXT, b"0", fin=False)
    for i in range(1, 9):
        data += encode_frame(PING, b"p%d" % i) + encode_frame(PONG, b"unasked")
        data += encode_frame(CONTINUATION, b"%d" % i, fin=i == 8)
    client.send_bytes(data, chop)
    frame = client.read_frame()
    while frame.opcode == PONG:
        frame = client.read_frame()
    expect((frame.opcode, frame.payload) == (TEXT, b"012345678"), f"got {frame}")


@fragments.case("a message within a message, opcodes {} and {}", (TEXT, TEXT), (TEXT, BINARY), (BINARY, TEXT))
def _(server, outer, inner):
    client = server.open()
    client.send_frame(outer, b"never finished", fin=False)
    client.send_frame(inner, b"another")
    expect_failed(client, 1002)


@fragments.case("a second beginning of a message")
def _(server):
    client = server.open()
    client.send_frame(TEXT, b"never finished", fin=False)
    client.send_frame(TEXT, b"another", fin=False)
    expect_failed(client, 1002)


@fragments.case("a continuation after a whole message, fin {}", True, False)
def _(server, fin):
    client = server.open()
    client.send_text("whole")
    expect_message(client, TEXT, b"whole")
    client.send_frame(CONTINUATION, b"of what?", fin=fin)
    expect_failed(client, 1002)


@fragments.case("a continuation after a message in fragments")
def _(server):
    client = server.open()
    client.send_fragments(TEXT, [b"a", b"b"])
    expect_message(client, TEXT, b"ab")
    client.send_frame(CONTINUATION, b"c")
    expect_failed(client, 1002)


@fragments.case("reserved bits {} on a continuation", 1, 2, 4)
def _(server, rsv):
    client = server.open()
    client.send_frame(TEXT, b"first", fin=False)
    client.send_frame(CONTINUATION, b"second", rsv=rsv)
    expect_failed(client, 1002)


@fragments.case("a reserved opcode {:#x} within a message", 3, 0xB)
def _(server, opcode):
    client = server.open()
    client.send_frame(TEXT, b"first", fin=False)
    client.send_frame(opcode, b"second")
    expect_failed(client, 1002)


@fragments.case("a close within a message")
def _(server):
    client = server.open()
    client.send_frame(TEXT, b"never finished", fin=False)
    client.send_close(1000)
    expect_failed(client, 1000)


@fragments.case("a client that goes away within a message, opcode {}", TEXT, CLOSE)
def _(server, opcode):
    client = server.open()
    client.send_frame(TEXT, b"never finished", fin=False)
    client.send_bytes(encode_frame(opcode, b"cut off")[:4])
    client.close()
    with RawClient.connect(server.address, "/echo") as other:
        expect_alive(other)
