"""Names pass one check, however they come in: by URL, message, command line and admin query. And what comes in by them
never goes out again as anything but UTF-8."""

import asyncio
import subprocess
import urllib.parse
import urllib.error
import urllib.request

from admin import call
from viewers import Viewer, ViewerTest, event, program, run

WRONG = {
    "evnt:chat": "is 'evnt:chat'; give 'world'",
    "": "is ''; give 'world'",
    "event:": "is 'event:'; give 'world'",
    "event:" + "x" * 257: "with a name of 257 bytes; give 'world'",
    b"event:\xff": "is not valid UTF-8; give 'world'",
}


class Names(ViewerTest):
    async def join(self, *channels, position=None):
        query = [("subscribe", x) for x in channels] + ([("position", position)] if position else [])
        return await self.enter(Viewer(self.node.websocket_url() + "?" + urllib.parse.urlencode(query)))

    async def test_a_channel_that_does_not_exist_is_answered_wherever_it_stands(self):
        self.node = self.start()
        for channel, fault in WRONG.items():
            for form in ("json", "msgpack"):
                url = self.node.websocket_url() + "?" + urllib.parse.urlencode({"subscribe": channel})
                viewer = await self.enter(Viewer(url, form))
                await viewer.until(lambda: viewer.errors, f"what is wrong with {channel}")
                self.assertEqual(viewer.errors[0]["code"], 1001)
                self.assertIn("'subscribe' in the URL ", viewer.errors[0]["message"])
                self.assertIn(fault, viewer.errors[0]["message"])
                # The connection stands, and what it says now goes out as UTF-8.
                answer = await viewer.ask("subscribe", {"channels": ["event:chat"]})
                self.assertEqual(answer["data"]["channels"], ["event:chat"])
                await viewer.close()
            if isinstance(channel, str):
                viewer = await self.join("none")
                answer = await viewer.ask("subscribe", {"channels": [channel]})
                self.assertIn("subscribe: channel 0 ", answer["data"]["message"])
                self.assertIn(fault, answer["data"]["message"])
                await viewer.close()

    async def test_the_good_channels_of_a_url_are_in_force_beside_a_bad_one(self):
        self.node = self.start()
        viewer = await self.join("evnt:chat", "event:sale")
        await viewer.ask("event_notification", event(1)["data"])
        await viewer.ask("event_notification", {"event_type": "sale", "data": {"n": 2}})
        await viewer.until(lambda: viewer.events, "the sale")
        self.assertEqual([x["event_type"] for x in viewer.events], ["sale"])

    async def test_none_shows_nothing_to_a_publisher(self):
        self.node = self.start()
        world = await self.enter(Viewer(self.node.websocket_url()))
        publisher = await self.join("none")
        again = await self.join("none", position=world.position)
        for n in range(3):
            self.assertTrue((await publisher.ask("event_notification", event(n)["data"]))["data"]["ok"])
        await world.until(lambda: len(world.events) == 3, "the events")
        for x in (publisher, again):
            await x.ask("heartbeat")
            self.assertEqual((x.events, x.errors), ([], []))
        # By message too, and the world comes back when it is asked for.
        self.assertEqual((await world.ask("subscribe", {"channels": ["none"]}))["data"]["channels"], [])
        answer = await publisher.ask("subscribe", {"channels": ["none", "world"]})
        self.assertEqual(answer["data"]["channels"], ["world"])

    async def test_the_commands_refuse_names_that_cannot_be(self):
        self.node = self.start()
        url = self.node.websocket_url()
        for channel, fault in WRONG.items():
            for command in ("watch", "load"):
                result = await asyncio.to_thread(
                    subprocess.run, [program(), command, url, "--subscribe", channel], capture_output=True, timeout=20)
                self.assertEqual(result.returncode, 2, result)
                self.assertIn("--subscribe ", result.stderr.decode())
                self.assertIn(fault, result.stderr.decode())
        admin = ["--admin", self.node.admin_url("")]
        for line in (["why", "--connection", "c1", "--character", b"\xff"], ["trace", b"character:\xff"],
                     ["trace", b"event:" + b"x" * 257], ["act", "pause", b"\xff"], ["act", "pause", "x" * 257]):
            result = subprocess.run([program(), *line, *admin], capture_output=True, timeout=20)
            self.assertEqual(result.returncode, 2, result)
            self.assertIn("give 1 to 256", result.stderr.decode())

    async def test_the_admin_api_refuses_names_that_cannot_be(self):
        self.node = self.start()
        for page in ("why?connection=c1&character=%ff", "why?connection=%ff&character=7", "why?connection=c1&character=",
                     "why?connection=c1&character=" + "x" * 257, "actors?filter=%ff", "actors/%ff", "traces/%ff",
                     "actors?%ff=1"):
            status, answer = await asyncio.to_thread(call, self.node, page)
            self.assertEqual(status, 400, (page, answer))
            self.assertTrue(answer["error"])
        for body in ({"subject": "event:" + "x" * 257}, {"subject": "character:"}):
            status, answer = await asyncio.to_thread(call, self.node, "traces", body)
            self.assertEqual(status, 400, answer)
        status, answer = await asyncio.to_thread(call, self.node, "actions", {"action": "pause", "character": ""})
        self.assertEqual(status, 400, answer)

    async def test_what_a_url_holds_is_not_shown_to_operators_as_anything_but_utf8(self):
        self.node = self.start()
        url = self.node.websocket_url() + "?subscribe=event:%ff&position=%ff"
        await self.enter(Viewer(url))
        for page in ("actors?state=true&limit=1000", "connections"):
            with urllib.request.urlopen(self.node.admin_url("/api/v1/" + page), timeout=20) as reply:
                reply.read().decode("utf-8")


if __name__ == "__main__":
    run()
