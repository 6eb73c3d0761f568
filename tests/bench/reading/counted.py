"""What readings cost in instructions, with what the model and the order of rows add, beside ss: real associations.

python -m tests.bench.reading --counted [N ...] [--namespaces N]     # default 1000 4000 8000 associations of two paths

One guest with one processor, where each instruction takes a nanosecond, so that a run repeats to a few in a thousand.
Million instructions of readings after the first ones, the least of REPEAT; "÷ ss" is reading, model and order against
``ss -S -a -n -i -m``. A walk is made every ten seconds where nothing calls for one. With ``--namespaces`` that many
hosts have ten associations each, and beside them one has as many as they have together.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import pairwise

from sctptop.commands.watching import COLLECT_AFTER
from sctptop.fields.arranger import Arranger
from sctptop.fields.filter import parse_filter
from sctptop.fields.ordering import BY_REMOTE
from sctptop.kernel.live import LiveSource
from sctptop.kernel.reading import namespace_reader
from sctptop.model.model import Model
from sctptop.model.selection import ALL_NAMESPACES, OWN_NAMESPACE, NamespaceChoice
from tests.bench.reading.crowd import crowd
from tests.lab.machine import run as machine
from tests.lab.machine.boot import COUNTING
from tests.lab.scenes.hosts import Host, inside, two_hosts

COUNTS = (1000, 4000, 8000)
EACH = 10
REPEAT = 3
WARM = 4
CALM_S = 1.0
"""After messages, until SACKs are sent and timers stopped."""
CHANGES = {"nothing changed": 0, "a fifth changed": 5, "all changed": 1}
SS = ("ss", "-S", "-a", "-n", "-i", "-m")
Costs = tuple[int, int, int]
"""Instructions of reading, model and order."""


class Watching:
    """sctptop without its screen: the source, the model and the order."""

    def __init__(self, netns: NamespaceChoice) -> None:
        self.source = LiveSource(netns=netns)
        self.model, self.arranger = Model(), Arranger()
        self.chosen = parse_filter("")
        self.seen = 0

    def once(self) -> Costs:
        """One reading, and what it takes."""
        times = [time.perf_counter_ns()]
        sample = self.source.read()
        times.append(time.perf_counter_ns())
        snapshot = self.model.advance(sample)
        times.append(time.perf_counter_ns())
        self.seen = len(self.arranger.arranged(snapshot.rows, BY_REMOTE, self.chosen))
        times.append(time.perf_counter_ns())
        reading, model, order = (after - before for before, after in pairwise(times))
        return reading, model, order

    def least(self, before: Callable[[], None]) -> Costs:
        """The least of REPEAT readings, each after something was done and calm returned."""
        return min((self.after(before) for _ in range(REPEAT)), key=sum)

    def after(self, before: Callable[[], None]) -> Costs:
        before()
        time.sleep(CALM_S)
        return self.once()


@contextmanager
def walked(at_s: float) -> Iterator[None]:
    """Walks are made so rarely, or every time with 0."""
    usual = namespace_reader.WALK_S, namespace_reader.WALK_OF_MANY_S
    namespace_reader.WALK_S = namespace_reader.WALK_OF_MANY_S = at_s
    yield
    namespace_reader.WALK_S, namespace_reader.WALK_OF_MANY_S = usual


def measure(move: Callable[[int], None], netns: NamespaceChoice, expected: int) -> dict[str, Costs]:
    """By what was done. The thread is in the host that is watched."""
    found: dict[str, Costs] = {}
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)
    watching = Watching(netns)
    with contextlib.closing(watching.source), walked(1e6):
        for _ in range(WARM):
            # With its first round trips the RTO of each path settles.
            watching.after(lambda: move(1))
        for name, one_in in CHANGES.items():
            found[name] = watching.least(lambda one_in=one_in: move(one_in))  # type: ignore[misc]
        if watching.seen < expected:
            raise SystemExit(f"counted: {watching.seen} associations seen of {expected}")
    return found


def ss(host: Host | None) -> int:
    """Instructions of one run, with what starts it; the least of two."""
    command = list(SS) if host is None else host.command(SS)
    times = []
    for _ in range(2):
        begun = time.perf_counter_ns()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter_ns() - begun)
    return min(times)


def of_one_host(count: int) -> tuple[dict[str, Costs], int]:
    """Both hosts' associations are read from the first."""
    with two_hosts(links=2) as (gnb, amf), crowd([(gnb, amf)], count) as move:
        with inside(gnb):
            found = measure(move, OWN_NAMESPACE, count)
        return found, ss(gnb)


def of_many_hosts(count: int) -> dict[str, Costs]:
    """So many pairs of hosts with EACH associations: all of both ends are read."""
    with ExitStack() as stack:
        hosts = [
            stack.enter_context(two_hosts(links=2, prefix=f"n{number}-", subnet=10 + number % 200))
            for number in range(count // 2)
        ]
        move = stack.enter_context(crowd(hosts, EACH))
        return measure(move, ALL_NAMESPACES, EACH * len(hosts) * 2)


def of_two_hosts(count: int) -> dict[str, Costs]:
    """The same number of ends in two namespaces."""
    with two_hosts(links=2) as pair, crowd([pair], count) as move:
        return measure(move, ALL_NAMESPACES, 2 * count)


def show(columns: dict[str, tuple[dict[str, Costs], int]]) -> None:
    """A table in Markdown."""
    head = ["million instructions: reading + model + order", *columns]
    rows = [head, ["---"] * len(head)]
    for name in CHANGES:
        cells = [" + ".join(f"{part / 1e6:.1f}" for part in costs[name]) for costs, _ in columns.values()]
        rows.append([name, *cells])
        if all(peer for _, peer in columns.values()):
            rows.append(["÷ ss", *(f"{sum(costs[name]) / peer:.3f}" for costs, peer in columns.values())])
    if all(peer for _, peer in columns.values()):
        rows.append([f"`{' '.join(SS)}`", *(f"{peer / 1e6:.0f}" for _, peer in columns.values())])
    print("\n".join(f"| {' | '.join(row)} |" for row in rows), flush=True)


def in_the_lab(counts: Sequence[int], namespaces: int) -> int:
    """Measure and print."""
    if namespaces:
        show({f"{namespaces} namespaces of {EACH}": (of_many_hosts(namespaces), 0)})
        show({f"two of {namespaces * EACH // 2}": (of_two_hosts(namespaces * EACH // 2), 0)})
        return 0
    for count in counts:
        show({f"{count:,}": of_one_host(count)})
    return 0


def main() -> int:
    """Go to the lab, always to a guest: nowhere else can instructions be counted."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.reading.counted")
    parser.add_argument("counts", type=int, nargs="*", default=COUNTS)
    parser.add_argument("--namespaces", type=int, default=0)
    parser.add_argument("--in-the-lab", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.in_the_lab:
        return in_the_lab(options.counts, options.namespaces)
    return machine.carry_module(
        "tests.bench.reading.counted", sys.argv[1:], timeout=3600, processors=COUNTING
    )


if __name__ == "__main__":
    sys.exit(main())
