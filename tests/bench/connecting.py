"""What the probes cost an association that is set up and shut down: time with none, with ours, and with none again.

python -m tests.lab.machine -- "$venv/bin/python -m tests.bench.connecting [ASSOCIATIONS]"   # default 200

Over loopback, so both ends pay. Beside it the hits of each kind of probe and what the kernel timed them at.
"""

from __future__ import annotations

import os
import socket
import sys
from collections import defaultdict
from dataclasses import dataclass

from sctptop.kernel.probes.session import Probes
from sctptop.kernel.program.bpf.maps import enable_statistics
from tests.bench.timing import best_of
from tests.lab.traffic import sctp_sockets as sctp
from tests.lab.witness.patience import load_s

COUNT, REPEAT, PORT = 200, 3, 5900


@dataclass
class Hits:
    """Of the attach points of one C file."""

    runs: int = 0
    nanoseconds: int = 0


def cycles(count: int) -> None:
    """So many associations come up, carry a message, and are shut down by the client."""
    listener = sctp.new_socket("127.0.0.1")
    listener.bind(("127.0.0.1", PORT))
    listener.listen(5)
    for _ in range(count):
        client = sctp.new_socket("127.0.0.1")
        client.connect(("127.0.0.1", PORT))
        server, _ = listener.accept()
        client.send(bytes(100))
        server.recv(100)
        client.close()
        server.recv(100)
        server.close()
    listener.close()


def main(arguments: list[str]) -> int:
    """Prints the table."""
    count = int(arguments[0]) if arguments else COUNT
    cycles(count)
    before = best_of(lambda: cycles(count), REPEAT)
    probes = Probes()
    probes.start()
    probes.settle(load_s())
    assert probes.state.ok, probes.state
    ours = best_of(lambda: cycles(count), REPEAT)
    descriptor = enable_statistics()
    cycles(count)
    found: dict[str, Hits] = defaultdict(Hits)
    for state in probes.points():
        if state.cost is not None:
            found[state.point.concern].runs += state.cost.runs
            found[state.point.concern].nanoseconds += state.cost.nanoseconds
    os.close(descriptor)
    probes.close()
    after = best_of(lambda: cycles(count), REPEAT)
    for name, seconds in (("none", before), ("ours", ours), ("none", after)):
        print(f"{name:<20}{seconds / count * 1e6:10.0f} us an association")
    for concern, hits in sorted(found.items()):
        runs, mean = hits.runs / count, hits.nanoseconds / max(hits.runs, 1)
        print(
            f"{concern:<20}{runs:10.1f} hits{hits.nanoseconds / count / 1e3:10.1f} us, {mean:6.0f} ns a hit"
        )
    return 0


if __name__ == "__main__":
    socket.setdefaulttimeout(30)
    sys.exit(main(sys.argv[1:]))
