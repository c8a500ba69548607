"""Where a client is, when it comes through a proxy: headers, the PROXY protocol, limits by address; and who is not believed."""

import asyncio
import os
import socket
import ssl
import struct
import subprocess
import tempfile

from admin import call
from raw_client import RawClient, check_upgraded, handshake_request, new_key
from viewers import ViewerTest, program, run

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def version_2(command=1, family=0x11, block=None, extra=b"", length=None):
    """A header of the PROXY protocol, version 2, of a client at 203.0.113.9:4321."""
    if block is None:
        block = socket.inet_aton("203.0.113.9") + socket.inet_aton("192.0.2.1") + struct.pack("!HH", 4321, 443)
    body = block + extra
    return SIGNATURE + bytes([0x20 | command, family]) + struct.pack("!H", len(body) if length is None else length) + body


class ProxyTest(ViewerTest):
    async def connect(self, node, fields=None, before=b"", chop=None):
        """A client that was let in, or the status that it was answered; 0: the connection was dropped."""
        return await asyncio.to_thread(self.connect_now, node, fields, before, chop)

    def connect_now(self, node, fields, before, chop):
        client = RawClient(node.edge)
        self.addCleanup(client.close)
        key = new_key()
        try:
            client.send_bytes(before, chop)
            client.send_bytes(handshake_request("/", key, "localhost", fields))
            response = client.read_response()
        except Exception:  # however it was dropped
            return 0
        if response.status != 101:
            return response.status
        check_upgraded(response, key)
        return client

    async def seen_at(self, node, fields=None, before=b"", chop=None):
        """The address that the node has for a client, and the proxy's, without ports."""
        client = await self.connect(node, fields, before, chop)
        self.assertIsInstance(client, RawClient, (fields, before))
        _, rows = await asyncio.to_thread(call, node, "connections")
        client.close()
        row = max(rows, key=lambda x: int(x["id"][1:]))
        return row["peer"], row.get("via", ":").rpartition(":")[0]


class Headers(ProxyTest):
    async def test_are_believed_of_trusted_proxies_from_the_right(self):
        node = self.start("--edge.trusted-proxies", "127.0.0.1,10.0.0.0/8,fd00::/8")
        for value, seen in (("203.0.113.7", "203.0.113.7:0"), ("1.1.1.1, 203.0.113.7", "203.0.113.7:0"),
                            ("1.1.1.1, 203.0.113.7:80, 10.9.9.9,fd00::1", "203.0.113.7:80"),
                            ("[2001:db8::1]:443", "[2001:db8::1]:443"), (" ,203.0.113.7, ,", "203.0.113.7:0"), ("2001:db8::1", "[2001:db8::1]:0"),
                            ("10.1.1.1, 10.2.2.2", "10.1.1.1:0"), ("::ffff:203.0.113.7", "203.0.113.7:0"),
                            ("garbage, 203.0.113.7", "203.0.113.7:0"), ("8.8.8.8, garbage, 10.0.0.1", "10.0.0.1:0")):
            self.assertEqual(await self.seen_at(node, {"X-Forwarded-For": value}), (seen, "127.0.0.1"), value)
        for value in ("garbage", "", ",", "unknown", "203.0.113.7 8.8.8.8", "127.1", "203.0.113.7:99999", "0x7f.1",
                      "[203.0.113.7]", "-", "203.0.113.7:", "203.0.113.07"):
            peer, via = await self.seen_at(node, {"X-Forwarded-For": value})
            self.assertTrue(peer.startswith("127.0.0.1:"), (value, peer))
            self.assertEqual(via, "")
        # The other header is the client's own.
        self.assertTrue((await self.seen_at(node, {"Forwarded": "for=8.8.8.8"}))[0].startswith("127.0.0.1:"))

    async def test_are_read_as_forwarded_where_that_is_said(self):
        node = self.start("--edge.trusted-proxies", "127.0.0.0/8", "--edge.proxy-header", "forwarded")
        for value, seen in (("for=203.0.113.7", "203.0.113.7:0"), ('For="[2001:db8::1]:47";proto=https', "[2001:db8::1]:47"),
                            ("for=8.8.8.8, by=_x;FOR=203.0.113.7 ; host=a", "203.0.113.7:0"),
                            ('for="8.8.8.8, for=9.9.9.9", for=203.0.113.7', "203.0.113.7:0"),
                            ('for="203.0.113\\.7:80"', "203.0.113.7:80"), ("for=unknown, for=203.0.113.7", "203.0.113.7:0")):
            self.assertEqual((await self.seen_at(node, {"Forwarded": value}))[0], seen, value)
        for value in ("for=unknown", "for=_hidden", "by=203.0.113.7", 'for="203.0.113.7', "for=1.1.1.1;for=203.0.113.7",
                      "203.0.113.7", "for=2001:db8::1x"):
            self.assertTrue((await self.seen_at(node, {"Forwarded": value}))[0].startswith("127.0.0.1:"), value)
        self.assertTrue((await self.seen_at(node, {"X-Forwarded-For": "8.8.8.8"}))[0].startswith("127.0.0.1:"))

    async def test_are_nobodys_word_otherwise(self):
        for options in ((), ("--edge.trusted-proxies", "10.0.0.0/8,127.0.0.2")):
            node = self.start(*options)
            peer, via = await self.seen_at(node, {"X-Forwarded-For": "203.0.113.7", "Forwarded": "for=203.0.113.7"})
            self.assertTrue(peer.startswith("127.0.0.1:"), peer)
            self.assertEqual(via, "")
            # Nor does it become a message of the PROXY protocol.
            self.assertIn(await self.connect(node, before=b"PROXY TCP4 203.0.113.9 192.0.2.1 4321 443\r\n"), (400, 0))

    async def test_tell_whose_places_are_taken(self):
        node = self.start("--edge.trusted-proxies", "127.0.0.1", "--edge.max-connections-per-address", "2")
        for address in ("203.0.113.7", "203.0.113.8", "2001:db8::1"):
            for _ in range(2):
                self.assertIsInstance(await self.connect(node, {"X-Forwarded-For": address}), RawClient)
            self.assertEqual(await self.connect(node, {"X-Forwarded-For": address}), 503)
            self.assertEqual(await self.connect(node, {"X-Forwarded-For": "9.9.9.9, " + address}), 503)
        self.assertEqual(await self.connect(node, {"X-Forwarded-For": "2001:db8::2:1"}), 503, "of the same /64")
        self.assertIsInstance(await self.connect(node, {"X-Forwarded-For": "2001:db8:0:1::1"}), RawClient)


class Protocol(ProxyTest):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.node = self.start("--edge.trusted-proxies", "127.0.0.1", "--edge.proxy-protocol", "true",
                               "--edge.handshake-timeout", "2s", wait_until_ready=False)

    async def test_tells_the_address_in_both_versions(self):
        v6 = socket.inet_pton(socket.AF_INET6, "2001:db8::9") + bytes(16) + struct.pack("!HH", 7, 443)
        for before, seen in ((b"PROXY TCP4 203.0.113.9 192.0.2.1 4321 443\r\n", "203.0.113.9:4321"),
                             (b"PROXY TCP6 2001:db8::9 2001:db8::1 7 443\r\n", "[2001:db8::9]:7"),
                             (version_2(), "203.0.113.9:4321"), (version_2(family=0x21, block=v6), "[2001:db8::9]:7"),
                             (version_2(extra=b"\x04\0\x05hello" * 100), "203.0.113.9:4321")):
            for chop in (None, 1, 7):
                self.assertEqual(await self.seen_at(self.node, before=before, chop=chop), (seen, "127.0.0.1"), (before, chop))
        for before in (b"PROXY UNKNOWN\r\n", b"PROXY UNKNOWN 1.1.1.1 x\r\n", version_2(command=0), version_2(family=0, block=b"")):
            peer, via = await self.seen_at(self.node, before=before)
            self.assertTrue(peer.startswith("127.0.0.1:"), before)
            self.assertEqual(via, "")
        # What the proxy names may be a proxy itself.
        self.assertEqual(await self.seen_at(self.node, {"X-Forwarded-For": "8.8.8.8"},
                                            b"PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n"), ("8.8.8.8:0", "127.0.0.1"))
        self.assertEqual(await self.seen_at(self.node, {"X-Forwarded-For": "8.8.8.8"},
                                            b"PROXY TCP4 203.0.113.9 127.0.0.1 1 2\r\n"), ("203.0.113.9:1", "127.0.0.1"))

    async def test_is_not_to_be_left_out_or_written_wrong(self):
        for before in (b"", b"PROXY TCP4 203.0.113.9 192.0.2.1 4321\r\n", b"PROXY TCP4 2001:db8::1 192.0.2.1 1 2\r\n",
                       b"PROXY TCP4 203.0.113.9 192.0.2.1 4321 443 \r\n", b"PROXY TCP4  203.0.113.9 192.0.2.1 4321 443\r\n",
                       b"PROXY TCP4 203.0.113.9 192.0.2.1 70000 443\r\n", b"PROXY TCP4 203.0.113.9 192.0.2.1 01 443\r\n",
                       b"PROXY UDP4 203.0.113.9 192.0.2.1 4321 443\r\n", b"PROXY TCP4 203.0.113.9 192.0.2.1 4321 443\n",
                       b"PROXY " + b"x" * 200 + b"\r\n", b"proxy TCP4 203.0.113.9 192.0.2.1 4321 443\r\n",
                       SIGNATURE + b"\x11\x11\0\x0c" + bytes(12), version_2(command=2), version_2(family=0x12),
                       version_2(block=bytes(8)), version_2(length=65535), version_2(family=0x21)):
            self.assertEqual(await self.connect(self.node, before=before), 0, before)
        self.assertEqual(await self.seen_at(self.node, before=version_2()), ("203.0.113.9:4321", "127.0.0.1"))

    async def test_does_not_wait_for_ever(self):
        with socket.create_connection(self.node.edge) as slow:
            slow.sendall(b"PROXY TCP4 203.")
            slow.settimeout(20)
            self.assertEqual(await asyncio.to_thread(slow.recv, 1), b"")

    async def test_comes_before_tls(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([program(), "certificates", folder, "town"], check=True, capture_output=True)
            node = self.start("--edge.trusted-proxies", "127.0.0.1", "--edge.proxy-protocol", "true", "--tls.certificate",
                              os.path.join(folder, "town.pem"), "--tls.key", os.path.join(folder, "town.key"),
                              wait_until_ready=False)
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

        def ask():
            with socket.create_connection(node.edge, 20) as plain:
                plain.sendall(version_2())
                with context.wrap_socket(plain) as secure:
                    secure.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    return secure.recv(12)
        self.assertEqual(await asyncio.to_thread(ask), b"HTTP/1.1 200")

    async def test_is_no_option_without_proxies(self):
        done = subprocess.run([program(), "node", "--edge.proxy-protocol", "true"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("edge.trusted_proxies", done.stderr)


if __name__ == "__main__":
    run()
