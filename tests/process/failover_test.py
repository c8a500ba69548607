"""Clients that go on at another node when theirs dies: here two nodes that know nothing of each other."""

import asyncio
import json

from publish_test import PublishTest, make_recording
from viewers import Viewer, change, program, run

PATIENCE = 60


class Failover(PublishTest):
    async def test_a_viewer_is_given_a_snapshot_where_its_position_means_nothing(self):
        first, second = self.start(), self.start()
        for node, name in ((first, "only-first"), (second, "only-second")):
            await (await self.enter(Viewer(node.websocket_url()))).ask("batch", [change(name)])
        watching = await asyncio.create_subprocess_exec(
            program(), "watch", first.websocket_url(), second.websocket_url(), "--json", "--snapshot",
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
        self.addCleanup(self.end, watching)
        welcome = await self.until(watching, lambda x: x["type"] == "welcome")
        self.assertEqual(welcome["data"]["node"], first.name)
        await self.until(watching, lambda x: "only-first" in json.dumps(x))
        await asyncio.to_thread(first.kill)
        welcome = await self.until(watching, lambda x: x["type"] == "welcome")
        self.assertEqual(welcome["data"]["node"], second.name)
        self.assertFalse(welcome["data"]["resumed"])
        await self.until(watching, lambda x: "only-second" in json.dumps(x))

    @staticmethod
    async def until(process, wanted):
        """The first message that is wanted."""
        async def read():
            while line := await process.stdout.readline():
                if wanted(message := json.loads(line)):
                    return message
            raise AssertionError("it ended: " + (await process.stderr.read()).decode())
        return await asyncio.wait_for(read(), PATIENCE)

    async def test_a_publisher_tells_the_other_node_everything(self):
        rows = make_recording(5)
        first, second = self.start(), self.start()
        before, after = await self.join(first), await self.join(second)
        publishing = await self.begin_publish(first.websocket_url(), second.websocket_url(), self.write(rows),
                                              "--speed", "5")
        await before.until(lambda: before.states, "the first rows")
        await asyncio.to_thread(first.kill)
        self.assertIn("reconnect", await self.finish(publishing))
        await self.ends_right(after, rows)

    async def test_the_first_that_answers_is_taken(self):
        first, second = self.start(), self.start()
        dead = first.websocket_url()
        first.stop()
        rows = make_recording(6, seconds=2)
        after = await self.join(second)
        await self.finish(await self.begin_publish(dead, second.websocket_url(), self.write(rows), "--speed", "max"))
        await self.ends_right(after, rows)


if __name__ == "__main__":
    run()
