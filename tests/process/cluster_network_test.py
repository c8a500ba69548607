"""What the network and strangers can do to a cluster: hostile bytes, a stalled peer, a partition."""

import os
import random
import shutil
import socket
import struct
import time

from cluster_scenario import CALM, FULL, ClusterTest, get_json, run, wait_until
from counting_publisher import CountingPublisher, messages_of
from raw_client import RawClient

MIB = 1 << 20
# How long a silent peer counts as alive, as the nodes have it; and what a busy machine may add to it, in seconds.
LINK_TIMEOUT, SLACK = 1.0, 1.0
# How long the nodes may take to agree on something, in seconds.
PATIENCE = 30
SEED = int(os.environ.get("TOWNCRIER_SEED", "7"))


def resident_bytes(node):
    with open(f"/proc/{node.pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def hostile_payloads(dice, count):
    """Random bytes, and what ended or filled a plain port of the actor framework: headers that claim great lengths."""
    for _ in range(count):
        kind = dice.randrange(4)
        if kind == 0:
            yield dice.randbytes(dice.randrange(1, 4096))
        elif kind == 1:
            yield b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        elif kind == 2:
            yield bytes(dice.randrange(8)) + struct.pack("!I", dice.choice([0, 0xFFFFFFFF, 1 << 30])) + bytes(64)
        else:  # the beginning of a TLS handshake, then anything
            yield b"\x16\x03\x01" + struct.pack("!H", dice.randrange(16384)) + dice.randbytes(dice.randrange(512))


def links_of(node):
    """By peer: how many parcels were sent to it, and how many batches were said."""
    return {x["node"]: (x["sent_parcels"], x["said"]) for x in get_json(node.admin + "/api/v1/nodes")["links"]}


def watched_at(node, peer):
    """What `node` knows of what `peer`'s viewers watch: "everything", or channels."""
    actors = node.admin + "/api/v1/actors"
    link = next(x for x in get_json(actors + "?kind=peer_link")["actors"] if x["label"] == peer.id)
    return get_json(f"{actors}/{link['id']}")["state"]["peer_watches"]


class ClusterNetwork(ClusterTest):
    def test_a_node_is_sent_what_its_viewers_watch(self):
        self.up(2, "--edge.history-age", "1s")
        third = self.cluster.node(self.cluster.add(roles=["world"]))
        first, second = self.cluster.node(1), self.cluster.node(2)
        host, _, port = second.edge.partition("://")[2].rpartition(":")
        with RawClient.connect((host, int(port)), "/?subscribe=event:none", timeout=10) as viewer:
            self.assertTrue(wait_until(lambda: watched_at(first, second) == ["event:none"], PATIENCE, 0.1),
                            "the wish of an edge for less did not come")
            self.assertTrue(wait_until(lambda: watched_at(first, third) == [], PATIENCE, 0.1),
                            "the wish of a node that is no edge did not come")
            before, began = links_of(first), time.monotonic()
            time.sleep(4)
            after, seconds = links_of(first), time.monotonic() - began
            for peer in (second.id, third.id):
                sent, said = (b - a for a, b in zip(before[peer], after[peer]))
                print(f"    to {peer} went {sent} parcels for {said} batches", flush=True)
                self.assertGreater(said, 2.5 * seconds)
                self.assertLessEqual(sent, seconds + 2, "latest states, once a second")
            viewer.send_text('{"type": "subscribe", "data": {"channels": ["event:counted"]}}')
            self._read_until(viewer, lambda x: x["type"] == "subscribed")
            publisher = CountingPublisher("p", [first.edge])
            publisher.start()
            heard = []
            self._read_until(viewer, lambda x: x["type"] == "event_notification" and (
                heard.append(x["data"]["data"]["counter"]) or len(heard) == 50))
            publisher.finish()
        self.assertEqual(heard, list(range(1, 51)))

    @staticmethod
    def _read_until(viewer, holds):
        while True:
            frame = viewer.read_frame()
            if frame.opcode == 1 and any([holds(x) for x in messages_of(frame)]):
                return

    def test_hostile_bytes_at_the_cluster_port(self):
        self.up(3)
        self.watch(viewers=8)
        node = self.cluster.node(1)
        before, dice, kept = resident_bytes(node), random.Random(SEED), []
        for i, payload in enumerate(hostile_payloads(dice, 2000 if FULL else 400)):
            stranger = socket.create_connection(node.mesh, timeout=5)
            try:
                stranger.sendall(payload)
            except OSError:
                pass
            if i % 4 == 0:  # some stay and say nothing more
                kept.append(stranger)
            else:
                stranger.close()
        self.assertEqual(node.state, "running", self.logs())
        grown = resident_bytes(node) - before
        for stranger in kept:
            stranger.close()
        print(f"    hostile bytes: {grown / MIB:.1f} MiB more, seed {SEED}", flush=True)
        self.assertLess(grown, 48 * MIB)
        self.calm()
        # The links that there were have stayed: nobody missed anything, and nobody stood still.
        for each in self.cluster.nodes:
            self.assertNotIn("lost the link", each.log_file.read_text(encoding="utf-8"), each.id)
        summary = self.judge(max_silence=2.0)
        self.assertEqual(summary["reconnections"], 0)

    def test_a_stalled_peer_costs_bounded_memory_and_time(self):
        self.up(3)
        self.watch(silence_ms=3000)
        others = [self.cluster.node(1), self.cluster.node(3)]
        before = [resident_bytes(x) for x in others]
        self.cluster.freeze(2)
        highest = list(before)
        until = time.monotonic() + (30 if FULL else 10)
        while time.monotonic() < until:
            highest = [max(a, resident_bytes(x)) for a, x in zip(highest, others)]
            time.sleep(0.2)
        self.cluster.thaw(2)
        grown = [(a - b) / MIB for a, b in zip(highest, before)]
        # The window, the log for those who come back, the history of viewers, and what both are made from.
        self.assertLess(max(grown), 200)
        self.cluster.wait_until_ready()
        self.calm()
        # Who is not at that node waits for it no longer than until it is given up, and so do publishers.
        self.judge(max_delay=LINK_TIMEOUT + SLACK)
        waits = [x["acked"] - x["sent"] for p in self.publishers for x in p.events.values() if x["times"] == 1]
        print(f"    a stalled peer: {grown} MiB more; publishers waited {max(waits):.2f} s at most", flush=True)
        self.assertLess(max(waits), LINK_TIMEOUT + SLACK)

    def test_a_partition_between_two_halves(self):
        if os.geteuid() != 0 or shutil.which("ip") is None:
            self.skipTest("network namespaces need root and the program 'ip' (iproute2)")
        self.up(4, namespaces=True)
        self.watch()
        self.cluster.partition([[1, 2], [3, 4]], etcd=[1, 2])
        time.sleep(2 * CALM)
        self.recorder.wait_until_all_open()
        self.cluster.heal()
        self.cluster.wait_until_ready()
        self.calm()
        self.judge()


if __name__ == "__main__":
    run()
