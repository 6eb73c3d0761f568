"""A recording under more events than its host has time for, and under a part of them; in the lab.

python -m tests.bench.watched.overload [--one-in N ...] [--seconds S] [--links N]     # default 1 5, 180 s, one link

ASSOCIATIONS with both ends on the host, a heartbeat a second on each path of each end, and CONNECTS a second that come
up, carry a message and an answer, and go; then one in so many of all that. `record -d 1` is watched from when its
probes are on: how far apart its samples are, the most memory it had, what it told, left out and lost. The guest has
one processor of 250 million instructions a second, whatever this machine does beside it: a twentieth of a real one.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from sctptop.recording.reader import Recording
from tests.lab.machine import run as machine
from tests.lab.machine.boot import Processors
from tests.lab.scenes.hosts import Host, sysctl, two_hosts
from tests.lab.traffic.process import Traffic, traffic
from tests.soak.watched import SCTPTOP, memory_kib, tables

ASSOCIATIONS, CONNECTS = 300, 12
ONE_IN = (1, 5)
CHURNS = 6
"""Clients that connect: each waits for its answer."""
HB_MS = 50
"""Beside the RTO, a second with half of it more or less: what a heartbeat waits for."""
SLOW = Processors(1, counted=True, shift=2)
LOAD_S, END_S = 900.0, 300.0
LOOK_S = 1.0


@contextmanager
def load(one_in: int, links: int) -> Iterator[list[Traffic]]:
    """The clients that connect."""
    with two_hosts(links=links, prefix=f"o{one_in}-") as (gnb, amf), ExitStack() as stack:
        for host in (gnb, amf):
            sysctl(host, "net.sctp.hb_interval", HB_MS)
        ports = ("--port", "5000", "--ports", str(CHURNS + 1))
        stack.enter_context(traffic(amf, "echo", "--local", ",".join(amf.ipv4), *ports))
        count = str(ASSOCIATIONS // one_in)
        to = ("--to", ",".join(amf.ipv4))
        stack.enter_context(traffic(gnb, "idle", *to, "--port", "5000", "--count", count, timeout=300))
        yield [stack.enter_context(churn(gnb, amf, number, one_in)) for number in range(CHURNS)]


@contextmanager
def churn(gnb: Host, amf: Host, number: int, one_in: int) -> Iterator[Traffic]:
    """One of those."""
    period = ("--period", f"{CHURNS * one_in / CONNECTS:g}")
    with traffic(gnb, "churn", "--to", amf.ipv4[0], "--port", str(5001 + number), *period) as found:
        yield found


def connected(clients: Sequence[Traffic]) -> int:
    """How many associations they made so far."""
    return sum(int(client.ask("status", timeout=END_S)["closed"]) for client in clients)


def measure(one_in: int, links: int, seconds: float) -> dict[str, str]:
    """A column of the table."""
    with load(one_in, links) as clients, TemporaryDirectory() as folder:
        path = Path(folder, "over.sctp")
        process = subprocess.Popen(
            [*SCTPTOP, "record", "-d", "1", "-o", str(path)], stdout=subprocess.DEVNULL
        )
        try:
            until = time.monotonic() + LOAD_S
            while not path.exists() or not tables("paths") or not path.stat().st_size:
                if time.monotonic() > until or process.poll() is not None:
                    raise SystemExit("overload: no recording began")
                time.sleep(LOOK_S)
            before, begun, memory = connected(clients), time.monotonic(), [memory_kib(process.pid)]
            while time.monotonic() < begun + seconds:
                time.sleep(LOOK_S)
                memory.append(memory_kib(process.pid))
            made, took = connected(clients) - before, time.monotonic() - begun
            process.terminate()
            process.wait(END_S)
        finally:
            process.kill()
        return {
            "connects a second": f"{made / took:.1f}",
            **told(path),
            "memory: most, MB": f"{max(memory) * 1024 / 1e6:.0f}",
            "memory in the second half of the time": f"{max(memory[len(memory) // 2 :]) * 1024 / 1e6:.0f}",
        }


def told(path: Path) -> dict[str, str]:
    """What the recording says."""
    recording = Recording(path)
    samples = [sample for _, sample in recording.samples(0, len(recording)) if sample.probes.ok]
    recording.close()
    for sample in samples:
        happened = Counter(event.kind for event in sample.events)
        print(
            f"{sample.time:%H:%M:%S} read in {sample.read_s:.1f} s, {len(sample.associations)} associations, "
            f"{by_kind(happened)}; left out: {by_kind(Counter(sample.events_left_out))}",
            file=sys.stderr,
            flush=True,
        )
    if len(samples) < 3:
        raise SystemExit(f"overload: {len(samples)} samples")
    apart = [(after.time - before.time).total_seconds() for before, after in pairwise(samples)]
    events, left_out, summed = Counter[str](), Counter[str](), Counter[str]()
    for sample in samples:
        events.update(event.kind for event in sample.events)
        left_out.update(sample.events_left_out)
        for event in sample.events:
            summed[event.kind] += int(event.details.get("times") or 1) - 1
    seconds = sum(apart)
    all_of_them = events.total() + left_out.total() + summed.total()
    return {
        "samples, in seconds": f"{len(samples)}, {seconds:.0f}",
        "apart: median, longest, s": f"{statistics.median(apart):.1f}, {max(apart):.1f}",
        "associations at most": str(max(len(sample.associations) for sample in samples)),
        "events a second": f"{all_of_them / seconds:.0f}",
        "told": by_kind(events),
        "summed up in them": by_kind(summed),
        "left out": by_kind(left_out),
        "lost": str(sum(sample.events_lost for sample in samples)),
    }


def by_kind(counted: Counter[str]) -> str:
    return ", ".join(f"{kind} {times}" for kind, times in counted.most_common() if times) or "none"


def in_the_lab(parts: Sequence[int], links: int, seconds: float) -> int:
    """Measure and print a column for each part, in Markdown."""
    columns = []
    for one_in in parts:
        columns.append(measure(one_in, links, seconds))
        print({one_in: columns[-1]}, file=sys.stderr, flush=True)
    heads = [
        f"{ASSOCIATIONS // one_in} associations, {CONNECTS / one_in:g} connects a second" for one_in in parts
    ]
    rows = [["", *heads], ["---"] * (len(heads) + 1)]
    rows += [[name, *(column[name] for column in columns)] for name in columns[0]]
    print("\n".join(f"| {' | '.join(row)} |" for row in rows), flush=True)
    return 0


def main() -> int:
    """Go to the lab unless this is it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.watched.overload")
    parser.add_argument("--one-in", type=int, nargs="+", default=ONE_IN)
    parser.add_argument("--seconds", type=float, default=180.0)
    parser.add_argument("--links", type=int, default=1)
    parser.add_argument("--in-the-lab", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.in_the_lab:
        return in_the_lab(options.one_in, options.links, options.seconds)
    return machine.carry_module("tests.bench.watched.overload", sys.argv[1:], timeout=7200, processors=SLOW)


if __name__ == "__main__":
    sys.exit(main())
