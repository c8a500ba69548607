"""What tests of the operators' surfaces share: the API by HTTP, the commands of the terminal, viewers that keep all."""

import asyncio
import json
import subprocess
import urllib.error
import urllib.request

from viewers import Viewer, event, program


class Admin:
    """A node of a cluster, as `call` wants one."""

    def __init__(self, url):
        self.url = url

    def admin_url(self, page=""):
        return self.url + page


def call(node, page, body=None, headers=None):
    """The status and the answer of a request to the API; a `body` is sent by POST."""
    data = None if body is None else json.dumps(body).encode()
    headers = {**({"Content-Type": "application/json"} if data else {}), **(headers or {})}
    request = urllib.request.Request(node.admin_url("/api/v1/" + page), data, headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.status, json.loads(reply.read())
    except urllib.error.HTTPError as error:
        text = error.read()
        return error.code, json.loads(text) if text.startswith(b"{") else text.decode()


def run_towncrier(node, *arguments, code=0):
    """What a command of inspection prints, and what it complains of."""
    result = subprocess.run([program(), *arguments, "--admin", node.admin_url("")], capture_output=True, text=True,
                            timeout=30, check=False)
    assert result.returncode == code, result
    return result.stdout, result.stderr


def towncrier(node, *arguments, code=0):
    return run_towncrier(node, *arguments, code=code)[0]


class Recorder(Viewer):
    """A viewer that keeps every (version, state) that it is told of, in order."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.seen = []

    def _take_character(self, kind, data):
        super()._take_character(kind, data)
        self.seen.append((data["version"], data.get("new_state", data.get("state"))))


async def is_behind(node, viewer):
    """Whether a viewer of this node was not given all that was meant for it."""
    label = viewer.welcome["connection_id"]
    _, found = await asyncio.to_thread(call, node, f"actors?kind=connection&label={label}")
    _, one = await asyncio.to_thread(call, node, f"actors/{found['actors'][0]['id']}")
    return one["state"] and one["state"]["behind"]


async def make_behind(viewer, node, publisher):
    """Lets a viewer of `node` (with SMALL_BUFFERS) stop reading, and publishes until it is behind and stays so."""
    viewer.stall()
    for number in range(4000):
        await publisher.send_raw(json.dumps(event(number, words="x" * 8000)))
        if number % 50 != 49 or not await is_behind(node, viewer):
            continue
        # The kernel may yet take what waits: it has to stay so.
        await asyncio.sleep(0.5)
        if await is_behind(node, viewer):
            break
    await publisher.ask("heartbeat")
