"""The inspector page of a real node, in headless Chromium: see `nodes/page/e2e/inspector.mjs` for what is looked at.

It needs what `scripts/setup test` installs: the page's packages, and Chromium (`CHROMIUM` names another one).
"""

import os
import pathlib
import subprocess
import tempfile
import unittest

from node_process import NodeProcess
from viewers import program, run

PAGE = pathlib.Path(__file__).resolve().parent.parent.parent / "nodes" / "page"


class InspectorPage(unittest.TestCase):
    def look(self, node, token=""):
        with tempfile.TemporaryDirectory() as shots:
            done = subprocess.run(["node", PAGE / "e2e" / "inspector.mjs", node.admin_url("/inspector")],
                                  capture_output=True, text=True, timeout=800, check=False,
                                  env={"TOWNCRIER_SHOTS": shots, **os.environ, "TOWNCRIER_TOKEN": token,
                                       "TOWNCRIER_CLIENTS": node.websocket_url()})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"\n2[0-9] passed, 0 failed")

    def test_shows_a_node_to_its_operator(self):
        with tempfile.TemporaryDirectory() as folder:
            secret = pathlib.Path(folder, "secret")
            secret.write_text("open-sesame\n", encoding="ascii")
            with NodeProcess(program(), "--world.characters", "200", "--admin.token-file", secret) as node:
                self.look(node, "open-sesame")

    def test_is_a_page_of_the_operators_listener_alone(self):
        with NodeProcess(program()) as node:
            self.assertEqual(node.addresses["inspector"].rpartition("/")[2], "inspector")
            status, body = node.get(node.addresses["inspector"])
            self.assertEqual(status, 200)
            self.assertIn(b"Towncrier inspector", body)
            self.assertEqual(node.get(node.http_url("/inspector.html"))[0], 404)
            self.assertEqual(node.get(node.admin_url("/index.html"))[0], 404)


if __name__ == "__main__":
    run()
