"""Addresses on one machine: ports that are free, and small HTTP requests."""

import json
import random
import socket
import urllib.error
import urllib.request

LOOPBACK = "127.0.0.1"


def free_ports(count, taken=()):
    """Ports on loopback that nobody listens on, none of `taken`.

    Below the range from which the kernel takes the ports of outgoing connections: a port that waits for its node to
    be restarted must not become one of those meanwhile.
    """
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as file:
        above = min(int(file.read().split()[0]), 32768)
    result = []
    for port in random.SystemRandom().sample(range(above - 14000, above), 14000):
        if len(result) == count:
            return result
        if port not in taken and _is_free(port):
            result.append(port)
    raise OSError(f"fewer than {count} ports between {above - 14000} and {above} are free")


def get(url, timeout=2.0):
    """Status and body (text) of a GET; (0, reason) when there is no answer."""
    # Without tokens operators' pages are for localhost alone, by the name that they are asked under; the address of a
    # namespace leads nowhere else either.
    request = urllib.request.Request(url, headers={"Host": "localhost"})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode("utf-8", "replace")
    except (OSError, ValueError) as error:
        return 0, str(error)


def get_json(url, timeout=2.0):
    """The JSON that a GET was answered with, None when it was not answered by 200 and JSON."""
    status, body = get(url, timeout)
    if status != 200:
        return None
    try:
        return json.loads(body)
    except json.JSONDecodeError:
        return None


def _is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
