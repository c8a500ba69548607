"""Reads what `recorder` wrote: every different message once, and what each viewer went through, in order.

`Recording.load(folder)`. Knows PROTOCOL's messages and nothing of how they come about.
"""

import dataclasses
import hashlib
import json
import pathlib
import struct

import msgpack

# Happenings, as in recorder/journal.hpp.
CONNECTING, OPEN, FRAME, CLOSED, CUT, REFUSED, LEFT, BREACH = range(1, 9)
_RECORD = struct.Struct("<QIIB7x")
_HEAD = struct.Struct("<IB")
TEXT, BINARY = 1, 2

REMOVED = ("removed",)


@dataclasses.dataclass
class Frame:
    """What a message says. `changes`: (character, (epoch, version), state, content) in order; `news`: the rest.

    News are ("event", key, publisher or None, counter), ("lag", dropped events), ("welcome", resumed, (node, incarnation)),
    ("resumed", True or False) of an answer to `resume`, ("error", text), ("bad", text).
    """

    changes: list
    news: list

    @staticmethod
    def parse(payload, opcode):
        frame = Frame([], [])
        try:
            frame.take(json.loads(payload) if opcode == TEXT else msgpack.unpackb(payload))
        except (ValueError, KeyError, TypeError, msgpack.UnpackException) as error:
            frame.news.append(("bad", f"{error!r} in {payload[:200]!r}"))
        return frame

    def take(self, message):
        kind, data = message["type"], message["data"]
        if kind == "batch":
            for each in data:
                self.take(each)
        elif kind in ("character_update", "state_change", "character_removed"):
            self._take_change(kind, data)
        elif kind == "event_notification":
            self.news.append(event_news(data))
        elif kind == "lag":
            self.news.append(("lag", data["dropped_events"]))
        elif kind == "welcome":
            self.news.append(("welcome", bool(data["resumed"]), (data.get("node"), data.get("incarnation"))))
        elif kind == "result" and isinstance(data.get("data"), dict) and "resumed" in data["data"]:
            self.news.append(("resumed", data["data"]["resumed"]))
        elif kind == "error":
            self.news.append(("error", str(data)))

    def _take_change(self, kind, data):
        stamp = (data["epoch"], data["version"])
        who = str(data["character_id"])
        if kind == "character_removed":
            self.changes.append((who, stamp, None, REMOVED))
            return
        state = data["new_state"] if kind == "state_change" else data["state"]
        self.changes.append((who, stamp, state, (state, data.get("location"), data.get("x"), data.get("y"))))


def event_news(data):
    """A test's events name their publisher and count; others are known by all that they say."""
    inner = data["data"]
    if isinstance(inner, dict) and "publisher" in inner and "counter" in inner:
        return ("event", (inner["publisher"], inner["counter"]), inner["publisher"], inner["counter"])
    said = json.dumps([data["event_type"], inner], sort_keys=True)
    return ("event", hashlib.sha1(said.encode()).hexdigest(), None, said)


@dataclasses.dataclass
class Recording:
    """`frames` by id; `journals` viewer -> [(seconds, happening, value)]; `edges` their URLs by number."""

    frames: list
    journals: dict
    edges: list

    @staticmethod
    def load(folder):
        folder = pathlib.Path(folder)
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        journals = {i: [] for i in range(meta["viewers"])}
        for time, viewer, value, happening in _RECORD.iter_unpack((folder / "journal.bin").read_bytes()):
            journals[viewer].append((time / 1e6, happening, value))
        return Recording(list(_read_frames((folder / "frames.bin").read_bytes())), journals, meta["edges"])


def _read_frames(data):
    at = 0
    while at < len(data):
        length, opcode = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        yield Frame.parse(data[at:at + length], opcode)
        at += length


class Writer:
    """Writes a recording as `recorder` does; for tests of the checker."""

    def __init__(self, folder, viewers, edges=("ws://e1", "ws://e2")):
        self.folder = pathlib.Path(folder)
        self.viewers, self.edges = viewers, list(edges)
        self._ids, self._frames, self._journal = {}, [], []

    def note(self, time, viewer, happening, value=0):
        self._journal.append(_RECORD.pack(int(time * 1e6), viewer, value, happening))

    def give(self, time, viewer, message):
        """A message that a viewer was given; as MessagePack where its number is odd."""
        payload = msgpack.packb(message) if viewer % 2 else json.dumps(message).encode()
        opcode = BINARY if viewer % 2 else TEXT
        if payload not in self._ids:
            self._ids[payload] = len(self._ids)
            self._frames.append(_HEAD.pack(len(payload), opcode) + payload)
        self.note(time, viewer, FRAME, self._ids[payload])

    def save(self):
        (self.folder / "frames.bin").write_bytes(b"".join(self._frames))
        (self.folder / "journal.bin").write_bytes(b"".join(self._journal))
        (self.folder / "meta.json").write_text(json.dumps({"edges": self.edges, "viewers": self.viewers}))
