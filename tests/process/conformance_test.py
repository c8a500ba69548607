"""Conformance of a node's WebSocket with RFC 6455 and RFC 7692, against its `/echo`.

    conformance_test.py build/release/towncrier [--only TEXT] [--threads N] [--address HOST:PORT] [--verbose]

Prints a line for each case that fails, and 'N passed, M failed'; exits with 1 when any failed.
"""

import argparse
import sys
import time

from conformance.case import Server, outcome
from conformance.closing import closing
from conformance.compressed import compressed
from conformance.compression import compression
from conformance.fragments import fragments
from conformance.framing import framing
from conformance.handshake import handshake
from conformance.text import text
from node_process import NodeError, NodeProcess

GROUPS = [handshake, framing, fragments, text, closing, compression, compressed]

MAX_MESSAGE_BYTES = 16 << 20
HANDSHAKE_TIMEOUT = 2.0  # seconds
NODE_OPTIONS = ["--edge.echo", "true", "--edge.max-message-bytes", "16MiB", "--edge.handshake-timeout",
                f"{HANDSHAKE_TIMEOUT:.0f}s", "--log.level", "warn"]


def run_cases(address, only, verbose):
    """Runs the cases whose name contains `only`; how many passed and failed."""
    passed = failed = 0
    for name, run in [case for group in GROUPS for case in group.cases if only in case[0]]:
        begin = time.monotonic()
        wrong = outcome(run, Server(address, MAX_MESSAGE_BYTES, HANDSHAKE_TIMEOUT))
        passed, failed = passed + (wrong is None), failed + (wrong is not None)
        if wrong is not None or verbose:
            print(f"{'FAILED' if wrong else 'passed'} {name} ({time.monotonic() - begin:.2f} s)"
                  + (f": {wrong}" if wrong else ""), flush=True)
    return passed, failed


def run_against(arguments):
    if arguments.address:
        host, _, port = arguments.address.rpartition(":")
        return run_cases((host, int(port)), arguments.only, arguments.verbose)
    with NodeProcess(arguments.binary, *NODE_OPTIONS, "--edge.threads", arguments.threads) as node:
        passed, failed = run_cases(node.edge, arguments.only, arguments.verbose)
        status = node.stop()
    if status != 0:
        print(f"FAILED the node ended with {status}:\n{node.log}")
        failed += 1
    return passed, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", nargs="?", help="the program under test")
    parser.add_argument("--only", default="", help="run only the cases whose name contains this")
    parser.add_argument("--threads", default=2, type=int, help="I/O threads of the node, over which its clients are spread")
    parser.add_argument("--address", help="test a node that runs already, started with " + " ".join(NODE_OPTIONS))
    parser.add_argument("--verbose", action="store_true", help="print the cases that pass, too")
    arguments = parser.parse_args()
    if not arguments.binary and not arguments.address:
        parser.error("give the program or --address")
    try:
        passed, failed = run_against(arguments)
    except (NodeError, ConnectionRefusedError) as error:
        print(f"there is no server to test: {error}")
        return 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
