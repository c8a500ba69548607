"""What tests of the operators' surfaces share: the API by HTTP, the commands of the terminal, viewers that keep all."""

import json
import subprocess
import urllib.error
import urllib.request

from viewers import Viewer, program


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
