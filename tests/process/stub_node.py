#!/usr/bin/env python3
"""Stands in for `towncrier` where `scripts/cluster` is tested: makes no certificates but empty files, and as a node says
that it is ready, and that it sees everybody who lately wrote to a folder that stands in etcd's place."""

import http.server
import json
import os
import pathlib
import signal
import socket
import sys
import threading
import time


def options():
    return dict(zip(sys.argv[2::2], sys.argv[3::2]))


def certificates():
    folder = pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[3:]:
        (folder / f"{name}.key").touch()


def live(file):
    while True:
        file.write_text(str(time.time()))
        time.sleep(0.2)


def main():
    if sys.argv[1] == "certificates":
        return certificates()
    given = options()
    if given.get("--fail") == given["--node.id"]:
        sys.exit("stub: told to fail")
    here = pathlib.Path(given["--cluster.ca"]).parent.parent / "seen"
    here.mkdir(exist_ok=True)

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            nodes = [{"id": x.name} for x in here.iterdir() if time.time() - x.stat().st_mtime < 1]
            body = json.dumps({"nodes": nodes, "etcd": True}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    def listen(name):
        host, _, port = given[name].rpartition(":")
        return http.server.ThreadingHTTPServer((host, int(port)), Page)

    servers = [listen(x) for x in ("--admin.listen", "--edge.listen", "--cluster.listen")]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    threading.Thread(target=live, args=(here / given["--node.id"],), daemon=True).start()
    signal.sigwait([signal.SIGTERM])
    os._exit(0)


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    socket.setdefaulttimeout(10)
    main()
