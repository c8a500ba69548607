"""Every actor visible: the API, the roles, `why`, acts, and the commands of the terminal, on a real node."""

import asyncio
import json
import os
import shutil
import subprocess
import time
import unittest
import urllib.error
import urllib.request

from auth_test import AuthTest, make_token
from node_process import NodeError, NodeProcess
from viewers import Viewer, ViewerTest, change, eventually, program, run

MONITORING = os.path.join(os.path.dirname(__file__), "..", "..", "configs", "monitoring")


def call(node, page, body=None, headers=None):
    """The status and the answer of a request to the API; a `body` is sent by POST."""
    data = None if body is None else json.dumps(body).encode()
    headers = {**({"Content-Type": "application/json"} if data else {}), **(headers or {})}
    request = urllib.request.Request(node.admin_url("/api/v1/" + page), data, headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.status, json.loads(reply.read())
    except urllib.error.HTTPError as error:
        text = error.read()
        return error.code, json.loads(text) if text.startswith(b"{") else text.decode()


def towncrier(node, *arguments, code=0):
    """What a command of inspection prints."""
    result = subprocess.run([program(), *arguments, "--admin", node.admin_url("")], capture_output=True, text=True,
                            timeout=30, check=False)
    assert result.returncode == code, result
    return result.stdout


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
        self.assertEqual(call(node, "actors/999999")[0], 404)
        status, tree = call(node, "actors?tree=true")
        hub = next(x for x in tree["actors"] if x["id"] == connection["parent"])
        self.assertIn(connection["id"], [x["id"] for x in hub["children"]])
        await viewer.close()
        await eventually(lambda: call(node, "actors?kind=connection")[1]["actors"] == [], "the end of the actor")
        self.assertIn(name, [x["label"] for x in call(node, "ended")[1]["ended"]])

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
        self.assertLess(first["busy_seconds"] / first["handled"], 0.040)

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
                                                  "--json"))
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


class Access(AuthTest):
    async def test_lets_operators_alone_in(self):
        tokens, lines = {}, []
        for role in ("viewer", "publisher", "operator"):
            tokens[role], line = make_token(role, role)
            lines.append(line)
        audit = os.path.join(self.folder, "audit")
        node = self.start("--auth.tokens", self.write("tokens", "\n".join(lines) + "\n"), "--admin.audit-log", audit)
        pages = ("nodes", "actors", "actors/1", "top", "kinds", "ended", "why?connection=c1&character=x", "connections",
                 "debug")
        act = {"action": "log_level", "level": "info"}
        for role, status in (("viewer", 403), ("publisher", 403), (None, 401), ("wrong", 401)):
            headers = {"Authorization": f"Bearer {tokens.get(role, 'x')}"} if role else {}
            for page in pages:
                self.assertEqual(call(node, page, None, headers)[0], status, (role, page))
            self.assertEqual(call(node, "actions", act, headers)[0], status, role)
        self.assertFalse(os.path.exists(audit) and os.path.getsize(audit))
        headers = {"Authorization": f"Bearer {tokens['operator']}"}
        for page in pages:
            self.assertIn(call(node, page, None, headers)[0], (200, 404), page)
        self.assertEqual(call(node, "actions", act, headers)[0], 200)
        with open(audit, encoding="utf-8") as file:
            entries = [json.loads(line) for line in file]
        self.assertEqual([(x["who"], x["act"], x["result"]["ok"]) for x in entries], [("operator", act, True)])

    async def test_keeps_foreign_pages_out(self):
        node = self.start()
        self.assertEqual(call(node, "nodes", None, {"Origin": "http://evil.example"})[0], 403)
        self.assertEqual(call(node, "nodes", None, {"Host": "evil.example:8766"})[0], 403)
        self.assertEqual(call(node, "actions", {"action": "log_level", "level": "info"},
                              {"Content-Type": "text/plain"})[0], 415)

    async def test_takes_the_secret_of_a_file(self):
        node = self.start("--admin.token-file", self.write("secret", "open sesame\n"))
        self.assertEqual(call(node, "nodes")[0], 401)
        self.assertEqual(call(node, "nodes", None, {"Authorization": "Bearer open"})[0], 401)
        self.assertEqual(call(node, "nodes", None, {"Authorization": "Bearer open sesame"})[0], 200)

    async def test_refuses_an_open_address_without_a_token(self):
        with self.assertRaises(NodeError) as refused:
            NodeProcess(program(), "--admin.listen", "0.0.0.0:0").start()
        self.assertIn("ended with 2", str(refused.exception))
        self.assertIn("admin.token_file", str(refused.exception).replace("-", "_"))


class Monitoring(ViewerTest):
    @unittest.skipUnless(shutil.which("promtool"), "there is no promtool here")
    async def test_has_rules_and_metrics_that_prometheus_takes(self):
        checked = subprocess.run(["promtool", "check", "rules", os.path.join(MONITORING, "alerts.yml")],
                                 capture_output=True, text=True, check=False)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        node = self.start()
        await self.enter(Viewer(node.websocket_url()))
        text = node.get(node.admin_url())[1]
        checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, check=False)
        self.assertEqual((checked.returncode, checked.stderr), (0, b""))
        # What the dashboard and the rules speak of is there.
        with open(os.path.join(MONITORING, "dashboard.json"), encoding="utf-8") as file:
            dashboard = json.load(file)
        for panel in dashboard["panels"]:
            for target in panel["targets"]:
                name = next(x for x in target["expr"].replace("{", "(").replace("[", "(").split("(")
                            if x.startswith(("towncrier_", "process_")))
                self.assertIn(name.encode(), text)


if __name__ == "__main__":
    run()
