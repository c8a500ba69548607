"""What our clients do when a connection ends, or a request is refused: against a node that a test plays."""

import asyncio
import json
import re
import signal
import tempfile
import time

import websockets

from close_codes import LOST, ROOT, RULES
from publish_test import PublishTest, make_recording
from viewers import PATIENCE, Viewer, event, eventually, metric, program, run

# A client that does not come back has not come back within this time, seconds.
GONE = 1.5
ROW = re.compile(r"^\| (\d{4}) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


class PlayedNode:
    """Welcomes every client, and then does with connection number n (from 1) what `part(n, websocket)` does."""

    def __init__(self, part, welcome=True):
        self.part, self.welcome, self.times = part, welcome, []

    async def __aenter__(self):
        self._server = await websockets.serve(self._serve, "127.0.0.1", 0, subprotocols=["towncrier.v1.json"])
        self.url = f"ws://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/"
        return self

    async def __aexit__(self, *_):
        self._server.close()
        await self._server.wait_closed()

    @staticmethod
    async def say(websocket, kind, data):
        await websocket.send(json.dumps({"type": kind, "data": data, "timestamp": time.time()}))

    async def _serve(self, websocket, path=None):
        self.times.append(time.monotonic())
        number = len(self.times)
        if self.welcome is True or number <= self.welcome:
            await self.say(websocket, "welcome", {"connection_id": f"c{number}", "node": "played", "protocol": 1,
                                                  "heartbeat_interval": 15, "position": "p:1:1", "resumed": False,
                                                  "limits": {"max_messages": 100, "max_message_bytes": 65536}})
        await self.part(number, websocket)


async def stay(websocket):
    """Reads until the client goes."""
    async for _ in websocket:
        pass


def ends_first(code, reason="because"):
    async def part(number, websocket):
        if number > 1:
            await stay(websocket)
        elif code == LOST:
            websocket.transport.abort()
        else:
            await websocket.close(code, reason)
    return part


class ClientsTest(PublishTest):
    async def begin(self, *arguments):
        process = await asyncio.create_subprocess_exec(program(), *arguments, stdout=asyncio.subprocess.PIPE,
                                                       stderr=asyncio.subprocess.PIPE)
        self.addCleanup(self.end, process)
        return process

    async def follow_rule(self, rule, *command):
        """Runs a client to a node that ends its first connection so; it does what the rule says."""
        async with PlayedNode(ends_first(rule["code"])) as node:
            client = await self.begin(*(node.url if x is None else x for x in command))
            if rule["returns"]:
                await eventually(lambda: len(node.times) == 2, f"{command[0]}'s return after {rule['code']}", PATIENCE)
                self.assertGreaterEqual(node.times[1] - node.times[0], rule["wait_seconds"])
                self.assertIsNone(client.returncode)
                client.send_signal(signal.SIGTERM)
                await asyncio.wait_for(client.communicate(), PATIENCE)
                return None, ""
            _, error = await asyncio.wait_for(client.communicate(), PATIENCE)
            await asyncio.sleep(GONE)
            self.assertEqual(len(node.times), 1, rule)
            return client.returncode, error.decode()


class CloseCodes(ClientsTest):
    async def test_watch_does_what_the_table_says(self):
        for rule in RULES.values():
            with self.subTest(code=rule["code"]):
                status, error = await self.follow_rule(rule, "watch", None)
                if not rule["returns"]:
                    self.assertEqual(status, 0 if rule["code"] == 1000 else 1)
                    if status:
                        self.assertIn(f"{rule['code']} {rule['words']}: because", error)

    async def test_publish_does_what_the_table_says(self):
        path = self.write(make_recording(1, seconds=2))
        for rule in RULES.values():
            with self.subTest(code=rule["code"]):
                status, error = await self.follow_rule(rule, "publish", None, path)
                if not rule["returns"]:
                    self.assertEqual(status, 1)
                    self.assertIn(f"{rule['code']} {rule['words']}: because", error)

    async def test_a_code_of_another_program_brings_them_back(self):
        other = {"code": 4444, "returns": True, "wait_seconds": 0}
        await self.follow_rule(other, "watch", None)

    async def test_who_comes_back_and_is_refused_for_good_does_not_try_again(self):
        async def part(number, websocket):
            if number == 1:
                return await websocket.close(1001, "the node is stopping")
            await PlayedNode.say(websocket, "error", {"code": 1002, "message": "the token is not valid"})
            await websocket.close(1008, "Invalid token")

        path = self.write(make_recording(1, seconds=2))
        for command in (("watch", None), ("publish", None, path)):
            async with PlayedNode(part, welcome=1) as node:
                client = await self.begin(*(node.url if x is None else x for x in command))
                _, error = await asyncio.wait_for(client.communicate(), PATIENCE)
                self.assertEqual((client.returncode, len(node.times)), (1, 2))
                self.assertIn("1008 policy: Invalid token", error.decode())

    def test_the_readme_has_the_table(self):
        text = (ROOT / "README.md").read_text(encoding="utf-8")
        found = {int(code): (words, when, rule) for code, words, when, rule in ROW.findall(text)}
        self.assertEqual(list(found), list(RULES))
        for code, (words, when, rule) in found.items():
            row = RULES[code]
            self.assertEqual((words, when.replace("`", "")), (row["words"], row["when"]), code)
            wait = f", after {row['wait_seconds']} s at least" if row["wait_seconds"] else ""
            self.assertEqual(rule, ("yes" if row["returns"] else "no") + wait, code)


class Refusals(ClientsTest):
    async def test_watch_asks_again_for_the_snapshot_that_was_refused(self):
        asked = []

        async def part(_, websocket):
            async for text in websocket:
                message = json.loads(text)
                if message["type"] != "subscribe":
                    continue
                asked.append((time.monotonic(), message))
                if len(asked) < 3:
                    await PlayedNode.say(websocket, "error", {"code": 1003, "message": "too many", "id": message["id"],
                                                              "retry_after": 0.7})
                else:
                    await PlayedNode.say(websocket, "subscribed", {"channels": ["world"], "id": message["id"]})

        async with PlayedNode(part) as node:
            client = await self.begin("watch", node.url, "--snapshot")
            await eventually(lambda: len(asked) == 3, "the third request", PATIENCE)
            await asyncio.sleep(GONE)
            client.send_signal(signal.SIGTERM)
            await asyncio.wait_for(client.communicate(), PATIENCE)
        self.assertEqual([x["data"] for _, x in asked], [{"channels": ["world"], "snapshot": True}] * 3)
        for (before, _), (after, _) in zip(asked, asked[1:]):
            self.assertGreaterEqual(after - before, 0.7)

    async def test_publish_is_not_failed_by_a_heartbeat_that_was_refused(self):
        async def part(_, websocket):
            await PlayedNode.say(websocket, "error", {"code": 1003, "message": "too many", "retry_after": 1})
            async for text in websocket:
                message = json.loads(text)
                if "id" in message:
                    await PlayedNode.say(websocket, "result", {"id": message["id"], "ok": True})

        async with PlayedNode(part) as node:
            client = await self.begin("publish", node.url, self.write(make_recording(2, seconds=1)), "--speed", "max")
            out, error = await asyncio.wait_for(client.communicate(), PATIENCE)
        self.assertEqual(client.returncode, 0, (out, error))
        self.assertIn(b" 0 errors", out)


class Silence(ClientsTest):
    async def test_watch_that_was_stopped_for_too_long_goes_on_where_it_was(self):
        node = self.start("--edge.heartbeat-interval", "300ms", "--edge.heartbeat-timeout", "1s")
        client = await self.begin("watch", node.websocket_url(), "--json", "--subscribe", "event:counted")
        teller = await self.enter(Viewer(node.websocket_url()))
        await eventually(lambda: metric(node, "towncrier_active_connections") == 2, "the watcher")
        await teller.ask("event_notification", event(0)["data"])
        seen = [await self.next(client, "event_notification")]
        client.send_signal(signal.SIGSTOP)
        await eventually(lambda: metric(node, "towncrier_active_connections") == 1, "the end of the stopped one")
        for number in range(1, 5):
            await teller.ask("event_notification", event(number)["data"])
        client.send_signal(signal.SIGCONT)
        welcome = await self.next(client, "welcome")
        self.assertTrue(welcome["data"]["resumed"], welcome)
        await teller.ask("event_notification", event(5)["data"])
        while len(seen) < 6:
            seen.append(await self.next(client, "event_notification"))
        self.assertEqual([x["data"]["data"]["number"] for x in seen], list(range(6)))
        self.assertIsNone(client.returncode)
        client.send_signal(signal.SIGTERM)
        _, error = await asyncio.wait_for(client.communicate(), PATIENCE)
        self.assertEqual(client.returncode, 0)
        self.assertRegex(error.decode(), r"4002 no sign of life.*; reconnecting|1006 connection lost.*; reconnecting")

    @staticmethod
    async def next(process, kind):
        """The next message of this type that it prints."""
        async def read():
            while line := await process.stdout.readline():
                message = json.loads(line)
                if message["type"] == kind:
                    return message
            raise AssertionError("it ended: " + (await process.stderr.read()).decode())
        return await asyncio.wait_for(read(), PATIENCE)


if __name__ == "__main__":
    run()
