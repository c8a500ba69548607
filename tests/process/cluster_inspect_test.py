"""Any node answers operators for the whole cluster: lists, `top`, one actor, `why` and acts, over three real nodes."""

import asyncio
import atexit
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "scripts"))

from cluster_lib import Cluster  # noqa: E402
from pty_program import PtyProgram  # noqa: E402
from viewers import Viewer  # noqa: E402

CHARACTERS = 30
PATIENCE = 30.0


class ClusterInspection(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.cluster = Cluster(pathlib.Path(folder.name) / "state", sys.argv[1], die_with_caller=True)
        cls.addClassCleanup(atexit.unregister, cls.cluster.down)
        cls.addClassCleanup(cls.cluster.down)
        atexit.register(cls.cluster.down)
        cls.cluster.up(3, CHARACTERS)
        cls.nodes = {x.id: x for x in cls.cluster.nodes}
        cls.eventually(cls.town_is_shared, "the town, and its share to each node")

    @classmethod
    def town_is_shared(cls):
        owners = [x["node"] for x in cls.actors("kind=character_publisher&node=all")]
        return len(owners) == CHARACTERS and set(owners) == set(cls.nodes)

    @classmethod
    def call(cls, page, node="n1", body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{cls.nodes[node].admin}/api/v1/{page}", data,
                                         {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=20) as reply:
                return reply.status, json.loads(reply.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    @classmethod
    def actors(cls, query, node="n1"):
        return cls.call(f"actors?limit=1000&{query}", node)[1]["actors"]

    def restarts(self, character, node):
        return [x["restarts"] for x in self.actors(f"kind=character_publisher&label={character}&node={node}")]

    @staticmethod
    def eventually(condition, what):
        deadline = time.monotonic() + PATIENCE
        while not (found := condition()):
            if time.monotonic() > deadline:
                raise AssertionError(f"{what} did not come in {PATIENCE} s")
            time.sleep(0.1)
        return found

    def towncrier(self, *arguments, node="n2", code=0):
        done = subprocess.run([sys.argv[1], *arguments, "--admin", self.nodes[node].admin], capture_output=True, text=True,
                              timeout=30, check=False)
        self.assertEqual(done.returncode, code, done)
        return done.stdout

    async def test_any_node_lists_the_actors_of_all(self):
        for node in self.nodes:
            status, answer = self.call("actors?kind=hub&node=all", node)
            self.assertEqual((status, {x["node"] for x in answer["actors"]}), (200, set(self.nodes)))
        owners = {x["node"]: x["label"] for x in self.actors("kind=character_publisher&node=all")}
        self.assertEqual(set(owners), set(self.nodes), "each world node has its share")
        for node in self.nodes:
            mine = self.actors(f"kind=character_publisher&node={node}", "n3")
            self.assertEqual({x["node"] for x in mine}, {node})
        self.assertEqual(self.call("actors?node=nowhere")[0], 404)

    async def test_top_is_one_list_in_order(self):
        self.call("top?node=all")
        for sort, member in (("busy", "busy_share"), ("handled", "handled_rate"), ("mailbox", "mailbox")):
            answer = self.call(f"top?node=all&sort={sort}&limit=40")[1]
            values = [x[member] for x in answer["actors"]]
            self.assertEqual((len(values), values), (40, sorted(values, reverse=True)))
            self.assertEqual({x["node"] for x in answer["actors"]}, set(self.nodes))
            totals = [self.call(f"top?node={x}")[1]["total"] for x in self.nodes]
            self.assertEqual(answer["total"], sum(totals))

    async def test_every_kind_of_actor_of_a_cluster_shows_its_state(self):
        shown = {}
        for node in self.nodes:
            for kind in {x["kind"] for x in self.actors(f"node={node}")}:
                one = self.actors(f"kind={kind}&node={node}")[0]
                status, answer = self.call(f"actors/{one['id']}?node={node}")
                self.assertEqual((status, answer["node"]), (200, node))
                self.assertTrue(answer["state"], f"a {kind} does not say what it is about")
                shown[kind] = answer["state"]
        self.assertLessEqual({"membership", "peer_link", "dialer", "edge_roster", "inspection_bridge", "shared_world"},
                             set(shown))
        self.assertEqual((shown["peer_link"]["phase"], shown["peer_link"]["breaker"]), ("live", "closed"))
        self.assertGreater(shown["peer_link"]["window_bytes"], 0)
        self.assertTrue(shown["membership"]["registered"])
        self.assertEqual(set(shown["membership"]["nodes"]), set(self.nodes))
        self.assertEqual(len(shown["edge_roster"]["other_edges"]), 2)

    async def test_one_question_tells_of_every_link(self):
        told = self.actors("kind=peer_link&node=all&state=true", "n2")
        self.assertEqual(sorted((x["node"], x["state"]["node"]) for x in told),
                         [(x, y) for x in self.nodes for y in self.nodes if x != y])
        self.assertEqual({x["state"]["phase"] for x in told}, {"live"})
        self.assertNotIn("state", self.actors("kind=peer_link&node=all")[0])

    @unittest.skipUnless(shutil.which("promtool"), "there is no promtool here")
    async def test_the_metrics_of_each_node_are_clean(self):
        for node in self.nodes.values():
            with urllib.request.urlopen(node.admin + "/metrics", timeout=20) as reply:
                checked = subprocess.run(["promtool", "check", "metrics"], input=reply.read(), capture_output=True, check=False)
            self.assertEqual((checked.returncode, checked.stdout, checked.stderr), (0, b"", b""))

    async def test_acts_wherever_the_character_is(self):
        async with Viewer(self.nodes["n1"].edge) as viewer:
            await viewer.ask("subscribe", {"channels": ["world"], "snapshot": True})
            await viewer.until(lambda: len(viewer.states) == CHARACTERS, "everybody")
            for node in self.nodes:
                one = self.actors(f"kind=character_publisher&node={node}")[0]["label"]
                # Asked of its own node, of another, by name, and by a command that does not know where it is.
                self.assertEqual(self.call("actions", "n2", {"action": "restart", "character": one})[0],
                                 200 if node == "n2" else 409)
                restarts = int(node == "n2")
                for how in (lambda: self.call("actions", "n2", {"action": "restart", "character": one, "node": node}),
                            lambda: self.towncrier("act", "restart", one, "--node", "all")):
                    await asyncio.to_thread(self.eventually, lambda: self.restarts(one, node) == [restarts], "the one before")
                    await asyncio.to_thread(how)
                    restarts += 1
                await asyncio.to_thread(self.eventually, lambda: self.restarts(one, node) == [restarts], "all of them")
            self.assertEqual(viewer.faults, [])
        refused = self.call("actions", "n1", {"action": "close", "connection": "c1", "node": "all"})
        self.assertEqual(refused[0], 409)

    async def test_why_of_another_nodes_connection(self):
        async with Viewer(self.nodes["n3"].edge + "?subscribe=event:none") as viewer:
            name = viewer.welcome["connection_id"]
            character = self.actors("kind=character_publisher")[0]["label"]
            answer = self.call(f"why?connection={name}&character={character}&node=n3")[1]
            self.assertIn(answer["reason"], ("not_subscribed", "held_for_resume"))
            self.assertFalse(answer["seen"])
            text = await asyncio.to_thread(self.towncrier, "why", "--connection", name, "--character", character,
                                           "--node", "n3")
            self.assertIn(f"{name} was not given the last change of {character}", text)

    async def test_shows_the_cluster_in_the_terminal(self):
        text = self.towncrier("nodes")
        for node in self.nodes:
            self.assertIn(node, text)
        self.assertIn("LINK TO", text)
        self.assertIn("NODE", self.towncrier("actors", "--tree", "--node", "all"))
        self.assertIn("on node n3", self.towncrier("inspect", "hub", "--node", "n3"))
        with PtyProgram([sys.argv[1], "top", "--node", "all", "--admin", self.nodes["n1"].admin]) as top:
            top.until(lambda s: s[0].startswith("all nodes") and "NODE" in s[1], "the list of all")
            top.press("/exchange\r")
            top.until(lambda s: [x[-8:] for x in s[2:-1] if x] == ["exchange"] * 3, "one of each node")
            top.press("\x1b[B\r")
            top.until(lambda s: "on node n" in s[0] and any("peers" in x for x in s), "one of them")
            top.press("q")
            self.assertEqual(top.wait(), 0)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
