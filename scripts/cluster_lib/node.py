"""One node of a local cluster: how it is started, and what it says of itself."""

import pathlib
import signal

from . import network, processes
from .processes import ClusterError

# What a node that is stopped by SIGTERM has to be done within, in seconds.
STOP_PATIENCE = 40.0
KEPT_LOG_LINES = 25

# Short, so that a death is noticed soon; on a machine that is busy with other things it must not be shorter.
DEFAULT_OPTIONS = {"--cluster.lease": "2s"}


class Node:
    """`record` is what the state file keeps: `index`, `id`, `roles`, `host`, `mesh` (the host that peers connect to),
    `ports` (edge, admin, mesh), `options`, `process`."""

    def __init__(self, folder, record):
        self.folder = pathlib.Path(folder)
        self.record = record
        self.index, self.id, self.roles = record["index"], record["id"], record["roles"]

    # Where it is

    @property
    def edge(self):
        """The URL of its clients' listener; empty when it has none."""
        return f"ws://{self._address(0)}" if "edge" in self.roles else ""

    @property
    def admin(self):
        return f"http://{self._address(1)}"

    @property
    def mesh(self):
        """Host and port where its peers connect."""
        return self.record["mesh"], self.record["ports"][2]

    @property
    def pid(self):
        return (self.record.get("process") or {}).get("pid")

    @property
    def log_file(self):
        return self.folder / f"{self.id}.log"

    # How it is

    @property
    def state(self):
        """`running`, `starting` (not ready yet), `frozen` or `dead`."""
        state = self.process_state
        return "starting" if state == "running" and not self.is_ready() else state

    @property
    def process_state(self):
        return processes.state_of(self.record.get("process"))

    def is_ready(self):
        return network.get(self.admin + "/readyz")[0] == 200

    def seen_nodes(self):
        """The ids of the nodes that it sees; None when it does not say (a node that is alone has nobody to see)."""
        answer = network.get_json(self.admin + "/api/v1/nodes")
        if not isinstance(answer, dict):
            return None
        seen = {x["id"] for x in answer["nodes"] if x.get("state", "up") == "up"}
        if "links" not in answer:
            return seen if seen != {self.id} else None
        # To be in the same list is not yet to hear of each other.
        return seen & {self.id, *(x["node"] for x in answer["links"] if x["phase"] == "live")}

    def describe(self):
        """What `status --json` prints of it."""
        return {"index": self.index, "id": self.id, "pid": self.pid, "roles": self.roles, "edge": self.edge,
                "admin": self.admin, "state": self.state}

    # What is done to it

    def start(self, program, etcd_url, characters, prefix=(), **how):
        if self.process_state != "dead":
            raise ClusterError(f"node {self.index} runs already")
        command = [*prefix, program, "node", *self._options(etcd_url, characters)]
        with open(self.log_file, "a", encoding="utf-8") as log:
            log.write(" ".join(map(str, command)) + "\n")
        self.record["process"] = processes.start_daemon(command, self.log_file, **how)

    def kill(self):
        self._must_live()
        processes.kill(self.record["process"])

    def stop(self):
        """Asks it to go and waits; ClusterError when it had to be killed."""
        self._must_live()
        if not processes.end(self.record["process"], STOP_PATIENCE):
            raise ClusterError(f"node {self.index} did not end within {STOP_PATIENCE:g} s of SIGTERM and was killed")

    def freeze(self):
        self._must_live()
        processes.send_signal(self.record["process"], signal.SIGSTOP)
        processes.wait_until(lambda: self.process_state != "running", 5)

    def thaw(self):
        if self.process_state != "frozen":
            raise ClusterError(f"node {self.index} is not frozen, but {self.state}")
        processes.send_signal(self.record["process"], signal.SIGCONT)
        processes.wait_until(lambda: self.process_state != "frozen", 5)

    def log_tail(self):
        lines = self.log_file.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-KEPT_LOG_LINES:])

    # Within

    def _must_live(self):
        if self.process_state == "dead":
            raise ClusterError(f"node {self.index} is not running")

    def _address(self, which):
        return f"{self.record['host']}:{self.record['ports'][which]}"

    def _options(self, etcd_url, characters):
        certificates = self.folder / "certificates"
        options = {
            "--node.id": self.id, "--node.roles": ",".join(self.roles), "--edge.listen": self._address(0),
            "--admin.listen": self._address(1), "--world.characters": characters, "--cluster.etcd": etcd_url,
            "--cluster.listen": "%s:%d" % self.mesh, "--cluster.certificate": certificates / f"{self.id}.pem",
            "--cluster.key": certificates / f"{self.id}.key", "--cluster.ca": certificates / "ca.pem",
            **DEFAULT_OPTIONS,
        }
        if self.record["host"] != network.LOOPBACK:
            options["--auth.allow-anonymous"] = "true"  # the addresses of a namespace lead nowhere else
        for name in {x.partition("=")[0] for x in self.record["options"]}:
            options.pop(name, None)
        return [*(str(x) for pair in options.items() for x in pair), *self.record["options"]]
