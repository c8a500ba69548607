"""What the tests of a cluster have in common: nodes that are real processes, viewers that are recorded, publishers that
count, and the checker at the end.

`TOWNCRIER_FULL=1` runs a town of 1,000 characters before 300 viewers, and disturbances of full length.
"""

import atexit
import os
import pathlib
import shutil
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "scripts"))

from checker import Checker, Rules  # noqa: E402
from cluster_lib import Cluster  # noqa: E402
from cluster_lib.network import get_json  # noqa: E402, F401
from cluster_lib.processes import wait_until  # noqa: E402, F401
from counting_publisher import MOVING, CountingPublisher, command  # noqa: E402
from recorded_publisher import RecordedPublisher  # noqa: E402
from recorder_process import RecorderProcess  # noqa: E402
from recording import Recording  # noqa: E402

FULL = os.environ.get("TOWNCRIER_FULL") == "1"
CHARACTERS = 1000 if FULL else 150
VIEWERS = 300 if FULL else 48
# Seconds that a scenario goes on before and after what it does.
CALM = 10 if FULL else 3


class ClusterTest(unittest.TestCase):
    """`up` and `watch` begin a scenario, `judge` ends it. `deaths`: when nodes were killed."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="towncrier-cluster-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.cluster = Cluster(self.folder / "state", sys.argv[1], die_with_caller=True)
        self.addCleanup(self._end)
        atexit.register(self.cluster.down)
        self.publishers, self.deaths, self.recorder = [], [], None

    def _end(self):
        self.cluster.down()
        atexit.unregister(self.cluster.down)
        # A failed test's logs are worth more than a clean folder.
        failed = any(error for _, error in getattr(self._outcome, "errors", [])) or any(
            test is self for test, _ in [*self._outcome.result.failures, *self._outcome.result.errors])
        if failed and (kept := os.environ.get("TOWNCRIER_KEEP")):
            shutil.copytree(self.folder, pathlib.Path(kept) / self._testMethodName, dirs_exist_ok=True)

    # The scenario

    def up(self, count, *options, **how):
        self.cluster.up(count, CHARACTERS, options, **how)

    def edges(self, but=()):
        return [x.edge for x in self.cluster.nodes if x.edge and x.process_state == "running" and x.index not in but]

    def watch(self, viewers=VIEWERS, publish=True, **how):
        """Viewers on all edges, a counting publisher on each of the first two, and recorded traffic on the last."""
        self.recorder = RecorderProcess(sys.argv[2], self.edges(), viewers, self.folder / "recording", **how)
        self.addCleanup(self.recorder.finish)
        self.recorder.wait_until_all_open()
        if publish:
            edges = self.edges()
            for i, name in enumerate("pq"):
                self.publishers.append(CountingPublisher(name, edges[i:] + edges[:i]))
            self.publishers.append(RecordedPublisher(sys.argv[1], edges[-1], self.folder))
            for publisher in self.publishers:
                publisher.start()
                self.addCleanup(publisher.give_up)
        self.calm()

    def calm(self):
        """Lets things go on for a while, in which everybody is told something."""
        time.sleep(CALM)
        self.recorder.wait_for_deliveries(self.recorder.status["viewers"])

    def kill(self, index):
        self.deaths.append(time.time())
        self.cluster.kill(index)

    # Its end

    def judge(self, max_silence=None, max_delay=None):
        """Lets everything come to rest and asks the checker; its summary."""
        self.recorder.wait_until_all_open(60)
        for publisher in self.publishers:
            publisher.finish(60)
            self.assertEqual(publisher.faults, [])
        self.recorder.be_patient()
        self.assertTrue(all([command(url, "pause") is not None for url in self.edges()]))
        self.recorder.wait_until_quiet()
        # Who comes now is given what each edge holds to be the present state.
        self.recorder.add(4 * len(self.edges()))
        self.recorder.wait_until_all_open()
        self.recorder.wait_until_quiet()
        self.assertEqual(self.recorder.finish(), 0)
        rules = Rules(deaths=self.deaths, moving=frozenset(["MOVE", MOVING]), max_silence=max_silence or 1e9,
                      max_delay=max_delay)
        for publisher in self.publishers:
            rules.published.update(publisher.events)
            rules.states.update(publisher.states)
        checker = Checker(Recording.load(self.folder / "recording"), rules).check()
        print(f"\n    {self._testMethodName}: {checker.summary}", flush=True)
        self.assertTrue(checker.good, "\n".join(map(str, checker.faults[:12])) + self.logs())
        return checker.summary

    def logs(self):
        return "".join(f"\n--- {x.id}\n{x.log_tail()}" for x in self.cluster.nodes)


def run():
    if len(sys.argv) < 3:
        sys.exit(f"usage: {sys.argv[0]} TOWNCRIER RECORDER [unittest's arguments]")
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
