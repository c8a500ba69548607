"""A local cluster: etcd, nodes with certificates, and a folder that remembers them."""

import contextlib
import fcntl
import json
import pathlib
import shutil
import subprocess
import time

from . import network, processes
from .etcd import Etcd
from .namespaces import Namespaces
from .node import Node
from .processes import ClusterError

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = ROOT / "build" / "release" / "towncrier"
STATE = ROOT / "build" / "cluster"
READY_PATIENCE = 60.0


class Cluster:
    """A cluster whose state is the folder `state`.

    `die_with_caller`: its processes end with the calling thread, for tests. Everything raises ClusterError, with a
    text for people, when it cannot be done.
    """

    def __init__(self, state=STATE, program=PROGRAM, die_with_caller=False):
        self.folder = pathlib.Path(state).resolve()
        self._how = {"die_with_caller": die_with_caller}
        self._starting = set()
        self._file = self.folder / "cluster.json"
        self.record = json.loads(self._file.read_text(encoding="utf-8")) if self._file.exists() else None
        self.program = pathlib.Path(self.record["program"] if self.record else program).resolve()

    # What there is

    @property
    def nodes(self):
        """All nodes that ever were, in the order of their indices, from 1."""
        return [Node(self.folder, x) for x in self._known()["nodes"]]

    def node(self, index):
        """The node of an index."""
        for node in self.nodes:
            if node.index == index:
                return node
        raise ClusterError(f"there is no node {index}; there are 1 to {len(self.nodes)}")

    @property
    def etcd(self):
        return Etcd(self.folder, self._known()["etcd"])

    @property
    def network(self):
        """The namespaces that the nodes live in; None when they live on loopback."""
        return Namespaces(self._known()["network"]) if self._known()["network"] else None

    def is_up(self):
        """Whether any process of it lives."""
        return self.record is not None and any(x != "dead" for x in self._process_states())

    def status(self):
        """What `status --json` prints."""
        return [x.describe() for x in self.nodes]

    @contextlib.contextmanager
    def lock(self):
        """Keeps two commands from working on one cluster at once."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "lock", "w", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    # Beginning and end

    def up(self, count, characters=24, options=(), namespaces=False, program=None):
        """Starts etcd and `count` nodes; returns when all are ready and see each other. Leaves nothing on failure."""
        if self.is_up():
            raise ClusterError(f"a cluster is up already in {self.folder}: 'down' ends it")
        self._clear()
        self.program = pathlib.Path(program or self.program).resolve()
        self.record = {"program": str(self.program), "characters": characters, "options": list(options), "nodes": [], "network": None,
                       "partition": None, "etcd": {"host": network.LOOPBACK, "ports": network.free_ports(2)}}
        try:
            if namespaces:
                self._move_into_namespaces()
            self.etcd.start(self._inside("etcd"), **self._how)
            for _ in range(count):
                self._new_node(["world", "edge"], options)
            self._make_certificates(self.nodes)
            for node in self.nodes:
                self._start(node)
            self.wait_until_ready()
        except BaseException:
            self.down()
            raise

    def down(self):
        """Ends every process and takes the network away; the logs stay. Does no harm where nothing runs."""
        if self.record is None:
            return
        for node in self.nodes:
            processes.kill(node.record.get("process"))
        processes.kill(self.record["etcd"].get("process"))
        if self.network:
            self.network.remove()
            self.record["network"] = None
        self._save()

    # Nodes

    def add(self, roles=("world", "edge"), options=None):
        """One more node; its index. Returns when it is ready and all see it."""
        self._must_be_up()
        node = self._new_node(list(roles), self.record["options"] if options is None else options)
        self._make_certificates([node])
        self._start(node)
        self.wait_until_ready()
        return node.index

    def kill(self, index):
        """kill -9."""
        self.node(index).kill()

    def stop(self, index):
        """SIGTERM; returns when it has ended."""
        self.node(index).stop()

    def freeze(self, index):
        self.node(index).freeze()

    def thaw(self, index):
        self.node(index).thaw()

    def restart(self, index):
        """Stops it where it runs, and starts it on the same ports; returns when it is ready."""
        self._must_be_up()
        node = self.node(index)
        if node.process_state != "dead":
            node.stop()
        self._start(node)
        self.wait_until_ready()

    def wait_until_ready(self, patience=READY_PATIENCE):
        """Waits until every node that runs is ready and sees all that run; ClusterError when one ends or it lasts."""
        deadline = time.monotonic() + patience
        while missing := self._first_missing():
            if time.monotonic() > deadline:
                node, what = missing
                raise ClusterError(f"{what} within {patience:g} s; the end of its log:\n{node.log_tail()}")
            time.sleep(0.05)
        self._starting.clear()

    # Etcd and the network

    def etcd_stop(self):
        self._must_be_up()
        if self.etcd.state == "dead":
            raise ClusterError("etcd is not running")
        self.etcd.stop()

    def etcd_start(self):
        self._must_be_up()
        self.etcd.start(self._inside("etcd"), **self._how)
        self._save()

    def partition(self, groups, etcd=None):
        """Cuts the links between groups of indices; `etcd`: the indices that still reach it, None for all."""
        self._must_be_up()
        if self.network is None:
            raise ClusterError("only a cluster in namespaces can be cut: 'up N --netns'")
        everyone = [x.index for x in self.nodes]
        named = [x for group in groups for x in group]
        if sorted(named) != sorted(set(named)) or not set(named) <= set(everyone):
            raise ClusterError(f"each of the nodes {everyone} may be named once, and no other: {groups}")
        rest = [x for x in everyone if x not in named]
        self.network.cut([*groups, *([rest] if rest else [])], everyone if etcd is None else etcd)
        self.record["partition"] = {"groups": groups, "etcd": etcd}
        self._save()

    def heal(self):
        """Mends what `partition` cut."""
        self._must_be_up()
        if self.network is None:
            raise ClusterError("this cluster is not in namespaces: nothing can be cut")
        everyone = [x.index for x in self.nodes]
        self.network.cut([everyone], everyone)
        self.record["partition"] = None
        self._save()

    # Within

    def _known(self):
        if self.record is None:
            raise ClusterError(f"there is no cluster in {self.folder}: 'up N' starts one")
        return self.record

    def _must_be_up(self):
        self._known()
        if not self.is_up():
            raise ClusterError("the cluster is down: 'up N' starts one")

    def _process_states(self):
        return [processes.state_of(x.get("process")) for x in [*self.record["nodes"], self.record["etcd"]]]

    def _clear(self):
        """Empties the folder of an earlier cluster, and of nothing else."""
        if self.folder.exists() and not self._file.exists() and {x.name for x in self.folder.iterdir()} - {"lock"}:
            raise ClusterError(f"{self.folder} holds something else than a cluster's state")
        for path in self.folder.glob("*"):
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != "lock":
                path.unlink()
        self.folder.mkdir(parents=True, exist_ok=True)

    def _save(self):
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps(self.record, indent=2) + "\n", encoding="utf-8")
        new.replace(self._file)

    def _move_into_namespaces(self):
        self.record["network"] = Namespaces.create(self.folder)
        self.record["etcd"].update(self.network.add_etcd())
        self._save()

    def _inside(self, name):
        return self.network.inside(name) if self.network else ()

    def _new_node(self, roles, options):
        index = len(self.record["nodes"]) + 1
        taken = {port for x in [*self.record["nodes"], self.record["etcd"]] for port in x["ports"]}
        record = {"index": index, "id": f"n{index}", "roles": roles, "host": network.LOOPBACK,
                  "mesh": network.LOOPBACK, "ports": network.free_ports(3, taken), "options": list(options)}
        if self.network:
            record.update(self.network.add_node(index))
        self.record["nodes"].append(record)
        self._save()
        return Node(self.folder, record)

    def _make_certificates(self, nodes):
        hosts = [x for node in nodes for x in ("--host", node.record["mesh"])]
        made = subprocess.run([self.program, "certificates", self.folder / "certificates", *(x.id for x in nodes), *hosts],
                              capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise ClusterError(f"towncrier certificates failed: {made.stderr or made.stdout}")

    def _start(self, node):
        node.start(self.program, self.etcd.url, self.record["characters"], self._inside(node.id), **self._how)
        self._starting.add(node.index)
        self._save()

    def _first_missing(self):
        """A node that is not ready, and what it lacks; None when all is well."""
        living = [x for x in self.nodes if x.process_state == "running"]
        for node in self.nodes:
            if node.index in self._starting and node.process_state == "dead":
                raise ClusterError(f"node {node.index} ended; the end of its log:\n{node.log_tail()}")
        wanted = {x.id for x in living}
        for node in living:
            if not node.is_ready():
                return node, f"node {node.index} did not become ready"
            seen = node.seen_nodes()
            if seen is not None and len(living) > 1 and not wanted <= seen and self.record["partition"] is None:
                return node, f"node {node.index} did not see {sorted(wanted - seen)}"
        return None
