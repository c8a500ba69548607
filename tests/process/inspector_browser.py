"""An operator at the inspector page in headless Chromium, whom a test tells what to do and asks what is to be seen.

    with InspectorBrowser() as browser:
        await browser.do("open", url=node.admin_url("/inspector"))
        await browser.until("cluster", lambda seen: len(seen["nodes"]) == 3, "three nodes")

What can be done and seen is in `nodes/page/e2e/operator_looks.mjs`.
"""

import asyncio
import json
import os
import pathlib
import subprocess
import threading
import time

PAGE = pathlib.Path(__file__).resolve().parent.parent.parent / "nodes" / "page"
# Seconds that anything may take; a browser on a loaded machine is slow, not wrong.
PATIENCE = 45.0


class InspectorBrowser:
    """One browser with one page. AssertionError where the page does not do or show in time what it should."""

    def __enter__(self):
        # Without its stdin it ends: it does not outlive the test.
        self._process = subprocess.Popen(["node", PAGE / "e2e" / "operator.mjs"], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True, env=os.environ)
        self._lock = threading.Lock()
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    async def do(self, deed, /, **how):
        """Does something, or looks; what is seen."""
        return await asyncio.to_thread(self._ask, deed, how)

    async def until(self, look, condition, what, timeout=PATIENCE):
        """Looks again and again until the condition holds of what is seen; that."""
        deadline = time.monotonic() + timeout
        while not _holds(condition, seen := await self.do(look)):
            if time.monotonic() > deadline:
                raise AssertionError(f"{what} did not come in {timeout} s: {json.dumps(seen, indent=1)}")
            await asyncio.sleep(0.1)
        return seen

    def _ask(self, deed, how):
        with self._lock:
            self._process.stdin.write(json.dumps({"do": deed, **how}) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        if not line:
            raise AssertionError("the browser has ended")
        said = json.loads(line)
        if "error" in said:
            raise AssertionError(said["error"])
        return said["answer"]


def _holds(condition, seen):
    """What is not there yet is no error."""
    try:
        return condition(seen)
    except (KeyError, IndexError, TypeError, StopIteration):
        return False
