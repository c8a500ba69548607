#!/usr/bin/env python3
"""The checker finds each fault it is for, in recordings that were broken on purpose, and nothing in good ones."""

import tempfile
import unittest

from checker import Checker, Rules
from recording import BREACH, CLOSED, CONNECTING, CUT, LEFT, OPEN, REFUSED, Recording, Writer

VIEWERS = 4
T0 = 1_000_000.0


def change(who, version, state="MOVE", epoch=1, x=None):
    return {"type": "state_change", "timestamp": 1.0,
            "data": {"character_id": who, "new_state": state, "previous_state": "MOVE", "location": "Ring",
                     "x": float(version) if x is None else x, "y": 2.0, "epoch": epoch, "version": version}}


def removed(who, version):
    return {"type": "character_removed", "data": {"character_id": who, "epoch": 1, "version": version}, "timestamp": 1.0}


def update(who, version, state="MOVE", epoch=1):
    data = change(who, version, state, epoch)["data"]
    data["state"] = data.pop("new_state")
    del data["previous_state"]
    return {"type": "character_update", "timestamp": 1.0, "data": {"name": "N", "attributes": {}, **data}}


def event(counter, publisher="p"):
    return {"type": "event_notification", "timestamp": 1.0,
            "data": {"event_type": "test", "timestamp": 1.0, "data": {"publisher": publisher, "counter": counter}}}


def chat(text):
    return {"type": "event_notification", "timestamp": 1.0,
            "data": {"event_type": "chat", "timestamp": 1.0, "data": {"day": 1, "time": "08:15", "text": text}}}


def batch(*messages):
    return {"type": "batch", "data": list(messages), "timestamp": 1.0}


def welcome(resumed=False, incarnation=5):
    return {"type": "welcome", "timestamp": 1.0,
            "data": {"resumed": resumed, "position": "a:b:1", "node": "a", "incarnation": incarnation}}


def lag(dropped):
    return {"type": "lag", "data": {"conflated": 0, "dropped_events": dropped, "behind_ms": 1}, "timestamp": 1.0}


class CheckerTest(unittest.TestCase):
    """`all_see` tells every viewer; what a test leaves out or adds for one of them is what must be found."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.writer = Writer(self.folder, VIEWERS)
        self.rules = Rules()
        self.time = T0
        for viewer in range(VIEWERS):
            self.open(viewer)
        self.time += 2
        self.all_see(batch(update("a", 1), update(7, 1)))

    def open(self, viewer, resumed=None, incarnation=5):
        self.writer.note(self.time, viewer, CONNECTING, 0)
        self.writer.note(self.time, viewer, OPEN, int(resumed is not None))
        self.writer.give(self.time, viewer, welcome(bool(resumed), incarnation))

    def all_see(self, message, but=()):
        self.time += 0.2
        for viewer in range(VIEWERS):
            if viewer not in but:
                self.writer.give(self.time, viewer, message)

    def see(self, viewer, message):
        self.writer.give(self.time, viewer, message)

    def lose(self, viewer, how=CUT):
        self.time += 0.2
        self.writer.note(self.time, viewer, how, 0)

    def check(self, *kinds):
        """Exactly these kinds of faults are found."""
        for viewer in range(VIEWERS):
            self.writer.note(self.time + 1, viewer, LEFT)
        self.writer.save()
        checker = Checker(Recording.load(self.folder), self.rules).check()
        self.assertEqual({x.kind for x in checker.faults}, set(kinds), [str(x) for x in checker.faults])
        self.assertEqual(checker.good, not kinds)
        return checker

    # Good ones

    def test_a_good_recording_has_no_fault(self):
        for n in range(1, 20):
            self.all_see(batch(change("a", n + 1), event(n), chat(f"talk {n}")))
        checker = self.check()
        self.assertEqual(checker.summary["events"], 38)
        self.assertEqual(checker.summary["characters"], 2)

    def test_a_resumed_viewer_is_good(self):
        self.all_see(batch(change("a", 2), event(1)))
        self.lose(1)
        self.all_see(batch(change("a", 3), event(2)), but=[1])
        self.open(1, resumed=True)
        self.see(1, batch(change("a", 3), event(2)))
        self.all_see(batch(change("a", 4), event(3)))
        self.assertEqual(self.check().summary["reconnections"], 1)

    def test_a_gap_that_was_announced_is_good(self):
        self.all_see(event(1))
        self.lose(1, CLOSED)
        self.all_see(batch(change("a", 2), event(2)), but=[1])
        self.open(1, resumed=False)
        self.see(1, batch(update("a", 2), update(7, 1)))
        self.all_see(event(3), but=[2])
        self.see(2, lag(1))
        self.all_see(event(4))
        self.check()

    def test_a_snapshot_may_repeat(self):
        self.all_see(change("a", 2))
        self.see(0, update("a", 2))
        self.check()

    def test_conflated_versions_are_good(self):
        self.all_see(change("a", 2), but=[3])
        self.all_see(change("a", 3))
        self.check()

    def test_who_came_late_need_not_know_of_before(self):
        self.writer = Writer(self.folder, VIEWERS)
        for viewer in range(VIEWERS - 1):
            self.open(viewer)
        self.time += 2
        self.all_see(batch(event(1), removed("gone", 5)), but=[3])
        self.time += 2
        self.open(3)
        self.time += 2
        self.all_see(event(2))
        self.check()

    def test_what_a_dead_node_took_with_it_is_good(self):
        self.all_see(event(1))
        self.all_see(event(2), but=[3])
        self.rules.deaths = [self.time + 0.1]
        self.all_see(event(1, "q"))
        self.check()

    def test_what_had_to_be_sent_again_may_double(self):
        self.rules.published = {("p", n): {"times": 2 if n == 2 else 1, "acked": self.time} for n in (1, 2, 3)}
        for n in (1, 2, 3, 2):
            self.all_see(event(n))
        self.check()

    def test_who_lost_its_connection_may_have_to_wait(self):
        self.rules.published = {("p", 1): {"times": 1, "sent": self.time, "acked": self.time}}
        self.rules.max_delay = 1.0
        self.lose(1)
        self.all_see(event(1), but=[1])
        self.time += 2
        self.open(1, resumed=True)
        self.see(1, event(1))
        self.check()

    # Broken ones

    def test_finds_a_version_that_falls(self):
        self.all_see(change("a", 3))
        self.see(2, change("a", 2))
        self.check("fell")

    def test_finds_an_epoch_that_falls(self):
        self.all_see(change("a", 1, epoch=2))
        self.see(1, change("a", 900, epoch=1))
        self.check("fell")

    def test_a_life_that_stands_alone_may_begin_at_any_epoch(self):
        self.rules.lives_stand_alone = True
        self.all_see(batch(change("a", 1, epoch=2), change(7, 1, epoch=2)))
        for viewer in range(VIEWERS):
            self.lose(viewer)
            self.open(viewer, resumed=False, incarnation=3)
        self.all_see(batch(update("a", 1), update(7, 1)))
        self.check()

    def test_finds_an_epoch_that_falls_in_one_life(self):
        self.rules.lives_stand_alone = True
        self.all_see(change("a", 1, epoch=2))
        self.lose(1)
        self.open(1, resumed=False)
        self.see(1, batch(update("a", 1), update(7, 1)))
        self.check("fell")

    def test_finds_a_version_that_falls_within_a_batch(self):
        self.all_see(batch(change("a", 3), change("a", 2)))
        self.check("fell")

    def test_finds_a_version_that_falls_over_a_reconnection(self):
        self.all_see(change("a", 3))
        self.lose(1)
        self.open(1, resumed=False)
        self.see(1, batch(update("a", 2), update(7, 1)))
        self.see(1, change("a", 3))
        self.check("fell")

    def test_finds_two_contents_of_one_version(self):
        self.all_see(change("a", 2), but=[1])
        self.see(1, change("a", 2, state="SLEEP"))
        self.check("contested")

    def test_finds_a_viewer_that_ends_behind(self):
        self.all_see(change("a", 2), but=[3])
        self.check("final")

    def test_finds_a_character_that_one_viewer_never_saw(self):
        self.all_see(update("b", 1), but=[0])
        self.check("final")

    def test_finds_a_removal_that_one_viewer_missed(self):
        self.all_see(removed("a", 2), but=[0])
        self.check("final")

    def test_finds_an_end_that_is_not_the_publishers(self):
        self.all_see(change("a", 2))
        self.rules.states = {"a": ("MOVE", "Ring", 3.0, 2.0), "7": ("MOVE", "Ring", 1.0, 2.0)}
        self.check("published")

    def test_finds_a_published_character_that_nobody_saw(self):
        self.rules.states = {"nobody": ("MOVE", "Ring", 1.0, 2.0)}
        self.check("published")

    def test_finds_a_lost_event(self):
        self.all_see(event(1))
        self.all_see(event(2), but=[1])
        self.all_see(event(3))
        self.check("lost")

    def test_finds_a_lost_event_of_the_town(self):
        self.all_see(chat("hello"), but=[1])
        self.check("lost")

    def test_finds_a_lost_last_event(self):
        self.rules.published = {("p", 1): {"times": 1, "acked": self.time}}
        self.check("lost")

    def test_finds_more_lost_than_announced(self):
        self.all_see(event(1))
        self.see(1, lag(1))
        self.all_see(event(2), but=[1])
        self.all_see(event(3), but=[1])
        self.all_see(event(4))
        self.check("lost")

    def test_finds_a_gap_in_what_was_said_to_be_resumed(self):
        self.all_see(event(1))
        self.lose(1)
        self.all_see(event(2), but=[1])
        self.open(1, resumed=True)
        self.all_see(event(3))
        self.check("lost")

    def test_a_gap_elsewhere_is_not_excused_by_one_that_was_announced(self):
        self.lose(1)
        self.open(1, resumed=False)
        self.time += 5
        self.all_see(event(1), but=[1])
        self.check("lost")

    def test_a_death_excuses_nothing_that_was_long_before(self):
        self.all_see(event(1), but=[3])
        self.rules.deaths = [self.time + 10]
        self.check("lost")

    def test_finds_a_doubled_event(self):
        self.all_see(event(1))
        self.see(2, event(1))
        self.check("doubled")

    def test_finds_an_event_that_a_resumption_gave_again(self):
        self.all_see(event(1))
        self.lose(1)
        self.open(1, resumed=True)
        self.see(1, event(1))
        self.check("doubled")

    def test_finds_a_doubled_event_of_the_town(self):
        self.all_see(chat("hello"))
        self.see(0, chat("hello"))
        self.check("doubled")

    def test_finds_events_out_of_order(self):
        for n in (1, 3, 2, 4):
            self.all_see(event(n))
        self.check("order")

    def test_finds_a_character_that_stands_still(self):
        self.rules.moving, self.rules.max_silence = frozenset(["MOVE"]), 2.0
        self.all_see(change("a", 2))
        self.time += 2.5
        self.all_see(change("a", 3))
        self.assertGreater(self.check("silence").summary["longest_silence"], 2.5)

    def test_finds_an_event_that_took_long(self):
        self.rules.published = {("p", 1): {"times": 1, "sent": self.time, "acked": self.time + 2}}
        self.rules.max_delay = 1.0
        self.time += 1
        self.all_see(event(1))
        self.assertAlmostEqual(self.check("late").summary["longest_delay"], 1.2)

    def test_who_rests_may_stand_still(self):
        self.rules.moving, self.rules.max_silence = frozenset(["MOVE"]), 2.0
        self.all_see(change("a", 2, "SLEEP"))
        self.time += 5
        self.all_see(change("a", 3))
        self.check()

    def test_a_repeated_version_is_no_movement(self):
        self.rules.moving, self.rules.max_silence = frozenset(["MOVE"]), 2.0
        self.all_see(change("a", 2))
        for _ in range(2):
            self.time += 1.2
            self.all_see(update("a", 2))
        self.time += 0.2
        self.all_see(change("a", 3))
        self.check("silence")

    def test_finds_a_viewer_that_was_not_let_in_again(self):
        self.lose(1)
        self.writer.note(self.time, 1, REFUSED, 503)
        self.check("absent")

    def test_finds_what_is_no_message(self):
        self.see(0, {"type": "state_change", "data": {"character_id": "a"}})
        self.check("protocol")

    def test_finds_an_error(self):
        self.see(0, {"type": "error", "data": {"code": 1004, "message": "broken"}, "timestamp": 1.0})
        self.check("protocol")

    def test_finds_a_breach_of_the_websocket(self):
        self.writer.note(self.time, 0, BREACH, 3)
        self.check("protocol")


if __name__ == "__main__":
    unittest.main()
