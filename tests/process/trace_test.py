"""Following messages: `towncrier trace` and its API on one node and on a cluster of three, and `traceparent`."""

import asyncio
import json
import pathlib
import shutil
import sys
import tempfile

from admin import Admin, call, make_behind
from viewers import SMALL_BUFFERS, PATIENCE, Viewer, ViewerTest, change, event, eventually, program, run

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "scripts"))

from cluster_lib import Cluster  # noqa: E402

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"


class TraceTest(ViewerTest):
    async def follow(self, node, *arguments):
        """`towncrier trace` that has begun."""
        known = {x["id"] for x in (await self.call(node, "traces"))[1]["traces"]}
        process = await asyncio.create_subprocess_exec(
            program(), "trace", *arguments, "--admin", node.admin_url(""), stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE)
        self.addCleanup(lambda: process.returncode is None and process.kill())
        for _ in range(200):
            if {x["id"] for x in (await self.call(node, "traces"))[1]["traces"]} - known:
                return process
            await asyncio.sleep(0.05)
        raise AssertionError("the trace did not begin")

    async def finish(self, process, code=0):
        """What it printed."""
        out, error = await asyncio.wait_for(process.communicate(), PATIENCE)
        self.assertEqual(process.returncode, code, (out, error))
        return out.decode()

    @staticmethod
    async def call(node, *arguments):
        return await asyncio.to_thread(call, node, *arguments)

    def spans(self, message, **wanted):
        return [x for x in message["spans"] if all(x[key] == value for key, value in wanted.items())]

    def expect_one_tree(self, message):
        ids = {x["id"] for x in message["spans"]}
        self.assertEqual(len(ids), len(message["spans"]))
        self.assertEqual([x["step"] for x in message["spans"] if x["parent"] is None], ["received"])
        self.assertLessEqual({x["parent"] for x in message["spans"]} - {None}, ids)
        for x in message["spans"]:
            self.assertGreaterEqual(min(x["mailbox_ms"], x["handler_ms"], x["kept_ms"]), 0)


class OneNode(TraceTest):
    async def test_follows_a_message_from_its_publisher_to_every_viewer(self):
        node = self.start("--edge.resume-grace", "0ms")
        publisher = await self.enter(Viewer(node.websocket_url()))
        sees = await self.enter(Viewer(node.websocket_url(), "msgpack"))
        narrow = await self.enter(Viewer(node.websocket_url()))
        await narrow.ask("subscribe", {"channels": ["character:somebody"]})
        trace = await self.follow(node, "character:bus-7", "--json")
        await publisher.send_raw(json.dumps({**change("bus-8"), "traceparent": f"00-{TRACE_ID}-{PARENT}-01"}))
        await publisher.send_raw(json.dumps({**change("bus-7"), "traceparent": f"00-{TRACE_ID}-{PARENT}-01"}))
        answer = json.loads(await self.finish(trace))
        self.assertEqual((answer["state"], answer["node"], answer["asked"]), ("complete", node.name, 1))
        message = answer["messages"][0]
        self.assertEqual((message["trace_id"], message["parent_id"]), (TRACE_ID, PARENT))
        self.assertEqual((message["subject"], message["type"]), ("character:bus-7", "state_change"))
        self.assertEqual((message["epoch"], message["version"]),
                         (sees.states["bus-7"]["epoch"], sees.states["bus-7"]["version"]))
        self.expect_one_tree(message)
        steps = [x["step"] for x in message["spans"]]
        for step in ("received", "admitted", "directed", "published", "batched", "exchanged", "fan_out"):
            self.assertIn(step, steps)
        # Against what they were given.
        self.assertNotIn("bus-7", narrow.states)
        expected = {publisher: "written", sees: "written", narrow: "filtered"}
        for viewer, outcome in expected.items():
            own = self.spans(message, label=viewer.welcome["connection_id"], outcome=outcome)
            self.assertEqual(len(own), 1, message)
        self.assertEqual({x: n for x, n in message["receivers"].items() if n}, {"written": 2, "filtered": 1})
        self.assertEqual(self.spans(message, outcome="filtered")[0]["reason"], "not_subscribed")
        # The actors are those that the list of actors has.
        batcher = (await self.call(node, "actors?kind=batcher"))[1]["actors"][0]
        self.assertEqual([x["actor"] for x in self.spans(message, step="batched")], [batcher["id"]])
        self.assertGreater(self.spans(message, step="batched")[0]["kept_ms"], 0)
        self.assertIn("tracer", {x["kind"] for x in (await self.call(node, "actors"))[1]["actors"]})

    async def test_prints_a_tree_that_fits_a_terminal(self):
        node = self.start("--edge.resume-grace", "0ms", "--inspection.slow-actor", "exchange:120")
        viewer = await self.enter(Viewer(node.websocket_url()))
        await eventually(lambda: not any(x["mailbox"] or x["running_seconds"] for x in
                                         call(node, "actors?kind=exchange")[1]["actors"]), "an exchange with time")
        trace = await self.follow(node, "event:a-rather-long-name-for-an-event-that-nobody-would-give", "--count", "2")
        for number in range(2):
            await viewer.send_raw(json.dumps(event(number, "a-rather-long-name-for-an-event-that-nobody-would-give")))
        text = await self.finish(trace)
        self.assertLessEqual(max(map(len, text.splitlines())), 80, text)
        self.assertIn("complete: 2 of 2 messages", text)
        self.assertEqual(text.count("viewers: written 1"), 2, text)
        slowest = [line for line in text.splitlines() if "slowest:" in line]
        self.assertEqual(len(slowest), 2)
        for line in slowest:
            self.assertIn("in the handler of exchange", line)
            self.assertGreaterEqual(float(line.split()[1]), 120)
            self.assertLess(float(line.split()[1]), 600)

    async def test_a_traceparent_that_cannot_be_read_counts_as_not_sent(self):
        node = self.start()
        publisher = await self.enter(Viewer(node.websocket_url()))
        trace = await self.follow(node, "character:bus-7", "--json")
        await publisher.send_raw(json.dumps({**change("bus-7"), "traceparent": "00-nonsense", "id": "x"}))
        message = json.loads(await self.finish(trace))["messages"][0]
        self.assertIsNone(message["parent_id"])
        self.assertRegex(message["trace_id"], "^[0-9a-f]{32}$")
        await publisher.until(lambda: "x" in publisher.answers, "an answer")
        self.assertEqual((publisher.answers["x"]["type"], publisher.errors), ("result", []))

    async def test_says_that_the_time_is_over(self):
        node = self.start()
        text = await self.finish(await self.follow(node, "event:never", "--seconds", "1"), 1)
        self.assertIn("the time is over: 0 of 1 messages", text)
        answer = json.loads(await self.finish(await self.follow(node, "event:never", "--seconds", "1", "--json"), 1))
        self.assertEqual((answer["state"], answer["messages"]), ("ended", []))

    async def test_follows_the_town(self):
        node = self.start("--world.characters", "20", "--world.rate", "60", "--world.tick", "100ms")
        await self.enter(Viewer(node.websocket_url()))
        status, town = await self.call(node, "actors?kind=character_publisher&sort=handled&limit=1")
        self.assertEqual(status, 200)
        who = await eventually(
            lambda: next((x["label"] for x in call(node, "actors?kind=character_publisher&sort=handled")[1]["actors"]
                          if x["handled"] > 3), None), "somebody who moves")
        answer = json.loads(await self.finish(await self.follow(node, f"character:{who}", "--json")))
        first = next(x for x in answer["messages"][0]["spans"] if x["parent"] is None)
        self.assertEqual((first["step"], first["kind"]), ("ticked", "world"))

    async def test_the_api_refuses_what_makes_no_sense(self):
        node = self.start()
        for body in ({}, {"subject": "bus-7"}, {"subject": "event:x", "count": 0}, {"subject": "event:x", "count": 101},
                     {"subject": "event:x", "seconds": 301}, {"subject": "event:x", "seconds": "9"}):
            status, answer = call(node, "traces", body)
            self.assertEqual((status, list(answer)), (400, ["error"]), body)
        self.assertEqual(call(node, "traces/0123456789abcdef")[0], 404)
        self.assertEqual(call(node, "traces", {"subject": "event:x"}, {"Content-Type": "text/plain"})[0], 415)
        begun = [call(node, "traces", {"subject": f"event:{i}"}) for i in range(9)]
        self.assertEqual([x[0] for x in begun], [200] * 8 + [429])
        self.assertEqual({x["state"] for x in call(node, "traces")[1]["traces"]}, {"following"})


class Three(TraceTest):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        folder = pathlib.Path(tempfile.mkdtemp(prefix="towncrier-trace-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        self.cluster = Cluster(folder / "state", program(), die_with_caller=True)
        self.addCleanup(self.cluster.down)
        self.cluster.up(3, 0, ("--edge.resume-grace", "0ms", "--edge.max-queued-bytes", "16KiB",
                               "--edge.max-event-bytes", "64KiB"))
        self.nodes = [Admin(x.admin) for x in self.cluster.nodes]
        self.urls = [x.edge for x in self.cluster.nodes]

    async def test_says_of_viewers_on_three_nodes_what_became_of_a_message(self):
        publisher, keeps_up = [await self.enter(Viewer(self.urls[0])) for _ in range(2)]
        lags = await self.enter(Viewer(self.urls[1], **SMALL_BUFFERS))
        elsewhere = await self.enter(Viewer(self.urls[2]))
        await elsewhere.ask("subscribe", {"channels": ["character:somebody"]})
        await publisher.ask("character_update", {"character_id": "bus-7", "state": "S0"})
        await make_behind(lags, self.nodes[1], publisher)
        traces = [await self.follow(self.nodes[2], "character:bus-7", "--json")]
        await publisher.send_raw(json.dumps({**change("bus-7", "S1"), "traceparent": f"00-{TRACE_ID}-{PARENT}-01"}))
        await asyncio.sleep(0.3)
        await publisher.send_raw(json.dumps(change("bus-7", "S2")))
        answer = json.loads(await self.finish(traces[0]))
        self.assertEqual((answer["state"], answer["node"]), ("complete", "n3"))
        message = answer["messages"][0]
        self.assertEqual((message["trace_id"], message["parent_id"]), (TRACE_ID, PARENT))
        self.assertEqual(message["origin"], "n1")
        self.expect_one_tree(message)
        self.assertEqual({x["node"] for x in message["spans"]}, {"n1", "n2", "n3"})
        self.assertEqual(len(self.spans(message, step="linked", node="n1")), 2)
        self.assertEqual({x["node"] for x in self.spans(message, step="arrived")}, {"n2", "n3"})
        for viewer, node, outcome in ((publisher, "n1", "written"), (keeps_up, "n1", "written"),
                                      (lags, "n2", "conflated"), (elsewhere, "n3", "filtered")):
            own = self.spans(message, node=node, label=viewer.welcome["connection_id"], outcome=outcome)
            self.assertEqual(len(own), 1, (node, outcome, message))
        self.assertEqual({x: n for x, n in message["receivers"].items() if n},
                         {"written": 2, "conflated": 1, "filtered": 1})
        replaced = self.spans(message, outcome="conflated")[0]["reason"]
        self.assertIn(f".{message['version'] + 1} took its place", replaced)
        self.assertEqual(self.spans(message, outcome="filtered")[0]["reason"], "not_subscribed")
        # What they were really given.
        await keeps_up.until(lambda: keeps_up.states["bus-7"]["state"] == "S2")
        self.assertEqual(keeps_up.states["bus-7"]["version"], message["version"] + 1)
        seen = []
        take = lags.take

        def note(told):
            for one in told["data"] if told["type"] == "batch" else [told]:
                if one["type"] in ("state_change", "character_update") and one["data"]["character_id"] == "bus-7":
                    seen.append(one["data"]["version"])
            take(told)

        lags.take = note
        lags.go_on()
        await lags.until(lambda: message["version"] + 1 in seen, "the latest state")
        self.assertNotIn(message["version"], seen)
        self.assertNotIn("bus-7", elsewhere.states)
        # Any node tells of it, and all of them have stopped.
        for node in self.nodes:
            status, again = await self.call(node, f"traces/{answer['id']}")
            self.assertEqual((status, again["state"]), (200, "complete"))
            self.assertEqual(len(again["messages"][0]["spans"]), len(message["spans"]))

    async def test_follows_what_a_connection_of_another_node_is_shown(self):
        publisher = await self.enter(Viewer(self.urls[0]))
        viewer = await self.enter(Viewer(self.urls[1]))
        trace = await self.follow(self.nodes[1], "connection:" + viewer.welcome["connection_id"], "--json")
        await publisher.send_raw(json.dumps(event(1)))
        message = json.loads(await self.finish(trace))["messages"][0]
        self.assertEqual((message["origin"], message["subject"]), ("n1", "event:counted"))
        own = self.spans(message, node="n2", label=viewer.welcome["connection_id"])
        self.assertEqual([x["outcome"] for x in own], ["written"])


if __name__ == "__main__":
    run()
