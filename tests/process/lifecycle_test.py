"""A node's life: ready, encrypted, measured, idle, crowded, stopped.

TOWNCRIER_FULL=1 opens 10,000 idle connections instead of 5,000.
"""

import asyncio
import json
import os
import resource
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
import warnings

from admin import call
from node_process import NodeError, NodeProcess
from raw_client import RawClient, handshake_request, new_key
from viewers import Viewer, ViewerTest, event, eventually, metric, program, run

IDLE_CONNECTIONS = 10_000 if os.environ.get("TOWNCRIER_FULL") else 5_000
IDLE_SECONDS = 5
IDLE_SHARE = 0.03  # of one core
# Heap of an idle connection, in bytes, without and with permessage-deflate agreed to.
IDLE_HEAP = {False: 5 * 1024, True: 6 * 1024}


class Stop(ViewerTest):
    async def test_sends_its_clients_away_and_ends_in_order(self):
        for sign in (signal.SIGTERM, signal.SIGINT):
            node = self.start("--world.characters", "24", "--edge.drain-wave", "5", "--edge.drain-interval", "50ms")
            viewers = [await self.enter(Viewer(node.websocket_url(), ("json", "msgpack")[n % 2])) for n in range(20)]
            address = node.edge
            status = asyncio.create_task(asyncio.to_thread(node.stop, sign))
            self.assertEqual([await x.until_closed() for x in viewers], [1001] * 20)
            self.assertEqual(await status, 0)
            with socket.socket() as again:
                again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                again.bind(address)
                again.listen()

    async def test_does_not_wait_for_ever_for_who_does_not_answer(self):
        node = self.start()
        stuck = [await asyncio.to_thread(RawClient.connect, node.edge) for _ in range(3)]
        with RawClient(node.edge) as half:
            half.send_bytes(b"GET / HTTP/1.1\r\n")
            begin = time.monotonic()
            self.assertEqual(await asyncio.to_thread(node.stop), 0)
            self.assertLess(time.monotonic() - begin, 15)
        for client in stuck:
            client.close()

    async def test_names_the_actor_that_hangs_and_ends_without_it(self):
        node = self.start("--inspection.slow-actor", "batcher:10000")
        viewer = await self.enter(Viewer(node.websocket_url()))
        await viewer.send_raw(json.dumps(event(1)))
        await eventually(lambda: any(x["running_seconds"] for x in call(node, "actors?kind=batcher")[1]["actors"]),
                         "a batcher that hangs")
        status = asyncio.create_task(asyncio.to_thread(node.stop))
        self.assertEqual(await viewer.until_closed(), 1001)
        self.assertEqual(await status, 1)
        named = [x for x in node.log.splitlines() if "hang in a handler" in x]
        self.assertEqual(len(named), 1, node.log)
        self.assertIn("batcher #", named[0])

    async def test_can_start_again_on_its_port_at_once(self):
        node = self.start()
        for _ in range(3):
            viewer = await Viewer(node.websocket_url()).connect()
            host, port = node.edge
            await viewer.cut()
            self.assertEqual(node.stop(), 0)
            node = self.start("--edge.listen", f"{host}:{port}")

    async def test_says_which_port_is_taken(self):
        node = self.start()
        with self.assertRaises(NodeError) as refused:
            NodeProcess(program(), "--edge.listen", "%s:%d" % node.edge).start()
        self.assertIn("ended with 1", str(refused.exception))
        self.assertIn(str(node.edge[1]), str(refused.exception))


def outdated_tls():
    """A client's side that would speak TLS 1.1 with anyone."""
    result = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    result.check_hostname, result.verify_mode = False, ssl.CERT_NONE
    result.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        result.minimum_version = result.maximum_version = ssl.TLSVersion.TLSv1_1
    return result


class Encrypted(ViewerTest):
    def make_certificate(self, folder, name):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                        "-nodes", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem", "-days", "2", "-subj",
                        f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
                       check=True, capture_output=True)
        with open(f"{folder}/cert.pem", encoding="ascii") as file:
            return file.read()

    async def test_serves_wss_and_takes_a_new_certificate(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        old = self.make_certificate(folder.name, "first")
        node = self.start("--tls.certificate", f"{folder.name}/cert.pem", "--tls.key", f"{folder.name}/key.pem",
                          "--world.characters", "24")
        self.assertTrue(node.websocket_url().startswith("wss://"))
        trust = ssl.create_default_context(cadata=old)
        viewer = await self.enter(Viewer(node.websocket_url(), ssl=trust))
        await viewer.ask("subscribe", {"channels": ["world"], "snapshot": True})
        await viewer.until(lambda: len(viewer.states) == 24, "the town")
        self.assertEqual(node.get(node.http_url("/healthz"))[0], 200)
        self.assertEqual(ssl.get_server_certificate(node.edge).split(), old.split())
        new = self.make_certificate(folder.name, "second")
        node.send_signal(signal.SIGHUP)
        await eventually(lambda: ssl.get_server_certificate(node.edge).split() == new.split(), "the new certificate")
        self.assertEqual((await viewer.ask("heartbeat"))["type"], "heartbeat")
        self.assertFalse(viewer.faults)
        with socket.create_connection(node.edge) as plain, self.assertRaises(OSError):
            outdated_tls().wrap_socket(plain)
        # A client that speaks no TLS harms nobody.
        with socket.create_connection(node.edge) as plain:
            plain.sendall(handshake_request("/", new_key()))
            plain.settimeout(20)
            try:
                self.assertNotIn(b"101", plain.recv(1000)[:20])
            except ConnectionResetError:
                pass
        await self.enter(Viewer(node.websocket_url(), ssl=ssl.create_default_context(cadata=new)))
        viewing = asyncio.create_task(viewer.until_closed())
        self.assertEqual(await asyncio.to_thread(node.stop), 0)
        self.assertEqual(await viewing, 1001)


class Operators(ViewerTest):
    async def test_says_that_it_is_healthy_and_ready(self):
        node = self.start()
        for url in (node.http_url, node.admin_url):
            for path in ("/healthz", "/readyz"):
                self.assertEqual(node.get(url(path))[0], 200, path)
        self.assertEqual(node.get(node.http_url("/nonsense"))[0], 404)
        self.assertEqual(node.get(node.http_url("/metrics"))[0], 404)
        status, page = node.get(node.http_url("/"))
        self.assertEqual(status, 200)
        self.assertIn(b"<html", page.lower())

    async def test_counts_what_it_does(self):
        node = self.start()
        viewer = await self.enter(Viewer(node.websocket_url()))
        await viewer.ask("event_notification", event(1)["data"])
        await viewer.send_raw("{")
        await viewer.until(lambda: viewer.errors and viewer.events, "the event and the error")
        for name, value in (("towncrier_connections_total", 1), ("towncrier_active_connections", 1),
                            ("towncrier_messages_received_total", 2), ("towncrier_errors_total", 1),
                            ("towncrier_deliveries_total", 1), ("towncrier_queued_bytes", 0)):
            self.assertEqual(metric(node, name), value, name)
        await viewer.close()
        await eventually(lambda: metric(node, "towncrier_active_connections") == 0, "the end of the connection")

    @unittest.skipUnless(shutil.which("promtool"), "there is no promtool here")
    async def test_has_metrics_that_prometheus_likes(self):
        node = self.start("--world.characters", "24")
        checked = subprocess.run(["promtool", "check", "metrics"], input=node.get(node.admin_url())[1],
                                 capture_output=True)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    async def test_logs_json_when_asked(self):
        node = self.start("--log.format", "json")
        await self.enter(Viewer(node.websocket_url()))
        node.stop()
        for line in filter(None, node.log.splitlines()):
            self.assertIn("level", json.loads(line))


class Idle(ViewerTest):
    @staticmethod
    def cpu_seconds(pid):
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def test_costs_next_to_nothing_alone(self):
        node = self.start("--world.characters", "24")
        before, begin = self.cpu_seconds(node.pid), time.monotonic()
        await asyncio.sleep(IDLE_SECONDS)  # what is measured is a span of time
        share = (self.cpu_seconds(node.pid) - before) / (time.monotonic() - begin)
        print(f"an idle town: {100 * share:.1f} % of a core, {node.resident_bytes() / 2**20:.1f} MiB")
        self.assertLess(share, IDLE_SHARE)

    async def test_holds_many_and_forgets_them(self):
        await self.hold_and_forget(compressed=False)

    async def test_holds_many_that_compress_and_forgets_them(self):
        await self.hold_and_forget(compressed=True)

    async def hold_and_forget(self, compressed):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = IDLE_CONNECTIONS + 1000
        if hard != resource.RLIM_INFINITY and hard < wanted:
            self.skipTest(f"only {hard} file descriptors are allowed here")
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(wanted, resource.getrlimit(resource.RLIMIT_NOFILE)[0]), hard))
        # Without a town, whose history would be measured as well.
        node = self.start("--edge.max-connections", str(IDLE_CONNECTIONS), "--edge.handshake-timeout", "60s",
                          "--world.characters", "0")
        before, heap, descriptors = node.resident_bytes(), metric(node, "towncrier_heap_bytes"), node.open_descriptors()
        clients = await asyncio.to_thread(self.open, node, compressed)
        try:
            self.assertEqual(metric(node, "towncrier_active_connections"), IDLE_CONNECTIONS)
            each = (node.resident_bytes() - before) / IDLE_CONNECTIONS
            own = (metric(node, "towncrier_heap_bytes") - heap) / IDLE_CONNECTIONS
            print(f"{IDLE_CONNECTIONS} idle connections{' that compress' * compressed}: {each / 1024:.1f} KiB of memory "
                  f"each, {own / 1024:.1f} KiB of it heap")
            self.assertLess(each, 32 * 1024)
            if heap > 0:  # a sanitizer's allocator does not tell
                self.assertLess(own, IDLE_HEAP[compressed])
        finally:
            for client in clients:
                client.close()
        await eventually(lambda: metric(node, "towncrier_active_connections") == 0, "the end of all connections", 60)
        await eventually(lambda: node.open_descriptors() <= descriptors + 2, "the sockets' end")
        # Pools and tables that the next clients use; and once, what is counted by kind of actor and of the last that ended.
        await eventually(lambda: metric(node, "towncrier_heap_bytes") - heap < 512 * IDLE_CONNECTIONS + 2**20,
                         "the heap's end of them")
        left = metric(node, "towncrier_heap_bytes") - heap
        print(f"they leave {left / IDLE_CONNECTIONS:.0f} bytes of heap each")
        self.assertEqual(metric(node, "towncrier_connections_total"), IDLE_CONNECTIONS)
        viewer = await self.enter(Viewer(node.websocket_url()))
        self.assertEqual((await viewer.ask("heartbeat"))["type"], "heartbeat")
        await viewer.close()
        self.assertEqual(await asyncio.to_thread(node.stop), 0)

    @staticmethod
    def open(node, compressed):
        """That many welcome clients; a hundred at a time, each of them in every step at once."""
        fields = {"Sec-WebSocket-Extensions": "permessage-deflate"} if compressed else {}
        clients = []
        while len(clients) < IDLE_CONNECTIONS:
            group = [RawClient(node.edge, timeout=60) for _ in range(100)]
            for client in group:
                client.send_bytes(handshake_request("/", new_key(), fields=fields))
            for client in group:
                assert client.read_response().status == 101
                if compressed:
                    assert client.read_frame().rsv == 4  # the welcome
                else:
                    assert json.loads(client.read_message().payload)["type"] == "welcome"
            clients += group
        return clients


if __name__ == "__main__":
    run()
