"""The client of the guide, unchanged, and everything else that a viewer may say, in both forms."""

import asyncio
import json

import websockets

from viewers import PATIENCE, Viewer, ViewerTest, change, event, run


class SimulationClient:
    """As the guide writes it."""

    def __init__(self, uri="ws://localhost:8765"):
        self.uri = uri
        self.websocket = None

    async def connect(self):
        self.websocket = await websockets.connect(self.uri)
        print(f"Connected to {self.uri}")

    async def receive_updates(self):
        while True:
            try:
                message = await self.websocket.recv()
                await self.handle_message(json.loads(message))
            except websockets.exceptions.ConnectionClosed:
                break


class GuideClient(ViewerTest):
    async def watch(self, node, path):
        types, who, enough = [], set(), asyncio.Event()

        class Client(SimulationClient):
            async def handle_message(self, message):
                types.append(message["type"])
                for x in message["data"] if message["type"] == "batch" else [message]:
                    if x["type"] in ("character_update", "state_change"):
                        who.add(x["data"]["character_id"])
                if len(who) == 24:
                    enough.set()

        client = Client(node.websocket_url(path))
        await client.connect()
        reading = asyncio.create_task(client.receive_updates())
        await asyncio.wait_for(enough.wait(), 60)
        await client.websocket.close()
        await reading
        self.assertEqual(types[0], "welcome")

    async def test_sees_the_whole_town_by_listening(self):
        # A fast day, for those who sleep late.
        node = self.start("--world.characters", "24", "--world.rate", "2000")
        for path in ("/", "/ws"):
            await self.watch(node, path)


class Town(ViewerTest):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.node = self.start("--world.characters", "24", "--edge.heartbeat-interval", "1s")

    def viewer(self, form="json", **options):
        return Viewer(self.node.websocket_url(), form, **options)

    async def test_says_the_same_in_both_forms(self):
        async with self.viewer("json") as one, self.viewer("msgpack") as other:
            self.assertEqual(one.websocket.subprotocol, "towncrier.v1.json")
            self.assertEqual(other.websocket.subprotocol, "towncrier.v1.msgpack")
            self.assertEqual(one.welcome.keys(), other.welcome.keys())
            self.assertEqual(one.welcome["protocol"], 1)
            await one.command("pause")
            for viewer in (one, other):
                await viewer.ask("subscribe", {"channels": ["world"], "snapshot": True})
                await viewer.until(lambda v=viewer: len(v.states) == 24, "24 characters")
            self.assertEqual(await one.command("status"), await other.command("status"))
            for wanted in ("character_id", "state", "location", "x", "y", "attributes", "epoch", "version"):
                self.assertTrue(all(wanted in x for x in one.states.values()), wanted)
            # What is told as it happens and what is told whole may differ in how, not in what is so.
            await one.until(lambda: all(self.same(one.states[k], other.states[k]) for k in one.states), "equal states")
            self.assertFalse(one.faults + other.faults)

    @staticmethod
    def same(one, other):
        return all(one.get(k) == other.get(k) for k in ("state", "location", "x", "y", "version", "epoch"))

    async def test_answers_commands(self):
        async with self.viewer() as operator:
            self.assertTrue((await operator.command("pause"))["paused"])
            before = await operator.command("status")
            self.assertEqual(before, await operator.command("status"))
            stepped = await operator.command("step")
            self.assertTrue(stepped["paused"])
            self.assertEqual((await operator.command("set_rate", rate=80))["rate"], 80)
            self.assertFalse((await operator.command("resume"))["paused"])
            self.assertEqual((await operator.command("status"))["characters"], 24)
            metrics = await operator.command("metrics")
            self.assertGreaterEqual(metrics["active_connections"], 1)
            self.assertGreater(metrics["messages_received"], 5)
            for wrong in (("nonsense", {}), ("set_rate", {"rate": -1}), ("set_rate", {"rate": "fast"}),
                          ("set_rate", {}), ("debug", {"enabled": 7})):
                answer = await operator.command(wrong[0], **wrong[1])
                self.assertEqual((answer["type"], answer["data"]["code"]), ("error", 1001), wrong)

    async def test_steps_a_paused_town(self):
        async with self.viewer() as operator:
            await operator.command("pause")
            begin = await operator.command("status")
            for _ in range(40):
                status = await operator.command("step")
            self.assertNotEqual(begin["time"], status["time"])
            self.assertTrue(status["paused"])

    async def test_shows_messages_to_a_debugging_operator(self):
        async with self.viewer("msgpack") as operator, self.viewer() as other:
            self.assertEqual(await operator.command("debug", enabled=True), {"enabled": True})
            await other.send("heartbeat", {"mark": "here"})
            mine = other.welcome["connection_id"]
            await operator.until(lambda: any(x["connection_id"] == mine and x["direction"] == "in" and "here" in
                                             x["message"] for x in operator.debugs), "what the other one said")
            await operator.until(lambda: any(x["connection_id"] == mine and x["direction"] == "out"
                                             for x in operator.debugs), "what the other one was told")
            self.assertEqual(await operator.command("debug", enabled=False), {"enabled": False})

    async def test_beats_and_gives_ids_back(self):
        async with self.viewer() as json_viewer, self.viewer("msgpack") as other:
            for viewer in (json_viewer, other):
                for name in ("text", 7, -3, 0, ""):
                    await viewer.send("heartbeat", {}, name)
                    await viewer.until(lambda v=viewer, n=name: n in v.answers, f"the answer to {name!r}", 10)
                    answer = viewer.answers[name]
                    self.assertEqual((answer["type"], answer["data"]["id"]), ("heartbeat", name))
                    self.assertIs(type(answer["data"]["id"]), type(name))
                    self.assertIsInstance(answer["data"]["position"], str)
                before = viewer.counts["heartbeat"]
                await viewer.until(lambda v=viewer, n=before: v.counts["heartbeat"] >= n + 2, "beats of its own")
                self.assertTrue(viewer.position)


class Channels(ViewerTest):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.node = self.start()
        self.publisher = await self.enter(Viewer(self.node.websocket_url()))
        self.marks = 0
        await self.say(change(1, location="Mill Lane", x=10, y=10), change("2", location="Mill Lane", x=90, y=90),
                       change("three", location="Quay", x=500, y=500))

    async def say(self, *messages):
        """Publishes, and returns when the node has it."""
        answer = await self.publisher.ask("batch", list(messages))
        self.assertTrue(answer["data"].get("ok"), answer)

    async def subscribed(self, form="json", **data):
        """A viewer that watches this, and the marks of `caught_up`; it is being told what happens."""
        viewer = await self.enter(Viewer(self.node.websocket_url(), form))
        channels = [*data.pop("channels", []), "event:mark"]
        answer = await viewer.ask("subscribe", {"channels": channels, **data})
        self.assertEqual((answer["type"], sorted(answer["data"]["channels"])), ("subscribed", sorted(channels)))
        await self.caught_up(viewer)
        return viewer

    async def caught_up(self, *viewers):
        """Everything that was said so far has reached them: one publisher's messages keep their order."""
        self.marks += 1
        await self.say(event(self.marks, "mark"))
        for viewer in viewers:
            await viewer.until(lambda v=viewer: v.events and v.events[-1]["data"] == {"number": self.marks}, "a mark")
            self.assertFalse(viewer.faults)

    @staticmethod
    def types(viewer):
        return [x["event_type"] for x in viewer.events if x["event_type"] != "mark"]

    async def test_gives_each_channel_its_own(self):
        for form in ("json", "msgpack"):
            place = await self.subscribed(form, channels=["location:Mill Lane"], snapshot=True)
            one = await self.subscribed(form, channels=["character:three"], snapshot=True)
            events = await self.subscribed(form, channels=["event:fire"])
            await self.caught_up(place, one, events)
            self.assertEqual(sorted(place.states), ["1", "2"])
            self.assertEqual(sorted(one.states), ["three"])
            self.assertFalse(events.states)
            await self.say(event(1, "fire"), event(2, "rain"), change("three", "PARKED"), change(1, "PARKED"))
            await self.caught_up(place, one, events)
            self.assertEqual(self.types(events), ["fire"])
            self.assertEqual((one.states["three"]["state"], place.states["1"]["state"]), ("PARKED", "PARKED"))
            self.assertFalse(events.states or self.types(place) or self.types(one))
            await self.say(change("three", "DRIVING"), change(1, "DRIVING"))

    async def test_gives_an_id_back_as_it_came(self):
        viewer = await self.subscribed(channels=["world"], snapshot=True)
        await viewer.until(lambda: len(viewer.states) >= 3, "the characters")
        self.assertEqual((viewer.states["1"]["character_id"], viewer.states["2"]["character_id"]), (1, "2"))

    async def test_shows_what_enters_and_leaves_an_area(self):
        for form in ("json", "msgpack"):
            viewer = await self.subscribed(form, area={"x": 0, "y": 0, "width": 50, "height": 50}, snapshot=True)
            await self.caught_up(viewer)
            self.assertEqual(sorted(viewer.states), ["1"])
            await self.say(change("2", x=49, y=1))
            await viewer.until(lambda v=viewer: "2" in v.states, "the one who enters")
            self.assertIn("character_update", viewer.counts)
            await self.say(change("2", x=200, y=1))
            await viewer.until(lambda v=viewer: "2" in v.removed, "the one who leaves")
            self.assertTrue(viewer.removed["2"].get("reason"))
            answer = await viewer.ask("subscribe", {"area": {"x": 490, "y": 490, "width": 20, "height": 20}})
            self.assertEqual(answer["data"]["area"]["x"], 490)
            await viewer.until(lambda v=viewer: sorted(v.states) == ["three"], "the area's own")
            await self.say(change("2", x=90, y=90))

    async def test_says_no_more_after_unsubscribe(self):
        viewer = await self.subscribed(channels=["character:2", "event:fire"])
        answer = await viewer.ask("unsubscribe", {"channels": ["character:2"]})
        self.assertEqual(answer["type"], "unsubscribed")
        self.assertEqual(sorted(answer["data"]["channels"]), ["event:fire", "event:mark"])
        await self.say(change("2", "PARKED"), event(5, "fire"))
        await self.caught_up(viewer)
        self.assertEqual((len(viewer.states), self.types(viewer)), (0, ["fire"]))

    async def test_tells_of_who_leaves(self):
        viewer = await self.subscribed(channels=["world"], snapshot=True)
        await viewer.until(lambda: "three" in viewer.states, "the character")
        await self.say({"type": "character_removed", "data": {"character_id": "three"}})
        await viewer.until(lambda: "three" in viewer.removed, "the removal", PATIENCE)

    async def test_refuses_what_cannot_be_read_and_goes_on(self):
        async with Viewer(self.node.websocket_url()) as viewer:
            bad = ["", "{", "[]", "7", '{"data":{}}', '{"type":"nonsense","data":{}}', '{"type":7,"data":{}}',
                   '{"type":"subscribe","data":{"channels":["moon"]}}', '{"type":"subscribe","data":[]}',
                   '{"type":"subscribe"}', '{"type":"resume","data":{"position":7}}']
            for n, text in enumerate(bad, 1):
                await viewer.send_raw(text)
                await viewer.until(lambda n=n: len(viewer.errors) >= n, f"an error for {text!r}", 10)
                self.assertEqual(viewer.errors[-1]["code"], 1001, text)
            answer = await viewer.ask("nonsense")
            self.assertEqual(answer["type"], "error")
            self.assertEqual((await viewer.ask("heartbeat"))["type"], "heartbeat")


if __name__ == "__main__":
    run()
