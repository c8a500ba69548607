"""Text is UTF-8, and nothing else is taken for it (RFC 6455, 8.1; RFC 3629)."""

from conformance.case import Group, expect_alive, expect_failed, expect_message
from raw_client import BINARY, CONTINUATION, TEXT, Ended, encode_frame

text = Group("text")

# The first and last of each length, the neighbours of the surrogates, noncharacters, and some words.
VALID = [chr(x).encode() for x in (0, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000,
                                   0x1FFFE, 0x3FFFF, 0x10FFFE, 0x10FFFF, 0xFEFF)]
VALID += ["κόσμε".encode(), "Zwölf Boxkämpfer".encode(), "いろはにほへと".encode(), "👩‍👩‍👧‍👦".encode(), b"a\0b"]

INVALID = [
    # Continuation bytes of nothing.
    b"\x80", b"\xbf", b"\x80\xbf\x80", bytes(range(0x80, 0xC0)),
    # A beginning without its continuation.
    b"\xc2", b"\xdf ", b"\xe1\x80", b"\xef\xbf ", b"\xf1\x80\x80", b"\xf4\x8f\xbf ", b"\xe1", b"\xf1", b"\xc2\xc2\x80",
    # Bytes that no text has.
    b"\xc0", b"\xc1", b"\xf5", b"\xf8", b"\xfc", b"\xfe", b"\xff", b"\xf5\x80\x80\x80", b"\xff\xfe",
    # More bytes than it takes.
    b"\xc0\xaf", b"\xc0\x80", b"\xc1\xbf", b"\xe0\x80\xaf", b"\xe0\x9f\xbf", b"\xf0\x80\x80\xaf", b"\xf0\x8f\xbf\xbf",
    # Surrogates, single and in pairs.
    b"\xed\xa0\x80", b"\xed\xad\xbf", b"\xed\xaf\xbf", b"\xed\xb0\x80", b"\xed\xbf\xbf", b"\xed\xa0\x80\xed\xb0\x80",
    # Beyond U+10FFFF, and sequences of five and six bytes.
    b"\xf4\x90\x80\x80", b"\xf7\xbf\xbf\xbf", b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80",
    b"\xfd\xbf\xbf\xbf\xbf\xbf",
]


@text.case("{} is text", *VALID)
def _(server, sequence):
    client = server.open()
    for payload in (sequence, b"before " + sequence + b" after", sequence * 1000):
        client.send_text(payload)
        expect_message(client, TEXT, payload)


@text.case("{} is text in fragments of a byte", *VALID)
def _(server, sequence):
    client = server.open()
    payload = b"<" + sequence + b">"
    client.send_fragments(TEXT, [payload[i:i + 1] for i in range(len(payload))])
    expect_message(client, TEXT, payload)


@text.case("{} is no text", *INVALID)
def _(server, sequence):
    for payload in (sequence, b"before " + sequence, sequence + b" after", b"." * 5000 + sequence):
        client = server.open()
        client.send_text(payload)
        expect_failed(client, 1007)


@text.case("{} is no text in fragments of a byte", *INVALID)
def _(server, sequence):
    client = server.open()
    payload = b"<" + sequence + b">"
    try:
        client.send_fragments(TEXT, [payload[i:i + 1] for i in range(len(payload))])
    except Ended:  # it may be failed as soon as it is known to be wrong
        pass
    expect_failed(client, 1007)


@text.case("{} is no text when it is sent byte by byte", *INVALID[::4])
def _(server, sequence):
    client = server.open()
    try:
        client.send_bytes(encode_frame(TEXT, b"<" + sequence + b">"), 1)
    except Ended:
        pass
    expect_failed(client, 1007)


@text.case("{} is good enough for a binary message", *INVALID[::3])
def _(server, sequence):
    client = server.open()
    client.send_binary(sequence)
    expect_message(client, BINARY, sequence)
    expect_alive(client)


@text.case("a message that is wrong in its first fragment fails at the latest with its last")
def _(server):
    client = server.open()
    client.send_frame(TEXT, "κόσμε".encode() + b"\xf4\x90\x80\x80", fin=False)
    try:
        client.send_frame(CONTINUATION, b"edited")
    except Ended:
        pass
    expect_failed(client, 1007)


@text.case("every prefix of a text")
def _(server):
    whole = "κόσμε€𤭢".encode()
    for end in range(1, len(whole) + 1):
        client = server.open()
        client.send_text(whole[:end])
        try:
            whole[:end].decode()
        except UnicodeDecodeError:
            expect_failed(client, 1007)
        else:
            expect_message(client, TEXT, whole[:end])


@text.case("a text of 4 MiB that is wrong in its last byte")
def _(server):
    client = server.open()
    client.send_text(b"x" * ((1 << 22) - 1) + b"\xc3")
    expect_failed(client, 1007)


@text.case("an unfinished character before {} empty fragments", 1, 2)
def _(server, count):
    client = server.open()
    client.send_fragments(TEXT, [b"a\xc3", *[b""] * count])
    expect_failed(client, 1007)


@text.case("what a text leaves unfinished is not finished by the next")
def _(server):
    client = server.open()
    client.send_bytes(encode_frame(TEXT, b"\xc3") + encode_frame(TEXT, b"\xa4"))
    expect_failed(client, 1007)
