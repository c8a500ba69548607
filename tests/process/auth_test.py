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

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from admin import call
from node_process import NodeError, NodeProcess
from pty_program import PtyProgram
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
        self.assertEqual(await staying.until_closed(), 1008)
        self.assertEqual(staying.close_reason, "token revoked")

    async def test_judges_live_connections_again_when_told(self):
        viewers = {role: await self.is_let_in(self.node, token) for role, token in self.tokens.items()}
        late = await Viewer(self.node.websocket_url(), "msgpack").connect()
        self.addAsyncCleanup(late.close)
        await late.ask("auth", {"token": self.tokens["operator"]})
        lower = self.lines["publisher"].replace(" publisher ", " viewer ")
        higher = self.lines["viewer"].replace(" viewer ", " publisher ")
        self.write("tokens", lower + "\n" + higher + "\n")
        self.node.send_signal(signal.SIGHUP)
        for gone in (viewers["operator"], late, viewers["publisher"]):
            self.assertEqual(await gone.until_closed(), 1008)
            self.assertEqual((gone.close_reason, gone.errors[-1]["code"]), ("token revoked", 1002))
        self.assertEqual((await viewers["viewer"].ask("heartbeat"))["type"], "heartbeat")
        self.assertIsNone(viewers["viewer"].close_code)
        await self.is_let_in(self.node, self.tokens["publisher"])

    async def test_shows_operators_no_token_however_it_is_written(self):
        operator = await self.is_let_in(self.node, self.tokens["operator"])
        await operator.command("debug", enabled=True)
        other = await self.is_let_in(self.node, self.tokens["viewer"])
        token = self.tokens["viewer"]
        for text in ('{"type":"\\u0061uth","data":{"token":"%s"}}', '{"type":"auth","data":{"\\u0074oken":"%s"}',
                     '{"type":"batch","data":[{"type":"aut\\u0068","data":{"token":"%s"}}]}',
                     '{"type":"heartbeat","token":"%s","data":{}}', '{"type":"Auth","data":"%s"}', '%s'):
            await other.send_raw(text % token)
        packed = await self.is_let_in(self.node, token, form="msgpack")
        await packed.send("auth", {"token": token})
        await packed.send("heartbeat", {"password": token})
        await packed.ask("heartbeat")
        await other.ask("heartbeat")
        await operator.until(lambda: sum("heartbeat" in json.dumps(x) for x in operator.debugs) > 6, "what was said")
        said = json.dumps(operator.debugs)
        self.assertIn("(auth)", said)
        self.assertNotIn(token, said)
        self.assertNotIn(token, self.node.log)

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


def jwk(public, **more):
    """A public key as a JWK (RFC 7517), by another implementation than the program's."""
    key = load_pem_public_key(public)
    algorithm = jwt.algorithms.RSAAlgorithm if hasattr(key.public_numbers(), "n") else jwt.algorithms.ECAlgorithm
    return {**json.loads(algorithm.to_jwk(key)), **more}


class Jwks(AuthTest):
    def make_key(self, name):
        path = self.write(name, openssl("genrsa", "2048"))
        return path, openssl("rsa", "-in", path, "-pubout")

    def jwt_of(self, path, kid, **more):
        with open(path, "rb") as file:
            return jwt.encode(claims(**more), file.read(), "RS256", headers={"kid": kid})

    async def test_takes_keys_by_their_kid_and_reads_them_again(self):
        (one, public_one), (two, public_two) = self.make_key("one"), self.make_key("two")
        keys = self.write("keys", json.dumps({"keys": [jwk(public_one, kid="one"), {"kty": "OKP", "kid": "other"}]}))
        node = self.start("--auth.jwt-keys", keys)
        staying, leaving = await self.is_let_in(node, self.jwt_of(one, "one")), None
        await self.is_refused(node, self.jwt_of(two, "two"))
        node.wait_for_log("refused: JWT: signed by the key 'two'")
        self.write("keys", json.dumps({"keys": [jwk(public_one, kid="one"), jwk(public_two, kid="two", use="sig")]}))
        node.send_signal(signal.SIGHUP)
        await asyncio.to_thread(node.wait_for_log, "2 keys of JWTs")
        leaving = await self.is_let_in(node, self.jwt_of(two, "two"))
        await self.is_refused(node, self.jwt_of(two, "one"))
        self.write("keys", "{}")
        node.send_signal(signal.SIGHUP)
        await asyncio.to_thread(node.wait_for_log, "stay in force: auth.jwt_keys")
        await self.is_let_in(node, self.jwt_of(two, "two"))
        self.write("keys", json.dumps({"keys": [jwk(public_one, kid="one")]}))
        node.send_signal(signal.SIGHUP)
        self.assertEqual(await leaving.until_closed(), 1008)
        self.assertEqual(leaving.close_reason, "token revoked")
        self.assertEqual((await staying.ask("heartbeat"))["type"], "heartbeat")

    async def test_takes_no_public_key_for_a_secret(self):
        _, public = self.make_key("one")
        node = self.start("--auth.jwt-keys", self.write("keys", json.dumps({"keys": [jwk(public, kid="one")]})))
        for secret in (public, public.strip(), json.dumps(jwk(public, kid="one")).encode()):
            await self.is_refused(node, make_jwt(claims(), sign=lambda x, s=secret: hmac.new(s, x, "sha256").digest()))
        await self.is_refused(node, make_jwt(claims(), "none", lambda _: b""))


class Jwts(AuthTest):
    async def test_takes_only_what_is_for_it(self):
        secret = self.write("secret", SECRET)
        plain = self.start("--auth.jwt-key", secret)
        await self.is_refused(plain, make_jwt(claims(aud="bank")))
        plain.wait_for_log("refused: JWT: is for 'bank'")
        named = self.start("--auth.jwt-key", secret, "--auth.jwt-audience", "town,https://town.example",
                           "--auth.jwt-issuer", "https://id.example", "--auth.jwt-leeway", "1m",
                           "--auth.jwt-role-claim", "realm_access.roles")
        good = {"aud": ["bank", "town"], "iss": "https://id.example", "realm_access": {"roles": ["other", "viewer"]}}
        await self.is_let_in(named, make_jwt(claims(**good)))
        await self.is_let_in(named, make_jwt(claims(**{**good, "exp": time.time() - 30})))
        for wrong in ({"aud": "bank"}, {"aud": []}, {"iss": "https://evil.example"}, {"exp": time.time() - 90},
                      {"realm_access": {"roles": ["king"]}}, {"realm_access": "viewer"}):
            await self.is_refused(named, make_jwt(claims(**{**good, **wrong})))
        for missing in good:
            await self.is_refused(named, make_jwt(claims(**{k: v for k, v in good.items() if k != missing})))

    async def test_says_in_the_log_why_a_token_is_refused_but_not_the_token(self):
        node = self.start("--auth.jwt-key", self.write("secret", SECRET))
        bad = {"expired": make_jwt(claims(exp=time.time() - 5)), "badly signed": make_jwt(claims(), sign=lambda _: b"x" * 32),
               "no 'sub'": make_jwt({"role": "viewer"}), "is not viewer": make_jwt(claims("king")), "no such token": "wrong-token"}
        for why, token in bad.items():
            await self.is_refused(node, token)
            node.wait_for_log(r"info.* token of c\d+ \(127\.0\.0\.1:\d+\) is refused: .*" + why)
            self.assertNotIn(token, node.log)

    async def test_ends_connections_whose_key_was_changed(self):
        path = self.write("secret", SECRET)
        node = self.start("--auth.jwt-key", path)
        staying = await self.is_let_in(node, make_jwt(claims()))
        node.send_signal(signal.SIGHUP)
        await asyncio.to_thread(node.wait_for_log, "in force now")
        self.assertEqual((await staying.ask("heartbeat"))["type"], "heartbeat")
        self.write("secret", b"another secret of more than thirty-two bytes")
        node.send_signal(signal.SIGHUP)
        self.assertEqual(await staying.until_closed(), 1008)
        self.assertEqual(staying.close_reason, "token revoked")
        await self.is_refused(node, make_jwt(claims()))

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
                        ["--auth.jwt-key", self.write("text", SECRET), "--auth.jwt-algorithm", "none"],
                        ["--auth.jwt-keys", self.write("jwks", '{"keys":[]}')], ["--auth.jwt-audience", "town"],
                        ["--auth.jwt-key", self.write("text", SECRET), "--auth.jwt-keys", self.write("jwks", "{}")],
                        ["--auth.anonymous-role", "king"], ["--auth.anonymous-role", "none"]):
            with self.assertRaises(NodeError, msg=str(options)) as refused:
                NodeProcess(program(), *options).start()
            self.assertRegex(str(refused.exception), "ended with [12]:")


class Anonymous(AuthTest):
    async def test_may_do_what_the_options_say_and_more_with_a_token(self):
        token, line = make_token("anna", "operator")
        node = self.start("--auth.tokens", self.write("tokens", line + "\n"), "--auth.anonymous-role", "viewer",
                          "--edge.listen", "0.0.0.0:0")
        url = f"ws://127.0.0.1:{node.edge[1]}/"
        viewer = await self.enter(Viewer(url, origin="https://town.example"))
        self.assertEqual((await viewer.ask("subscribe", {"channels": ["world"]}))["type"], "subscribed")
        for kind, data in (("command", {"name": "metrics"}), ("state_change", change("x")["data"])):
            self.assertEqual((await viewer.ask(kind, data))["data"]["code"], 1002)
        await self.enter(Viewer(url, token=token))
        self.assertTrue((await viewer.ask("auth", {"token": token}))["data"]["ok"])
        self.assertEqual((await viewer.ask("command", {"name": "metrics"}))["type"], "result")
        await self.is_refused(node, "wrong")
        self.assertEqual(node.get(node.admin_url("/api/v1/nodes"))[0], 401)

    async def test_without_tokens_are_no_operators_unless_it_is_said(self):
        node = self.start("--auth.anonymous-role", "publisher")
        viewer = await self.enter(Viewer(node.websocket_url()))
        self.assertEqual((await viewer.ask("state_change", change("x")["data"]))["type"], "result")
        self.assertEqual((await viewer.ask("command", {"name": "metrics"}))["data"]["code"], 1002)
        self.assertEqual(node.get(node.admin_url("/api/v1/nodes"))[0], 401)
        node = self.start("--edge.listen", "0.0.0.0:0", "--auth.anonymous-role", "operator")
        viewer = await self.enter(Viewer(f"ws://127.0.0.1:{node.edge[1]}/"))
        self.assertEqual((await viewer.ask("command", {"name": "metrics"}))["type"], "result")
        self.assertNotIn("allow_anonymous", node.log)
        node = self.start("--edge.listen", "0.0.0.0:0", "--auth.allow-anonymous", "true")
        viewer = await self.enter(Viewer(f"ws://127.0.0.1:{node.edge[1]}/"))
        self.assertEqual((await viewer.ask("command", {"name": "metrics"}))["type"], "result")
        self.assertRegex(node.log, "auth.allow_anonymous is what auth.anonymous_role = operator was called before")


class Keys(AuthTest):
    """Nobody is asked for a pass phrase, at the terminal or elsewhere."""

    async def asyncSetUp(self):
        await super().asyncSetUp()
        subprocess.run([program(), "certificates", self.folder, "town"], check=True, capture_output=True)
        self.certificate = os.path.join(self.folder, "town.pem")
        self.plain = os.path.join(self.folder, "town.key")
        self.secret = os.path.join(self.folder, "secret.key")
        openssl("pkey", "-in", self.plain, "-aes256", "-passout", "pass:open sesame", "-out", self.secret)

    def on_a_terminal(self, *arguments):
        """The exit status and the output of the program, which sits at a terminal where nobody answers."""
        with PtyProgram([program(), *arguments], rows=50, columns=200) as run_there:
            status = run_there.wait()
            deadline = time.monotonic() + PATIENCE
            while b"\n" not in run_there.output and time.monotonic() < deadline:
                time.sleep(0.02)  # its last words are on their way
            return status, " ".join(run_there.output.decode().split())

    async def test_refuses_an_encrypted_key_in_words(self):
        shut = "is encrypted, and nobody is asked for its pass phrase"
        edge = ["--tls.certificate", self.certificate, "--tls.key", self.secret]
        cluster = ["--cluster.etcd", "https://127.0.0.1:1", "--cluster.ca", os.path.join(self.folder, "ca.pem"),
                   "--cluster.certificate", self.certificate]
        for options, said in (
                (edge, shut), ([*cluster, "--cluster.key", self.secret], shut),
                ([*cluster, "--cluster.key", self.plain, "--cluster.etcd-certificate", self.certificate,
                  "--cluster.etcd-key", self.secret], shut),
                ([*edge, "--tls.key-passphrase-file", self.write("wrong", "sesame\n")], "does not open the key"),
                ([*edge, "--tls.key-passphrase-file", self.write("empty", "")], "cannot read a pass phrase"),
                (["--tls.key-passphrase-file", self.write("right", "open sesame\n")], "opens tls.key, and there is none")):
            status, text = await asyncio.to_thread(self.on_a_terminal, "node", "--edge.listen", "127.0.0.1:0",
                                                   "--admin.listen", "127.0.0.1:0", *options)
            self.assertIn(said, text)
            self.assertNotIn("Enter PEM", text)
            self.assertIn(status, (1, 2))

    async def test_refuses_an_encrypted_key_of_the_authority_in_words(self):
        os.replace(self.secret, os.path.join(self.folder, "secret"))
        openssl("pkey", "-in", os.path.join(self.folder, "ca.key"), "-aes256", "-passout", "pass:x", "-out", self.secret)
        os.replace(self.secret, os.path.join(self.folder, "ca.key"))
        status, text = await asyncio.to_thread(self.on_a_terminal, "certificates", self.folder, "other")
        self.assertIn("is encrypted, and nobody is asked for its pass phrase", text)
        self.assertNotEqual(status, 0)

    async def test_takes_the_pass_phrase_from_a_file(self):
        node = self.start("--tls.certificate", self.certificate, "--tls.key", self.secret, "--tls.key-passphrase-file",
                          self.write("right", "open sesame\r\n"))
        self.assertEqual(node.get(node.http_url("/healthz"))[0], 200)
        node.send_signal(signal.SIGHUP)
        await asyncio.to_thread(node.wait_for_log, "the certificate was read again")
        self.write("right", "something else\n")
        node.send_signal(signal.SIGHUP)
        await asyncio.to_thread(node.wait_for_log, "the certificate was not reloaded: .* does not open the key")
        self.assertEqual(node.get(node.http_url("/healthz"))[0], 200)

    async def test_hears_sigterm_while_a_file_does_not_answer(self):
        # Nobody writes to these pipes: whoever opens them waits.
        _, line = make_token("anna", "viewer")
        tokens = self.write("tokens", line + "\n")
        files = {"tls.key": self.write("a.key", open(self.plain, "rb").read()), "auth.tokens": tokens,
                 "admin.token_file": self.write("secret", "open sesame\n")}
        for stuck in files:
            options = ["--tls.certificate", self.certificate]
            for option, path in files.items():
                options += ["--" + option.replace("_", "-"), path]
            node = self.start(*options)
            content = open(files[stuck], "rb").read()
            os.remove(files[stuck])
            os.mkfifo(files[stuck])
            node.send_signal(signal.SIGHUP)
            await asyncio.to_thread(node.wait_for_log, "reloading tokens")
            self.assertEqual(node.get(node.http_url("/healthz"))[0], 200, stuck)
            self.assertEqual(await asyncio.to_thread(node.stop), 0, stuck)
            os.remove(files[stuck])
            self.write(os.path.basename(files[stuck]), content)

    async def test_reads_the_secret_of_operators_again(self):
        path = self.write("secret", "open sesame\n")
        node = self.start("--admin.token-file", path)

        def status(secret):
            return call(node, "nodes", None, {"Authorization": "Bearer " + secret})[0]
        self.assertEqual(await asyncio.to_thread(status, "open sesame"), 200)
        self.write("secret", "\n")
        node.send_signal(signal.SIGHUP)
        await asyncio.to_thread(node.wait_for_log, "admin.token_file: .*begins with an empty line")
        self.assertEqual(await asyncio.to_thread(status, "open sesame"), 200)
        self.assertEqual((await asyncio.to_thread(call, node, "nodes"))[0], 401)
        self.write("secret", "another\n")
        node.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + PATIENCE
        while await asyncio.to_thread(status, "another") != 200:
            self.assertLess(time.monotonic(), deadline)
            await asyncio.sleep(0.05)
        self.assertEqual(await asyncio.to_thread(status, "open sesame"), 401)


if __name__ == "__main__":
    run()
