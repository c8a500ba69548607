"""The one etcd that a local cluster finds itself by."""

import pathlib

from . import network, processes
from .processes import ClusterError

PROGRAM = "/usr/bin/etcd"
# The shortest lease that etcd grants is one and a half of it, in whole seconds.
ELECTION_TIMEOUT_MS = 500
PATIENCE = 30.0


class Etcd:
    """`record` is what the state file keeps: `host`, `ports` (clients, peers), `process`."""

    def __init__(self, folder, record):
        self.folder = pathlib.Path(folder)
        self.record = record

    @property
    def url(self):
        """Where nodes and people find it."""
        return f"http://{self.record['host']}:{self.record['ports'][0]}"

    @property
    def health_url(self):
        """The same, where the caller can reach it."""
        return f"http://{self.record.get('reached_at', self.record['host'])}:{self.record['ports'][0]}/health"

    @property
    def state(self):
        return processes.state_of(self.record.get("process"))

    def start(self, prefix=(), **how):
        """Starts it on the data it had; returns when it is healthy."""
        if self.state != "dead":
            raise ClusterError("etcd runs already")
        if not pathlib.Path(PROGRAM).exists():
            raise ClusterError(f"there is no {PROGRAM}: install Debian's etcd-server (scripts/setup cluster)")
        clients, peers = self.record["ports"]
        peer_url = f"http://127.0.0.1:{peers}"
        listen = f"http://{self.record.get('listen', self.record['host'])}:{clients}"
        self.record["process"] = processes.start_daemon(
            [*prefix, PROGRAM, "--name", "local", "--data-dir", self.folder / "etcd",
             "--listen-client-urls", listen, "--advertise-client-urls", self.url,
             "--listen-peer-urls", peer_url, "--initial-advertise-peer-urls", peer_url,
             "--initial-cluster", f"local={peer_url}", "--log-level", "warn",
             "--heartbeat-interval", ELECTION_TIMEOUT_MS // 10, "--election-timeout", ELECTION_TIMEOUT_MS],
            self.folder / "etcd.log", **how)
        processes.wait_until(lambda: self.is_healthy() or self.state == "dead", PATIENCE)
        if not self.is_healthy():
            raise ClusterError(f"etcd did not start; see {self.folder / 'etcd.log'}")

    def stop(self):
        """Ends it, however it is."""
        processes.end(self.record.get("process"), 10)

    def is_healthy(self):
        health = network.get_json(self.health_url, 1)
        return bool(health) and health.get("health") in ("true", True)
