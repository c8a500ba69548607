"""A viewer that was cut off takes up where it was: exactly what it missed, no gap, no duplicate; or a snapshot."""

import asyncio
import itertools
import random

from viewers import SMALL_BUFFERS, Viewer, ViewerTest, change, event, eventually, metric, numbers, run

SEEDS = 5
VIEWERS = 50


class Publisher:
    """Numbers events, and moves a character with each."""

    def __init__(self, viewer):
        self.viewer = viewer
        self.number = 0

    async def publish(self, count, **more):
        messages = []
        for self.number in range(self.number + 1, self.number + count + 1):
            messages += [event(self.number, **more), change(f"c{self.number % 7}", f"S{self.number}", x=self.number, y=0)]
        answer = await self.viewer.ask("batch", messages)
        assert answer["data"].get("ok"), answer

    async def keep_publishing(self, dice):
        while True:
            await self.publish(dice.randint(1, 5))
            await asyncio.sleep(dice.uniform(0, 0.01))


class Resume(ViewerTest):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.node = self.start("--edge.resume-grace", "3s", "--edge.flush-window", "1ms")
        self.publisher = Publisher(await self.enter(Viewer(self.node.websocket_url())))

    async def watch(self, form="json", path="/"):
        """A viewer that has been given everything up to now and is shown what happens."""
        viewer = await self.enter(Viewer(self.node.websocket_url(path), form))
        await viewer.ask("subscribe", {"channels": ["world"], "snapshot": True})
        await self.publisher.publish(1)
        await self.reaches(viewer)
        return viewer

    async def reaches(self, viewer):
        wanted = self.publisher.number
        await viewer.until(lambda: viewer.events and numbers(viewer)[-1] >= wanted, f"event {wanted}")
        await viewer.until(lambda: wanted < 1 or viewer.states.get(f"c{wanted % 7}", {}).get("state") == f"S{wanted}"
                           or numbers(viewer)[-1] > wanted, f"state {wanted}")

    async def come_back(self, old, how):
        """A viewer that goes on where the old one was cut; `how` is 'url' or 'message'."""
        path = f"/?position={old.position}" if how == "url" else "/"
        viewer = await self.enter(Viewer(self.node.websocket_url(path), old.form))
        if how == "message":
            answer = await viewer.ask("resume", {"position": old.position})
            self.assertEqual(answer["data"].get("data"), {"resumed": True}, answer)
        else:
            self.assertTrue(viewer.welcome["resumed"], viewer.welcome)
        return viewer

    def check(self, parts):
        seen = list(itertools.chain.from_iterable(map(numbers, parts)))
        self.assertEqual(seen, list(range(seen[0], seen[0] + len(seen))))
        self.assertFalse([x for part in parts for x in part.faults + part.lags])

    async def cut_and_back(self, form, how):
        parts = [await self.watch(form)]
        for missed in (60, 1, 0, 300):
            await parts[-1].cut()
            if missed:
                await self.publisher.publish(missed)
            parts.append(await self.come_back(parts[-1], how))
            await self.publisher.publish(2)
            await self.reaches(parts[-1])
        self.check(parts)
        self.assertEqual(numbers(parts[-1])[-1], self.publisher.number)

    async def test_gets_what_it_missed_by_the_url(self):
        await self.cut_and_back("json", "url")

    async def test_gets_what_it_missed_by_a_message(self):
        await self.cut_and_back("json", "message")

    async def test_gets_what_it_missed_in_messagepack(self):
        await self.cut_and_back("msgpack", "url")
        await self.cut_and_back("msgpack", "message")

    async def test_goes_on_from_the_position_it_is_given_at_once(self):
        first = await self.watch()
        await first.cut()
        await self.publisher.publish(40)
        # Cut again before anything but the welcome may have come.
        second = Viewer(self.node.websocket_url(f"/?position={first.position}"))
        await second.connect()
        await second.until(lambda: second.welcome, "the welcome")
        await second.cut()
        third = await self.come_back(second, "message")
        wanted = self.publisher.number
        await third.until(lambda: wanted in numbers(second) + numbers(third), "what both missed")
        self.check([first, second, third])

    async def test_starts_anew_from_a_position_that_is_none(self):
        bad = ("forged", ":::", "vm:1", "a:b:99999", "x" * 3000)
        for form, position in itertools.product(("json", "msgpack"), bad):
            await self.publisher.publish(7)
            viewer = await self.enter(Viewer(self.node.websocket_url(f"/?position={position}"), form))
            self.assertFalse(viewer.welcome["resumed"])
            await viewer.until(lambda v=viewer: len(v.states) == 7, f"a snapshot for {position[:20]!r} in the URL")
            await viewer.close()
            viewer = await self.enter(Viewer(self.node.websocket_url(), form))
            answer = await viewer.ask("resume", {"position": position})
            self.assertEqual(answer["data"].get("data"), {"resumed": False}, answer)
            await viewer.until(lambda v=viewer: len(v.states) == 7, f"a snapshot for {position[:20]!r}")
            self.assertEqual((viewer.events, viewer.faults), ([], []))
            await viewer.close()

    async def test_goes_on_from_a_position_before_everything(self):
        for how in ("message", "url"):
            with self.subTest(how=how):
                self.node = self.start("--edge.resume-grace", "3s")
                self.publisher = Publisher(await self.enter(Viewer(self.node.websocket_url())))
                early = await self.enter(Viewer(self.node.websocket_url()))
                await early.cut()
                await self.publisher.publish(7)
                late = await self.come_back(early, how)
                await self.reaches(late)
                self.check([late])
                self.assertEqual(len(late.events), 7)

    async def test_starts_anew_where_the_node_was_another(self):
        old = await self.watch()
        position = old.position
        await asyncio.to_thread(self.node.restart)
        self.publisher = Publisher(await self.enter(Viewer(self.node.websocket_url())))
        await self.publisher.publish(7)
        viewer = await self.enter(Viewer(self.node.websocket_url(f"/?position={position}")))
        self.assertFalse(viewer.welcome["resumed"])
        await viewer.until(lambda: len(viewer.states) == 7, "a snapshot")

    async def test_fifty_at_once_lose_nothing(self):
        for seed in range(SEEDS):
            with self.subTest(seed=seed):
                await self.storm(random.Random(seed))

    async def storm(self, dice):
        """All are cut at once while events go on, and come back at once; twice."""
        viewers = await asyncio.gather(*(self.watch(dice.choice(["json", "msgpack"])) for _ in range(VIEWERS)))
        stories = [[viewer] for viewer in viewers]
        busy = asyncio.create_task(self.publisher.keep_publishing(dice))
        try:
            for _ in range(2):
                await asyncio.gather(*(self.cut_later(story[-1], dice.uniform(0, 0.1)) for story in stories))
                back = await asyncio.gather(*(self.come_back(story[-1], dice.choice(["url", "message"]))
                                              for story in stories))
                for story, viewer in zip(stories, back):
                    story.append(viewer)
        finally:
            busy.cancel()
            await asyncio.gather(busy, return_exceptions=True)
        await self.publisher.publish(1)
        for story in stories:
            await self.reaches(story[-1])
            self.check(story)
        await asyncio.gather(*(story[-1].close() for story in stories))

    @staticmethod
    async def cut_later(viewer, delay):
        await asyncio.sleep(delay)
        await viewer.cut()


    async def test_says_nothing_twice_to_who_was_cut_within_a_large_batch(self):
        self.node = self.start("--edge.max-message-bytes", "4MiB", "--edge.max-queued-bytes", "16MiB")
        self.publisher = Publisher(await self.enter(Viewer(self.node.websocket_url())))
        first = await self.watch()
        first.stall()  # it takes one message more
        answer = await self.publisher.viewer.ask("batch", [event(n, words="x" * 8000) for n in range(2, 100)])
        self.assertTrue(answer["data"].get("ok"), answer)
        await first.until(lambda: len(first.events) > 1, "the first message of several")
        self.assertLess(len(first.events), 99)
        await first.cut()
        second = await self.come_back(first, "url")
        await second.until(lambda: numbers(second)[-1:] == [99], "the rest")
        self.check([first, second])

    async def test_bounds_what_waits_for_who_comes_back_and_does_not_read(self):
        node = self.node = self.start("--edge.max-queued-bytes", "64KiB", "--edge.max-event-bytes", "64KiB",
                                      "--edge.send-buffer", "16KiB", "--edge.resume-grace", "3s")
        self.publisher = publisher = Publisher(await self.enter(Viewer(node.websocket_url())))
        first = await self.watch()
        await first.cut()
        for _ in range(10):
            await publisher.publish(10, words="x" * 4000)
        stalled = [await self.come_back_and_stall(first) for _ in range(10)]
        reader = await self.come_back(first, "url")
        for _ in range(20):
            await publisher.publish(10, words="x" * 4000)
        await self.reaches(reader)
        self.check([first, reader])
        await eventually(lambda: metric(node, "towncrier_connections_behind") == len(stalled), "that all are behind")
        await publisher.publish(10)
        await self.reaches(reader)
        self.check([first, reader])
        for viewer in stalled:
            viewer.go_on()
            await self.reaches(viewer)
            await viewer.until(lambda v=viewer: self.versions(v) == self.versions(reader), "the latest states")
            self.check_lagged(first, viewer)
        await eventually(lambda: metric(node, "towncrier_connections_behind") == 0, "that nobody is behind")

    @staticmethod
    def versions(viewer):
        return {who: (x["state"], x["epoch"], x["version"]) for who, x in viewer.states.items()}

    async def come_back_and_stall(self, old):
        viewer = Viewer(self.node.websocket_url(f"/?position={old.position}"), **SMALL_BUFFERS)
        viewer.stall()
        viewer = await self.enter(viewer)
        self.assertTrue(viewer.welcome["resumed"])
        return viewer

    def check_lagged(self, old, viewer):
        """It was told of everything that it was not given."""
        seen = numbers(old) + numbers(viewer)
        self.assertEqual(seen, sorted(set(seen)))
        dropped = sum(x["dropped_events"] for x in viewer.lags)
        self.assertGreater(dropped, 0)
        self.assertEqual(seen[-1] - seen[0] + 1, len(seen) + dropped)
        self.assertEqual(viewer.faults, [])


class History(ViewerTest):
    async def test_starts_anew_where_history_no_longer_reaches(self):
        node = self.start("--edge.history-bytes", "64KiB")
        publisher = Publisher(await self.enter(Viewer(node.websocket_url())))
        viewer = await self.enter(Viewer(node.websocket_url()))
        await publisher.publish(7)
        await viewer.until(lambda: len(viewer.events) == 7, "the events")
        await viewer.cut()
        for _ in range(20):
            await publisher.publish(200)
        back = await self.enter(Viewer(node.websocket_url(f"/?position={viewer.position}")))
        self.assertFalse(back.welcome["resumed"])
        await back.until(lambda: len(back.states) == 7, "a snapshot")
        self.assertEqual({x["state"] for x in back.states.values()}, {f"S{4007 - n}" for n in range(7)})


if __name__ == "__main__":
    run()
