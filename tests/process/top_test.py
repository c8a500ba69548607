"""`towncrier top` in a real terminal: what it shows, its keys, resizing, a node that goes, and how it ends."""

import signal
import time

from pty_program import PtyProgram
from viewers import Viewer, ViewerTest, program, run

DOWN, PAGE_DOWN, HOME, ESCAPE, BACKSPACE, INTERRUPT = "\x1b[B", "\x1b[6~", "\x1b[H", "\x1b", "\x7f", "\x03"


def actors(screen):
    """The names in a list: what stands in the column of actors."""
    at = screen[1].find("ACTOR")
    return [x[at:] for x in screen[2:-1] if x[at:]]


class Top(ViewerTest):
    def open(self, node, *options, **how):
        top = PtyProgram([program(), "top", "--admin", node.admin_url(""), *options], **how)
        top.__enter__()
        self.addCleanup(top.__exit__)
        return top

    def shows(self, top, name):
        return top.until(lambda s: any(name in x for x in actors(s)), name)

    async def test_shows_sorts_filters_and_looks_at_one(self):
        node = self.start("--world.characters", "40", "--world.tick", "100ms")
        viewer = await self.enter(Viewer(node.websocket_url()))
        name = f"connection {viewer.welcome['connection_id']}"
        top = self.open(node)
        shown = self.shows(top, "batcher")
        self.assertIn(f"node {node.name}", shown[0])
        self.assertIn(">BUSY%", shown[1])
        self.assertLessEqual(max(map(len, shown)), 80)
        top.press("m")
        top.until(lambda s: ">MAILBOX" in s[1], "another order")
        top.press("b/" + name.replace(" ", ":"))
        top.until(lambda s: actors(s) == [name], "what the filter leaves")
        top.press("\r\r")
        top.until(lambda s: s[0].startswith(name) and any("phase" in x and "live" in x for x in s), "its state")
        # It is live: what it was given grows.
        def handled(screen):
            return next((x for x in screen if x.startswith("handled")), "")
        before = handled(top.screen())
        top.until(lambda s: handled(s) not in ("", before), "what it does")
        await viewer.close()
        top.until(lambda s: "has ended" in s[-1], "its end")
        top.press(BACKSPACE + ESCAPE)
        self.shows(top, "character_publisher")
        top.press("q")
        self.assertEqual(top.wait(), 0)
        self.assertTrue(top.restored)

    async def test_fits_after_it_was_resized(self):
        node = self.start("--world.characters", "40")
        top = self.open(node)
        self.shows(top, "batcher")
        for rows, columns in ((50, 160), (10, 40), (2, 12), (24, 80)):
            top.resize(rows, columns)
            top.until(lambda s: max(map(len, s)) <= columns and s[-1].startswith("b h m w"[:columns - 1]),
                      "lines that fit, the footer the last of them")
        self.shows(top, "batcher")
        top.press(INTERRUPT)
        self.assertEqual(top.wait(), 0)
        self.assertTrue(top.restored)

    async def test_says_that_the_node_is_gone_and_finds_it_again(self):
        node = self.start()
        port = node.admin[1]
        top = self.open(node)
        self.shows(top, "batcher")
        node.kill()
        shown = top.until(lambda s: "no answer" in s[-1], "the error")
        self.assertTrue(any("batcher" in x for x in actors(shown)))
        self.start("--admin.listen", f"127.0.0.1:{port}")
        top.until(lambda s: "no answer" not in s[-1], "the node")
        top.press("q")
        self.assertEqual(top.wait(), 0)

    async def test_does_not_hang_with_the_node(self):
        node = self.start()
        for end in ("q", INTERRUPT, signal.SIGTERM):
            top = self.open(node)
            self.shows(top, "batcher")
            node.send_signal(signal.SIGSTOP)
            try:
                time.sleep(1.5)  # so that it is asking
                top.press(DOWN + PAGE_DOWN + HOME)
                begin = time.monotonic()
                if isinstance(end, str):
                    top.press(end)
                else:
                    top.process.send_signal(end)
                self.assertEqual(top.wait(), 0)
                self.assertLess(time.monotonic() - begin, 6, "sooner than the question is given up")
                self.assertTrue(top.restored, end)
            finally:
                node.send_signal(signal.SIGCONT)

    async def test_says_at_once_what_it_cannot_reach(self):
        with PtyProgram([program(), "top", "--admin", "http://127.0.0.1:1"]) as top:
            top.until(lambda s: "Connection refused" in s[-1], "why")
            top.press("q")
            self.assertEqual(top.wait(), 0)


if __name__ == "__main__":
    run()
