"""The recorder, the counting publisher and the checker together, on single nodes: the tools that judge a cluster."""

import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import unittest

from checker import Checker, Rules
from counting_publisher import MOVING, CountingPublisher, command
from node_process import NodeProcess
from recorder_process import RecorderProcess
from recording import FRAME, OPEN, Recording

VIEWERS = 24


class RecorderTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name) / "recording"
        self.publishers = []

    def start(self, *options):
        node = NodeProcess(sys.argv[1], "--world.characters", "100", *options).start()
        self.addCleanup(node.stop)
        return node

    def record(self, urls, viewers=VIEWERS, **how):
        recorder = RecorderProcess(sys.argv[2], urls, viewers, self.folder, **how)
        self.addCleanup(recorder.finish)
        recorder.wait_until_all_open()
        return recorder

    def publish(self, name, urls, **how):
        publisher = CountingPublisher(name, urls, **how)
        publisher.start()
        self.publishers.append(publisher)
        self.addCleanup(publisher.finish)
        return publisher

    def judge(self, recorder, urls, **rules):
        """Lets everything come to rest, and what the checker says then."""
        for publisher in self.publishers:
            publisher.finish()
            self.assertEqual(publisher.faults, [])
        for url in urls:
            self.assertTrue(command(url, "pause"))
        recorder.wait_until_quiet()
        recorder.add(4)
        recorder.wait_until_all_open()
        recorder.wait_until_quiet()
        self.assertEqual(recorder.finish(), 0)
        asked = Rules(**rules)
        for publisher in self.publishers:
            asked.published.update(publisher.events)
            asked.states.update(publisher.states)
        return Checker(Recording.load(self.folder), asked).check()

    def test_a_node_that_is_left_alone_tells_everybody_everything(self):
        node = self.start()
        urls = [node.websocket_url()]
        recorder = self.record(urls)
        self.publish("p", urls)
        self.publish("q", urls, interval=0.02)
        recorder.wait_for_deliveries(VIEWERS * 40)
        checker = self.judge(recorder, urls, moving=frozenset(["MOVE", MOVING]), max_silence=2.0)
        self.assertTrue(checker.good, [str(x) for x in checker.faults[:10]])
        self.assertGreater(checker.summary["events"], 20)
        self.assertEqual(checker.summary["characters"], 106)
        self.assertEqual(checker.summary["reconnections"], 0)
        self.assertLess(checker.summary["frames"], checker.summary["deliveries"] / 4)

    def test_a_node_that_is_killed_and_comes_back_announces_the_gap(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        node = self.start("--edge.listen", f"127.0.0.1:{port}", "--world.characters", "0")
        urls = [node.websocket_url()]
        recorder = self.record(urls)
        publisher = self.publish("p", urls)
        recorder.wait_for_deliveries(VIEWERS * 5)
        node.kill()
        died = time.time()
        node.start()
        recorder.wait_until_all_open()
        recorder.wait_for_deliveries(VIEWERS * 5)
        checker = self.judge(recorder, [], deaths=[died])
        self.assertTrue(checker.good, [str(x) for x in checker.faults[:10]])
        self.assertGreaterEqual(publisher.reconnections, 1)
        self.assertEqual(checker.summary["unresumed"], VIEWERS)

    def test_an_orderly_restart_is_followed_too(self):
        first, second = self.start("--world.characters", "0"), self.start("--world.characters", "0")
        recorder = self.record([first.websocket_url()], viewers=4)
        recorder.finish()
        recorder = self.record([first.websocket_url(), second.websocket_url()])
        self.assertEqual(first.stop(), 0)
        recorder.wait_until_all_open()
        recorder.finish()
        recording = Recording.load(self.folder)
        opened = [sum(x[1] == OPEN for x in journal) for journal in recording.journals.values()]
        self.assertEqual(sorted(opened), [1] * (VIEWERS // 2) + [2] * (VIEWERS // 2))
        self.assertTrue(Checker(recording).check().good)

    def test_the_command_line_says_the_same(self):
        node = self.start()
        recorder = self.record([node.websocket_url()], viewers=2)
        recorder.wait_for_deliveries(10)
        command(node.websocket_url(), "pause")
        recorder.wait_until_quiet()
        recorder.finish()
        script = pathlib.Path(__file__).with_name("checker.py")
        done = subprocess.run([sys.executable, "-B", script, self.folder, "--json"], capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["viewers"], 2)
        journal = self.folder / "journal.bin"
        journal.write_bytes(journal.read_bytes()[:-7])
        broken = subprocess.run([sys.executable, "-B", script, self.folder], capture_output=True, text=True, check=False)
        self.assertEqual(broken.returncode, 2, broken.stdout)

    def test_both_formats_are_recorded(self):
        node = self.start()
        recorder = self.record([node.websocket_url()], viewers=2)
        recorder.wait_for_deliveries(10)
        recorder.finish()
        recording = Recording.load(self.folder)
        for journal in recording.journals.values():
            given = [x for x in journal if x[1] == FRAME]
            self.assertGreater(len(given), 3)
            self.assertEqual([x[:2] for x in recording.frames[given[0][2]].news], [("welcome", False)])


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(f"usage: {sys.argv[0]} TOWNCRIER RECORDER [unittest's arguments]")
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
