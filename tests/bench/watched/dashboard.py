"""What the dashboard needs at one reading a second, beside ``watch -n1 ss``: counted CPU time and memory, in the lab.

python -m tests.bench.watched.dashboard [N ...] [--namespaces N] [--seconds S]     # default 1000 4000, 0, 30 s

The guest has one processor on which an instruction takes a nanosecond. Associations of two paths, none and then a fifth
of them with a message a second; each watcher has a terminal of 40 rows and is watched when it is up, the dashboard when
its probes are on and followed one round of changes. CPU time is that of the watcher and of all that it started, without
the kernel's own threads. ``watch`` sleeps a second between two runs: what one run takes is its CPU by its runs. With
``--namespaces`` as many hosts have ten ends each, and the peer asks ss in each.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.reading.crowd import crowd
from tests.lab.machine import run as machine
from tests.lab.machine.boot import COUNTING
from tests.lab.scenes.hosts import Host, two_hosts
from tests.soak.watched import SCTPTOP, OnTerminal, memory_kib, tables

COUNTS = (1000, 4000)
EACH = 10
SS = "ss -S -a -n -i -m"
EVERYWHERE = f"for n in $(ip netns list | cut -d' ' -f1); do ip netns exec $n {SS}; done"
LOAD_S, SETTLE_S = 900.0, 20.0
TICKS = os.sysconf("SC_CLK_TCK")
Move = Callable[[int], None]


def cpu_s(session: int) -> float:
    """Of the processes of a session, and of those of them that have ended: proc_pid_stat(5)."""
    ticks = 0
    for place in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            words = place.read_text().rpartition(")")[2].split()
            ticks += sum(map(int, words[11:15])) if int(words[3]) == session else 0
    return ticks / TICKS


@contextmanager
def moving(move: Move, one_in: int) -> Iterator[None]:
    """One in so many has a message each second; 0: none."""
    ended = threading.Event()

    def again() -> None:
        while one_in and not ended.wait(1.0):
            move(one_in)

    thread = threading.Thread(target=again)
    thread.start()
    yield
    ended.set()
    thread.join()


def dashboard(host: Host | None, move: Move, seconds: float) -> list[str]:
    """The cells of its row."""
    command = [*SCTPTOP, "-d", "1", "--fixed-interval", *(["--netns", "self"] if host else [])]
    shown = OnTerminal(host.command(command) if host else command)
    try:
        until = time.monotonic() + LOAD_S
        while not tables("paths"):
            if time.monotonic() > until:
                raise SystemExit(f"dashboard: no probes: {bytes(shown.drawn[-800:])!r}")
            time.sleep(1.0)
        time.sleep(SETTLE_S)
        with moving(move, 1):
            time.sleep(SETTLE_S)
        # `ip netns exec` is no process of its own.
        pid = shown.process.pid
        cells = [f"{1000 * part:.0f}" for part in parts(pid, move, seconds)]
        return [*cells, f"{memory_kib(pid) * 1024 / 1e6:.0f}"]
    finally:
        shown.process.kill()
        shown.process.wait()


def watch(host: Host | None, move: Move, seconds: float) -> list[str]:
    """The cells of the peer's row, and how often it ran in a minute."""
    with TemporaryDirectory() as folder:
        runs = Path(folder, "runs")
        command = ["watch", "-n1", f"{SS if host else EVERYWHERE}; echo >> {runs}"]
        shown = OnTerminal(host.command(command) if host else command)
        try:
            time.sleep(SETTLE_S)
            begun, before = time.monotonic(), runs.stat().st_size if runs.exists() else 0
            cells = [f"{1000 * part:.0f}" for part in parts(shown.process.pid, move, seconds)]
            ran = runs.stat().st_size - before
            return [*cells, f"{60 * ran / (time.monotonic() - begun):.1f} runs a minute"]
        finally:
            shown.process.kill()
            shown.process.wait()


def parts(pid: int, move: Move, seconds: float) -> Iterator[float]:
    """CPU seconds a second: while nothing moves, and while a fifth does."""
    for one_in in (0, 5):
        with moving(move, one_in):
            time.sleep(2.0)
            used, begun = cpu_s(pid), time.monotonic()
            time.sleep(seconds)
            yield (cpu_s(pid) - used) / (time.monotonic() - begun)


def show(title: str, host: Host | None, move: Move, seconds: float) -> None:
    """Two rows of the table."""
    peer = f"`watch -n1 {SS}`" if host else "`watch` of `ss` in each namespace"
    for name, measured in (("`sctptop`", dashboard), (peer, watch)):
        print(f"| {title} | {name} | {' | '.join(measured(host, move, seconds))} |", flush=True)


def in_the_lab(counts: Sequence[int], namespaces: int, seconds: float) -> int:
    """Measure and print, in Markdown."""
    print("| associations | | nothing changes: CPU ms a second | a fifth changes | memory, MB |")
    print("| --- | --- | --- | --- | --- |", flush=True)
    if namespaces:
        with ExitStack() as stack:
            hosts = [
                stack.enter_context(two_hosts(links=2, prefix=f"n{number}-", subnet=10 + number % 200))
                for number in range(namespaces // 2)
            ]
            show(f"{namespaces} × {EACH}", None, stack.enter_context(crowd(hosts, EACH)), seconds)
        return 0
    for count in counts:
        with two_hosts(links=2) as (gnb, amf), crowd([(gnb, amf)], count) as move:
            show(f"{count:,}", gnb, move, seconds)
    return 0


def main() -> int:
    """Go to the lab, always to a guest: nowhere else can instructions be counted."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.watched.dashboard")
    parser.add_argument("counts", type=int, nargs="*", default=COUNTS)
    parser.add_argument("--namespaces", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--in-the-lab", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.in_the_lab:
        return in_the_lab(options.counts, options.namespaces, options.seconds)
    return machine.carry_module(
        "tests.bench.watched.dashboard", sys.argv[1:], timeout=7200, processors=COUNTING
    )


if __name__ == "__main__":
    sys.exit(main())
