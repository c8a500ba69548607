"""Values come out as they came in, or are refused by a stated rule."""

import asyncio
import json
import os
import subprocess
import tempfile

from viewers import Viewer, ViewerTest, event, program, run

FORMS = ("json", "msgpack")
HUGE = 9007199254740993
DATA = [None, True, 0, -7, 1.5, "", "text", [], [None, [1]], {}, {"a": None}]


class Values(ViewerTest):
    async def join(self, form="json", query=""):
        return await self.enter(Viewer(self.node.websocket_url() + query, form))

    async def say(self, who, kind, data):
        answer = await who.ask(kind, data)
        self.assertTrue(answer["data"].get("ok"), answer)

    async def test_an_event_holds_any_data(self):
        self.node = self.start()
        viewers = [await self.join(form) for form in FORMS]
        for form in FORMS:
            publisher = await self.join(form, "?subscribe=none")
            for data in DATA:
                await self.say(publisher, "event_notification", {"event_type": "any", "data": data})
        await self.say(publisher, "event_notification", {"event_type": "bare"})
        for viewer in viewers:
            await viewer.until(lambda v=viewer: len(v.events) == 2 * len(DATA) + 1, "the events")
            self.assertEqual([json.dumps(x["data"]) for x in viewer.events], [json.dumps(x) for x in [*DATA, *DATA, {}]])

    async def test_watch_prints_any_data(self):
        self.node = self.start()
        publisher = await self.join()
        for flags in ([], ["--json"], ["--msgpack", "--json"]):
            watch = await asyncio.create_subprocess_exec(
                program(), "watch", self.node.websocket_url(), "--subscribe", "event:any", "--count", str(len(DATA) + 1),
                *flags, stdout=asyncio.subprocess.PIPE)
            await watch.stdout.readline()
            for data in [*DATA, HUGE]:
                await self.say(publisher, "event_notification", {"event_type": "any", "data": data})
            lines = (await asyncio.wait_for(watch.stdout.read(), 30)).decode().splitlines()
            self.assertEqual((len(lines), await watch.wait()), (len(DATA) + 1, 0), lines)
            if flags:
                self.assertEqual([json.loads(x)["data"]["data"] for x in lines], [*DATA, str(HUGE)])

    async def test_a_batch_of_which_parts_are_bad_has_one_answer(self):
        self.node = self.start()
        for form in FORMS:
            publisher, viewer = await self.join(form, "?subscribe=none"), await self.join()
            answer = await publisher.ask("batch", [event(1), {"type": "nonsense", "data": {}}, event(2)])
            self.assertEqual(answer["type"], "error")
            self.assertEqual((answer["data"]["code"], answer["data"]["taken"]), (1001, 2))
            self.assertEqual(len(answer["data"]["refused"]), 1)
            self.assertIn("message 1: ", answer["data"]["refused"][0])
            await viewer.until(lambda v=viewer: len(v.events) == 2, "the good ones")
            await publisher.ask("heartbeat")
            self.assertEqual((publisher.counts["error"], publisher.counts["result"]), (1, 0))

    async def test_integers_that_javascript_would_round_are_text_in_json(self):
        self.node = self.start()
        viewers = {form: await self.join(form) for form in FORMS}
        publisher = await self.join("msgpack", "?subscribe=none")
        await self.say(publisher, "character_update", {"character_id": HUGE, "attributes": {"n": HUGE, "m": 2**53 - 1}})
        await self.say(publisher, "event_notification", {"event_type": "n", "data": [2**64 - 1, -HUGE]})
        for form, told in (("json", str), ("msgpack", int)):
            viewer = viewers[form]
            await viewer.until(lambda v=viewer: v.events, "the event")
            state = viewer.states[str(HUGE)]
            self.assertEqual(state["character_id"], told(HUGE))
            self.assertEqual(state["attributes"], {"n": told(HUGE), "m": 2**53 - 1})
            self.assertEqual(viewer.events[0]["data"], [told(2**64 - 1), told(-HUGE)])
        # A client's own name for its message is safe: it wrote it.
        await viewers["json"].send("heartbeat", {}, HUGE)
        await viewers["json"].until(lambda: HUGE in viewers["json"].answers, "the same id")

    async def test_null_takes_away(self):
        self.node = self.start()
        publisher = await self.join("json", "?subscribe=none")
        viewers = [await self.join(form) for form in FORMS]
        near = await self.join()
        await near.ask("subscribe", {"area": {"x": 0, "y": 0, "width": 10, "height": 10}})

        async def all_see(attributes, place):
            for viewer in viewers:
                await viewer.until(lambda v=viewer: v.states.get("a", {}).get("attributes") == attributes and
                                   ("x" in v.states["a"]) == place, f"{attributes} and a place: {place}")

        await self.say(publisher, "character_update",
                       {"character_id": "a", "x": 1, "y": 2, "attributes": {"hat": "red", "mood": "calm"}})
        await all_see({"hat": "red", "mood": "calm"}, True)
        await self.say(publisher, "state_change", {"character_id": "a", "x": None, "y": None, "attributes": {"hat": None}})
        await all_see({"mood": "calm"}, False)
        await near.until(lambda: "a" in near.removed, "that it left the area")
        await self.say(publisher, "character_update",
                       {"character_id": "a", "x": 1, "y": 2, "attributes": {"hat": None, "scarf": "wool"}})
        await all_see({"scarf": "wool"}, True)
        await self.say(publisher, "character_update", {"character_id": "a", "x": None, "y": None})
        await all_see({"scarf": "wool"}, False)
        late = await self.join()
        await late.ask("subscribe", {"channels": ["world"], "snapshot": True})
        await late.until(lambda: "a" in late.states, "the snapshot")
        self.assertNotIn("x", late.states["a"])

    async def test_refuses_times_and_places_that_cannot_be(self):
        self.node = self.start()
        for form in FORMS:
            publisher = await self.join(form)
            for kind, data in (("event_notification", {"event_type": "x", "timestamp": 1795378422637}),
                               ("character_update", {"character_id": "a", "timestamp": -9.46e14}),
                               ("character_update", {"character_id": "a", "x": 1e300, "y": 0}),
                               ("state_change", {"character_id": "a", "x": 0, "y": -1e300})):
                answer = await publisher.ask(kind, data)
                self.assertEqual((answer["type"], answer["data"]["code"]), ("error", 1001), answer)
            await self.say(publisher, "character_update", {"character_id": "a", "x": 1e12, "y": 0, "timestamp": 0})

    async def test_reads_numbers_however_they_are_written(self):
        self.node = self.start()
        viewer = await self.join()
        for n, text in enumerate(["0." + "0" * 330 + "1e1", "1e-400", "-0", "1000e-3"]):
            await viewer.send_raw('{"type":"event_notification","data":{"event_type":"n","data":%s}}' % text)
            await viewer.until(lambda n=n: len(viewer.events) > n, text)
        self.assertEqual([x["data"] for x in viewer.events], [0, 0, 0, 1])
        for text in ("1" + "0" * 330, "1e400", "NaN", "Infinity"):
            errors = len(viewer.errors)
            await viewer.send_raw('{"type":"event_notification","data":{"event_type":"n","data":%s}}' % text)
            await viewer.until(lambda n=errors: len(viewer.errors) > n, text)


class Files(ViewerTest):
    def publish(self, text):
        with tempfile.NamedTemporaryFile(suffix=".ndjson") as file:
            file.write(text)
            file.flush()
            return subprocess.run([program(), "publish", self.node.websocket_url(), file.name, "--speed", "max"],
                                  capture_output=True, timeout=60, text=True)

    async def test_publish_takes_what_other_programs_write(self):
        self.node = self.start()
        viewer = await self.enter(Viewer(self.node.websocket_url()))
        row = '{"t":%s,"id":%s,"state":"DRIVING","location":"A","x":%s,"y":1}'
        text = "\ufeff" + "\r\n".join([row % ("0.1", 7, 1), "", row % ("0.1", '"b"', 1), "  ", row % ("0.25", 7, 2)])
        result = await asyncio.to_thread(self.publish, text.encode())
        self.assertEqual(result.returncode, 0, result)
        await viewer.until(lambda: viewer.states.get("7", {}).get("x") == 2, "the last row")
        self.assertEqual((viewer.states["7"]["character_id"], viewer.states["b"]["character_id"]), (7, "b"))
        for line, why in ((row % ('"x"', 1, 1), "'t' is a string; give a number"), (row % (1, 1.5, 1), "'id' is a number"),
                          (row % (1, 1, "1e300"), "too far away"), (row % (1, '"' + "x" * 257 + '"', 1), "257 bytes")):
            result = await asyncio.to_thread(self.publish, (row % (1, 1, 1) + "\n" + line).encode())
            self.assertEqual(result.returncode, 1, result)
            self.assertIn(":2: ", result.stderr)
            self.assertIn(why, result.stderr)

    async def test_a_town_that_is_given_is_used_or_refused(self):
        with open(os.path.join(os.path.dirname(__file__), "../../configs/town.toml"), encoding="utf-8") as file:
            town = file.read()
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write(town.replace("Hallowmere", "Elsewhere"))
            file.flush()
            for roles in ("world,edge", "edge"):
                node = self.start("--world.town", file.name, "--node.roles", roles)
                status, body = node.get(node.http_url("/api/town.json"))[:2]
                self.assertEqual((status, json.loads(body)["name"]), (200, "Elsewhere"))
        node = self.start()
        self.assertEqual(node.get(node.http_url("/api/town.json"))[0], 404)
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write(town.replace('name = "Hallowmere"', "name = 7"))
            file.flush()
            result = subprocess.run([program(), "node", "--world.characters", "0", "--world.town", file.name,
                                     "--edge.listen", "127.0.0.1:0", "--admin.listen", "127.0.0.1:0"],
                                    capture_output=True, timeout=20, text=True)
            self.assertEqual(result.returncode, 2, result)
            self.assertIn("name", result.stderr)


if __name__ == "__main__":
    run()
