"""The opening handshake (RFC 6455, 4.2), and what is no handshake."""

import base64
import time

from conformance.case import Group, expect, expect_alive, expect_end, expect_message
from raw_client import TEXT, Ended, accept_of, check_upgraded, handshake_request, new_key

handshake = Group("handshake")

KEY = "dGhlIHNhbXBsZSBub25jZQ=="


def ask(server, path="/echo", key=KEY, **how):
    """The response to an upgrade, and the client."""
    client = server.dial()
    client.send_bytes(handshake_request(path, key, **how))
    return client.read_response(), client


def expect_refused(server, *statuses, **how):
    response, client = ask(server, **how)
    expect(response.status in statuses, f"expected {' or '.join(map(str, statuses))}, got {response.status}")
    length = int(response.fields.get("content-length", -1))
    expect(length >= 0, "a refusal without its length")
    client.read_bytes(length)
    return response, client


@handshake.case("the accept of the RFC's sample key")
def _(server):
    response, client = ask(server)
    check_upgraded(response, KEY)
    expect(accept_of(KEY) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "the test itself is wrong")
    expect_alive(client)


@handshake.case("{} instead of the usual field", ("Upgrade", "WebSocket"), ("Upgrade", "WEBSOCKET"),
                ("Connection", "upgrade"), ("Connection", "keep-alive, Upgrade"), ("Connection", "UPGRADE,close"),
                ("Origin", "http://localhost:9"), ("Cookie", "a=b; c=d"), ("X-" + "long" * 100, "y" * 3000))
def _(server, name, value):
    response, client = ask(server, fields={name: value})
    check_upgraded(response, KEY)
    expect_alive(client)


@handshake.case("field names in whatever case")
def _(server):
    client = server.dial()
    request = handshake_request("/echo", KEY).decode()
    client.send_bytes(request.replace("Sec-WebSocket", "sec-websocket").replace("Upgrade:", "UPGRADE:").encode())
    check_upgraded(client.read_response(), KEY)
    expect_alive(client)


@handshake.case("a query after the path")
def _(server):
    response, client = ask(server, path="/echo?a=b&c=%20d")
    check_upgraded(response, KEY)
    expect_alive(client)


@handshake.case("sent {} bytes at a time", 1, 10)
def _(server, chop):
    client = server.dial()
    client.send_bytes(handshake_request("/echo", KEY), chop)
    check_upgraded(client.read_response(), KEY)
    expect_alive(client)


@handshake.case("after a plain request on the same connection")
def _(server):
    client = server.dial()
    client.send_bytes(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    response = client.read_response()
    expect(response.status == 200, f"got {response.status}")
    client.read_bytes(int(response.fields["content-length"]))
    client.send_bytes(handshake_request("/echo", KEY))
    check_upgraded(client.read_response(), KEY)
    expect_alive(client)


@handshake.case("{} keys, each answered by its own accept", 20)
def _(server, count):
    for _ in range(count):
        key = new_key()
        response, _client = ask(server, key=key)
        check_upgraded(response, key)


@handshake.case("sub-protocols: {}", "chat", "chat, superchat", "towncrier.v1.json", "x, towncrier.v1.msgpack")
def _(server, offered):
    response, client = ask(server, fields={"Sec-WebSocket-Protocol": offered})
    check_upgraded(response, KEY)
    chosen = response.fields.get("sec-websocket-protocol")
    expect(chosen is None or chosen in offered.split(", "), f"one that was not offered: {chosen}")
    expect(("towncrier" in offered) == (chosen is not None), f"chose {chosen} of {offered}")
    expect_alive(client)


@handshake.case("no key")
def _(server):
    expect_refused(server, 400, fields={"Sec-WebSocket-Key": None})


@handshake.case("the bad key {}", "", "x", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ= ",
                "!!!!!!!!!!!!!!!!!!!!!!==",
                base64.b64encode(bytes(15)).decode(), base64.b64encode(bytes(17)).decode(), "A" * 24, "A" * 500)
def _(server, key):
    expect_refused(server, 400, key=key)


@handshake.case("the version {}", 0, 7, 8, 12, 14, 99, "x", "", None)
def _(server, version):
    response, _client = expect_refused(server, 426, 400, fields={"Sec-WebSocket-Version": version})
    if version in (0, 7, 8, 12, 14):
        expect(response.status == 426, f"expected 426, got {response.status}")
        expect(response.fields.get("sec-websocket-version") == "13", "the right version is not named")


@handshake.case("no host")
def _(server):
    expect_refused(server, 400, fields={"Host": None})


@handshake.case("the path {}", "/echoes", "/nowhere", "/echo/", "/ECHO", "/../echo", "//echo")
def _(server, path):
    expect_refused(server, 404, path=path)


@handshake.case("the method {}", "POST", "HEAD", "PUT", "OPTIONS")
def _(server, method):
    response, _client = ask(server, method=method)
    expect(response.status != 101 and response.status >= 400, f"got {response.status}")


@handshake.case("HTTP/1.0")
def _(server):
    response, _client = ask(server, version="HTTP/1.0")
    expect(response.status != 101 and response.status >= 400, f"got {response.status}")


@handshake.case("{} without which it is no upgrade", "Upgrade", "Connection")
def _(server, name):
    response, _client = ask(server, fields={name: None})
    expect(response.status != 101, "it was upgraded")


@handshake.case("a header that is too long")
def _(server):
    response, _client = ask(server, fields={"X-Long": "x" * 60_000})
    expect(response.status == 431, f"got {response.status}")


@handshake.case("no HTTP: {}", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"hello\r\n\r\n",
                b"GET\r\n\r\n", b"GET /echo HTTP/9.9\r\nHost: x\r\n\r\n", b"\0" * 100 + b"\r\n\r\n")
def _(server, data):
    client = server.dial()
    client.send_bytes(data)
    rest = client.read_end()
    expect(not rest or rest.startswith(b"HTTP/1.1 4") or rest.startswith(b"HTTP/1.1 5"), f"got {rest[:60]!r}")


def wait_for_end(client):
    try:
        client.read_end()
    except Ended:  # whoever says nothing may be reset
        pass


@handshake.case("{} of a handshake is dropped after the timeout", "nothing", "a line", "all but the last byte")
def _(server, how_much):
    whole = handshake_request("/echo", KEY)
    end = {"nothing": 0, "a line": whole.index(b"\n") + 1}.get(how_much, len(whole) - 1)
    client = server.dial()
    begin = time.monotonic()
    client.send_bytes(whole[:end])
    wait_for_end(client)
    took = time.monotonic() - begin
    low, high = server.handshake_timeout * 0.9, server.handshake_timeout + 5
    expect(low < took < high, f"it took {took:.1f} s where {server.handshake_timeout} s are configured")


@handshake.case("a byte now and then does not prolong the timeout")
def _(server):
    client = server.dial()
    begin = time.monotonic()
    try:
        for byte in handshake_request("/echo", KEY):
            client.send_bytes(bytes([byte]))
            time.sleep(server.handshake_timeout / 10)
    except Ended:
        pass
    expect(time.monotonic() - begin < server.handshake_timeout + 5, "it was not dropped")


@handshake.case("a client that leaves in the middle")
def _(server):
    for end in (1, 20, 100):
        client = server.dial()
        client.send_bytes(handshake_request("/echo", KEY)[:end])
        client.close()
    client = server.open()
    client.send_text("others go on")
    expect_message(client, TEXT, b"others go on")
    client.send_close(1000)
    client.read_frame()
    expect_end(client)
