"""The example configuration of a cluster is accepted by `towncrier check-config`, and means what its unit says."""

import configparser
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib
import unittest

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent.parent / "configs" / "cluster"


class ConfigTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def check(self, name, change=lambda x: x):
        """`check-config` of an example whose files are in a folder of this test."""
        text = (EXAMPLES / name).read_text(encoding="utf-8")
        for path in re.findall(r'"/etc/towncrier/([^"]+)"', text):
            self.make(path)
        file = self.folder / name
        file.write_text(change(text.replace("/etc/towncrier", str(self.folder))), encoding="utf-8")
        return subprocess.run([sys.argv[1], "check-config", file], capture_output=True, text=True, check=False)

    def make(self, name):
        path = self.folder / name
        if path.exists():
            return
        if name == "tokens":
            made = subprocess.run([sys.argv[1], "token", "alice", "viewer"], capture_output=True, text=True, check=True)
            line = next(x for x in made.stdout.splitlines() if x.startswith("line:"))
            path.write_text(line.removeprefix("line:").strip() + "\n", encoding="utf-8")
            return
        pair = path.with_suffix("")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-subj", "/CN=test", "-keyout", f"{pair}.key", "-out", f"{pair}.pem"], check=True,
                       capture_output=True)

    def test_the_examples_are_accepted(self):
        for name in ("edge.toml", "world.toml"):
            with self.subTest(name):
                done = self.check(name)
                self.assertEqual(done.returncode, 0, done.stderr + done.stdout)

    def test_a_mistake_in_one_is_refused(self):
        done = self.check("edge.toml", lambda x: x.replace("drain_wave", "drain_wafe"))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("drain_wafe", done.stderr + done.stdout)

    def test_the_unit_waits_longer_than_the_drain_lasts(self):
        unit = configparser.ConfigParser(strict=False, interpolation=None)
        unit.optionxform = str
        unit.read(EXAMPLES / "towncrier.service", encoding="utf-8")
        edge = tomllib.loads((EXAMPLES / "edge.toml").read_text(encoding="utf-8"))["edge"]
        waves = edge["max_connections"] / edge["drain_wave"]
        drain = waves * int(edge["drain_interval"].removesuffix("ms")) / 1000
        self.assertGreater(int(unit["Service"]["TimeoutStopSec"]), 2 * drain)
        self.assertGreater(int(unit["Service"]["LimitNOFILE"]), edge["max_connections"])


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(f"usage: {sys.argv[0]} TOWNCRIER [unittest's arguments]")
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
