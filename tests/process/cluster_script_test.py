"""`scripts/cluster` itself, with a stub in the place of the program: what it starts, says, ends and refuses."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
SCRIPT = HERE.parent.parent / "scripts" / "cluster"
STUB = HERE / "stub_node.py"


def alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def processes_of(folder):
    """Ids of all processes that name a folder."""
    result = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(folder) in path.read_text(errors="replace") and alive(path.parent.name):
                result.append(int(path.parent.name))
        except OSError:
            pass
    return result


@unittest.skipUnless(pathlib.Path("/usr/bin/etcd").exists(), "there is no /usr/bin/etcd (scripts/setup cluster)")
class ClusterScript(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="towncrier-script-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.addCleanup(self.run_script, "down")

    def run_script(self, *arguments):
        # To files and not to pipes: a daemon that kept one open would keep the test waiting.
        with open(self.folder / "out", "w+", encoding="utf-8") as out:
            done = subprocess.run([sys.executable, "-B", SCRIPT, arguments[0], "--state", self.folder / "state",
                                   *map(str, arguments[1:])], stdout=out, stderr=out, stdin=subprocess.DEVNULL,
                                  check=False, timeout=120)
            out.seek(0)
            return done.returncode, out.read()

    def must(self, *arguments):
        status, output = self.run_script(*arguments)
        self.assertEqual(status, 0, output)
        return output

    def must_not(self, what, *arguments):
        status, output = self.run_script(*arguments)
        self.assertNotEqual(status, 0, output)
        self.assertIn(what, output)
        self.assertNotIn("Traceback", output)

    def up(self, *arguments):
        return self.must("up", arguments[0], "--program", STUB, *arguments[1:])

    def status(self):
        return json.loads(self.must("status", "--json"))

    def states(self):
        return [x["state"] for x in self.status()]

    def test_starts_nodes_that_stay_and_ends_them(self):
        table = self.up(3)
        nodes = self.status()
        self.assertEqual([x["index"] for x in nodes], [1, 2, 3])
        self.assertEqual([x["id"] for x in nodes], ["n1", "n2", "n3"])
        self.assertEqual({x["state"] for x in nodes}, {"running"})
        self.assertEqual({tuple(x["roles"]) for x in nodes}, {("world", "edge")})
        self.assertEqual(set(nodes[0]), {"index", "id", "pid", "roles", "edge", "admin", "state"})
        for node in nodes:
            self.assertIn(node["edge"], table)
            self.assertTrue(node["edge"].startswith("ws://127.0.0.1:"))
            with urllib.request.urlopen(node["admin"] + "/readyz", timeout=5) as answer:
                self.assertEqual(answer.status, 200)
        self.assertEqual(len(processes_of(self.folder)), 4)
        self.must("down")
        self.assertEqual(processes_of(self.folder), [])
        self.must("down")

    def test_kills_freezes_thaws_restarts_and_adds(self):
        self.up(3)
        before = self.status()
        self.must("kill", 2)
        self.must("freeze", 3)
        self.assertEqual(self.states(), ["running", "dead", "frozen"])
        self.must("thaw", 3)
        self.must("restart", 2)
        self.must("stop", 1)
        self.assertEqual(self.states(), ["dead", "running", "running"])
        self.must("restart", 1)
        self.must("add", "--roles", "edge")
        after = self.status()
        self.assertEqual([x["edge"] for x in after[:3]], [x["edge"] for x in before])
        self.assertEqual([x["admin"] for x in after[:3]], [x["admin"] for x in before])
        self.assertNotEqual(after[1]["pid"], before[1]["pid"])
        self.assertEqual(after[2]["pid"], before[2]["pid"])
        self.assertEqual((after[3]["id"], after[3]["roles"], after[3]["state"]), ("n4", ["edge"], "running"))

    def test_stops_and_starts_etcd(self):
        self.up(1)
        self.must("etcd", "stop")
        self.assertEqual(len(processes_of(self.folder)), 1)
        self.must_not("etcd is not running", "etcd", "stop")
        self.must("etcd", "start")
        self.must_not("runs already", "etcd", "start")

    def test_says_what_cannot_be_done(self):
        self.must_not("there is no cluster", "status")
        self.must_not("there is no cluster", "kill", 1)
        self.must_not("whole number", "up", "0")
        self.up(2)
        self.must_not("up already", "up", 2)
        self.must_not("there is no node 9; there are 1 to 2", "kill", 9)
        self.must_not("not frozen", "thaw", 1)
        self.must_not("--netns", "partition", "1", "2")
        self.must_not("not in namespaces", "heal")
        self.must_not("world,edge", "add", "--roles", "king")
        self.must("kill", 1)
        for command in ("kill", "stop", "freeze"):
            self.must_not("not running", command, 1)
        self.must("down")
        self.must_not("down", "add")
        self.must_not("down", "etcd", "stop")
        self.assertEqual(processes_of(self.folder), [])

    def test_a_node_that_fails_to_start_leaves_nothing(self):
        self.must_not("told to fail", "up", 2, "--program", STUB, "--", "--fail", "n2")
        self.assertEqual(processes_of(self.folder), [])
        self.up(2)

    def test_touches_no_folder_that_is_not_its_own(self):
        (self.folder / "state").mkdir()
        (self.folder / "state" / "thesis.txt").write_text("years of work")
        self.must_not("something else", "up", 1, "--program", STUB)
        self.assertTrue((self.folder / "state" / "thesis.txt").exists())

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("ip"), "namespaces need root and iproute2")
    def test_cuts_and_mends_the_links_between_namespaces(self):
        self.up(4, "--netns")
        state = json.loads((self.folder / "state" / "cluster.json").read_text(encoding="utf-8"))
        name, mesh = state["network"]["name"], [x["mesh"] for x in state["nodes"]]
        etcd = f"{state['etcd']['host']} {state['etcd']['ports'][0]}"

        def reaches(index, where):
            code = ("import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 0.7)")
            return subprocess.run(["ip", "netns", "exec", f"{name}-n{index}", sys.executable, "-c", code, *where.split()],
                                  capture_output=True, check=False).returncode == 0

        def links():
            return {(a, b) for a in (1, 2, 3, 4) for b in (1, 2, 3, 4)
                    if a < b and reaches(a, f"{mesh[b - 1]} 8764")}

        everything = {(1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4)}
        self.assertEqual(links(), everything)
        self.must("partition", "1,2", "3,4", "--etcd", "3")
        self.assertEqual(links(), {(1, 2), (3, 4)})
        self.assertEqual([reaches(x, etcd) for x in (1, 2, 3, 4)], [False, False, True, False])
        self.assertEqual(set(self.states()), {"running"})
        self.must("partition", "1,4")
        self.assertEqual(links(), {(1, 4), (2, 3)})
        self.must_not("may be named once", "partition", "1,2", "2")
        self.must("heal")
        self.assertEqual(links(), everything)
        self.must("down")
        self.assertNotIn(name, subprocess.run(["ip", "netns", "list"], capture_output=True, text=True).stdout)
        self.assertNotIn(name, subprocess.run(["ip", "link"], capture_output=True, text=True).stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
