"""permessage-deflate (RFC 7692): what is agreed to."""

import itertools

from conformance.case import Group, expect, expect_alive, expect_message
from conformance.framing import sample
from deflate import NAME, Deflate
from raw_client import BINARY, RSV1, TEXT

compression = Group("compression")

SERVER_BITS = [f"; server_max_window_bits={n}" for n in range(9, 16)]
CLIENT_BITS = ["; client_max_window_bits", *[f"; client_max_window_bits={n}" for n in range(8, 16)]]
FLAGS = ["; server_no_context_takeover", "; client_no_context_takeover"]

GOOD_OFFERS = [NAME, *[NAME + x for x in SERVER_BITS + CLIENT_BITS + FLAGS], NAME + "".join(FLAGS)]
GOOD_OFFERS += [NAME + "".join(x) for x in itertools.product(
    ["", FLAGS[0]], ["", FLAGS[1]], [SERVER_BITS[0], SERVER_BITS[-1]], [*CLIENT_BITS[:2], CLIENT_BITS[-1]])]
GOOD_OFFERS += [NAME + CLIENT_BITS[0] + FLAGS[1] + SERVER_BITS[3] + FLAGS[0]]

# None of these is an offer that a server may agree to.
BAD_PARAMETERS = ["client_max_window_bits=7", "client_max_window_bits=16", "server_max_window_bits=7",
                  "server_max_window_bits=16", "server_max_window_bits", "server_max_window_bits=", "mystery",
                  "server_max_window_bits=08", "client_max_window_bits=010", "client_max_window_bits=x",
                  "mystery=1", "server_no_context_takeover=1", "client_no_context_takeover=true",
                  "server_no_context_takeover; server_no_context_takeover",
                  "server_max_window_bits=10; server_max_window_bits=12",
                  "client_max_window_bits=10; client_max_window_bits"]


def open_with(server, offer):
    return server.open(fields={"Sec-WebSocket-Extensions": offer})


def answer_of(client):
    return client.response.fields.get("sec-websocket-extensions")


def json_like(size):
    words = (f'{{"character_id": {i}, "state": "walking", "location": "street {i % 17}"}},' for i in itertools.count())
    return "".join(itertools.islice(words, size // 50 + 1)).encode()[:size]


def open_deflate(server, offer=NAME):
    """A client that agreed on `offer`, and its codec."""
    client = open_with(server, offer)
    expect(answer_of(client) is not None, f"{offer} is not agreed to")
    return client, Deflate(answer_of(client), offer)


def echo_compressed(client, codec, opcode, payload, **how):
    client.send_frame(opcode, codec.compress(payload, **how), rsv=RSV1)
    expect_message(client, opcode, payload, codec.inflate)


def expect_both_ways(client, codec):
    """Messages with references near and far, within a message and to the one before."""
    for payload in (json_like(300), json_like(300), sample(40_000) * 2, json_like(70_000), b"", json_like(300)):
        echo_compressed(client, codec, BINARY, payload)
    echo_compressed(client, codec, TEXT, sample(5000, TEXT))
    expect_message_plain(client)


def expect_message_plain(client):
    """A message that is not compressed may always be sent (RFC 7692, 6), and answered either way."""
    client.send_text("plain")
    got = client.read_frame()
    expect(got.opcode == TEXT, f"got {got}")


@compression.case("agrees to {}", *GOOD_OFFERS)
def _(server, offer):
    expect_both_ways(*open_deflate(server, offer))


@compression.case("agrees to a server's window of 8 bits as asked, or not at all")
def _(server):
    offer = NAME + "; server_max_window_bits=8"
    client = open_with(server, offer)
    if answer_of(client) is None:
        expect_alive(client)
    else:
        expect_both_ways(client, Deflate(answer_of(client), offer))


@compression.case('understands {} or declines it', 'server_max_window_bits="10"', 'client_max_window_bits="12"')
def _(server, parameter):
    client = open_with(server, f"{NAME}; {parameter}")
    if answer_of(client) is None:
        expect_alive(client)
    else:
        expect_both_ways(client, Deflate(answer_of(client), f"{NAME}; {parameter}"))


@compression.case("declines {}", *BAD_PARAMETERS)
def _(server, parameters):
    client = open_with(server, f"{NAME}; {parameters}")
    expect(answer_of(client) is None, f"it is agreed to: {answer_of(client)}")
    expect_alive(client)


@compression.case("another extension, {}", "x-webkit-deflate-frame", "mystery; a=1", "permessage-deflate2", "bbf-usp")
def _(server, offer):
    client = open_with(server, offer)
    expect(answer_of(client) is None, f"it is agreed to: {answer_of(client)}")
    expect_alive(client)


@compression.case("takes the good one of: {}, {}", ("mystery", NAME), (NAME, "mystery"),
                  (NAME + "; mystery", NAME), (NAME + "; server_max_window_bits=99", NAME + "; client_max_window_bits"))
def _(server, first, second):
    client = open_with(server, f"{first}, {second}")
    good = next(x for x in (first, second) if "mystery" not in x and "99" not in x)
    expect(answer_of(client) is not None, "none is agreed to")
    expect_both_ways(client, Deflate(answer_of(client), good))


@compression.case("answers one of two good offers")
def _(server):
    offers = [NAME + "; server_max_window_bits=10", NAME + "; client_max_window_bits"]
    client = open_with(server, ", ".join(offers))
    expect(answer_of(client) is not None, "none is agreed to")
    # The first is the one that the client prefers (RFC 7692, 5).
    expect_both_ways(client, Deflate(answer_of(client), offers[0]))


@compression.case("offers in two fields")
def _(server):
    client = open_with(server, "mystery\r\nSec-WebSocket-Extensions: " + NAME)
    if answer_of(client) is not None:
        expect_both_ways(client, Deflate(answer_of(client), NAME))


@compression.case("blanks do not matter")
def _(server):
    offer = f"  {NAME} ;  client_max_window_bits ; server_no_context_takeover "
    client = open_with(server, offer)
    expect(answer_of(client) is not None, "it is not agreed to")
    expect_both_ways(client, Deflate(answer_of(client), offer))


@compression.case("nothing is agreed to that was not offered")
def _(server):
    client = server.open()
    expect(answer_of(client) is None, f"agreed to {answer_of(client)}")
    client.send_text(json_like(5000))
    expect_message(client, TEXT, json_like(5000))
