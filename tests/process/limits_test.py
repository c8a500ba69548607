"""What a node allows: how much, how many, how large, from where and how silent; and what it says beyond it."""

import asyncio
import collections
import http.client
import json
import tempfile
import time

import websockets

from auth_test import make_token
from raw_client import CLOSE, PING, TEXT, Ended, RawClient, handshake_request, new_key
from viewers import Viewer, ViewerTest, change, event, eventually, metric, numbers, run


class LimitsTest(ViewerTest):
    def start_with_tokens(self, *options, **roles):
        """A node that knows a token of each name, by `name=role`."""
        made = {name: make_token(name, role) for name, role in roles.items()}
        file = tempfile.NamedTemporaryFile("w")
        self.addCleanup(file.close)
        file.write("".join(line + "\n" for _, line in made.values()))
        file.flush()
        return self.start("--auth.tokens", file.name, *options), {name: token for name, (token, _) in made.items()}

    async def join(self, node, token=None, form="json"):
        return await self.enter(Viewer(node.websocket_url(), form, token))


class Rates(LimitsTest):
    async def test_says_when_a_viewer_may_send_again(self):
        node, tokens = self.start_with_tokens("--rate-limiter.max-messages", "10", "--rate-limiter.window", "2s",
                                              anna="viewer", bert="viewer")
        anna, bert = await self.join(node, tokens["anna"]), await self.join(node, tokens["bert"], "msgpack")
        self.assertEqual((anna.welcome["limits"]["max_messages"], anna.welcome["limits"]["window_seconds"]), (10, 2))
        for _ in range(10):
            self.assertEqual((await anna.ask("heartbeat"))["type"], "heartbeat")
        refused = await anna.ask("heartbeat")
        self.assertEqual((refused["type"], refused["data"]["code"]), ("error", 1003))
        self.assertTrue(0 < refused["data"]["retry_after"] <= 2, refused)
        self.assertEqual((await bert.ask("heartbeat"))["type"], "heartbeat")
        # Another connection is no other client.
        await anna.close()
        again = await self.join(node, tokens["anna"])
        refused = await again.ask("heartbeat")
        self.assertEqual(refused["data"].get("code"), 1003, refused)
        await asyncio.sleep(refused["data"]["retry_after"])
        self.assertEqual((await again.ask("heartbeat"))["type"], "heartbeat")

    async def test_counts_the_messages_of_a_batch(self):
        node, tokens = self.start_with_tokens("--rate-limiter.publisher-max-messages", "10", carl="publisher")
        carl = await self.join(node, tokens["carl"])
        self.assertTrue((await carl.ask("batch", [event(n) for n in range(8)]))["data"].get("ok"))
        answer = await carl.ask("batch", [event(n) for n in range(8, 12)])
        self.assertEqual(answer["data"].get("code"), 1003, answer)
        self.assertTrue((await carl.ask("event_notification", event(12)["data"]))["data"].get("ok"))
        await carl.until(lambda: len(carl.events) == 9, "what was let through")
        self.assertEqual(numbers(carl), [*range(8), 12])

    async def test_ends_the_connection_of_who_does_not_stop(self):
        node, tokens = self.start_with_tokens("--rate-limiter.max-messages", "5", "--rate-limiter.max-violations", "20",
                                              anna="viewer")
        anna = await self.join(node, tokens["anna"])
        for n in range(40):
            await anna.send("heartbeat", {}, n)
        self.assertEqual(await anna.until_closed(), 1008)
        self.assertEqual({x["code"] for x in anna.errors}, {1003})
        self.assertTrue(20 <= len(anna.errors) <= 21, anna)
        # The close may overtake answers to what was let through.
        self.assertLessEqual(anna.counts["heartbeat"], 5)

    async def test_slows_a_publisher_and_refuses_it_nothing(self):
        node = self.start("--edge.max-in-flight", "64", "--edge.max-queued-bytes", "16MiB")
        viewer, publisher = await self.join(node), await self.join(node)
        await publisher.ask("unsubscribe", {"channels": ["world"]})
        for begin in range(0, 20000, 100):
            await publisher.send("batch", [event(n) for n in range(begin, begin + 100)])
        await viewer.until(lambda: len(viewer.events) == 20000, "every event")
        self.assertEqual(numbers(viewer), list(range(20000)))
        self.assertFalse(publisher.errors + viewer.lags + viewer.faults)


class Places(LimitsTest):
    async def test_lets_in_no_more_than_there_are_places(self):
        node = self.start("--edge.max-connections", "3")
        clients = [await asyncio.to_thread(RawClient.connect, node.edge) for _ in range(2)]
        last = await self.join(node)
        await self.is_full(node)
        # Its page and its health are no clients.
        self.assertEqual(node.get(node.http_url("/healthz"))[0], 200)
        await last.close()
        last = await self.gets_in(node)
        await self.is_full(node)
        await last.cut()
        last = await self.gets_in(node)
        await self.is_full(node)
        clients[0].close()
        await self.gets_in(node)
        clients[1].close()

    async def is_full(self, node):
        def ask():
            line = http.client.HTTPConnection(*node.edge, timeout=10)
            line.request("GET", "/", headers={"Upgrade": "websocket", "Connection": "Upgrade",
                                              "Sec-WebSocket-Version": "13",
                                              "Sec-WebSocket-Key": "AQIDBAUGBwgJCgsMDQ4PEA=="})
            answer = line.getresponse()
            line.close()
            return answer
        answer = await asyncio.to_thread(ask)
        self.assertEqual(answer.status, 503)
        self.assertGreater(int(answer.headers["Retry-After"]), 0)

    async def gets_in(self, node):
        deadline = time.monotonic() + 20
        while True:
            try:
                return await self.join(node)
            except websockets.InvalidStatusCode as refused:
                self.assertEqual(refused.status_code, 503)
                self.assertLess(time.monotonic(), deadline, "the place was not free again")

    async def test_lets_in_pages_of_allowed_origins_alone(self):
        node = self.start("--edge.allowed-origins", "https://town.example,http://localhost:8000")
        for origin in ("https://town.example", "http://localhost:8000", None):
            await self.enter(Viewer(node.websocket_url(), origin=origin))
        for origin in ("https://evil.example", "https://town.example.evil.example", "http://town.example", "null"):
            with self.assertRaises(websockets.InvalidStatusCode) as refused:
                await Viewer(node.websocket_url(), origin=origin).connect()
            self.assertEqual(refused.exception.status_code, 403, origin)

    async def test_takes_origins_as_it_offers_them(self):
        for given, good, bad in (
                ("*", ("https://evil.example", "null", "http://127.0.0.1:9"), ()),
                ("https://*.town.example", ("https://a.town.example", "https://A.b.Town.example:443"),
                 ("https://town.example", "http://a.town.example", "https://a.town.example:8443",
                  "https://eviltown.example", "https://a.town.example.evil.example")),
                ("https://town.example:443", ("https://town.example", "https://town.example:443"),
                 ("https://town.example:444", "http://town.example:443")),
                ("http://[::1]:8000,null", ("http://[0:0::1]:8000", "null"), ("http://[::1]", "file://"))):
            node = self.start("--edge.allowed-origins", given)
            for origin in good:
                await self.enter(Viewer(node.websocket_url(), origin=origin))
            for origin in bad:
                await self.is_kept_out(node, origin)

    async def is_kept_out(self, node, origin, **how):
        with self.assertRaises(websockets.InvalidStatusCode, msg=origin) as refused:
            await Viewer(node.websocket_url(), origin=origin, **how).connect()
        self.assertEqual(refused.exception.status_code, 403, (origin, how))

    async def test_lets_no_foreign_page_command_while_everybody_may(self):
        node = self.start()
        port = node.edge[1]
        for origin in (None, f"http://127.0.0.1:{port}", f"http://localhost:{port}", f"http://[::1]:{port}",
                       "http://127.8.9.1", "https://LOCALHOST:5173"):
            await self.enter(Viewer(node.websocket_url(), origin=origin))
        for origin in ("https://evil.example", "null", "file://", "http://127.evil.example", "http://localhost.evil.example",
                       "http://evil.example/127.0.0.1", "http://127.0.0.1@evil.example", "http://[::1].evil.example"):
            await self.is_kept_out(node, origin)

    async def test_is_asked_by_no_other_name_while_everybody_may(self):
        # A page whose domain was pointed at 127.0.0.1 is of the very host that it asks.
        node = self.start()
        good = ("localhost", "LocalHost:1", "127.0.0.1:9", "127.3.2.1", "[::1]:8765", "[0:0:0:0:0:0:0:1]")
        bad = ("evil.example", "127.evil.example", "127.0.0.1.evil.example:8765", "localhost.evil.example", "127.0.0.1.",
               "localhost.", "me@localhost", "localhost:x", "localhost:0", "[::1", "[::1]x", "[::ffff:127.0.0.1]", "127.1")
        for host, status in [(x, 200) for x in good] + [(x, 403) for x in bad]:
            for path in ("/", "/api/town.json", "/nothing"):
                self.assertEqual(await self.status(node, host, path) == 403, status == 403, (host, path))
            for origin in (None, "http://" + host):
                self.assertEqual(await self.upgrade(node, host, origin), 101 if status == 200 else 403, (host, origin))
            self.assertEqual(await self.status(node, host, "/healthz"), 200)
        listed = self.start("--edge.allowed-origins", "https://town.example")
        self.assertEqual(await self.upgrade(listed, "town.example", "https://town.example"), 101)
        self.assertEqual(await self.upgrade(listed, "evil.example", "https://town.example"), 403)
        told = self.start("--edge.listen", "0.0.0.0:0", "--auth.allow-anonymous", "true")
        self.assertEqual(await self.upgrade(told, "town.example", None), 101)
        self.assertEqual(await self.upgrade(told, "town.example", "http://town.example"), 101)
        self.assertEqual(await self.upgrade(told, "town.example", "http://evil.example"), 403)

    async def status(self, node, host, path):
        return await asyncio.to_thread(ask_by_name, node.edge, f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())

    async def upgrade(self, node, host, origin):
        request = handshake_request("/", new_key(), host, {"Origin": origin})
        return await asyncio.to_thread(ask_by_name, node.edge, request)


def ask_by_name(address, request):
    """The status that a request is answered."""
    client = RawClient(address)
    try:
        client.send_bytes(request)
        return client.read_response().status
    finally:
        client.close()


class Messages(LimitsTest):
    async def test_takes_messages_up_to_the_size_it_names(self):
        node = self.start("--edge.max-message-bytes", "2KiB")
        for form, compression in (("json", None), ("msgpack", None), ("json", "deflate")):
            viewer = await self.enter(Viewer(node.websocket_url(), form, compression=compression))
            self.assertEqual(viewer.welcome["limits"]["max_message_bytes"], 2048)
            self.assertEqual((await viewer.ask("heartbeat", {"x": "y" * 1900}))["type"], "heartbeat")
            await viewer.send("heartbeat", {"x": "y" * 2100})
            self.assertEqual(await viewer.until_closed(), 1009)
            self.assertIn("2048 bytes", viewer.close_reason)

    async def test_takes_no_more_levels_than_it_may(self):
        node = self.start("--edge.max-depth", "8", "--edge.max-message-bytes", "1MiB")
        for form in ("json", "msgpack"):
            viewer = await self.join(node, form=form)
            for depth, good in ((5, True), (30, False), (400, False)):
                data = []
                for _ in range(depth):
                    data = [data]
                answer = await self.answer_or_error(viewer, {"event_type": "nested", "data": data})
                self.assertEqual(answer, good, f"{form}, {depth} levels")
            self.assertEqual((await viewer.ask("heartbeat"))["type"], "heartbeat")
        viewer = await self.join(node)
        await viewer.send_raw('{"type":"event_notification","data":' + "[" * 400_000)
        await viewer.until(lambda: viewer.errors, "an error")
        self.assertEqual(viewer.errors[0]["code"], 1001)

    @staticmethod
    async def answer_or_error(viewer, data):
        """Whether it was taken. What is too deep may be refused before its id is read."""
        before = len(viewer.errors)
        await viewer.send("event_notification", data, "deep")
        await viewer.until(lambda: len(viewer.errors) > before or "deep" in viewer.answers, "an answer")
        viewer.answers.pop("deep", None)
        return len(viewer.errors) == before

    async def test_ends_the_connection_of_who_sends_nothing_good(self):
        node = self.start("--edge.max-errors", "20")
        for form, bad in (("json", "{"), ("msgpack", b"\xc1"), ("json", b"{}"), ("msgpack", "{}")):
            viewer = await self.join(node, form=form)
            for _ in range(40):
                await viewer.send_raw(bad)
            self.assertEqual(await viewer.until_closed(), 1008)
            self.assertEqual({x["code"] for x in viewer.errors}, {1001})
            self.assertTrue(20 <= len(viewer.errors) <= 21, viewer)


class Silence(LimitsTest):
    async def test_closes_a_silent_client_and_keeps_one_that_answers(self):
        node = self.start("--edge.heartbeat-interval", "300ms", "--edge.heartbeat-timeout", "1s")
        alive = await self.join(node)  # the library answers pings by itself
        begin = time.monotonic()
        frames = await asyncio.to_thread(self.listen_in_silence, node)
        self.assertTrue(1 <= time.monotonic() - begin < 10)
        self.assertIn(PING, [x.opcode for x in frames])
        self.assertEqual((frames[-1].opcode, frames[-1].close_code), (CLOSE, 4002))
        self.assertIn("heartbeat", [json.loads(x.payload)["type"] for x in frames if x.opcode == TEXT])
        await eventually(lambda: metric(node, "towncrier_active_connections") == 1, "the silent one's end")
        self.assertIsNone(alive.close_code)
        self.assertEqual((await alive.ask("heartbeat"))["type"], "heartbeat")

    @staticmethod
    def listen_in_silence(node):
        frames = []
        with RawClient.connect(node.edge) as client:
            while not frames or frames[-1].opcode != CLOSE:
                frames.append(client.read_frame())
        return frames

    async def test_drops_who_does_not_finish_a_handshake(self):
        node = self.start("--edge.handshake-timeout", "500ms")
        before = node.open_descriptors()
        for start in (b"", b"GET / HTTP/1.1\r\nHost: x\r\n", b"\x16\x03\x01\x02\x00\x01"):
            with RawClient(node.edge, timeout=10) as client:
                client.send_bytes(start)
                try:
                    await asyncio.to_thread(client.read_end)
                except Ended as end:
                    self.assertTrue(end.reset)
        await eventually(lambda: node.open_descriptors() <= before, "the sockets' end")

    async def test_says_once_what_one_character_is(self):
        # 7 and "7" are one character, however they come.
        node = self.start()
        viewer = await self.join(node)
        await viewer.ask("batch", [change(7, "A"), change("7", "B")])
        await viewer.until(lambda: viewer.states.get("7", {}).get("state") == "B", "the later state")
        self.assertEqual((viewer.states["7"]["version"], viewer.faults), (2, []))


class Descriptors(LimitsTest):
    """A process may have only so many files and sockets open at once."""

    def crowd(self, node, count):
        """How `count` clients that knock at once, and stay, are answered: their statuses; 0 where there is no answer."""
        statuses, clients = collections.Counter(), []
        for _ in range(count):
            try:
                clients.append(RawClient(node.edge, timeout=10))
                clients[-1].send_bytes(handshake_request("/", new_key(), "%s:%d" % node.edge))
            except (Ended, OSError):
                statuses[0] += 1
        for client in clients:
            self.addCleanup(client.close)
            try:
                answer = client.read_response()
                statuses[answer.status] += 1
                if answer.status == 503:
                    self.assertIn("retry-after", answer.fields)
            except Ended:
                statuses[0] += 1
        return statuses

    async def test_raises_the_soft_limit_to_what_it_needs(self):
        node = self.start("--edge.max-connections", "300", descriptors=(100, 4096))
        self.assertEqual(self.crowd(node, 200), {101: 200})
        self.assertNotIn("file descriptors", node.log)

    async def test_says_at_start_when_the_hard_limit_is_too_low(self):
        node = self.start("--edge.max-connections", "300", descriptors=(100, 100))
        node.wait_for_log(r"100 file descriptors .*about 52 clients.*edge.max_connections is 300")

    async def test_refuses_who_does_not_fit_and_still_answers_operators(self):
        node = self.start("--edge.max-connections", "300", descriptors=(100, 100))
        statuses = self.crowd(node, 150)
        self.assertEqual(statuses[101] + statuses[503] + statuses[0], 150, statuses)
        self.assertGreater(statuses[101], 20, statuses)
        self.assertGreater(statuses[503], 5, statuses)
        for page in ("/healthz", "/readyz", "/metrics"):
            self.assertEqual(node.get(node.admin_url(page))[0], 200)
        # Those who are in are served, and what there is to say is said once.
        self.assertEqual(metric(node, "towncrier_active_connections"), statuses[101])
        lines = [line for line in node.log.splitlines() if "refused" in line or "cannot accept" in line]
        self.assertEqual(len(lines), 1, node.log)


if __name__ == "__main__":
    run()
