"""Publishing: a recording as fast as the node takes it, messages by hand, and a node that goes and comes back.

Where TOWNCRIER_RECORDING names a recording (plain or gzip), it is published too.
"""

import asyncio
import gzip
import json
import os
import random
import socket
import tempfile
import unittest

from viewers import SMALL_BUFFERS, Viewer, ViewerTest, change, event, metric, numbers, program, run

VEHICLES = 250
# More than the kernel keeps for a client that does not read.
MANY_SECONDS = 100


def make_recording(seed, seconds=20):
    """Rows of vehicles that come, drive and go, in the order of time."""
    dice, cars, rows = random.Random(seed), {}, []
    for t in range(1, seconds + 1):
        for name in range(VEHICLES):
            if t == 1 or dice.random() < 0.98:
                x, y, speed = cars.get(name, (dice.uniform(0, 2000), dice.uniform(0, 2000), 0.0))
                speed = max(0.0, speed + dice.uniform(-2, 3))
                cars[name] = (x + speed, y, speed)
                state = "WAITING" if speed < 0.1 else "QUEUEING" if speed < 3 else "DRIVING"
                rows.append({"t": t, "id": str(name), "state": state, "location": f"{int(x) // 100}#{int(y) // 500}",
                             "x": round(x + speed, 2), "y": round(y, 2), "angle": round(dice.uniform(0, 360), 2),
                             "speed": round(speed, 2)})
    return rows


def read_recording(path):
    opened = gzip.open(path, "rt") if path.endswith(".gz") else open(path, encoding="utf-8")
    with opened as file:
        return [json.loads(line) for line in file]


class PublishTest(ViewerTest):
    def write(self, rows):
        file = tempfile.NamedTemporaryFile("w", suffix=".ndjson")
        self.addCleanup(file.close)
        file.writelines(json.dumps(row) + "\n" for row in rows)
        file.flush()
        return file.name

    async def begin_publish(self, url, path, *options):
        process = await asyncio.create_subprocess_exec(program(), "publish", url, path, *options,
                                                       stdout=asyncio.subprocess.PIPE,
                                                       stderr=asyncio.subprocess.STDOUT)
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        if process.returncode is None:
            process.kill()

    async def finish(self, process, timeout=120):
        output, _ = await asyncio.wait_for(process.communicate(), timeout)
        self.assertEqual(process.returncode, 0, output.decode())
        return output.decode()

    async def join(self, node, form="json", **options):
        return await self.enter(Viewer(node.websocket_url(), form, **options))

    async def ends_right(self, viewer, rows):
        """The last state of every vehicle is its last row, sooner or later; no version ever fell."""
        last = {row["id"]: row for row in rows}
        def wrong():
            return [name for name, row in last.items() if not self.agrees(viewer.states.get(name), row)]
        await viewer.until(lambda: not wrong(), f"the last state of {wrong()[:5]}", 60)
        self.assertFalse(viewer.faults + viewer.errors, viewer)

    @staticmethod
    def agrees(state, row):
        return state and all(state.get(key) == row[key] for key in ("state", "location", "x", "y")) and \
            all(state["attributes"].get(key) == row[key] for key in ("angle", "speed"))


class Recording(PublishTest):
    async def publish_to_three(self, rows, path, *options):
        # A slow viewer is behind early, for this test to be short.
        node = self.start("--edge.max-queued-bytes", "16KiB")
        slow = await self.join(node, **SMALL_BUFFERS)
        await slow.ask("subscribe", {"channels": ["world"], "snapshot": True})
        slow.stall()
        fast = await self.join(node)
        packed = await self.join(node, "msgpack")
        output = await self.finish(await self.begin_publish(node.websocket_url(), path, "--speed", "max", *options))
        for viewer in (fast, packed):
            await self.ends_right(viewer, rows)
        slow.go_on()
        await self.ends_right(slow, rows)
        await slow.until(lambda: slow.lags, "a word about what it was not given")
        self.assertGreater(slow.lags[0]["conflated"], 0)
        self.assertTrue(all(x["dropped_events"] == 0 and x["behind_ms"] >= 0 for x in slow.lags), slow.lags)
        self.assertLess(self.told(slow), len(rows))
        for viewer in (slow, fast, packed):
            # What it was not told is counted, to the last row.
            self.assertEqual(self.told(viewer) + sum(x["conflated"] for x in viewer.lags), len(rows))
        return output

    @staticmethod
    def told(viewer):
        return viewer.counts["state_change"] + viewer.counts["character_update"]

    async def test_every_viewer_ends_with_the_last_rows(self):
        rows = make_recording(1, MANY_SECONDS)
        await self.publish_to_three(rows, self.write(rows))

    async def test_every_viewer_ends_with_the_last_rows_in_messagepack(self):
        rows = make_recording(2, MANY_SECONDS)
        await self.publish_to_three(rows, self.write(rows), "--msgpack")

    async def test_removes_vehicles_that_are_gone(self):
        node = self.start()
        viewer = await self.join(node)
        rows = [{"t": t, "id": name, "state": "DRIVING", "location": "A", "x": t, "y": 1, "angle": 0, "speed": 5}
                for t in (1, 2, 3) for name in "abc" if t < 3 or name != "b"]
        publishing = await self.begin_publish(node.websocket_url(), self.write(rows), "--speed", "max", "--remove")
        await self.finish(publishing)
        await viewer.until(lambda: "b" in viewer.removed, "the removal")
        await viewer.until(lambda: viewer.states.get("c", {}).get("x") == 3, "the others' last rows")
        self.assertEqual(sorted(viewer.states), ["a", "c"])

    @unittest.skipUnless(os.environ.get("TOWNCRIER_RECORDING"), "TOWNCRIER_RECORDING names no recording")
    async def test_takes_a_true_recording(self):
        path = os.environ["TOWNCRIER_RECORDING"]
        await self.publish_to_three(read_recording(path), path)


class ByHand(PublishTest):
    async def test_answers_each_message_that_has_an_id(self):
        node = self.start()
        for form in ("json", "msgpack"):
            publisher, viewer = await self.join(node, form), await self.join(node, form)
            for kind, data in (("character_update", {"character_id": 7, "name": "Ann", "state": "IDLE", "location": "A",
                                                     "x": 1, "y": 2, "attributes": {"mood": "calm"}}),
                               ("state_change", {"character_id": 7, "new_state": "WALK", "location": "B"}),
                               ("event_notification", {"event_type": "bell", "data": {"n": [1, None, "x"]}})):
                answer = await publisher.ask(kind, data)
                self.assertEqual((answer["type"], answer["data"]["ok"]), ("result", True))
            await viewer.until(lambda v=viewer: v.events and v.states, "what was said")
            state = viewer.states["7"]
            self.assertEqual([state[x] for x in ("character_id", "name", "state", "previous_state", "location", "x")],
                             [7, "Ann", "WALK", "IDLE", "B", 1])
            self.assertEqual(state["attributes"], {"mood": "calm"})
            self.assertEqual(viewer.events[0]["data"], {"n": [1, None, "x"]})
            self.assertTrue((await publisher.ask("character_removed", {"character_id": "7"}))["data"]["ok"])
            await viewer.until(lambda v=viewer: "7" in v.removed, "the removal")
            await publisher.close()
            await viewer.close()

    async def test_takes_what_is_good_of_a_batch(self):
        node = self.start()
        publisher, viewer = await self.join(node), await self.join(node)
        bad = [{"type": "state_change", "data": {"new_state": "NOBODY"}},
               {"type": "command", "data": {"name": "pause"}}, 7, {"type": "batch", "data": []},
               {"type": "event_notification", "data": {"event_type": 7}}]
        for round_number, element in enumerate(bad):
            errors = len(publisher.errors)
            first = round_number * 10
            await publisher.send("batch", [event(first), change("a"), element, event(first + 1)], round_number)
            await publisher.until(lambda n=errors: len(publisher.errors) > n, f"an error for {element}")
            error = publisher.errors[-1]
            self.assertEqual((error["code"], error["id"]), (1001, round_number))
            self.assertRegex(error["message"], r"\b2\b")
            await viewer.until(lambda n=first: numbers(viewer)[-1:] == [n + 1], "the good ones")
        self.assertEqual(numbers(viewer), [n + d for n in range(0, 50, 10) for d in (0, 1)])
        # Each batch was also answered as done, for what was good of it.
        self.assertFalse(viewer.faults)

    async def test_keeps_the_order_of_one_publisher(self):
        node = self.start("--edge.max-queued-bytes", "16MiB")
        publisher, viewer = await self.join(node), await self.join(node, "msgpack")
        for n in range(3000):
            await publisher.send("event_notification", event(n)["data"])
        await viewer.until(lambda: len(viewer.events) == 3000, "all events")
        self.assertEqual(numbers(viewer), list(range(3000)))
        self.assertEqual(metric(node, "towncrier_dropped_events_total"), 0)


class Restart(PublishTest):
    async def test_goes_on_when_the_node_comes_back(self):
        for kill in (False, True):
            with self.subTest(kill=kill):
                await self.publish_over_a_restart(make_recording(3), kill)

    async def publish_over_a_restart(self, rows, kill):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        node = self.start("--edge.listen", f"127.0.0.1:{port}")
        before = await self.join(node)
        publishing = await self.begin_publish(node.websocket_url(), self.write(rows), "--speed", "5")
        await before.until(lambda: before.states, "the first rows")
        await asyncio.to_thread(node.kill if kill else node.stop)
        await asyncio.to_thread(node.start)
        after = await self.join(node)
        await after.ask("subscribe", {"channels": ["world"], "snapshot": True})
        output = await self.finish(publishing)
        self.assertIn("reconnect", output)
        await self.ends_right(after, rows)
        self.assertEqual(node.stop(), 0)

    async def test_says_when_it_could_not(self):
        node = self.start()
        url, path = node.websocket_url(), self.write(make_recording(4)[:50])
        node.stop()
        process = await self.begin_publish(url, path, "--speed", "max")
        output, _ = await asyncio.wait_for(process.communicate(), 60)
        self.assertEqual(process.returncode, 1, output)
        process = await self.begin_publish(url, "/nowhere/recording")
        output, _ = await asyncio.wait_for(process.communicate(), 60)
        self.assertIn(process.returncode, (1, 2), output)


if __name__ == "__main__":
    run()
