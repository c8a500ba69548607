"""The inspector page in a real browser, on a real cluster of three nodes: what it shows is compared with what is true.

It needs what `scripts/setup test` installs: the page's packages, and Chromium (`CHROMIUM` names another one). Its oracles are
the API's answers, what the viewers were given, and the recordings that `checker.py` judges.
"""

import asyncio
import atexit
import itertools
import json
import pathlib
import re
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "scripts"))

from admin import Admin, Recorder, call, make_behind  # noqa: E402
from auth_test import make_token  # noqa: E402
from checker import Checker, Rules  # noqa: E402
from cluster_lib import Cluster  # noqa: E402
from counting_publisher import CountingPublisher  # noqa: E402
from inspector_browser import InspectorBrowser  # noqa: E402
from recorder_process import RecorderProcess  # noqa: E402
from recording import FRAME, Recording  # noqa: E402
from viewers import SMALL_BUFFERS, Viewer, ViewerTest, change, event, program  # noqa: E402

NODES = ("n1", "n2", "n3")
PAIRS = {f"{x} – {y}" for x, y in itertools.combinations(NODES, 2)}
OPTIONS = ("--edge.resume-grace", "0ms", "--edge.max-queued-bytes", "16KiB", "--edge.max-event-bytes", "64KiB")
# Events that n3 is told of wait in this actor's mailbox; what other nodes are told of passes it by.
SLOW = ("--inspection.slow-actor", "event_notifier:20")
ENOUGH = 250


class ClusterPage(ViewerTest):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.cluster = Cluster(cls.folder / "state", program(), die_with_caller=True)
        cls.addClassCleanup(atexit.unregister, cls.cluster.down)
        cls.addClassCleanup(cls.cluster.down)
        atexit.register(cls.cluster.down)
        cls.cluster.up(2, 0, OPTIONS)
        cls.cluster.add(options=(*OPTIONS, *SLOW))
        cls.edges = {x.id: x.edge for x in cls.cluster.nodes}
        cls.nodes = {x.id: Admin(x.admin) for x in cls.cluster.nodes}
        cls.browser = cls.enterClassContext(InspectorBrowser())

    def see(self, look, condition, what):
        return self.browser.until(look, condition, what)

    async def look_at(self, node, part=""):
        await self.browser.do("open", url=self.nodes[node].admin_url("/inspector" + part))

    async def ask(self, page, node="n1"):
        status, answer = await asyncio.to_thread(call, self.nodes[node], page)
        self.assertEqual(status, 200, answer)
        return answer

    def publish(self, name, *nodes):
        """Somebody whose characters move all the time, until the test ends."""
        publisher = CountingPublisher(name, [self.edges[x] for x in nodes])
        publisher.start()
        self.addCleanup(publisher.give_up)
        return publisher

    async def expect_no_complaints(self, but=()):
        self.assertEqual(await self.browser.do("complaints", but=but), [])

    # The map

    async def test_shows_nodes_and_links_also_when_one_is_killed(self):
        self.publish("p", "n1")
        await self.look_at("n1")
        await self.see("cluster", self.all_is_well, "three nodes, and links of which the rates are known")
        await self.see_counters_of_the_api()
        await self.browser.do("shot", name="cluster-up")
        self.cluster.kill(2)
        seen = await self.see("cluster", lambda x: x["nodes"]["n2"]["words"] == "gone", "the loss of a node")
        self.assertEqual((seen["nodes"]["n2"]["tone"], seen["nodeTable"]["n2"]["Health"]), ("bad", "✕ gone"))
        seen = await self.see("cluster", lambda x: x["lines"] == {"n1 – n3": "good"} and "2 members" in x["note"],
                              "the one link that is left")
        self.assertEqual({x: y["tone"] for x, y in seen["nodes"].items()}, {"n1": "good", "n2": "bad", "n3": "good"})
        self.assertEqual((await self.browser.do("status"))["meters"]["nodes"], "2")
        await self.browser.do("shot", name="cluster-killed")
        await asyncio.to_thread(self.cluster.restart, 2)
        await self.see("cluster", self.all_is_well, "all three again")
        await self.expect_no_complaints()

    @staticmethod
    def all_is_well(seen):
        rates = [row[way] for row in seen["linkTable"].values() for way in ("Out", "In")]
        return ({x: y["tone"] for x, y in seen["nodes"].items()} == dict.fromkeys(NODES, "good")
                and {x for x, y in seen["nodes"].items() if y["self"]} == {"n1"}
                and seen["lines"] == dict.fromkeys(PAIRS, "good")
                and set(seen["labels"]) == PAIRS and all(re.match(r"[\d.]+ k?B/s", x) for x in seen["labels"].values())
                and {x["State"] for x in seen["linkTable"].values()} == {"live"}
                and all(re.fullmatch(r"[\d.]+ [kM]?B/s", x) for x in rates)
                and all(re.search(r"[\d.]+ ms", x["Round trip"]) for x in seen["linkTable"].values())
                and seen["note"].startswith("3 members") and "3 links: all of them live." in seen["note"])

    async def see_counters_of_the_api(self):
        """Actors come and go as clients do: what is shown was true not long ago."""
        async def shown_and_told():
            told = {x["id"]: f"{x['actors']:,}" for x in (await self.ask("nodes?node=all"))["nodes"]}
            seen = await self.browser.do("cluster")
            return told == {x: y["Actors"] for x, y in seen["nodeTable"].items()}

        for _ in range(100):
            if await shown_and_told():
                return
            await asyncio.sleep(0.1)
        self.fail("the actors of each node are not those that the API counts")

    # The tree

    async def test_shows_the_tree_of_any_node_and_where_messages_wait(self):
        publisher = await self.enter(Viewer(self.edges["n3"] + "?subscribe=event:none"))
        await self.look_at("n1", "#/actors")
        for node in ("n2", "n3", "all", "n1"):
            await self.choose_node(node)
            await self.see_the_tree_of(node)
        await self.choose_node("n3")
        hot = await self.heat_up(publisher)
        row = self.row(hot, "event_notifier")
        self.assertEqual((row["mark"][0], row["title"].endswith("on n3")), ("▲", True))
        self.assertGreaterEqual(int(row["waiting"].replace(",", "")), 100)
        self.assertGreater(row["filled"], 45)
        self.assertEqual({x["kind"] for x in hot["rows"] if x["heat"] >= 3}, {"event_notifier"})
        await self.browser.do("shot", name="cluster-tree-hot")
        # The oracle: the API says so, too, and of this node alone.
        told = (await self.ask("actors?kind=event_notifier&node=all", "n2"))["actors"]
        self.assertEqual({x["node"] for x in told if x["mailbox"] >= 10}, {"n3"})
        await self.see("actors", lambda x: self.row(x, "event_notifier")["heat"] == 0, "a mailbox that has cooled down")
        await self.expect_no_complaints()

    async def heat_up(self, publisher):
        """Lets events wait on n3 until the page shows it; what it shows then."""
        for number in itertools.count():
            told = (await self.ask("actors?kind=event_notifier", "n3"))["actors"][0]
            if told["mailbox"] < ENOUGH:
                for _ in range(40):
                    await publisher.send_raw(json.dumps(event(number)))
                    await asyncio.sleep(0.002)  # what comes together is one message to the actor
            seen = await self.browser.do("actors")
            if any(x["kind"] == "event_notifier" and x["heat"] >= 3 for x in seen["rows"]):
                return seen
            self.assertLess(number, 1000, "the page shows no heat")

    async def choose_node(self, node):
        """The page of n1 knows its own node without a name."""
        await self.browser.do("choose", select="#actor-node", value="" if node == "n1" else node)

    async def see_the_tree_of(self, node):
        told = await self.ask(f"actors?tree=true&limit=1000&node={node}")
        kinds = {x["kind"] for x in told["actors"]}
        seen = await self.see("actors", lambda x: {y["kind"] for y in x["rows"] if y["level"] == 1} and all(
            node in ("all", y["title"].rpartition(" ")[2]) for y in x["rows"] if y["type"] == "actor"), f"the tree of {node}")
        self.assertLessEqual({x["kind"] for x in seen["rows"] if x["level"] == 1}, kinds)
        self.assertRegex(seen["foot"], r"^\d+ actors on ")
        self.assertEqual(sorted(seen["nodes"]), ["", "all", "n2", "n3"])
        below = [x for x in seen["rows"] if x["level"] == 2]
        if node in NODES:
            links = {x["label"] for y in told["actors"] if y["kind"] == "exchange" for x in y.get("children", [])}
            self.assertLessEqual({x["label"] for x in below if x["kind"] == "peer_link"}, links)

    @staticmethod
    def row(seen, kind):
        return next(x for x in seen["rows"] if x["kind"] == kind)


    # One actor

    async def test_shows_an_actor_of_another_node_live(self):
        self.publish("p", "n1")
        viewer = await self.enter(Viewer(self.edges["n2"]))
        name = viewer.welcome["connection_id"]
        link = next(x for x in (await self.ask("actors?kind=peer_link&node=n2"))["actors"] if x["label"] == "n1")
        await self.look_at("n3", f"#/actors/n2/{link['id']}")
        seen = await self.see("actor", lambda x: x["line"] > 3 and x["state"]["phase"] == "live", "its state and a line")
        self.assertEqual((seen["name"], seen["state"]["node"]), ("peer_link n1", "n1"))
        self.assertTrue(seen["place"].startswith(f"actor {link['id']} on n2, for "), seen["place"])
        before = (await self.ask(f"actors/{link['id']}?node=n2"))["handled"]
        seen = await self.see("actor", lambda x: self.handled(x) > before, "what it handled since")
        self.assertLessEqual(self.handled(seen), (await self.ask(f"actors/{link['id']}?node=n2"))["handled"])
        one = (await self.ask(f"actors?kind=connection&label={name}&node=n2"))["actors"][0]
        await self.browser.do("go", hash=f"#/actors/n2/{one['id']}")
        await self.see("actor", lambda x: x["name"] == f"connection {name}" and x["state"]["subscriptions"] == "world",
                       "the connection, as it began")
        await viewer.ask("subscribe", {"channels": ["event:counted"], "area": {"x": 1, "y": 2, "width": 3, "height": 4}})
        await self.see("actor", lambda x: x["state"]["subscriptions"] == "event:counted" and "width" in x["state"]["area"],
                       "what it subscribed to since")
        await viewer.close()
        await self.see("actor", lambda x: f"no actor {one['id']} lives on node n2" in x["notice"], "its end")
        await self.expect_no_complaints()

    @staticmethod
    def handled(seen):
        return int(re.sub(r"\D", "", seen["facts"]["handled"]))

    # A trace

    async def test_shows_what_became_of_a_message_on_three_nodes(self):
        publisher, keeps_up = [await self.enter(Recorder(self.edges["n1"])) for _ in range(2)]
        lags = await self.enter(Recorder(self.edges["n2"], **SMALL_BUFFERS))
        elsewhere = await self.enter(Recorder(self.edges["n3"]))
        await elsewhere.ask("subscribe", {"channels": ["character:somebody"]})
        await publisher.ask("character_update", {"character_id": "bus-7", "state": "S0"})
        await make_behind(lags, self.nodes["n2"], publisher)
        for viewer in (keeps_up, lags, elsewhere):
            viewer.seen.clear()
        await self.look_at("n3", "#/traces")
        await self.browser.do("trace", what="character", id="bus-7")
        await self.see("traced", lambda x: x["state"] == "following", "that it is followed")
        await publisher.ask(*self.said("S1"))
        await self.see("traced", lambda x: x["messages"], "the message")
        await publisher.ask(*self.said("S2"))
        seen = await self.see("traced", lambda x: x["state"] == "complete" and x["messages"][0]["counts"], "all of it")
        await self.browser.do("shot", name="cluster-trace")
        message = await self.told_by_the_api("character:bus-7")
        self.compare(seen["messages"][0], message)
        roles = {"n1": {publisher: "written", keeps_up: "written"}, "n2": {lags: "conflated"}, "n3": {elsewhere: "filtered"}}
        for node, viewers in roles.items():
            for viewer, outcome in viewers.items():
                lane = next(x for x in seen["messages"][0]["lanes"]
                            if (x["node"], x["name"]) == (node, "connection " + viewer.welcome["connection_id"])
                            and any(y["outcome"] != "passed" for y in x["steps"]))
                self.assertEqual([x["outcome"] for x in lane["steps"] if x["outcome"] != "passed"], [outcome])
                reason = next(x["reason"] for x in lane["steps"] if x["outcome"] == outcome)
                self.assertRegex(reason, {"written": "^$", "filtered": "^not subscribed$",
                                          "conflated": rf"\.{message['version'] + 1} took its place"}[outcome])
        # What they were really given.
        lags.go_on()
        for viewer in (keeps_up, lags):
            await viewer.until(lambda v=viewer: v.states["bus-7"]["state"] == "S2", "the latest state")
        version = message["version"]
        self.assertEqual([x for x, _ in keeps_up.seen], [version, version + 1])
        self.assertEqual([x for x, _ in lags.seen], [version + 1])
        self.assertEqual(elsewhere.seen, [])
        await self.expect_no_complaints()

    @staticmethod
    def said(state):
        return change("bus-7", state)["type"], change("bus-7", state)["data"]

    async def told_by_the_api(self, subject):
        traces = (await self.ask("traces", "n2"))["traces"]
        trace = max((x for x in traces if x["subject"] == subject), key=lambda x: x["began"])
        return (await self.ask(f"traces/{trace['id']}", "n2"))["messages"][0]

    def compare(self, seen, told):
        """A message as the page shows it with the answer of the API: every span is there, with its outcome and reason."""
        some = {x: n for x, n in told["receivers"].items() if n}
        self.assertEqual((seen["counts"], some), (some, {"written": 2, "conflated": 1, "filtered": 1}))
        self.assertEqual(seen["byNode"], {node: {x: n for x, n in y.items() if n}
                                          for node, y in told["receivers_by_node"].items()})
        self.assertEqual(set(seen["byNode"]), set(NODES))

        def line(node, name, outcome, reason, times):
            return node, name.strip(), outcome, (reason or "").replace("_", " "), times

        def times(span):
            return [x for x in ("mailbox", "kept", "handler") if x == "handler" or span[f"{x}_ms"] > 0]

        self.assertEqual(
            sorted(line(x["node"], x["name"], y["outcome"], y["reason"], y["parts"]) for x in seen["lanes"] for y in x["steps"]),
            sorted(line(x["node"], f"{x['kind']} {x['label']}", x["outcome"], x["reason"], times(x)) for x in told["spans"]))
        self.assertEqual({x["node"] for x in seen["lanes"]}, set(NODES))
        for lane in seen["lanes"]:
            self.assertEqual(len(lane["bars"]), len(lane["steps"]))
            self.assertTrue(all(right > left for left, right in lane["bars"]), lane)
        slowest = told["slowest"]
        self.assertEqual([(x["node"], x["name"], x["actor"]) for x in seen["lanes"] if x["slowest"]],
                         [(slowest["node"], f"{slowest['kind']} {slowest['label']}".strip(), slowest["actor"])])
        self.assertIn(f"version {told['version']}", seen["head"])
        for words in (f"epoch {told['epoch']}, from n1", f"Trace {told['trace_id']}", f"on {slowest['node']}"):
            self.assertIn(words, seen["about"])

    # An act

    async def test_restarts_a_publisher_before_viewers_on_all_nodes(self):
        publishers = [self.publish("a", "n1"), self.publish("b", "n3")]
        recorder = RecorderProcess(sys.argv[2], list(self.edges.values()), 24, self.folder / "recording")
        self.addCleanup(recorder.finish)
        recorder.wait_until_all_open()
        await self.look_at("n2")
        for times in (1, 2):
            for node, who in (("n1", "a-0"), ("n3", "b-1")):
                await self.restart(node, who, times)
            await asyncio.to_thread(recorder.wait_for_deliveries, 24 * 10)
        for publisher in publishers:
            await asyncio.to_thread(publisher.finish)
            self.assertEqual(publisher.faults, [])
        await asyncio.to_thread(recorder.wait_until_quiet, 1000)
        self.assertEqual(await asyncio.to_thread(recorder.finish), 0)
        self.judge(Recording.load(self.folder / "recording"), publishers)
        await self.expect_no_complaints(but=(404,))

    async def restart(self, node, who, times):
        """From the page of another node: found in its list, looked at, restarted, and looked at again."""
        await self.browser.do("go", hash=f"#/actors?node={node}&kind=character_publisher&text={who}")
        await self.see("actors", lambda x: [(y["label"], y["last"]) for y in x["rows"]] == [(who, str(times - 1))],
                       f"{who} with {times - 1} restarts in the list of {node}")
        await self.browser.do("row", kind="character_publisher", label=who)
        seen = await self.see("actor", lambda x: x["name"] == f"character_publisher {who}" and x["state"], "the publisher")
        self.assertEqual(seen["facts"]["restarts"], str(times - 1))
        await self.browser.do("act", button="Restart")
        again = await self.see("actor", lambda x: x["facts"]["restarts"] == str(times) and x["state"], "its successor")
        self.assertEqual(again["name"], seen["name"])
        self.assertNotEqual(again["place"].split(",")[0], seen["place"].split(",")[0])
        told = (await self.ask(f"actors?kind=character_publisher&label={who}&node={node}"))["actors"]
        self.assertEqual([x["restarts"] for x in told], [times])

    def judge(self, recording, publishers):
        """The truth, as of all clusters; and every version was said, and given to every viewer that kept up."""
        rules = Rules()
        for publisher in publishers:
            rules.published.update(publisher.events)
            rules.states.update(publisher.states)
        checker = Checker(recording, rules).check()
        print(f"\n    {checker.summary}", flush=True)
        self.assertTrue(checker.good, "\n".join(map(str, checker.faults[:12])))
        self.assertEqual((checker.summary["reconnections"], checker.summary["unresumed"]), (0, 0))
        kept_up = 0
        for viewer, journal in recording.journals.items():
            frames = [recording.frames[value] for _, happening, value in journal if happening == FRAME]
            if any(news[0] == "lag" for frame in frames for news in frame.news):
                continue
            kept_up += 1
            given = {}
            for who, stamp, *_ in (x for frame in frames for x in frame.changes):
                given.setdefault(who, []).append(stamp)
            for publisher in publishers:
                for who in publisher.states:
                    stamps = sorted(set(given[who]))
                    self.assertEqual({epoch for epoch, _ in stamps}, {stamps[0][0]}, who)
                    versions = [version for _, version in stamps]
                    self.assertEqual(versions, list(range(versions[0], publisher.counter + 1)), (viewer, who))
        self.assertGreater(kept_up, 12)

    # Who may

    async def test_refuses_who_is_no_operator(self):
        made = {role: make_token(role, role) for role in ("viewer", "operator")}
        tokens = self.folder / "tokens"
        tokens.write_text("".join(line + "\n" for _, line in made.values()), encoding="utf-8")
        node = self.start("--auth.tokens", tokens, "--world.characters", "3")
        await self.browser.do("open", url=node.admin_url("/inspector#/actors"))
        seen = await self.see("status", lambda x: x["asked"] and x["phase"] == "refused", "that a token is asked for")
        self.assertEqual(seen["status"], "Not admitted")
        self.assertRegex(seen["trouble"], r"The node refuses \(401\): an operator's token is needed")
        self.assert_nothing_is_told(seen, node)
        await self.browser.do("shot", name="cluster-refused")
        for token, words in (("no-such-token", "token is not valid"), (made["viewer"][0], "takes the role operator")):
            await self.browser.do("enter", token=token)
            seen = await self.see("status", lambda x, y=words: x["asked"] and y in x["reason"], f"that the {words}")
            self.assertIn("The node refuses", seen["trouble"])
            self.assert_nothing_is_told(seen, node)
        await self.browser.do("enter", token=made["operator"][0])
        seen = await self.see("status", lambda x: x["status"] == node.name and not x["asked"], "who may")
        self.assertEqual((seen["phase"], seen["trouble"]), ("live", ""))
        await self.see("actors", lambda x: len(x["rows"]) > 8, "the actors")
        await self.expect_no_complaints(but=(401, 403))

    def assert_nothing_is_told(self, seen, node):
        self.assertNotIn(node.name, json.dumps(seen))
        self.assertNotRegex(seen["told"], "batcher|exchange|connection_monitor")
        self.assertEqual(set(seen["meters"].values()), {"–"})


def main():
    if len(sys.argv) < 3:
        sys.exit(f"usage: {sys.argv[0]} TOWNCRIER RECORDER [unittest's arguments]")
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)


if __name__ == "__main__":
    main()
