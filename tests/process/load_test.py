"""`towncrier load` against a real node: what it finds, what it survives, and that it notices when something is wrong."""

import contextlib
import json
import socket
import subprocess
import threading
import unittest

from node_process import NodeProcess
from viewers import program, run


def load(url, *options, timeout=60):
    """Exit code, result and stderr."""
    done = subprocess.run([program(), "load", url, "--json", *map(str, options)], capture_output=True, text=True,
                          timeout=timeout, check=False)
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr


class Load(unittest.TestCase):
    def test_a_node_gives_everybody_everything(self):
        with NodeProcess(program(), "--batcher.max-wait", "2ms") as node:
            for options in ([], ["--msgpack"], ["--compression"], ["--kind", "states"], ["--in-flight", 16]):
                code, found, said = load(node.websocket_url(), "--clients", 50, "--duration", 0.5, "--warm-up", 0.2,
                                         *(options if "--in-flight" in options else ["--rate", 400, *options]))
                self.assertEqual(code, 0, (options, found, said))
                self.assertEqual(found["connected"], 50)
                self.assertGreater(found["deliveries"], 50)
                self.assertEqual(found["fast"]["lost"] + found["fast"]["doubled"], 0)

    def test_viewers_that_are_cut_off_go_on_where_they_were(self):
        with NodeProcess(program(), "--batcher.max-wait", "2ms") as node:
            for form in ([], ["--msgpack"]):
                code, found, said = load(node.websocket_url(), "--clients", 100, "--rate", 500, "--duration", 2,
                                         "--storms", 5, *form)
                self.assertEqual(code, 0, (found, said))
                self.assertEqual((found["returns"], found["resumed"]), (500, 500))

    def test_slow_viewers_are_told_what_they_miss_and_end_up_to_date(self):
        with NodeProcess(program(), "--edge.max-queued-bytes", "64KiB", "--batcher.max-wait", "2ms") as node:
            for kind in ("states", "events"):
                code, found, said = load(node.websocket_url(), "--clients", 20, "--rate", 1000, "--size", 2000,
                                         "--kind", kind, "--slow-share", 0.1, "--duration", 5, "--characters", 50,
                                         "--idle", 1)  # all are live by then: who catches up is given everything
                self.assertEqual(code, 0, (found, said))
                self.assertEqual(found["slow_viewers"], 2)
                self.assertGreater(found["slow"]["conflated" if kind == "states" else "told"], 0)
                self.assertEqual(found["fast"]["conflated"] + found["fast"]["told"], 0)

    def test_says_what_the_server_refused(self):
        with NodeProcess(program(), "--edge.max-connections", "10") as node:
            code, found, _ = load(node.websocket_url(), "--clients", 12, "--rate", 10, "--duration", 0.2)
        self.assertEqual(code, 1)
        self.assertEqual((found["connected"], found["refused"]), (9, 3))  # the publisher has the tenth
        self.assertIn("503", found["first_refusal"])

    def test_says_what_it_cannot_do(self):
        for url, options, wanted in (("wss://127.0.0.1:1/", [], "ws:// alone"),
                                     ("ws://127.0.0.1:1/", [], "Connection refused"),
                                     ("ws://127.0.0.1:1/", ["--in-flight", 1, "--storms", 1], "--in-flight"),
                                     ("ws://127.0.0.1:1/", ["--clients", 1_000_000], "ulimit -n")):
            code, _, said = load(url, *options)
            self.assertNotEqual(code, 0)
            self.assertIn(wanted, said)


class Broken(unittest.TestCase):
    """A server that is not as good as it should be."""

    def serve(self, disturb):
        """A relay in front of nothing: passes each frame of the first client, changed by `disturb`, to the others."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        threading.Thread(target=self.relay, args=(listener, disturb), daemon=True).start()
        return f"ws://127.0.0.1:{listener.getsockname()[1]}/"

    def relay(self, listener, disturb):
        with contextlib.ExitStack() as opened, contextlib.suppress(OSError):
            clients = []
            for _ in range(4):
                client = opened.enter_context(listener.accept()[0])
                clients.append(client)
                while b"\r\n\r\n" not in client.recv(65536):
                    pass
                client.sendall(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
            incoming = opened.enter_context(clients[0].makefile("rb"))
            for number in range(1, 1 << 20):
                head = incoming.read(4)  # a masked frame of 126 to 65535 bytes
                mask = incoming.read(4)
                body = incoming.read(int.from_bytes(head[2:4], "big"))
                plain = bytes(x ^ mask[i % 4] for i, x in enumerate(body))
                for _ in range(disturb(number)):
                    for client in clients[1:]:
                        client.sendall(head[:1] + b"\x7e" + len(plain).to_bytes(2, "big") + plain)

    def watch(self, disturb):
        return load(self.serve(disturb), "--clients", 3, "--ramp", 50, "--rate", 100, "--duration", 1, "--warm-up", 0,
                    "--patience", 1)

    def test_is_not_blamed_for_nothing(self):
        code, found, said = self.watch(lambda n: 1)
        self.assertEqual(code, 0, (found, said))

    def test_losses_are_noticed(self):
        code, found, _ = self.watch(lambda n: n % 10 != 0)
        self.assertEqual(code, 1)
        self.assertGreaterEqual(found["fast"]["lost"], 3 * 5)

    def test_doubles_are_noticed(self):
        code, found, _ = self.watch(lambda n: 2 if n % 10 == 0 else 1)
        self.assertEqual(code, 1)
        self.assertGreaterEqual(found["fast"]["doubled"], 3 * 5)


if __name__ == "__main__":
    run()
