"""Who may connect, and what they may do: tokens, roles, JWTs, and what a node refuses to start with."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import re
import signal
import subprocess
import tempfile
import time

from node_process import NodeError, NodeProcess
from viewers import PATIENCE, Viewer, ViewerTest, change, event, program, run

SECRET = b"a secret of more than thirty-two bytes, for the tests"


def make_token(name, role):
    """A new token, and the line that lets it in, as the program makes them."""
    text = subprocess.run([program(), "token", name, role], check=True, capture_output=True, text=True).stdout
    return re.search(r"^token:\s*(\S+)", text, re.M)[1], re.search(r"^line:\s*(.+)$", text, re.M)[1]


def base64url(data):
    plain = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()


def make_jwt(claims, algorithm="HS256", sign=None):
    """A JWT by RFC 7519; `sign` takes the bytes to sign, and is HMAC with the secret where it is not given."""
    body = base64url({"alg": algorithm, "typ": "JWT"}) + "." + base64url(claims)
    sign = sign or (lambda data: hmac.new(SECRET, data, hashlib.sha256).digest())
    return body + "." + base64url(sign(body.encode()))


def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True, input=data).stdout


def claims(role="viewer", **more):
    return {"sub": "anna", "role": role, "exp": time.time() + 600, **more}


class AuthTest(ViewerTest):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return path

    async def is_let_in(self, node, token, **more):
        viewer = await self.enter(Viewer(node.websocket_url(), token=token, **more))
        self.assertEqual((await viewer.ask("heartbeat"))["type"], "heartbeat")
        return viewer

    async def is_refused(self, node, token, why="Invalid token", **more):
        """Connected, told 1002 and closed with 1008; and given nothing else."""
        viewer = await Viewer(node.websocket_url(), token=token, **more).connect()
        self.assertEqual(await viewer.until_closed(), 1008)
        self.assertEqual([x["code"] for x in viewer.errors], [1002])
        self.assertEqual((viewer.close_reason, dict(viewer.counts)), (why, {"error": 1}))


class Tokens(AuthTest):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.tokens, self.lines = {}, {}
        for role in ("viewer", "publisher", "operator"):
            self.tokens[role], self.lines[role] = make_token(role + "-1", role)
        self.file = self.write("tokens", "# for the test\n\n" + "\n".join(self.lines.values()) + "\n")
        self.node = self.start("--auth.tokens", self.file, "--auth.timeout", "1s", "--world.characters", "3")

    async def test_takes_a_token_in_each_place(self):
        for form in ("json", "msgpack"):
            for role in self.tokens:
                await self.is_let_in(self.node, self.tokens[role], form=form)
            protocol = "towncrier.v1." + form
            viewer = await self.is_let_in(self.node, None, form=form,
                                          subprotocols=[protocol, "bearer." + self.tokens["viewer"]])
            self.assertEqual(viewer.websocket.subprotocol, protocol)
            late = await Viewer(self.node.websocket_url(), form).connect()
            self.addAsyncCleanup(late.close)
            answer = await late.ask("auth", {"token": self.tokens["viewer"]})
            self.assertTrue(answer["data"]["ok"])
            self.assertTrue(late.welcome)
            self.assertFalse(late.faults)

    async def test_refuses_bad_tokens_in_each_place(self):
        good, line = self.tokens["viewer"], self.lines["viewer"]
        for bad in ("wrong", good[:-1], good + "0", line.rpartition(":")[2]):
            await self.is_refused(self.node, bad)
            await self.is_refused(self.node, None, subprotocols=["towncrier.v1.json", "bearer." + bad])
            viewer = await Viewer(self.node.websocket_url()).connect()
            await viewer.send("auth", {"token": bad}, 1)
            self.assertEqual(await viewer.until_closed(), 1008)
            self.assertEqual((viewer.errors[0]["code"], viewer.close_reason), (1002, "Invalid token"))
            self.assertIsNone(viewer.welcome)

    async def test_waits_for_a_token_no_longer_than_it_says(self):
        begin = time.monotonic()
        viewer = await Viewer(self.node.websocket_url()).connect()
        self.assertEqual(await viewer.until_closed(), 1008)
        self.assertGreater(time.monotonic() - begin, 0.9)
        self.assertEqual([x["code"] for x in viewer.errors], [1002])
        self.assertIsNone(viewer.welcome)

    async def test_takes_nothing_before_the_token(self):
        viewer = await Viewer(self.node.websocket_url()).connect()
        await viewer.send("subscribe", {"channels": ["world"], "snapshot": True}, 1)
        self.assertEqual(await viewer.until_closed(), 1008)
        self.assertEqual((viewer.errors[0]["code"], dict(viewer.counts)), (1002, {"error": 1}))

    async def test_keeps_each_role_to_its_own(self):
        wanted = {"viewer": (0, 0), "publisher": (1, 0), "operator": (1, 1)}
        for role, (publishes, commands) in wanted.items():
            viewer = await self.is_let_in(self.node, self.tokens[role])
            for kind, data, allowed in (("event_notification", event(1)["data"], publishes),
                                        ("state_change", change("x")["data"], publishes),
                                        ("batch", [event(2)], publishes),
                                        ("character_removed", {"character_id": "x"}, publishes),
                                        ("command", {"name": "status"}, commands),
                                        ("subscribe", {"channels": ["world"]}, True)):
                answer = await viewer.ask(kind, data)
                refused = answer["type"] == "error" and answer["data"]["code"] == 1002
                self.assertEqual(refused, not allowed, f"{role}: {kind}: {answer}")
            self.assertIsNone(viewer.close_code)

    async def test_reads_the_file_again_when_told(self):
        staying = await self.is_let_in(self.node, self.tokens["viewer"])
        new, line = make_token("bert", "viewer")
        self.write("tokens", line + "\n" + self.lines["operator"] + "\n")
        self.node.send_signal(signal.SIGHUP)
        await self.becomes_valid(new)
        await self.is_refused(self.node, self.tokens["publisher"])
        await self.is_let_in(self.node, self.tokens["operator"])
        self.assertEqual((await staying.ask("heartbeat"))["type"], "heartbeat")

    async def test_keeps_its_tokens_when_the_new_file_is_broken(self):
        self.write("tokens", "this is no line\n")
        self.node.send_signal(signal.SIGHUP)
        await asyncio.to_thread(self.node.wait_for_log, "tokens:1")
        await self.is_let_in(self.node, self.tokens["viewer"])

    async def becomes_valid(self, token):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            viewer = await Viewer(self.node.websocket_url(), token=token).connect()
            await viewer.until(lambda v=viewer: v.welcome or v.close_code, "an answer")
            await viewer.close()
            if viewer.welcome:
                return
        self.fail("the new token did not become valid")


class Jwts(AuthTest):
    async def test_takes_hs256_and_nothing_else(self):
        node = self.start("--auth.jwt-key", self.write("secret", SECRET))
        await self.is_let_in(node, make_jwt(claims()))
        operator = await self.is_let_in(node, make_jwt(claims("operator", nbf=time.time() - 5)))
        self.assertEqual((await operator.ask("command", {"name": "metrics"}))["type"], "result")
        good = make_jwt(claims())
        head, body, signature = good.split(".")
        forged = base64url(claims("operator"))
        for name, bad in {"expired": make_jwt(claims(exp=time.time() - 5)),
                          "not yet": make_jwt(claims(nbf=time.time() + 300)),
                          "other claims": f"{head}.{forged}.{signature}",
                          "other signature": f"{head}.{body}.{base64url(bytes(32))}",
                          "no signature": f"{head}.{body}.",
                          "none": make_jwt(claims(), "none", lambda _: b""),
                          "None": make_jwt(claims(), "None", lambda _: b""),
                          "HS512": make_jwt(claims(), "HS512",
                                            lambda x: hmac.new(SECRET, x, hashlib.sha512).digest()),
                          "other secret": make_jwt(claims(), sign=lambda x: hmac.new(b"x" * 32, x, "sha256").digest()),
                          "no role": make_jwt({"sub": "anna", "exp": time.time() + 60}),
                          "unknown role": make_jwt(claims("king")), "no name": make_jwt({"role": "viewer"}),
                          "exp in words": make_jwt(claims(exp="tomorrow")),
                          "two parts": f"{head}.{body}", "nothing": ".."}.items():
            with self.subTest(name):
                await self.is_refused(node, bad)

    async def test_ends_a_connection_whose_token_expires(self):
        node = self.start("--auth.jwt-key", self.write("secret", SECRET), "--edge.heartbeat-interval", "200ms")
        viewer = await self.is_let_in(node, make_jwt(claims(exp=time.time() + 2)))
        self.assertEqual(await viewer.until_closed(), 1008)
        self.assertEqual(viewer.errors[-1]["code"], 1002)

    async def test_takes_rs256(self):
        key = self.write("rsa.pem", openssl("genrsa", "2048"))
        public = openssl("rsa", "-in", key, "-pubout")
        node = self.start("--auth.jwt-key", self.write("rsa.pub", public), "--auth.jwt-algorithm", "RS256")
        await self.signed(node, "RS256", lambda x: openssl("dgst", "-sha256", "-sign", key, data=x), public)

    async def test_takes_es256(self):
        key = self.write("ec.pem", openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout"))
        public = openssl("ec", "-in", key, "-pubout")
        node = self.start("--auth.jwt-key", self.write("ec.pub", public), "--auth.jwt-algorithm", "ES256")
        await self.signed(node, "ES256", lambda x: plain_signature(openssl("dgst", "-sha256", "-sign", key, data=x)),
                          public)

    async def signed(self, node, algorithm, sign, public):
        good = make_jwt(claims(), algorithm, sign)
        await self.is_let_in(node, good)
        head, _, signature = good.split(".")
        await self.is_refused(node, f"{head}.{base64url(claims('operator'))}.{signature}")
        await self.is_refused(node, make_jwt(claims(), "none", lambda _: b""))
        # The public key is known to all: as an HMAC's secret it must be worth nothing (RFC 8725, 2.1).
        await self.is_refused(node, make_jwt(claims(), sign=lambda x: hmac.new(public, x, "sha256").digest()))


def plain_signature(der):
    """The two numbers of an ECDSA signature in DER, as a JWT wants them (RFC 7518, 3.4)."""
    first = 4 + der[3]
    numbers = der[4:first], der[first + 2:first + 2 + der[first + 1]]
    return b"".join(x.lstrip(b"\0").rjust(32, b"\0") for x in numbers)


class Start(AuthTest):
    async def test_refuses_an_open_address_without_auth(self):
        for listen in ("0.0.0.0:0", "[::]:0"):
            with self.assertRaises(NodeError) as refused:
                NodeProcess(program(), "--edge.listen", listen).start()
            self.assertIn("ended with 2", str(refused.exception))
            self.assertIn("allow-anonymous", str(refused.exception).replace("_", "-"))
        node = self.start("--edge.listen", "0.0.0.0:0", "--auth.allow-anonymous", "true")
        await self.enter(Viewer(f"ws://127.0.0.1:{node.edge[1]}/"))
        token, line = make_token("anna", "viewer")
        node = self.start("--edge.listen", "0.0.0.0:0", "--auth.tokens", self.write("tokens", line + "\n"))
        await self.enter(Viewer(f"ws://127.0.0.1:{node.edge[1]}/", token=token))

    async def test_refuses_keys_and_files_that_cannot_be(self):
        for options in (["--auth.tokens", "/nowhere/tokens"], ["--auth.tokens", self.write("broken", "anna king x\n")],
                        ["--auth.jwt-key", self.write("short", "short")],
                        ["--auth.jwt-key", self.write("text", SECRET), "--auth.jwt-algorithm", "RS256"],
                        ["--auth.jwt-key", self.write("text", SECRET), "--auth.jwt-algorithm", "none"]):
            with self.assertRaises(NodeError, msg=str(options)) as refused:
                NodeProcess(program(), *options).start()
            self.assertRegex(str(refused.exception), "ended with [12]:")


if __name__ == "__main__":
    run()
