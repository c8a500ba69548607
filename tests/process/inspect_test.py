"""Every actor visible: the API, `why`, and the commands of the terminal, on a real node."""

import asyncio
import json
import time

from admin import call, towncrier
from viewers import Viewer, ViewerTest, change, eventually, run


def why(node, connection, character):
    status, answer = call(node, f"why?connection={connection}&character={character}")
    assert status == 200, answer
    return answer["reason"], answer["seen"]


class Seeing(ViewerTest):
    async def test_lists_what_lives(self):
        node = self.start()
        viewer = await self.enter(Viewer(node.websocket_url()))
        name = viewer.welcome["connection_id"]
        status, answer = call(node, "actors?limit=1000")
        self.assertEqual(status, 200)
        by_id = {x["id"]: x for x in answer["actors"]}
        kinds = {x["kind"] for x in answer["actors"]}
        self.assertLessEqual({"hub", "batcher", "exchange", "admission", "inspector", "connection"}, kinds)
        connection = next(x for x in answer["actors"] if x["kind"] == "connection")
        self.assertEqual(connection["label"], name)
        self.assertEqual(by_id[connection["parent"]]["kind"], "hub")
        for key in ("id", "kind", "node", "parent", "mailbox", "handled", "busy_seconds"):
            self.assertIn(key, connection)
        self.assertGreater(connection["handled"], 0)
        status, one = call(node, f"actors/{connection['id']}")
        self.assertEqual((status, one["state"]["phase"], one["state"]["connection"]), (200, "live", name))
        self.assertEqual((one["state"]["subscriptions"], one["state"]["area"]), (["world"], None))
        self.assertEqual(call(node, "actors/999999")[0], 404)
        status, tree = call(node, "actors?tree=true")
        hub = next(x for x in tree["actors"] if x["id"] == connection["parent"])
        self.assertIn(connection["id"], [x["id"] for x in hub["children"]])
        await viewer.close()
        await eventually(lambda: call(node, "actors?kind=connection")[1]["actors"] == [], "the end of the actor")
        self.assertIn(name, [x["label"] for x in call(node, "ended")[1]["ended"]])

    async def test_shows_the_state_of_every_kind_of_actor(self):
        node = self.start("--world.characters", "3", "--world.tick", "50ms")
        viewer = await self.enter(Viewer(node.websocket_url()))
        await viewer.ask("event_notification", {"event_type": "sale", "data": {"price": 3}})
        await viewer.until(lambda: len(viewer.states) == 3)
        kinds = [x["kind"] for x in call(node, "kinds")[1]["kinds"] if x["actors"]]
        self.assertGreater(len(kinds), 12)
        for kind in kinds:
            one = call(node, f"actors?kind={kind}&limit=1")[1]["actors"][0]
            status, shown = call(node, f"actors/{one['id']}")
            self.assertEqual(status, 200)
            self.assertTrue(shown["state"], f"a {kind} does not say what it is about")
        # What some of them say, against what happened.
        states = {kind: call(node, f"actors/{call(node, f'actors?kind={kind}')[1]['actors'][0]['id']}")[1]["state"]
                  for kind in ("event_notifier", "connection", "rate_limiter", "connection_monitor", "authenticator",
                               "admission")}
        self.assertGreaterEqual(states["event_notifier"]["events"], 1)
        self.assertFalse(states["connection"]["by_rate_limiter"], "who has no token may do anything, and often")
        self.assertEqual((states["rate_limiter"]["admitted"], states["rate_limiter"]["refused"]), (0, 0))
        self.assertEqual(states["connection_monitor"]["active_connections"], 1)
        self.assertEqual((states["authenticator"]["enabled"], states["authenticator"]["tokens"]), (False, 0))
        self.assertEqual(states["admission"]["connections"], 1)

    async def test_shows_who_monitors_whom(self):
        node = self.start()
        viewer = await self.enter(Viewer(node.websocket_url()))
        await viewer.ask("character_update", {"character_id": "ada", "state": "S0"})

        def one(kind):
            return call(node, f"actors/{call(node, f'actors?kind={kind}')[1]['actors'][0]['id']}")[1]

        for watcher, watched in (("admission", "connection"), ("character_directory", "character_publisher")):
            above, below = one(watcher), one(watched)
            self.assertEqual((above["monitors"], above["monitors_count"]), ([below["id"]], 1))
            self.assertIn(above["id"], below["monitored_by"])
            self.assertEqual(below["links"], [])
        await viewer.close()
        await eventually(lambda: one("admission")["monitors"] == [], "the end of the connection")

    async def test_counts_every_message(self):
        node = self.start()
        viewer = await self.enter(Viewer(node.websocket_url()))
        for _ in range(50):
            await viewer.ask("character_update", {"character_id": "bus-7", "state": "DRIVING"})
        publisher = call(node, "actors?kind=character_publisher")[1]["actors"]
        self.assertEqual([(x["label"], x["handled"], x["mailbox"]) for x in publisher], [("bus-7", 50, 0)])
        self.assertGreater(publisher[0]["busy_seconds"], 0)

    async def test_answers_within_a_second_with_tens_of_thousands(self):
        node = self.start("--world.characters", "20000", "--world.tick", "10s")
        await eventually(lambda: call(node, "nodes")[1]["nodes"][0]["actors"] > 20_000, "the town", 60)
        # A machine that compiles beside us is not what is measured: the best of some.
        one = call(node, "actors?kind=character_publisher&limit=1")[1]["actors"][0]["id"]
        call(node, "top")
        for page in ("actors?limit=100", "actors?tree=true&limit=100", "top?sort=busy", f"actors/{one}"):
            took = []
            for _ in range(5):
                begin = time.monotonic()
                self.assertEqual(call(node, page)[0], 200)
                took.append(time.monotonic() - begin)
            self.assertLess(min(took), 1.0, page)

    async def test_a_slow_question_holds_up_nothing_else(self):
        node = self.start("--inspection.slow-actor", "inspector:3000")
        questions = [asyncio.create_task(asyncio.to_thread(call, node, "actors")) for _ in range(3)]
        await asyncio.sleep(0.3)
        for page in ("/healthz", "/readyz", "/metrics", "/api/v1/connections"):
            begin = time.monotonic()
            self.assertEqual((await asyncio.to_thread(node.get, node.admin_url(page)))[0], 200, page)
            self.assertLess(time.monotonic() - begin, 2.0, page)
        self.assertFalse(all(x.done() for x in questions))
        for question in questions:
            self.assertIn((await question)[0], (200, 503))

    async def test_ranks_a_slow_actor_first(self):
        node = self.start("--inspection.slow-actor", "batcher:20")
        viewer = await self.enter(Viewer(node.websocket_url()))
        for i in range(10):
            await viewer.ask("character_update", {"character_id": f"bus-{i}", "state": "DRIVING"})

        async def publish():
            while True:
                await viewer.ask("character_update", {"character_id": "bus-7", "state": "DRIVING"})

        publishing = asyncio.create_task(publish())
        try:
            await asyncio.to_thread(call, node, "top")
            await asyncio.sleep(1.5)
            _, answer = await asyncio.to_thread(call, node, "top?limit=3")
        finally:
            publishing.cancel()
            await asyncio.gather(publishing, return_exceptions=True)
        first = answer["actors"][0]
        self.assertEqual(first["kind"], "batcher", answer)
        self.assertGreaterEqual(first["busy_seconds"] / first["handled"], 0.020)
        # To the millisecond it is told by the actors' own tests, where nobody else takes the processor away.
        self.assertLess(first["busy_seconds"] / first["handled"], 0.080)

    async def test_counts_nothing_when_told(self):
        node = self.start("--inspection.enabled", "false")
        await self.enter(Viewer(node.websocket_url()))
        actors = call(node, "actors")[1]["actors"]
        self.assertEqual({x["handled"] for x in actors}, {0})

    async def test_has_commands_for_the_terminal(self):
        node = self.start()
        viewer = await self.enter(Viewer(node.websocket_url()))
        name = viewer.welcome["connection_id"]
        self.assertIn(f"connection {name}", await asyncio.to_thread(towncrier, node, "actors", "--tree"))
        self.assertIn("live", await asyncio.to_thread(towncrier, node, "inspect", f"connection:{name}"))
        self.assertIn("batcher", await asyncio.to_thread(towncrier, node, "top", "--once"))
        self.assertIn(node.name, await asyncio.to_thread(towncrier, node, "nodes"))
        top = json.loads(await asyncio.to_thread(towncrier, node, "top", "--json"))
        self.assertGreater(len(top["actors"]), 5)
        said = json.loads(await asyncio.to_thread(towncrier, node, "why", "--connection", name, "--character", "x",
                                                  "--json", code=1))
        self.assertEqual(said["reason"], "unknown_character")
        await asyncio.to_thread(towncrier, node, "inspect", "nobody", code=1)


class Why(ViewerTest):
    async def test_says_why_against_what_was_seen(self):
        node = self.start("--edge.auto-subscribe", "false", "--edge.resume-grace", "0ms")
        publisher = await self.enter(Viewer(node.websocket_url()))
        for who, place in (("inside", (5, 5)), ("outside", (500, 500))):
            await publisher.ask("character_update", {"character_id": who, "state": "HERE", "location": "Market",
                                                     "x": place[0], "y": place[1]})
        cases = {
            "world": ({"channels": ["world"]}, {"inside": "delivered", "outside": "delivered"}),
            "area": ({"area": {"x": 0, "y": 0, "width": 10, "height": 10}},
                     {"inside": "delivered", "outside": "outside_its_area"}),
            "channel": ({"channels": ["character:inside"]}, {"inside": "delivered", "outside": "not_subscribed"}),
            "nothing": (None, {"inside": "nothing_subscribed"}),
        }
        for case, (wanted, reasons) in cases.items():
            viewer = await self.enter(Viewer(node.websocket_url()))
            if wanted:
                await viewer.ask("subscribe", wanted)
            await viewer.ask("heartbeat")
            for who in ("inside", "outside"):
                await publisher.ask(*change_of(who))
            await viewer.ask("heartbeat")
            for who, reason in reasons.items():
                answer = why(node, viewer.welcome["connection_id"], who)
                self.assertEqual(answer, (reason, reason == "delivered"), (case, who))
                # The oracle: what it was really given.
                self.assertEqual(who in viewer.states, reason == "delivered", (case, who))
            self.assertEqual(why(node, viewer.welcome["connection_id"], "nobody")[0], "unknown_character")
        await publisher.ask("character_removed", {"character_id": "outside"})
        self.assertEqual(why(node, publisher.welcome["connection_id"], "outside")[0], "character_removed")
        self.assertEqual(why(node, "c4711", "inside")[0], "no_such_connection")


def change_of(who):
    message = change(who, "MOVED")
    return message["type"], message["data"]


if __name__ == "__main__":
    run()
