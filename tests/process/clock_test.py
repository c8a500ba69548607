"""Nodes whose wall clocks differ, are set, or stand behind what they were in an earlier life: nobody is shown less.

    clock_test.py PROGRAM CLOCK_SHIFT

CLOCK_SHIFT is the shared object made of clock_shift.cpp: it shifts the wall clock of a process, and no other clock.
"""

import asyncio
import atexit
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import unittest
from unittest import mock
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "scripts"))

from cluster_lib import Cluster  # noqa: E402
from viewers import Viewer, ViewerTest, eventually  # noqa: E402

CHARACTERS = 40
HOUR = 3600.0


class ShiftedClock:
    """The wall clock of the processes that are started with its environment."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.set(0)

    def set(self, seconds):
        """So much it is ahead of the machine's, at once, also for who runs already."""
        if not self.path.exists():
            self.path.write_bytes(bytes(8))
        with open(self.path, "r+b") as file:
            file.write(struct.pack("=q", round(seconds * 1e6)))

    @property
    def environment(self):
        return {"LD_PRELOAD": sys.argv[2], "CLOCK_SHIFT_FILE": str(self.path)}


class ShiftedCluster(Cluster):
    """A cluster in which each node has a clock of its own: `clock("n1").set(60)`."""

    def clock(self, name):
        folder = self.folder.parent / "clocks"
        folder.mkdir(exist_ok=True)
        path = folder / name
        clock = ShiftedClock.__new__(ShiftedClock)
        clock.path = path
        if not path.exists():
            clock.set(0)
        return clock

    def _inside(self, name):
        if name == "etcd":
            return ()
        return ("/usr/bin/env", *(f"{key}={value}" for key, value in self.clock(name).environment.items()))


def answer(url):
    """Status and text of a GET."""
    try:
        with urllib.request.urlopen(url, timeout=20) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


class ClockTest(ViewerTest):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="towncrier-clock-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)


class SingleNode(ClockTest):
    """It has nobody to tell it what its earlier lives were."""

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.clock = ShiftedClock(self.folder / "clock")

    async def lives(self, *options):
        """What a viewer is told by a node, and by the same with its clock an hour back: welcome, states."""
        result = []
        for shift in (0, -HOUR):
            self.clock.set(shift)
            node = self.start("--node.id", "n1", "--world.characters", "8", *options, environment=self.clock.environment)
            async with Viewer(node.websocket_url()) as viewer:
                await viewer.ask("subscribe", {"channels": ["world"], "snapshot": True})
                await viewer.until(lambda: len(viewer.states) == 8, "everybody")
                result.append((viewer.welcome, dict(viewer.states)))
                self.assertEqual(viewer.faults, [])
            node.kill()
        return result

    async def test_says_that_it_is_another_life(self):
        (before, _), (after, _) = await self.lives()
        self.assertEqual((before["node"], after["node"]), ("n1", "n1"))
        self.assertLess(after["incarnation"], before["incarnation"] - 3000_000, "the clock was set back: nothing tells it")

    async def test_whose_life_is_kept_in_a_file_never_lets_epochs_fall(self):
        (before, old), (after, new) = await self.lives("--node.life-file", str(self.folder / "life"))
        self.assertGreater(after["incarnation"], before["incarnation"])
        self.assertGreater(min(x["epoch"] for x in new.values()), max(x["epoch"] for x in old.values()))

    async def test_does_not_start_with_a_file_that_is_something_else(self):
        (self.folder / "life").write_text("my notes\n", encoding="utf-8")
        done = subprocess.run([sys.argv[1], "node", "--edge.listen", "127.0.0.1:0", "--admin.listen", "127.0.0.1:0",
                               "--node.life-file", str(self.folder / "life")],
                              capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("node.life_file: cannot read", done.stderr)
        self.assertEqual((self.folder / "life").read_text(encoding="utf-8"), "my notes\n")


class Nodes(ClockTest):
    """A cluster."""

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.cluster = ShiftedCluster(self.folder / "state", sys.argv[1], die_with_caller=True)
        self.addCleanup(atexit.unregister, self.cluster.down)
        self.addCleanup(self.cluster.down)
        atexit.register(self.cluster.down)

    def node(self, index):
        return self.cluster.node(index)

    def ask(self, index, page):
        return json.loads(answer(f"{self.node(index).admin}/api/v1/{page}")[1])

    def ready(self, index):
        return answer(f"{self.node(index).admin}/readyz")

    def owners(self):
        """Which characters of the town each node publishes."""
        found = {x.id: set() for x in self.cluster.nodes}
        for x in self.ask(1, "actors?kind=character_publisher&node=all&limit=1000")["actors"]:
            if x["label"] != "bus":  # which the test itself publishes
                found[x["node"]].add(x["label"])
        return found

    def restart_behind(self, index, seconds):
        """kill -9, and started again with its clock so much behind what it was."""
        self.cluster.kill(index)
        self.cluster.clock(f"n{index}").set(-seconds)
        self.cluster.restart(index)

    async def assert_heard(self, text):
        """What is published at the first node is shown at the second."""
        async with Viewer(self.node(2).edge) as viewer, Viewer(self.node(1).edge) as publisher:
            await viewer.ask("subscribe", {"channels": ["character:bus"], "snapshot": True})
            said = await publisher.ask("character_update", {"character_id": "bus", "state": text, "location": "Road"})
            self.assertEqual(said["type"], "result")
            await viewer.until(lambda: viewer.states.get("bus", {}).get("state") == text, f"{text} at the other node")
            self.assertEqual(viewer.faults, [])

    async def test_started_again_behind_its_last_life_is_heard(self):
        # What is looked at is whether it is heard, not whether its clock makes it unready.
        with mock.patch.dict(os.environ, {"TOWNCRIER_CLUSTER_MAX_CLOCK_OFFSET": "24h"}):
            await self.start_again_and_again()

    async def start_again_and_again(self):
        self.cluster.up(2, 0)
        await self.assert_heard("first")
        for life, seconds in enumerate((60, 3600, 86_000)):
            self.restart_behind(1, seconds)
            await self.assert_heard(f"life {life}")
        self.cluster.kill(1)
        time.sleep(4)  # until etcd has let it go
        self.cluster.clock("n1").set(-86_300)  # earlier than that its certificate is not good yet
        self.cluster.restart(1)
        await self.assert_heard("last")

    async def test_whose_etcd_has_lost_its_memory_learns_its_number_from_its_peers(self):
        self.cluster.up(2, 0)
        await self.assert_heard("first")
        before = {x["id"]: x["incarnation"] for x in self.ask(2, "nodes")["nodes"]}
        self.cluster.kill(1)
        self.cluster.etcd_stop()
        shutil.rmtree(self.cluster.folder / "etcd")
        self.cluster.etcd_start()
        self.cluster.clock("n1").set(-25)  # so little that it still counts as right, and is ready
        self.cluster.restart(1)
        await self.assert_heard("second")
        after = {x["id"]: x["incarnation"] for x in self.ask(2, "nodes")["nodes"]}
        self.assertGreater(after["n1"], before["n1"])
        for index in (1, 2):
            self.assertIn("the number of a later life must be higher", self.node(index).log_file.read_text(encoding="utf-8"))
        self.assertIn("node n1 has begun a new life", self.node(1).log_file.read_text(encoding="utf-8"))

    async def test_that_was_there_before_etcd_learns_its_number_when_etcd_is_there(self):
        self.cluster.up(2, 0)
        await self.assert_heard("first")
        self.cluster.kill(1)
        self.cluster.etcd_stop()
        self.cluster.clock("n1").set(-60)
        # It is ready, and alone.
        node = self.node(1)
        node.start(self.cluster.program, self.cluster.etcd.url, 0, self.cluster._inside("n1"), die_with_caller=True)
        self.cluster._save()
        await eventually(node.is_ready, "n1")
        self.cluster.etcd_start()
        await eventually(lambda: self.cluster._first_missing() is None, "n1 among the others", 40)
        await self.assert_heard("second")

    async def assert_one_town(self):
        def is_shared():
            found = self.owners()
            return len(found["n1"] | found["n2"]) == CHARACTERS == len(found["n1"]) + len(found["n2"]) and found["n1"] and found["n2"]

        await eventually(is_shared, "a town in which each character is one node's", 30)
        towns = [(await self.status(x)) for x in (1, 2)]
        self.assertEqual(towns[0]["owned"] + towns[1]["owned"], CHARACTERS)
        self.assertLess(abs(minutes_of(towns[0]) - minutes_of(towns[1])), 2.0, towns)
        async with Viewer(self.node(1).edge) as viewer:
            await viewer.ask("subscribe", {"channels": ["world"], "snapshot": True})
            await viewer.until(lambda: len(viewer.states.keys() - {"bus"}) == CHARACTERS, "everybody")
            before = {who: x["version"] for who, x in viewer.states.items()}
            moved = lambda: {who for who, x in viewer.states.items() if x["version"] > before[who]}  # noqa: E731
            owners = self.owners()
            await viewer.until(lambda: all(moved() & owners[x] for x in ("n1", "n2")), "both halves of the town move", 60)
            self.assertEqual(viewer.faults, [])

    async def status(self, index):
        async with Viewer(self.node(index).edge) as viewer:
            said = await viewer.ask("command", {"name": "status", "args": {}})
            return said["data"]["data"]

    async def test_an_hour_apart_have_one_town_and_say_who_is_off(self):
        for shift in (-HOUR, HOUR):
            with self.subTest(shift=shift):
                self.cluster.clock("n2").set(shift)
                # The one whose clock is off is not ready, and so the cluster is not either.
                self.cluster.up(1, CHARACTERS)
                node = self.cluster._new_node(["world", "edge"], ())
                self.cluster._make_certificates([node])
                self.cluster._start(node)
                await eventually(lambda: any(x["phase"] == "live" for x in self.ask(1, "nodes")["links"]), "the link")
                await self.assert_one_town()
                await eventually(lambda: self.ready(2)[0] == 503, "n2 to be not ready")
                self.assertRegex(self.ready(2)[1], r"^not ready\nthe clocks of nodes .* it is this node's that is wrong")
                self.assertRegex(self.ready(1)[1], r"^ready\nwarning: the clocks of nodes .* that of n2 is 3[56]\d\d\.\d s "
                                 + ("behind" if shift < 0 else "ahead of"))
                self.assertEqual(self.ready(1)[0], 200)
                link = self.ask(1, "nodes")["links"][0]
                self.assertAlmostEqual(link["clock_offset_ms"], shift * 1000, delta=1000)
                shown = subprocess.run([sys.argv[1], "nodes", "--admin", self.node(2).admin], capture_output=True, text=True,
                                       timeout=30, check=True).stdout
                self.assertRegex(shown, r"LINK TO .* CLOCK")
                self.assertIn("it is this node's that is wrong", shown)
                self.assertIn("the clocks of nodes", self.node(2).log_file.read_text(encoding="utf-8"))
                self.cluster.clock("n2").set(0)
                await eventually(lambda: self.ready(2) == (200, "ready\n"), "n2 to be ready again")
                self.cluster.down()

    async def test_ten_seconds_apart_leave_no_trace(self):
        self.cluster.clock("n2").set(-10)
        self.cluster.up(2, CHARACTERS)
        await self.assert_one_town()
        for index in (1, 2):
            self.assertEqual(self.ready(index), (200, "ready\n"))
            self.assertNotIn("clock", self.node(index).log_file.read_text(encoding="utf-8").partition("\n")[2])

    async def test_whose_clock_is_set_while_they_run_go_on(self):
        self.cluster.up(2, CHARACTERS)
        await self.assert_one_town()
        before = await self.status(2)
        for shift in (-2 * HOUR, 2 * HOUR):
            self.cluster.clock("n1").set(shift)
            await self.assert_one_town()
            await self.assert_heard(f"shifted by {shift}")
        after = await self.status(2)
        for _ in range(60):  # a minute of the town is a second and a half
            if minutes_of(after) > minutes_of(before):
                break
            await asyncio.sleep(0.5)
            after = await self.status(2)
        self.assertLess(0, minutes_of(after) - minutes_of(before), (before, after))
        self.cluster.clock("n1").set(0)
        await eventually(lambda: [self.ready(x) for x in (1, 2)] == [(200, "ready\n")] * 2, "both to be ready")


def minutes_of(status):
    """The town's time in minutes."""
    hours, minutes = map(int, re.fullmatch(r"(\d+):(\d+)", status["time"]).groups())
    return status["day"] * 24 * 60 + hours * 60 + minutes


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
