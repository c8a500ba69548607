"""What operators do to a running node: acts by the API and by `towncrier act`, and what viewers see of them."""

import asyncio
import json

from admin import Recorder, call, run_towncrier, towncrier
from viewers import SMALL_BUFFERS, Viewer, ViewerTest, run


class Acts(ViewerTest):
    async def test_restarts_a_publisher_and_nobody_sees_it(self):
        node = self.start()
        viewer = await self.enter(Viewer(node.websocket_url()))
        await viewer.ask("character_update", {"character_id": "bus-7", "name": "Bus 7", "state": "S0",
                                              "attributes": {"line": 7}})
        before = call(node, "actors?kind=character_publisher")[1]["actors"][0]
        for i in range(1, 101):
            await viewer.send("state_change", {"character_id": "bus-7", "new_state": f"S{i}"})
            if i in (30, 60):
                self.assertEqual(await asyncio.to_thread(call, node, "actions",
                                                         {"action": "restart", "character": "bus-7"}),
                                 (200, {"ok": True, "character": "bus-7"}))
        await viewer.until(lambda: viewer.states.get("bus-7", {}).get("state") == "S100", "the last state")
        after = call(node, "actors?kind=character_publisher")[1]["actors"]
        self.assertEqual([(x["label"], x["restarts"]) for x in after], [("bus-7", 2)])
        self.assertNotEqual(after[0]["id"], before["id"])
        self.assertEqual(viewer.states["bus-7"]["version"], 101)  # none is missing, none came twice
        self.assertEqual(viewer.states["bus-7"]["name"], "Bus 7")
        self.assertEqual(viewer.faults, [])

    async def test_restarts_a_publisher_while_it_speaks_before_viewers_of_every_kind(self):
        """Against an oracle: the publisher knows what it said, and every version is one of its changes."""
        node = self.start("--edge.max-queued-bytes", "4096")
        publisher = await self.enter(Viewer(node.websocket_url()))
        await publisher.ask("character_update", {"character_id": "ada", "state": "S0", "attributes": {"pad": "x" * 200}})
        fast = [await self.enter(Recorder(node.websocket_url(), form)) for form in ("json", "msgpack", "json")]
        slow = await self.enter(Recorder(node.websocket_url(), "json", **SMALL_BUFFERS))
        for viewer in (*fast, slow):
            await viewer.ask("subscribe", {"channels": ["character:ada"], "snapshot": True})
        slow.stall()
        changes = 400
        for i in range(1, changes + 1):
            await publisher.send("state_change", {"character_id": "ada", "new_state": f"S{i}"})
            if i % 80 == 0:
                said = await asyncio.to_thread(towncrier, node, "act", "restart", "character:ada")
                self.assertEqual(said, "The publisher of ada is begun again.\n")
        slow.go_on()
        last = f"S{changes}"
        for viewer in (*fast, slow):
            await viewer.until(lambda v=viewer: v.states.get("ada", {}).get("state") == last, "the last state")
            self.assertEqual(viewer.faults, [])
        for viewer in fast:
            # The first is the snapshot's; version 1 came before anybody watched.
            self.assertEqual(viewer.seen, [(i + 1, f"S{i}") for i in range(len(viewer.seen))])
            self.assertEqual(len(viewer.seen), changes + 1)
        self.assertEqual(slow.seen, sorted(set(slow.seen)))
        self.assertLessEqual(set(slow.seen), set(fast[0].seen))
        after = call(node, "actors?kind=character_publisher")[1]["actors"]
        self.assertEqual([(x["label"], x["restarts"]) for x in after], [("ada", changes // 80)])

    async def test_has_a_command_for_every_act(self):
        node = self.start()
        viewer = await self.enter(Viewer(node.websocket_url()))
        name = viewer.welcome["connection_id"]
        await viewer.ask("character_update", {"character_id": "ada", "state": "S0"})
        await viewer.until(lambda: "ada" in viewer.states)

        async def act(*arguments, code=0):
            return await asyncio.to_thread(run_towncrier, node, "act", *arguments, code=code)

        self.assertIn("ada is paused", (await act("pause", "ada"))[0])
        await viewer.ask("state_change", {"character_id": "ada", "new_state": "S1"})
        self.assertEqual(viewer.states["ada"]["state"], "S0")
        self.assertIn("ada goes on", (await act("resume", "character:ada"))[0])
        await viewer.until(lambda: viewer.states["ada"]["state"] == "S1", "what was held back")
        self.assertEqual(json.loads((await act("restart", "ada", "--json"))[0]), {"ok": True, "character": "ada"})
        one = call(node, "actors?kind=character_publisher")[1]["actors"][0]["id"]
        await act("restart", f"actor:{one}")
        self.assertIn("log level is debug", (await act("log-level", "debug"))[0])
        # What cannot be done is said in a sentence.
        for arguments, why_not in ((("close", "c4711"), "no connection c4711"), (("restart", "nobody"), "no character 'nobody'"),
                                   (("restart", "actor:1"), ""),
                                   (("close", name, "--node", "elsewhere"), "no node 'elsewhere'")):
            out, error = await act(*arguments, code=1)
            self.assertEqual(out, "")
            self.assertIn(why_not, error)
        # What cannot be meant is said before a node is asked.
        for arguments in (("dance", "ada"), ("close",), (), ("log-level", "loud"), ("close", "ada"), ("close", "c"),
                          ("close", name, "--node", "all"), ("restart", "actor:ada"), ("pause", "ada", "--admin", "nowhere")):
            self.assertIn("--help", (await act(*arguments, code=2))[1])
        self.assertEqual((await act("close", "connection:" + name))[0], f"The connection {name} is being closed.\n")
        self.assertEqual(await viewer.until_closed(), 1008)

    async def test_pauses_a_character(self):
        node = self.start()
        viewer = await self.enter(Viewer(node.websocket_url()))
        await viewer.ask("character_update", {"character_id": "a", "state": "S0"})
        self.assertEqual(call(node, "actions", {"action": "pause", "character": "a"})[0], 200)
        for i in range(1, 4):
            await viewer.ask("state_change", {"character_id": "a", "new_state": f"S{i}"})
        await viewer.ask("character_update", {"character_id": "b", "state": "S0"})
        await viewer.until(lambda: "b" in viewer.states)
        self.assertEqual(viewer.states["a"]["state"], "S0")
        self.assertEqual(call(node, "actions", {"action": "resume", "character": "a"})[0], 200)
        await viewer.until(lambda: viewer.states.get("a", {}).get("state") == "S3", "what was held back")
        self.assertEqual((viewer.states["a"]["version"], viewer.faults), (2, []))

    async def test_closes_a_connection_and_says_what_it_cannot_do(self):
        node = self.start()
        viewer = await self.enter(Viewer(node.websocket_url()))
        hub = call(node, "actors?kind=hub")[1]["actors"][0]["id"]
        status, answer = call(node, "actions", {"action": "restart", "actor": hub})
        self.assertEqual(status, 409)
        self.assertIn("hub cannot be restarted", answer["error"])
        for body in ({"action": "dance"}, {"action": "close", "connection": "c99"}, {"action": "log_level", "level": "x"},
                     {"action": "restart", "character": "nobody"}):
            self.assertEqual(call(node, "actions", body)[0], 409, body)
        self.assertEqual(call(node, "actions", {"action": "log_level", "level": "debug"})[0], 200)
        self.assertEqual(call(node, "actions", {"action": "close",
                                                "connection": viewer.welcome["connection_id"]})[0], 200)
        self.assertEqual(await viewer.until_closed(), 1008)


if __name__ == "__main__":
    run()
