"""What a reading after the first costs, and the model's update with it, on a synthetic host: CPU time, not emulated.

python -m tests.bench.reading.again [N ...]    # default 1000 4000 8000 associations of two paths, as netlink sees both

The answers of netlink and the files of /proc are made of bytes that a kernel sent. "Everything anew" decodes, parses
and makes all of it, as a first reading does, and gives the model records that are all new objects: what every reading
cost before. The time in which the synthetic host makes its answers is taken out; what a kernel needs is in
``tests.bench.reading``, on a real one. The least of REPEAT, as other work on the machine disturbs.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from math import inf
from pathlib import Path

from sctptop.commands.watching import COLLECT_AFTER
from sctptop.kernel.host.jiffies import JiffyClock
from sctptop.kernel.netlink import messages
from sctptop.kernel.probes.observed import NOTHING
from sctptop.kernel.reading import namespace_reader
from sctptop.kernel.reading.associations import merge, merge_associations
from sctptop.kernel.reading.diag.diag_records import SOCK_DIAG_BY_FAMILY, decode_record
from sctptop.kernel.reading.namespace_reader import NamespaceReader
from sctptop.kernel.reading.procfs import parse_assocs, parse_remaddr, read_text
from sctptop.kernel.reading.sockdiag import SockDiag
from sctptop.kernel.ways import ways
from sctptop.model.association import Association
from sctptop.model.model import Model
from sctptop.model.sample import Sample
from sctptop.model.source_state import OK
from tests.unit.kernel.reading.answers import message
from tests.unit.kernel.synthetic import SyntheticHost
from tests.unit.kernel.ways.routing import Host

COUNTS = (1000, 4000, 8000)
REPEAT = 5
SHARES = {"nothing changed": 0, "a fifth changed": 5, "all changed": 1}
"""One association in so many moves."""


class Watched:
    """One host, read again and again."""

    def __init__(self, folder: Path, count: int) -> None:
        self.folder = folder
        self.host = SyntheticHost(folder, count)
        # As after many readings: each looks up the ways of some paths only.
        ways.MOST_LOOKUPS, ways.LOOKUPS_S = 1 << 30, inf
        namespace_reader.SockDiag = lambda: SockDiag(self.host.socket)  # type: ignore[arg-type,assignment,attr-defined,misc]
        self.now_s = 0.0
        self.reader = NamespaceReader(folder, keep_open=True, now=lambda: self.now_s)
        self.clock, self.ways, self.model = JiffyClock(250), Host().ways, Model()
        self.turn = 0
        self.update(self.again())
        for _ in range(2):
            self.move(0)
            self.update(self.again())

    def move(self, one_in: int) -> None:
        self.turn += 1
        for place, entry in enumerate(self.host.entries.values()):
            if one_in and (place + self.turn) % one_in == 0:
                entry.grow()

    def again(self) -> tuple[Association, ...]:
        read = self.reader.read()
        found = merge(1, read.rows, self.clock, NOTHING, {}, None, self.ways)
        self.ways.end_reading()
        return found

    def anew(self, answers: Sequence[bytes]) -> tuple[Association, ...]:
        """As each reading was, with the answers at hand."""
        records = [
            decode_record(one.payload)
            for answer in answers
            for one in messages(answer)
            if one.type == SOCK_DIAG_BY_FAMILY
        ]
        lines = parse_assocs(read_text(self.folder, "assocs"))
        paths = parse_remaddr(read_text(self.folder, "remaddr"))
        found = merge_associations(1, records, lines, paths, self.clock, ways=self.ways)
        self.ways.end_reading()
        return found

    def update(self, found: tuple[Association, ...]) -> None:
        self.now_s += 0.001
        time_of = datetime(2026, 11, 27, tzinfo=timezone.utc) + timedelta(seconds=self.turn)
        interval_s = 1.0 if self.turn else None
        self.model.advance(
            Sample(time_of, interval_s, 0.0, "bench", "", {"sock_diag": OK}, associations=found)
        )


def measure(count: int) -> dict[str, tuple[float, float]]:
    """CPU milliseconds of the reading and of the model, by what was done."""
    rows: dict[str, tuple[float, float]] = {}
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        watched = Watched(Path(folder), count)
        host = watched.host
        answers = [message(SOCK_DIAG_BY_FAMILY, 1, record) for record in host.records()]
        gc.collect()
        gc.freeze()
        gc.set_threshold(COLLECT_AFTER)
        for name, one_in in SHARES.items():
            reading, model = [], []
            for _ in range(REPEAT):
                watched.move(one_in)
                host.own_cpu_s = 0.0
                begun = time.process_time()
                found = watched.again()
                reading.append(time.process_time() - begun - host.own_cpu_s)
                begun = time.process_time()
                watched.update(found)
                model.append(time.process_time() - begun)
            rows[name] = (min(reading) * 1000, min(model) * 1000)
        watched.reader._walk_at = -1.0
        host.own_cpu_s = 0.0
        begun = time.process_time()
        watched.again()
        rows["a walk"] = ((time.process_time() - begun - host.own_cpu_s) * 1000, 0.0)
        gc.set_threshold(700)
        gc.unfreeze()
        reading, model = [], []
        for _ in range(REPEAT):
            begun = time.process_time()
            found = watched.anew(answers)
            reading.append(time.process_time() - begun)
            anew = tuple(replace(entry, in_packets=watched.turn) for entry in found)
            begun = time.process_time()
            watched.update(anew)
            model.append(time.process_time() - begun)
        rows["everything anew"] = (min(reading) * 1000, min(model) * 1000)
    return rows


def main() -> int:
    """Print the table."""
    counts = [int(word) for word in sys.argv[1:] if word.isdigit()] or COUNTS
    columns = {count: measure(count) for count in counts}
    print(f"CPU ms, least of {REPEAT}: reading, model")
    print(f"{'':20}" + "".join(f"{count:>18}" for count in columns))
    for name in next(iter(columns.values())):
        cells = (f"{column[name][0]:>10.1f} {column[name][1]:>7.1f}" for column in columns.values())
        print(f"{name:20}" + "".join(cells))
    return 0


if __name__ == "__main__":
    sys.exit(main())
