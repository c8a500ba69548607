#!/usr/bin/env python3
"""Says whether viewers were told the truth, from what `recorder` wrote down alone. Knows PROTOCOL, not Towncrier.

    checker.py FOLDER [--published FILE] [--died SECONDS] [--moving STATE --max-silence SECONDS] [--json]

For every viewer: versions of a character never fall, not even from one connection to the next; what a version says is
the same everywhere; in the end all hold the same version of everything, and the publisher's; events come once and in
their publisher's order, or a gap was announced (a `lag` with dropped events, or a reconnection that was not resumed).
Exit status 0: all is well; 1: it is not; 2: the recording cannot be read.

FILE holds what publishers said, a JSON object a line: `{"publisher", "counter", "acked": seconds or null, "sent":
seconds, "times": how often it was sent, "edge"}` for an event, `{"character", "content": [state, location, x, y]}` for
the last state of a character of theirs.
"""

import argparse
import collections
import dataclasses
import json
import struct
import sys

from recording import BREACH, CLOSED, CUT, FRAME, LEFT, OPEN, REMOVED, Recording

# An event that others were told within this time, in seconds, of a viewer's coming need not have reached it; nor one
# within it of the death of the node that it came from.
MARGIN = 1.0
DEATH_MARGIN = 2.5
KEPT_FAULTS = 200


@dataclasses.dataclass
class Rules:
    """What a scenario asks for. Times in seconds since the epoch.

    `published` events: key -> entry of the file; `states`: character -> content; `deaths`: times at which nodes died
    with what they had not passed on; `max_silence` (None: not asked) for a character whose `moving` states say that it
    moves all the time; `max_delay` (None: not asked) from when an event was sent, by who sent it only once, until
    viewers that never lost their connection were given it; `lives_stand_alone`: a node that is started anew may begin at
    any epoch, as one without a cluster and a state directory does when its clock was set back.
    """

    published: dict = dataclasses.field(default_factory=dict)
    states: dict = dataclasses.field(default_factory=dict)
    deaths: list = dataclasses.field(default_factory=list)
    moving: frozenset = frozenset()
    max_silence: float = None
    max_delay: float = None
    open_at_end: bool = True
    lives_stand_alone: bool = False


@dataclasses.dataclass(frozen=True)
class Fault:
    """`kind`: fell, contested, final, published, lost, doubled, order, silence, late, protocol, absent."""

    kind: str
    viewer: object
    text: str

    def __str__(self):
        return f"{self.kind}: viewer {self.viewer}: {self.text}"


class Viewer:
    """What one viewer saw."""

    def __init__(self):
        self.stamps, self.moved, self.lives = {}, {}, {}
        self.events = collections.Counter()
        self.last_counter = {}
        self.first_open = self.lost_at = None
        self.open = False
        self.unresumed = []  # times between which it was told nothing and this was said
        self.announced = 0  # events that it was told it was not given
        self.silence = (0.0, None)
        self.delays = {}  # published event -> how long it took


class Checker:
    """`check()` fills `faults` and `summary`."""

    def __init__(self, recording, rules=None):
        self.recording, self.rules = recording, rules or Rules()
        self.faults, self.summary = [], {}
        self._count = collections.Counter()
        self._contents = {}
        self._arrivals = {}  # event -> when anybody saw it first
        self._said = {}
        self._viewers = {}

    def check(self):
        self._check_contents()
        for number, journal in self.recording.journals.items():
            self._viewers[number] = self._follow(number, journal)
        self._check_final()
        self._check_events()
        self._check_delays()
        self._summarize()
        return self

    @property
    def good(self):
        return not self._count

    def fault(self, kind, viewer, text):
        self._count[kind] += 1
        if len(self.faults) < KEPT_FAULTS:
            self.faults.append(Fault(kind, viewer, text))

    # What is said

    def _check_contents(self):
        """Two different things may not be said under one version."""
        for frame in self.recording.frames:
            for who, stamp, _, content in frame.changes:
                before = self._contents.setdefault((who, stamp), content)
                if before != content:
                    self.fault("contested", "-", f"{who} at {stamp} is both {before} and {content}")

    # One viewer

    def _follow(self, number, journal):
        viewer = Viewer()
        for time, happening, value in journal:
            if happening == FRAME:
                self._take_frame(number, viewer, time, self.recording.frames[value])
            elif happening == OPEN:
                viewer.open = True
                viewer.first_open = viewer.first_open or time
                if viewer.lost_at is not None and not value:
                    viewer.unresumed.append((viewer.lost_at, time))  # it began anew, and knows it
            elif happening in (CLOSED, CUT):
                viewer.open, viewer.lost_at = False, time
            elif happening == BREACH:
                self.fault("protocol", number, f"the server broke RFC 6455: opcode {value}")
            elif happening == LEFT:
                break
        if self.rules.open_at_end and not viewer.open:
            self.fault("absent", number, "was not let in, or not again")
        return viewer

    def _take_frame(self, number, viewer, time, frame):
        stamps = viewer.stamps
        for who, stamp, state, _ in frame.changes:
            before = stamps.get(who)
            if before is not None and stamp < before:
                self.fault("fell", number, f"{who} fell from {before} to {stamp} at {time:.3f}")
                continue
            stamps[who] = stamp
            if self.rules.max_silence is not None and stamp != before:
                self._note_movement(number, viewer, who, time, state)
        for news in frame.news:
            self._take_news(number, viewer, time, news)

    def _note_movement(self, number, viewer, who, time, state):
        last = viewer.moved.pop(who, None)
        if state not in self.rules.moving:
            return
        viewer.moved[who] = time
        if last is not None and time - last > viewer.silence[0]:
            viewer.silence = (time - last, who)
        if last is not None and time - last > self.rules.max_silence:
            self.fault("silence", number, f"{who} stood still for {time - last:.2f} s until {time:.3f}")

    def _take_news(self, number, viewer, time, news):
        kind = news[0]
        if kind == "event":
            self._take_event(number, viewer, time, *news[1:])
        elif kind == "lag":
            viewer.announced += news[1]
        elif kind in ("welcome", "resumed"):
            if not news[1] and viewer.lost_at is not None:
                viewer.unresumed.append((viewer.lost_at, time))
            if kind == "welcome" and self.rules.lives_stand_alone:
                node, incarnation = news[2]
                if viewer.lives.setdefault(node, incarnation) != incarnation:
                    viewer.lives[node] = incarnation
                    viewer.stamps.clear()
        else:
            self.fault("protocol", number, f"{kind}: {news[1]}")

    def _take_event(self, number, viewer, time, key, publisher, counter):
        self._arrivals[key] = min(time, self._arrivals.get(key, time))
        self._said.setdefault(key, counter)
        viewer.events[key] += 1
        if viewer.events[key] > 1 and not self._is_uncertain(key):
            self.fault("doubled", number, f"event {key if publisher else counter} came {viewer.events[key]} times")
        if publisher is None:
            return
        if viewer.events[key] == 1 and "sent" in self.rules.published.get(key, {}):
            viewer.delays[key] = time - self.rules.published[key]["sent"]
        last = viewer.last_counter.get(publisher, counter - 1)
        if counter < last and viewer.events[key] == 1 and not self._is_uncertain(key):
            self.fault("order", number, f"event {counter} of {publisher} came after {last}")
        viewer.last_counter[publisher] = max(last, counter)

    def _is_uncertain(self, key):
        """Whether its publisher had to send it again, since it could not know what became of it."""
        return self.rules.published.get(key, {}).get("times", 1) > 1

    # All together

    def _check_final(self):
        """Who is there at the end holds of every character the highest version that anybody was told."""
        highest = {}
        for viewer in self._viewers.values():
            for who, stamp in viewer.stamps.items():
                if who not in highest or stamp > highest[who]:
                    highest[who] = stamp
        for number, viewer in self._viewers.items():
            for who, stamp in highest.items() if viewer.open else ():
                mine = viewer.stamps.get(who)
                # Who was removed before a viewer came is rightly unknown to it.
                if mine != stamp and not (mine is None and self._contents[who, stamp] == REMOVED):
                    self.fault("final", number, f"{who} ends at {mine}, the latest is {stamp}")
        for who, content in self.rules.states.items():
            told = self._contents.get((who, highest.get(who)))
            if told is None or tuple(told) != tuple(content):
                self.fault("published", "-", f"{who} ends as {told}, its publisher said {tuple(content)}")

    def _check_events(self):
        due = dict(self._arrivals)
        for key, entry in self.rules.published.items():
            if entry.get("acked") is not None:
                due[key] = min(entry["acked"], due.get(key, entry["acked"]))
        for number, viewer in self._viewers.items():
            if not viewer.open or viewer.first_open is None:
                continue
            missed = [key for key, time in due.items()
                      if key not in viewer.events and time > viewer.first_open + MARGIN
                      and not self._is_excused(key, time, viewer)]
            if len(missed) > viewer.announced:
                shown = ", ".join(str(self._said.get(x, x))[:160] for x in missed[:3])
                self.fault("lost", number, f"{len(missed)} events missing, {viewer.announced} announced: {shown}")

    def _check_delays(self):
        """Nobody who stayed where it was had to wait for what was said once."""
        for number, viewer in self._viewers.items():
            if viewer.lost_at is not None:
                viewer.delays.clear()
            for key in [x for x in viewer.delays if self._is_uncertain(x)]:
                del viewer.delays[key]
            if self.rules.max_delay is None:
                continue
            for key, delay in viewer.delays.items():
                if delay > self.rules.max_delay:
                    self.fault("late", number, f"event {key} took {delay:.2f} s")

    def _is_excused(self, key, time, viewer):
        if any(begin - MARGIN < time < end + MARGIN for begin, end in viewer.unresumed):
            return True
        entry = self.rules.published.get(key)
        if entry is not None and entry.get("acked") is None:
            return True
        said_at = entry["acked"] if entry else time
        return any(death - DEATH_MARGIN < said_at < death + MARGIN for death in self.rules.deaths)

    def _summarize(self):
        viewers = self._viewers.values()
        journal = [x for each in self.recording.journals.values() for x in each]
        silence, who = max((x.silence for x in viewers), default=(0.0, None), key=lambda x: x[0])
        self.summary = {
            "good": self.good, "viewers": len(self._viewers), "frames": len(self.recording.frames),
            "deliveries": sum(happening == FRAME for _, happening, _ in journal),
            "reconnections": sum(happening in (CLOSED, CUT) for _, happening, _ in journal),
            "unresumed": sum(len(x.unresumed) for x in viewers), "announced": sum(x.announced for x in viewers),
            "characters": len({who for who, _ in self._contents}), "events": len(self._arrivals),
            "longest_silence": round(silence, 3), "most_silent": who,
            "longest_delay": round(max((y for x in viewers for y in x.delays.values()), default=0.0), 3), "faults": dict(self._count),
        }


def read_published(path):
    """Events and last states of a file of publishers."""
    events, states = {}, {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            entry = json.loads(line)
            if "character" in entry:
                states[entry["character"]] = tuple(entry["content"])
            else:
                events[entry["publisher"], entry["counter"]] = entry
    return events, states


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--published", metavar="FILE")
    parser.add_argument("--died", type=float, action="append", default=[], metavar="SECONDS",
                        help="when a node was killed, since the epoch; may be given again")
    parser.add_argument("--moving", action="append", default=[], metavar="STATE",
                        help="a state in which a character moves all the time")
    parser.add_argument("--max-silence", type=float, metavar="SECONDS", help="for which such a one may stand still")
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")
    options = parser.parse_args()
    rules = Rules(deaths=options.died, moving=frozenset(options.moving), max_silence=options.max_silence)
    try:
        if options.published:
            rules.published, rules.states = read_published(options.published)
        recording = Recording.load(options.folder)
    except (OSError, ValueError, KeyError, struct.error) as error:
        print(f"checker: {error}", file=sys.stderr)
        return 2
    checker = Checker(recording, rules).check()
    for fault in checker.faults:
        print(fault, file=sys.stderr)
    print(json.dumps(checker.summary) if options.json else "\n".join(f"{k}: {v}" for k, v in checker.summary.items()))
    return 0 if checker.good else 1


if __name__ == "__main__":
    sys.exit(main())
