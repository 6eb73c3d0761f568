"""What one reading costs, beside ss and pyroute2's own reader, on real associations in the lab.

python -m tests.bench.reading [N ...]        # default 100 1000 4000 idle associations over loopback veth
python -m tests.bench.reading --counted ...  # by instructions, the model and the order with it: see counted.py
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence

from pyroute2 import DiagSocket

from sctptop.kernel.host.preflight import PROC_SCTP
from sctptop.kernel.live import LiveSource
from sctptop.kernel.reading import namespace_reader
from sctptop.kernel.reading.asked import Pair
from sctptop.kernel.reading.diag.diag_records import IPPROTO_SCTP
from sctptop.kernel.reading.procfs import parse_assocs, read_text
from sctptop.kernel.reading.sockdiag import SockDiag
from sctptop.model.selection import OWN_NAMESPACE
from tests.bench.reading import counted
from tests.bench.timing import best_of
from tests.lab.machine import run as machine
from tests.lab.scenes.hosts import Host, inside, two_hosts
from tests.lab.traffic.process import traffic

REPEAT = 3
COUNTS = (100, 1000, 4000)


def measure(gnb: Host) -> list[tuple[str, float]]:
    """Seconds by what was done, with the associations that the host has now; one row counts records."""
    rows = [("ss -S -a -n -i -m", best_of(lambda: gnb.run(["ss", "-S", "-a", "-n", "-i", "-m"]), REPEAT))]
    with inside(gnb):
        diag, stock = SockDiag(), DiagSocket()
        stock.bind()
        everything = {"family": socket.AF_INET, "protocol": IPPROTO_SCTP}
        records = [record for record in diag.dump() if record.is_association]
        pairs: list[Pair] = [
            ((str(record.source), record.local_port), (str(record.primary), record.remote_port))
            for record in records
        ]
        rows += [
            ("pyroute2 get_sock_stats", best_of(lambda: stock.get_sock_stats(**everything), REPEAT)),
            ("  of which it found", len(stock.get_sock_stats(**everything))),
            ("/proc assocs, parsed", best_of(lambda: parse_assocs(read_text(PROC_SCTP, "assocs")), REPEAT)),
            ("sctptop dump, decoded", best_of(diag.dump, REPEAT)),
            ("sctptop exact look-ups", best_of(lambda: list(diag.look_up(pairs)), REPEAT)),
        ]
        for name, limit in (("sctptop reading by dump", 1 << 30), ("sctptop reading by name again", 0)):
            namespace_reader.EXACT_ABOVE = namespace_reader.BY_NAME_ABOVE = limit
            source = LiveSource(netns=OWN_NAMESPACE)
            for _ in range(2):
                source.read()
            rows.append((name, best_of(source.read, REPEAT)))
            source.close()
        stock.close()
        diag.close()
    return rows


def in_the_lab(counts: Sequence[int]) -> int:
    """Measure each number of associations and print the table."""
    columns: dict[int, dict[str, float]] = {}
    for count in counts:
        with (
            two_hosts() as (gnb, amf),
            traffic(amf, "echo", "--local", amf.ipv4[0]),
            traffic(gnb, "idle", "--to", amf.ipv4[0], "--count", str(count), timeout=300),
        ):
            columns[count] = dict(measure(gnb))
    print(f"best of {REPEAT}, seconds, by number of associations")
    print(f"{'':30}" + "".join(f"{count:>10}" for count in columns))
    for name in next(iter(columns.values())):
        print(f"{name:30}" + "".join(f"{column[name]:>10.4g}" for column in columns.values()))
    return 0


def main() -> int:
    """Go to the lab unless this is it."""
    if "--counted" in sys.argv:
        sys.argv.remove("--counted")
        return counted.main()
    arguments = [word for word in sys.argv[1:] if word.isdigit()]
    if "--in-the-lab" in sys.argv:
        return in_the_lab([int(word) for word in arguments] or COUNTS)
    print(f"where: {machine.where()}", flush=True)
    return machine.carry_module("tests.bench.reading", arguments, timeout=1200)


if __name__ == "__main__":
    sys.exit(main())
