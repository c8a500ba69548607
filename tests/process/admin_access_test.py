"""Nobody without the role of an operator reads or changes anything: every route, method and role."""

import asyncio
import json
import os
import socket
import unittest
import urllib.error
import urllib.request

from admin import call
from auth_test import AuthTest, make_token
from node_process import NodeError, NodeProcess
from viewers import program, run


def routes(node, headers=None):
    """Every page of the API, as the node itself lists them, with something in the place of an id."""
    text = call(node, "no-such-page", None, headers)[1]
    names = text.partition("there is:")[2].split()
    assert {"nodes", "actors", "actors/ID", "top", "kinds", "ended", "why", "actions", "connections", "debug"} <= set(names)
    return [x.replace("ID", "1") for x in names]


def request(url, method, headers=None):
    """The status and the text of a request, whatever the method; it carries an act, should anybody take it."""
    data = b'{"action": "log_level", "level": "info"}' if method in ("POST", "PUT", "PATCH", "DELETE") else None
    asked = urllib.request.Request(url, data, {"Content-Type": "application/json", **(headers or {})}, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=20) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def own_address():
    """An address of this machine that is not on loopback; None where there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.99", 9))  # sends nothing
            return probe.getsockname()[0]
        except OSError:
            return None


class Access(AuthTest):
    def tokens(self):
        """Headers by role, and the options of a node that knows them."""
        made = {role: make_token(role, role) for role in ("viewer", "publisher", "operator")}
        headers = {role: {"Authorization": f"Bearer {token}"} for role, (token, _) in made.items()}
        file = self.write("tokens", "\n".join(line for _, line in made.values()) + "\n")
        return headers, ("--auth.tokens", file)

    async def nobody_but_operators(self, node, base, headers, audit):
        wrong = {"viewer": 403, "publisher": 403, None: 401, "wrong": 401, "basic": 401}
        headers = {**headers, None: {}, "wrong": {"Authorization": "Bearer x"}, "basic": {"Authorization": "Basic eDp5"}}
        for page in routes(node, headers["operator"]):
            for method in METHODS:
                for role, status in wrong.items():
                    got, text = await asyncio.to_thread(request, f"{base}/api/v1/{page}", method, headers[role])
                    self.assertEqual(got, status, (page, method, role))
                    self.assertNotIn("{", text, (page, method, role))  # nothing is told but the refusal
        self.assertFalse(os.path.exists(audit) and os.path.getsize(audit))
        self.assertNotIn("audit: ", node.log)
        self.assertEqual(request(base + "/api/v1/actions", "POST", headers["operator"])[0], 200)
        node.wait_for_log("audit: .*operator")
        with open(audit, encoding="utf-8") as file:
            self.assertEqual([json.loads(line)["who"] for line in file], ["operator"])

    async def test_lets_operators_alone_to_anything(self):
        headers, options = self.tokens()
        audit = os.path.join(self.folder, "audit")
        node = self.start(*options, "--admin.audit-log", audit)
        await self.nobody_but_operators(node, node.admin_url(""), headers, audit)
        for page in routes(node, headers["operator"]):
            self.assertNotIn((await asyncio.to_thread(request, node.admin_url("/api/v1/" + page), "GET",
                                                      headers["operator"]))[0], (401, 403), page)

    @unittest.skipUnless(own_address(), "this machine has no address but loopback")
    async def test_lets_operators_alone_in_from_elsewhere(self):
        headers, options = self.tokens()
        audit = os.path.join(self.folder, "audit")
        node = self.start(*options, "--admin.audit-log", audit, "--admin.listen", "0.0.0.0:0")
        await self.nobody_but_operators(node, f"http://{own_address()}:{node.admin[1]}", headers, audit)

    @unittest.skipUnless(own_address(), "this machine has no address but loopback")
    async def test_is_for_this_machine_alone_without_tokens(self):
        node = self.start()
        with self.assertRaises(OSError):
            socket.create_connection((own_address(), node.admin[1]), 1).close()
        # Not even by a name that leads here.
        for page in routes(node):
            for method in METHODS:
                self.assertEqual(request(node.admin_url("/api/v1/" + page), method, {"Host": "elsewhere.example"})[0], 403)

    async def test_open_pages_tell_nothing_of_actors(self):
        headers, options = self.tokens()
        node = self.start(*options)
        for page, status in (("/metrics", 200), ("/healthz", 200), ("/readyz", 200), ("/", 404), ("/api/v2/nodes", 401)):
            self.assertEqual(request(node.admin_url(page), "GET")[0], status, page)
        self.assertEqual(request(node.admin_url("/metrics"), "POST")[0], 404)

    async def test_keeps_foreign_pages_out(self):
        node = self.start()
        self.assertEqual(call(node, "nodes", None, {"Origin": "http://evil.example"})[0], 403)
        self.assertEqual(call(node, "nodes", None, {"Host": "evil.example:8766"})[0], 403)
        self.assertEqual(call(node, "actions", {"action": "log_level", "level": "info"},
                              {"Content-Type": "text/plain"})[0], 415)

    async def test_goes_by_whole_hosts(self):
        node = self.start()
        for host in ("localhost", "LOCALHOST:1", "127.0.0.1:8766", "127.255.0.3", "[::1]", "[::1]:8766", "[0::1]:8766"):
            self.assertEqual(call(node, "nodes", None, {"Host": host})[0], 200, host)
        for host in ("127.evil.example:8766", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example:127",
                     "[::1].evil.example", "[::1]evil.example", "localhost.", "127.0.0.1.", "127.0.0.1@evil.example",
                     "me@127.0.0.1", "127.1", "127.0.0.1:8766:1", "[::ffff:127.0.0.1]", "127.0.0.256", "localhost:", ""):
            for page in routes(node):
                for method in ("GET", "POST"):
                    status = request(node.admin_url("/api/v1/" + page), method, {"Host": host})[0]
                    self.assertEqual(status, 403, (host, page, method))
        # Serving clients of other machines does not open the operators' listener.
        node = self.start("--edge.listen", "0.0.0.0:0", "--auth.allow-anonymous", "true")
        self.assertEqual(call(node, "nodes", None, {"Host": "evil.example"})[0], 403)
        self.assertEqual(call(node, "nodes")[0], 200)

    async def test_takes_pages_of_its_own_origin_alone(self):
        headers, options = self.tokens()
        for node, given in ((self.start(), {}), (self.start(*options), headers["operator"])):
            port = node.admin[1]
            for host, origin, status in ((f"127.0.0.1:{port}", f"http://127.0.0.1:{port}", 200),
                                         ("localhost", "http://localhost", 200), ("localhost", "http://LOCALHOST:80", 200),
                                         ("localhost", "https://localhost", 200), ("localhost", "http://localhost:81", 403),
                                         (f"localhost:{port}", "http://localhost", 403), ("localhost", "null", 403),
                                         ("localhost", "http://localhost@evil.example", 403),
                                         ("localhost", "x://localhost/", 403), ("localhost", "localhost", 403)):
                self.assertEqual(call(node, "nodes", None, {**given, "Host": host, "Origin": origin})[0], status,
                                 (host, origin))

    async def test_takes_the_secret_of_a_file(self):
        node = self.start("--admin.token-file", self.write("secret", "open sesame\n"))
        self.assertEqual(call(node, "nodes")[0], 401)
        self.assertEqual(call(node, "nodes", None, {"Authorization": "Bearer open"})[0], 401)
        self.assertEqual(call(node, "nodes", None, {"Authorization": "Bearer open sesame"})[0], 200)

    async def test_refuses_an_open_address_without_a_token(self):
        with self.assertRaises(NodeError) as refused:
            NodeProcess(program(), "--admin.listen", "0.0.0.0:0").start()
        self.assertIn("ended with 2", str(refused.exception))
        self.assertIn("admin.token_file", str(refused.exception).replace("-", "_"))


if __name__ == "__main__":
    run()
