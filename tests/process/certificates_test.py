"""The certificates that `towncrier certificates` makes, as OpenSSL sees them."""

import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv.pop(1)


def openssl(*arguments):
    return subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, check=False)


class Certificates(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name) / "made" / "here"

    def run_command(self, *arguments, code=0):
        done = subprocess.run([PROGRAM, "certificates", *map(str, arguments)], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def test_are_signed_by_the_ca_for_both_ends(self):
        made = self.run_command(self.folder, "north", "south").stdout.splitlines()
        self.assertEqual(made, [f"{self.folder}/{x}" for x in ("ca.pem", "ca.key", "north.pem", "north.key", "south.pem",
                                                               "south.key")])
        for purpose in ("sslserver", "sslclient"):
            for name in ("localhost", "north"):
                done = openssl("verify", "-x509_strict", "-CAfile", self.folder / "ca.pem", "-purpose", purpose,
                               "-verify_hostname", name, self.folder / "north.pem")
                self.assertEqual(done.returncode, 0, done.stderr)
        other = openssl("verify", "-CAfile", self.folder / "ca.pem", "-verify_hostname", "south", self.folder / "north.pem")
        self.assertNotEqual(other.returncode, 0)
        text = openssl("x509", "-in", self.folder / "north.pem", "-noout", "-text").stdout
        self.assertIn("prime256v1", text)
        key = openssl("pkey", "-in", self.folder / "north.key", "-pubout").stdout
        self.assertEqual(openssl("x509", "-in", self.folder / "north.pem", "-noout", "-pubkey").stdout, key)

    def test_have_keys_that_only_their_owner_can_read(self):
        previous = os.umask(0)
        self.addCleanup(os.umask, previous)
        self.run_command(self.folder, "north")
        for name in ("ca.key", "north.key"):
            self.assertEqual(stat.S_IMODE((self.folder / name).stat().st_mode), 0o600)

    def test_of_a_later_call_have_the_same_ca(self):
        self.run_command(self.folder, "north")
        before = (self.folder / "ca.pem").read_bytes()
        made = self.run_command(self.folder, "--host", "town.example", "--host", "10.1.2.3", "--days", "2",
                                "east=fd00::1").stdout
        self.assertNotIn("ca.pem", made)
        self.assertEqual((self.folder / "ca.pem").read_bytes(), before)
        for check in (("-verify_hostname", "town.example"), ("-verify_ip", "10.1.2.3"), ("-verify_ip", "fd00::1"),
                      ("-verify_ip", "127.0.0.1")):
            done = openssl("verify", "-CAfile", self.folder / "ca.pem", *check, self.folder / "east.pem")
            self.assertEqual(done.returncode, 0, done.stderr)
        ends = openssl("x509", "-in", self.folder / "east.pem", "-noout", "-checkend", 3 * 24 * 3600)
        self.assertEqual(ends.returncode, 1)

    def test_are_refused_with_a_reason(self):
        for arguments, reason in ((["ca"], "cannot be a node's name"), (["../x"], "cannot be a node's name"),
                                  (["north", "--host", "a b"], "neither a host name"), (["north", "--days", "0"], "days"),
                                  ([], "NAME")):
            self.assertIn(reason, self.run_command(self.folder, *arguments, code=2).stderr)
        self.folder.mkdir(parents=True)
        (self.folder / "ca.pem").write_text("nothing")
        self.assertIn("ca.pem holds no certificate", self.run_command(self.folder, "north", code=1).stderr)
        (self.folder / "file").write_text("")
        self.assertIn("cannot be made", self.run_command(self.folder / "file", "north", code=1).stderr)


if __name__ == "__main__":
    unittest.main()
