"""Clients that leave in every phase of being let in, many at once and with or without descriptors for them, must cost the
node nothing.

TOWNCRIER_LEAVE_SECONDS says for how long each way is tried (default: 4).
"""

import os
import random
import resource
import socket
import struct
import time

from raw_client import CLOSE, TEXT, close_payload, encode_frame, handshake_request, new_key
from viewers import Viewer, ViewerTest, event, eventually, metric, run

SECONDS = float(os.environ.get("TOWNCRIER_LEAVE_SECONDS", "4"))
CROWD = 120


def leave_by_reset(client):
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def leave_by_end(client):
    client.close()


def leave_by_half(client):
    """Says that nothing more comes, and stays a moment."""
    try:
        client.shutdown(socket.SHUT_WR)
    except OSError:
        pass
    client.close()


def leave_politely(client):
    try:
        client.send(encode_frame(CLOSE, close_payload(1000)))
    except OSError:
        pass
    client.close()


WAYS_TO_LEAVE = [leave_by_reset, leave_by_end, leave_by_half, leave_politely]


def say(kind, data="{}"):
    return encode_frame(TEXT, f'{{"type": "{kind}", "data": {data}}}'.encode())


class Leaver:
    """A client that gets as far as its phase says and then leaves. Never waits: who is not answered yet is looked at later."""

    PHASES = ["connected", "half a request", "asked", "let in", "welcomed", "subscribed", "resumes", "publishes"]

    def __init__(self, address, dice):
        self.phase = dice.choice(self.PHASES)
        self.dice = dice
        self.input = b""
        self.socket = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
        self.socket.setblocking(False)
        self.socket.connect_ex(address)
        self.path = dice.choice(["/", "/?subscribe=event:chat", "/?position=n1:1:1", "/?subscribe=world&position=nowhere"])
        self.host = "%s:%d" % address[:2]
        self.asked = False

    def go_on(self):
        """Does the next step; whether it has come as far as it wanted to."""
        if self.phase == "connected":
            return True
        try:
            if not self.asked:
                request = handshake_request(self.path, new_key(), self.host)
                if self.phase == "half a request":
                    request = request[:self.dice.randrange(1, len(request))]
                self.socket.send(request)
                self.asked = True
                if self.phase in ("half a request", "asked"):
                    return True
            self.input += self.socket.recv(65536)
            if b"\r\n\r\n" not in self.input:
                return False
            if self.phase == "let in":
                return True
            if b'"welcome"' not in self.input:
                return b" 101 " not in self.input.partition(b"\r\n")[0]
            if self.phase == "subscribed":
                self.socket.send(say("subscribe", '{"channels": ["event:chat"], "snapshot": true}'))
            elif self.phase == "resumes":
                self.socket.send(say("resume", '{"position": "n1:1:1"}'))
            elif self.phase == "publishes":
                self.socket.send(say("event_notification", '{"event_type": "chat", "data": {"n": 1}}') * 5)
            return True
        except BlockingIOError:
            return False
        except OSError:
            return True

    def leave(self):
        self.dice.choice(WAYS_TO_LEAVE)(self.socket)


class Leaving(ViewerTest):
    def churn(self, node, seconds=SECONDS, seed=1):
        """Crowds come and leave, each client where its dice say, half of the crowds all at once."""
        dice = random.Random(seed)
        end = time.monotonic() + seconds
        crowds = 0
        while time.monotonic() < end:
            at_once = dice.random() < 0.5
            waiting = [Leaver(node.edge, dice) for _ in range(CROWD)]
            patience = time.monotonic() + dice.uniform(0, 0.3)
            ready = []
            while waiting and time.monotonic() < patience:
                still = []
                for client in waiting:
                    if not client.go_on():
                        still.append(client)
                    elif at_once:
                        ready.append(client)
                    else:
                        client.leave()
                waiting = still
            for client in ready + waiting:
                client.leave()
            crowds += 1
            self.assertTrue(node.running, node.log)
        return crowds

    async def is_as_before(self, node, descriptors):
        await eventually(lambda: metric(node, "towncrier_active_connections") == 0, "all have left")
        await eventually(lambda: node.open_descriptors() <= descriptors + 2, "their descriptors are free again")
        async with Viewer(node.websocket_url()) as viewer:
            answer = await viewer.ask("event_notification", event(7)["data"])
            self.assertEqual(answer["type"], "result", answer)
            await viewer.until(lambda: viewer.events, "its own event")

    async def test_while_they_are_let_in(self):
        node = self.start("--log.level", "error")
        before = node.open_descriptors()
        self.assertGreater(self.churn(node), 3)
        await self.is_as_before(node, before)

    async def test_on_several_threads(self):
        node = self.start("--log.level", "error", "--edge.threads", "2", "--world.characters", "200", "--world.rate", "60")
        before = node.open_descriptors()
        self.assertGreater(self.churn(node, seed=2), 3)
        await eventually(lambda: metric(node, "towncrier_active_connections") == 0, "all have left")
        await eventually(lambda: node.open_descriptors() <= before + 2, "their descriptors are free again")

    async def test_when_there_is_no_descriptor_for_them(self):
        node = self.start("--log.level", "error")
        before = node.open_descriptors()
        resource.prlimit(node.pid, resource.RLIMIT_NOFILE, (100, 100))
        self.assertGreater(self.churn(node, seed=3), 3)
        await self.is_as_before(node, before)


if __name__ == "__main__":
    run()
