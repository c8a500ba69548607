"""Viewers and publishers for tests: asyncio, on python3-websockets; JSON or MessagePack.

    async with Viewer(node.websocket_url(), "msgpack") as viewer:
        await viewer.ask("subscribe", {"channels": ["world"], "snapshot": True})
        await viewer.until(lambda: len(viewer.states) == 24)

A viewer reads all the time, keeps what it was told, and notes as a fault whatever no viewer may be told.
"""

import asyncio
import collections
import json
import logging
import socket
import sys
import time
import unittest

import msgpack
import websockets

from node_process import NodeProcess

# For `Viewer`: keeps next to nothing that it has not read.
SMALL_BUFFERS = {"receive_buffer": 4096, "max_queue": 1, "read_limit": 4096}

# Seconds that anything may take before it counts as not coming; a loaded machine is slow, not wrong.
PATIENCE = 30.0

# It tells of every slow callback, and starting a node is one.
logging.getLogger("asyncio").setLevel(logging.ERROR)

PROTOCOLS = {"json": "towncrier.v1.json", "msgpack": "towncrier.v1.msgpack"}


class Viewer:
    """One client. What it keeps:

    `states` character (as text) -> its last state; `events` the data of each `event_notification`, in order; `lags`;
    `errors`; `answers` id -> message; `counts` messages by type; `position` the last one; `faults` what must not be.
    """

    def __init__(self, url, form="json", token=None, receive_buffer=0, **options):
        """`receive_buffer`: bytes that the kernel keeps for it; `options` are those of `websockets.connect`."""
        self.url, self.form, self.receive_buffer = url, form, receive_buffer
        self.options = {"subprotocols": [PROTOCOLS[form]], "compression": None, "max_size": None,
                        "ping_interval": None, "open_timeout": PATIENCE, "close_timeout": 5, **options}
        if token:
            self.options["extra_headers"] = {"Authorization": f"Bearer {token}"}
        self.states, self.removed, self.answers = {}, {}, {}
        self.events, self.lags, self.errors, self.faults, self.debugs = [], [], [], [], []
        self.counts = collections.Counter()
        self.welcome = self.position = self.close_code = self.close_reason = None
        self._versions, self._seen, self._next_id = {}, asyncio.Event(), 0
        self._reads = asyncio.Event()
        self._reads.set()
        self.websocket = self._reader = None

    # Coming and going

    async def __aenter__(self):
        await self.connect()
        return await self.until(lambda: self.welcome, "a welcome")

    async def __aexit__(self, *_):
        await self.close()

    async def connect(self):
        """Connects and begins to read; does not wait for the welcome."""
        options = dict(self.options)
        if self.receive_buffer:
            options["sock"] = _small_socket(self.url, self.receive_buffer)
        self.websocket = await websockets.connect(self.url, **options)
        self._reader = asyncio.create_task(self._read())
        return self

    async def close(self):
        """Leaves with a close handshake."""
        if self.websocket is None:
            return
        await self.websocket.close()
        await self._stop_reading()

    def stall(self):
        """Takes nothing more from the socket; small buffers at its end make the node notice the sooner."""
        self._reads.clear()

    def go_on(self):
        """Reads again."""
        self._reads.set()

    async def cut(self):
        """Leaves as a broken line does: a reset, without a word."""
        peer = self.websocket.transport.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self._reader.cancel()
        self.websocket.transport.abort()
        await asyncio.gather(self._reader, self.websocket.wait_closed(), return_exceptions=True)

    # Saying and waiting

    async def send(self, kind, data=None, message_id=None):
        """Sends one message."""
        message = {"type": kind, "data": {} if data is None else data}
        if message_id is not None:
            message["id"] = message_id
        await self.send_raw(json.dumps(message) if self.form == "json" else msgpack.packb(message))

    async def send_raw(self, payload):
        await self.websocket.send(payload)

    async def ask(self, kind, data=None, timeout=PATIENCE):
        """Sends a message with an id and returns what answers it, the whole message."""
        self._next_id += 1
        name = f"q{self._next_id}"
        await self.send(kind, data, name)
        await self.until(lambda: name in self.answers, f"an answer to {kind} {data}", timeout)
        return self.answers[name]

    async def command(self, name, **arguments):
        """The data of the `result` of a command; the whole message where it is an error."""
        answer = await self.ask("command", {"name": name, "args": arguments})
        return answer["data"].get("data") if answer["type"] == "result" else answer

    async def until(self, condition, what="the condition", timeout=PATIENCE):
        """Waits until the condition holds; AssertionError when it does not in time."""
        deadline = time.monotonic() + timeout
        while not condition():
            self._seen.clear()
            try:
                await asyncio.wait_for(self._seen.wait(), max(0.001, min(0.2, deadline - time.monotonic())))
            except asyncio.TimeoutError:
                pass
            if time.monotonic() > deadline and not condition():
                raise AssertionError(f"{what} did not come in {timeout} s; {self}")
        return self

    async def until_closed(self, timeout=PATIENCE):
        """Waits until the server has ended the connection; the code it gave."""
        await self.until(lambda: self.close_code is not None, "the end of the connection", timeout)
        return self.close_code

    def __str__(self):
        return (f"viewer: {dict(self.counts)}, {len(self.states)} states, {len(self.events)} events, "
                f"lags {self.lags[-3:]}, errors {self.errors[-3:]}, closed {self.close_code}, faults {self.faults[:5]}")

    # Within

    async def _stop_reading(self):
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)

    async def _read(self):
        try:
            async for payload in self.websocket:
                if isinstance(payload, str) != (self.form == "json"):
                    self.faults.append(f"a frame of the wrong kind: {payload[:60]!r}")
                self.take(json.loads(payload) if self.form == "json" else msgpack.unpackb(payload))
                self._seen.set()
                await self._reads.wait()
        except websockets.ConnectionClosed:
            pass
        self.close_code, self.close_reason = self.websocket.close_code, self.websocket.close_reason
        self._seen.set()

    def take(self, message):
        """Notes one message, a batch or a single one."""
        kind, data = message["type"], message["data"]
        self.counts[kind] += 1
        if not isinstance(message.get("timestamp"), float):
            self.faults.append(f"no timestamp: {message}")
        if self.welcome is None and kind not in ("welcome", "error"):
            self.faults.append(f"{kind} before the welcome")
        if kind == "batch":
            for element in data:
                self.take(element)
        elif kind in ("character_update", "state_change", "character_removed"):
            self._take_character(kind, data)
        elif kind == "event_notification":
            self.events.append(data)
        else:
            self._take_other(kind, data, message)
        self.position = message.get("position", self.position)
        if kind in ("welcome", "heartbeat"):
            self.position = data["position"]

    def _take_other(self, kind, data, message):
        if kind == "welcome":
            self.welcome = data
        elif kind == "lag":
            self.lags.append(data)
        elif kind == "error":
            self.errors.append(data)
        elif kind == "debug":
            self.debugs.append(data)
        if data.get("id") is not None:
            if data["id"] in self.answers and kind == "result":
                self.faults.append(f"a second answer to {data['id']!r}")
            self.answers[data["id"]] = message

    def _take_character(self, kind, data):
        who, stamp = str(data["character_id"]), (data["epoch"], data["version"])
        before = self._versions.get(who, (0, 0))
        # Equal is no step back: a snapshot shows again what a change said.
        if stamp < before:
            self.faults.append(f"{who} fell from {before} to {stamp} by {kind}")
        self._versions[who] = stamp
        if kind == "character_removed":
            self.removed[who] = data
            self.states.pop(who, None)
            return
        state = {**({} if kind == "character_update" else self.states.get(who, {})), **data}
        state["state"] = data["new_state"] if kind == "state_change" else data["state"]
        self.states[who] = state


def _small_socket(url, size):
    host, _, port = url.partition("://")[2].partition("/")[0].rpartition(":")
    result = socket.socket()
    result.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
    result.connect((host, int(port)))
    result.setblocking(False)
    return result


class ViewerTest(unittest.IsolatedAsyncioTestCase):
    """A test in asyncio that starts nodes; they end with it."""

    async def asyncSetUp(self):
        # The debug mode that unittest switches on would make the viewers the slow part.
        asyncio.get_running_loop().set_debug(False)

    def start(self, *options, **how):
        """Starts a node with these options."""
        node = NodeProcess(program(), *options, **how).start()
        self.addCleanup(node.stop)
        return node

    async def enter(self, viewer):
        """A viewer that is connected and welcome until the test ends."""
        self.addAsyncCleanup(viewer.close)
        return await viewer.__aenter__()


async def eventually(condition, what, timeout=PATIENCE):
    """Waits until a condition that nobody tells of holds; its value."""
    deadline = time.monotonic() + timeout
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come in {timeout} s")
        await asyncio.sleep(0.05)
    return found


def metric(node, name):
    """The value of a metric without labels but the node's."""
    text = node.get(node.admin_url())[1].decode()
    return next(float(line.rpartition(" ")[2]) for line in text.splitlines()
                if line.startswith((name + "{", name + " ")))


def change(who, state="DRIVING", **more):
    """A `state_change` for a publisher to send."""
    return {"type": "state_change", "data": {"character_id": who, "new_state": state, **more}}


def event(number, kind="counted", **more):
    return {"type": "event_notification", "data": {"event_type": kind, "data": {"number": number, **more}}}


def numbers(viewer):
    """The numbers of the events that a viewer was given, in order."""
    return [x["data"]["number"] for x in viewer.events]


def program():
    """The program under test: the first argument of a test's command line."""
    return sys.argv[1]


def run():
    """Runs the tests of the calling script; what follows the program's path is unittest's."""
    if len(sys.argv) < 2:
        sys.exit(f"usage: {sys.argv[0]} PROGRAM [unittest's arguments]")
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
