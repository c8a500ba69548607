"""Network namespaces for the nodes of a local cluster, so that links between them can be cut. Needs root.

Three networks, each a bridge in a namespace of its own (the switch) with a private range; no route leads out:

- access: clients, operators and the caller, who is the only one outside a namespace; never cut;
- mesh: the links between nodes; a partition moves the ports of each group to a bridge of its own;
- store: etcd; a node that is cut off from it has its port taken off the bridge.

A port without the right bridge drops packets silently, as a broken network does: nobody is told.
"""

import hashlib
import shutil
import subprocess

from .processes import ClusterError

NETWORKS = ("access", "mesh", "store")
CALLER, ETCD = 254, 250  # last numbers of their addresses; a node's is its index
PORTS = [8765, 8766, 8764]  # edge, admin, mesh: every namespace has its own


class Namespaces:
    """`record` is what the state file keeps: `name` (what every name begins with), `range` (10.RANGE.x.y), `nodes`."""

    def __init__(self, record):
        self.record = record
        self.name = record["name"]
        self.switch = f"{self.name}-switch"

    @staticmethod
    def create(folder):
        """Makes the switch and the caller's door to it; the record."""
        if shutil.which("ip") is None:
            raise ClusterError("there is no program 'ip': install Debian's iproute2 (scripts/setup cluster)")
        number = int.from_bytes(hashlib.sha1(str(folder).encode()).digest()[:3], "big")
        record = {"name": f"tc{number:06x}", "range": 64 + number % 128, "nodes": []}
        made = Namespaces(record)
        made.remove()
        try:
            _ip("netns", "add", made.switch)
            for network in NETWORKS:
                made._add_bridge(network)
            made._plug(made.name, CALLER, "access", None)
        except BaseException:
            made.remove()
            raise
        return record

    def remove(self):
        """Takes everything away; does no harm where there is nothing."""
        _ip("link", "del", self.name, check=False)
        for namespace in _namespaces():
            if namespace.startswith(self.name + "-"):
                _ip("netns", "del", namespace, check=False)

    def add_node(self, index):
        """A namespace for a node; what its record gets."""
        self._add_namespace(f"n{index}", index, NETWORKS)
        self.record["nodes"].append(index)
        return {"host": self._address("access", index), "mesh": self._address("mesh", index), "ports": PORTS}

    def add_etcd(self):
        """A namespace for etcd; what its record gets."""
        self._add_namespace("etcd", ETCD, ("access", "store"))
        return {"host": self._address("store", ETCD), "listen": "0.0.0.0",
                "reached_at": self._address("access", ETCD), "ports": [2379, 2380]}

    def inside(self, name):
        """What to put before a command so that it runs in the namespace of a node (`n1`) or of etcd."""
        return ("ip", "netns", "exec", f"{self.name}-{name}")

    def cut(self, groups, with_etcd):
        """Leaves only the links within each group of indices; only those of `with_etcd` reach etcd."""
        for number, group in enumerate(groups):
            bridge = "mesh" if number == 0 else f"mesh{number}"
            if number > 0:
                self._add_bridge(bridge)
            for index in group:
                self._in_switch("link", "set", f"mesh-{index}", "master", bridge)
        for index in self.record["nodes"]:
            joined = ("master", "store") if index in with_etcd else ("nomaster",)
            self._in_switch("link", "set", f"store-{index}", *joined)

    # Within

    def _add_namespace(self, name, number, networks):
        namespace = f"{self.name}-{name}"
        _ip("netns", "add", namespace)
        _ip("-n", namespace, "link", "set", "lo", "up")
        for network in networks:
            self._plug(network, number, network, namespace)

    def _add_bridge(self, name):
        self._in_switch("link", "add", name, "type", "bridge", check=False)
        self._in_switch("link", "set", name, "up")

    def _plug(self, device, number, network, namespace):
        """Joins `namespace` (None: the caller's) to a network by `device`."""
        port = f"{network}-{number}"
        own = ("-n", namespace) if namespace else ()
        _ip("link", "add", f"{self.name}x", "type", "veth", "peer", "name", port, "netns", self.switch)
        if namespace:
            _ip("link", "set", f"{self.name}x", "netns", namespace)
        _ip(*own, "link", "set", f"{self.name}x", "name", device)
        _ip(*own, "address", "add", f"{self._address(network, number)}/24", "dev", device)
        _ip(*own, "link", "set", device, "up")
        self._in_switch("link", "set", port, "master", network)
        self._in_switch("link", "set", port, "up")

    def _address(self, network, number):
        return f"10.{self.record['range']}.{NETWORKS.index(network)}.{number}"

    def _in_switch(self, *arguments, check=True):
        _ip("-n", self.switch, *arguments, check=check)


def _ip(*arguments, check=True):
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if check and done.returncode != 0:
        raise ClusterError(f"ip {' '.join(arguments)}: {done.stderr.strip()} (namespaces need root)")
    return done.stdout


def _namespaces():
    return [line.split()[0] for line in _ip("netns", "list", check=False).splitlines() if line.strip()]
