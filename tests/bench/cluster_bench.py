#!/usr/bin/env python3
"""Measures what a batch costs the nodes of a cluster: bytes on the links and CPU, by the number of nodes.

    cluster_bench.py [PROGRAM] [--nodes 1,2,4,8] [--seconds 10] [--rate 40] [--viewers 0] [--others world,edge]

A publisher at the first node says batches of 100 state changes (a batch of its own each) at a steady rate; without
`--viewers` nobody watches. Every node is a process on loopback; the town is empty. CPU is what the processes ran while
it was measured, less what they ran for as long while nothing was said. Prints a table in Markdown.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests" / "process")]

from cluster_lib import Cluster  # noqa: E402
from cluster_lib import network  # noqa: E402
from raw_client import RawClient  # noqa: E402

CHANGES = 100
CHARACTERS = 1000


def cpu_seconds(pid):
    """What the threads of a process have run."""
    total = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            total += int((task / "schedstat").read_text().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            pass
    return total / 1e9


def links_of(node):
    answer = network.get_json(node.admin + "/api/v1/nodes")
    return answer["links"] if answer else []


class Snapshot:
    """Where the nodes stand at one moment."""

    def __init__(self, nodes, said=0):
        self.time, self.said = time.monotonic(), said
        self.cpu = [cpu_seconds(x.pid) for x in nodes]
        links = links_of(nodes[0])
        self.sent = sum(x["sent_bytes"] for x in links)
        self.parcels = sum(x["sent_parcels"] for x in links)


class Publisher(threading.Thread):
    """Says batches at a steady rate until it is ended; one whole batch a message."""

    def __init__(self, url, rate):
        super().__init__(daemon=True)
        host, _, port = url.partition("://")[2].partition("/")[0].rpartition(":")
        self._client = RawClient.connect((host, int(port)), "/?subscribe=event:none", timeout=10)
        self._pause = 1 / rate
        self._ended = threading.Event()
        self.said = 0

    def run(self):
        due = time.monotonic()
        while not self._ended.wait(max(0.0, due - time.monotonic())):
            due += self._pause
            self._client.send_text(json.dumps({"type": "batch", "data": [self._change(self.said * CHANGES + i)
                                                                         for i in range(CHANGES)]}))
            self.said += 1

    def end(self):
        self._ended.set()
        self.join()
        self._client.close()

    @staticmethod
    def _change(number):
        return {"type": "state_change", "data": {
            "character_id": f"vehicle-{number % CHARACTERS}", "new_state": "DRIVING", "location": f"street-{number % 57}",
            "x": number % 10007 / 10, "y": number % 9973 / 10}}


def measure(program, count, options):
    with tempfile.TemporaryDirectory(prefix="towncrier-bench-") as folder:
        cluster = Cluster(pathlib.Path(folder) / "state", program, die_with_caller=True)
        try:
            cluster.up(1, 0, ["--log.level", "warn"])
            for _ in range(count - 1):
                cluster.add(options.others.split(","))
            nodes = cluster.nodes
            viewers = watch(program, [x.edge for x in nodes if x.edge], options.viewers, folder)
            time.sleep(1)
            idle = Snapshot(nodes), time.sleep(options.seconds / 2), Snapshot(nodes)
            publisher = Publisher(nodes[0].edge, options.rate)
            publisher.start()
            time.sleep(1)  # every character is known
            busy = Snapshot(nodes, publisher.said), time.sleep(options.seconds), Snapshot(nodes, publisher.said)
            publisher.end()
            for viewer in viewers:
                viewer.kill()
                viewer.wait()
            return row(count, (idle[0], idle[2]), (busy[0], busy[2]))
        finally:
            cluster.down()


def watch(program, edges, count, folder):
    """Viewers of everything, as many at each edge."""
    recorder = pathlib.Path(program).parent / "tests" / "process" / "recorder" / "recorder"
    if count == 0:
        return []
    command = [recorder, "--viewers", count * len(edges), "--out", pathlib.Path(folder) / "recording",
               *(x for url in edges for x in ("--edge", url))]
    return [subprocess.Popen(list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)]


def row(count, idle, busy):
    idle_rates = [(b - a) / (idle[1].time - idle[0].time) for a, b in zip(idle[0].cpu, idle[1].cpu)]
    seconds = busy[1].time - busy[0].time
    batches = busy[1].said - busy[0].said
    spent = [b - a - rate * seconds for a, b, rate in zip(busy[0].cpu, busy[1].cpu, idle_rates)]
    others = spent[1:] or [0.0]
    return {
        "nodes": count, "batches": batches, "batches_per_second": batches / seconds,
        "bytes_sent_per_batch": (busy[1].sent - busy[0].sent) / batches,
        "parcels_per_batch": (busy[1].parcels - busy[0].parcels) / batches,
        "origin_us_per_batch": spent[0] / batches * 1e6,
        "other_us_per_batch": sum(others) / len(others) / batches * 1e6,
        "idle_ms_per_second": sum(idle_rates) / len(idle_rates) * 1e3,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", nargs="?", default=ROOT / "build" / "release" / "towncrier")
    parser.add_argument("--nodes", default="1,2,4,8", help="how many, separated by commas")
    parser.add_argument("--seconds", type=float, default=10, help="measured in each run")
    parser.add_argument("--rate", type=float, default=40, help="batches a second")
    parser.add_argument("--viewers", type=int, default=0, help="of everything, at each node")
    parser.add_argument("--others", default="world,edge", help="the roles of the other nodes")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    print("| nodes | batches/s | bytes sent a batch | of them to one peer | CPU a batch at its origin, us | at each "
          "other node, us | CPU of a node when nothing is said, ms/s |\n|---|---|---|---|---|---|---|", flush=True)
    for count in map(int, options.nodes.split(",")):
        x = measure(options.program, count, options)
        if options.json:
            print(json.dumps(x), file=sys.stderr)
        print(f"| {count} | {x['batches_per_second']:.0f} | {x['bytes_sent_per_batch']:.0f} | "
              f"{x['bytes_sent_per_batch'] / max(1, count - 1):.0f} | {x['origin_us_per_batch']:.0f} | "
              f"{x['other_us_per_batch']:.0f} | {x['idle_ms_per_second']:.1f} |", flush=True)


if __name__ == "__main__":
    main()
