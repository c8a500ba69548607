"""A publisher whose events count and whose characters move all the time, so that a viewer's recording shows every loss.

It sends one batch at a time and goes on when that was acknowledged; when its edge dies it sends the batch again to the
next one. What it said is kept for `checker.py`.
"""

import json
import threading
import time

from raw_client import Ended, ProtocolError, RawClient

MOVING = "ROLLING"
_TROUBLE = (OSError, Ended, ProtocolError, TimeoutError)


class CountingPublisher(threading.Thread):
    """`edges`: URLs, the first one first. `events`, `states` as `checker.Rules` wants them; `faults` what must not be."""

    def __init__(self, name, edges, characters=3, interval=0.1, patience=4.0):
        """`interval` seconds between two batches; `patience` seconds for an answer before another edge is tried."""
        super().__init__(name=name, daemon=True)
        self.edges, self.characters, self.interval, self.patience = list(edges), characters, interval, patience
        self.events, self.states, self.faults = {}, {}, []
        self.reconnections = -1
        self.counter = 0
        self._gives_up = False
        self._ends = threading.Event()
        self._client = None
        self._edge = 0

    def finish(self, patience=30):
        """Ends after the batch that is under way; AssertionError when that is not acknowledged in time."""
        self._ends.set()
        self.join(patience)
        if self.is_alive():
            raise AssertionError(f"{self.name}: batch {self.counter} was not acknowledged in {patience} s")

    def give_up(self):
        """Ends without waiting for an answer."""
        self._gives_up = True
        self._ends.set()

    def run(self):
        while not self._ends.is_set():
            self.counter += 1
            self._publish(self.counter)
            self._ends.wait(self.interval)
        if self._client:
            self._client.close()

    def _publish(self, number):
        entry = self.events[self.name, number] = {"publisher": self.name, "counter": number, "sent": time.time(),
                                                  "acked": None, "times": 0, "edge": None}
        while entry["acked"] is None and not self._gives_up:
            try:
                self._connect()
                entry["edge"] = self.edges[self._edge]
                entry["times"] += 1
                self._client.send_text(json.dumps({"type": "batch", "id": number, "data": self._messages(number)}))
                self._await_answer(number)
                entry["acked"] = time.time()
            except _TROUBLE:
                self._lose()
        for i in range(self.characters):
            self.states[f"{self.name}-{i}"] = (MOVING, "Loop", float(number), float(i))

    def _messages(self, number):
        event = {"type": "event_notification",
                 "data": {"event_type": "counted", "data": {"publisher": self.name, "counter": number}}}
        return [event, *({"type": "state_change", "data": {"character_id": f"{self.name}-{i}", "new_state": MOVING,
                                                           "location": "Loop", "x": number, "y": i}}
                         for i in range(self.characters))]

    def _connect(self):
        if self._client is not None:
            return
        host, _, port = self.edges[self._edge].partition("://")[2].partition("/")[0].rpartition(":")
        # A channel that nobody uses: it wants its answers alone.
        self._client = RawClient.connect((host, int(port)), "/?subscribe=event:none", timeout=self.patience)
        self.reconnections += 1

    def _lose(self):
        if self._client is not None:
            self._client.close()
        self._client = None
        self._edge = (self._edge + 1) % len(self.edges)
        time.sleep(0.05)

    def _await_answer(self, number):
        deadline = time.monotonic() + self.patience
        while time.monotonic() < deadline:
            frame = self._client.read_frame()
            if frame.opcode == 9:
                self._client.send_frame(10, frame.payload)
            elif frame.opcode == 8:
                raise Ended("closed")
            elif frame.opcode == 1 and self._is_answer(frame, number):
                return
        raise TimeoutError("no answer")

    def _is_answer(self, frame, number):
        for each in messages_of(frame):
            if each["type"] == "error":
                self.faults.append(each["data"])
            if each["type"] == "result" and each["data"].get("id") == number:
                return True
        return False


def command(url, name, patience=5.0, **arguments):
    """Gives one command to a node, as an operator; its answer (`data`), or None where there is none that says yes."""
    host, _, port = url.partition("://")[2].partition("/")[0].rpartition(":")
    try:
        with RawClient.connect((host, int(port)), "/?subscribe=event:none", timeout=patience) as client:
            client.send_text(json.dumps({"type": "command", "id": "c", "data": {"name": name, "args": arguments}}))
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline:
                frame = client.read_frame()
                for each in messages_of(frame) if frame.opcode == 1 else ():
                    if each["data"].get("id") == "c":
                        if each["type"] == "result":
                            return each["data"].get("data", {})
                        print(f"    {url} does not {name}: {each['data']}", flush=True)
                        return None
    except _TROUBLE:
        pass
    return None


def messages_of(frame):
    """What a frame of JSON says: the messages of a batch, or the one that it is."""
    message = json.loads(frame.payload)
    return message["data"] if message["type"] == "batch" else [message]
