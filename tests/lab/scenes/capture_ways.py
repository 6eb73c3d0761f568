"""Captures what one kernel says of routes and interfaces: ``python -m tests.lab.scenes.capture_ways``.

Writes tests/unit/kernel/ways/captured.json: the answers of rtnetlink to what RouteLookup asks, and beside them what
``ip -json`` says to the same questions.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

from sctptop.kernel.ways.route_lookup import RouteLookup
from tests.lab.machine import run as machine
from tests.lab.scenes.hosts import Host, inside, two_hosts

FILE = Path(__file__).resolve().parents[2] / "unit" / "kernel" / "ways" / "captured.json"
ROUTES: tuple[tuple[str, str | None, str | None], ...] = (
    ("10.9.0.2", "10.9.0.1", None),
    ("10.9.0.2", None, None),
    ("10.77.0.2", "10.9.0.1", None),
    ("10.9.0.1", "10.9.0.1", None),
    ("fd00:9::2", "fd00:9::1", None),
    ("fd00:77::2", "fd00:9::1", None),
    ("10.78.0.2", None, None),
    ("10.80.0.1", None, None),
    ("10.80.0.2", None, None),
    ("10.80.0.3", None, None),
    ("10.99.0.1", None, None),
    ("fd00:80::1", None, None),
    ("fd99::1", None, None),
    ("10.9.1.2", None, None),
    ("10.9.1.2", None, "vrf0"),
)
"""Destination, source, interface."""
SCENE = """
route add 10.77.0.2/32 via 10.9.0.2 mtu 1400
-6 route add fd00:77::2/128 via fd00:9::2 mtu 1380
route add 10.78.0.2/32 via inet6 fd00:9::2 dev eth0
route add unreachable 10.80.0.1
route add blackhole 10.80.0.2
route add prohibit 10.80.0.3
-6 route add unreachable fd00:80::1
link add vrf0 type vrf table 300
link set vrf0 up
link set eth1 master vrf0
"""


class Recording(socket.socket):
    """A socket that keeps what it receives."""

    last = b""

    def recvmsg(self, *arguments: Any) -> Any:
        """As always, and kept."""
        received = super().recvmsg(*arguments)
        self.last = received[0]
        return received


def _opened() -> Recording:
    made = Recording(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    made.bind((0, 0))
    return made


def capture() -> dict[str, object]:
    """Everything, of the first of two hosts."""
    with two_hosts(links=2) as (host, _):
        for words in SCENE.split("\n"):
            if words:
                host.run(["ip", *words.split()])
        with inside(host):
            made = _opened()
            numbers = {name: index for index, name in socket.if_nameindex()}
        lookup = RouteLookup(lambda: made)
        found: dict[str, object] = {
            "kernel": os.uname().release,
            "numbers": numbers,
            "routes": [_route(host, lookup, made, numbers, *asked) for asked in ROUTES],
            "links": [_link(host, lookup, made, name, index) for name, index in numbers.items()],
        }
        lookup.close()
        return found


def _route(
    host: Host,
    lookup: RouteLookup,
    made: Recording,
    numbers: dict[str, int],
    destination: str,
    source: str | None,
    interface: str | None,
) -> dict[str, object]:
    lookup.route(destination, source, numbers[interface] if interface else 0)
    words = ["from", source] if source else []
    words += ["oif", interface] if interface else []
    told = host.run(["ip", "-json", "route", "get", destination, *words], check=False)
    return {
        "asked": [destination, source, interface],
        "answer": made.last.hex(),
        "ip": json.loads(told.stdout)[0] if told.returncode == 0 else told.stderr.strip(),
    }


def _link(host: Host, lookup: RouteLookup, made: Recording, name: str, index: int) -> dict[str, object]:
    lookup.link(index)
    told = json.loads(host.run(["ip", "-json", "-stats", "link", "show", "dev", name]).stdout)
    return {"answer": made.last.hex(), "ip": told[0]}


def main() -> int:
    """In the lab print the capture; outside go there and keep it."""
    if "--print" in sys.argv:
        print(json.dumps(capture()))
        return 0
    result = machine.run([sys.executable, "-m", "tests.lab.scenes.capture_ways", "--print"], timeout=300)
    if result.returncode:
        print(result.stderr, file=sys.stderr)
        return result.returncode
    FILE.write_text(json.dumps(json.loads(result.stdout), indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
