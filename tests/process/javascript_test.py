"""Clients that are not ours, in JavaScript: Node's `ws` with `@msgpack/msgpack`, and the page in headless Chromium.

They need what `scripts/setup test` installs: the page's packages, and Chromium (`CHROMIUM` names another one).
"""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from node_process import NodeProcess
from viewers import program, run

HERE = pathlib.Path(__file__).resolve().parent
PAGE = HERE.parent.parent / "nodes" / "page"


def execute(*command, timeout, environment=None):
    return subprocess.run([str(x) for x in command], capture_output=True, text=True, timeout=timeout,
                          env={**os.environ, **(environment or {})}, check=False)


class NodeWs(unittest.TestCase):
    def watch(self, form, *options):
        with NodeProcess(program(), "--world.characters", "24", "--world.rate", "2000", *options) as node:
            done = execute("node", HERE / "node_client.cjs", node.websocket_url(), form, 24, timeout=60,
                       environment={"NODE_PATH": str(PAGE / "node_modules")})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        seen = json.loads(done.stdout)
        self.assertEqual(seen["types"][0], "welcome")
        self.assertEqual(len(seen["states"]), 24)
        self.assertNotIn(None, seen["states"].values())
        return seen

    def test_sees_the_town_as_json(self):
        self.assertEqual(self.watch("json")["subprotocol"], "")

    def test_sees_the_town_as_messagepack(self):
        self.assertEqual(self.watch("msgpack")["subprotocol"], "towncrier.v1.msgpack")

    def test_sees_the_town_compressed(self):
        self.assertIn("permessage-deflate", self.watch("json", "--edge.compression", "true")["extensions"])


class Page(unittest.TestCase):
    def look(self, script, *arguments, timeout=300):
        """Runs one of the page's scripts; what it printed."""
        with tempfile.TemporaryDirectory() as shots:
            done = execute("node", PAGE / "e2e" / script, *arguments, timeout=timeout,
                           environment={"TOWNCRIER_SHOTS": os.environ.get("TOWNCRIER_SHOTS", shots)})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_is_live_behind_a_proxy_under_a_path_of_its_own(self):
        with NodeProcess(program(), "--world.characters", "60") as node:
            said = self.look("behind_proxy.mjs", node.http_url(), node.admin_url("/"))
        self.assertIn("\n7 passed, 0 failed", said)

    def test_bears_what_is_not_as_it_should_be(self):
        self.assertIn("\n5 passed, 0 failed", self.look("hardships.mjs"))

    def test_stays_away_when_an_operator_ended_it(self):
        with NodeProcess(program(), "--world.characters", "60") as node:
            said = self.look("ended.mjs", node.http_url(), node.admin_url("/"))
        self.assertIn("\n2 passed, 0 failed", said)

    def test_shows_the_town_in_a_browser(self):
        with tempfile.TemporaryDirectory() as shots, NodeProcess(program(), "--world.characters", "300") as node:
            done = execute("node", PAGE / "e2e" / "run.mjs", node.http_url(), timeout=500,
                       environment={"TOWNCRIER_SHOTS": os.environ.get("TOWNCRIER_SHOTS", shots)})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"\n2[0-9] passed, 0 failed")


if __name__ == "__main__":
    run()
