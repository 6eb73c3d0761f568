"""Processor time and memory of the dashboard over many readings of a host made up by another process; not emulated.

python -m tests.bench.watched.alone [N ...] [--readings N] [--gone SHARE]    # default 1000 4000 8000, 700, 0.002

Associations of two paths, as netlink sees both. Between two readings a fifth of them moves, and a share goes for as
many new ones. The screen has 160 x 48 cells and is drawn, though to nowhere. What the kernel would need is not in it,
nor are probes, which load LLVM. 700 readings fill every graph: from there on memory should stay.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

from sctptop.kernel.host.jiffies import JiffyClock
from sctptop.kernel.probes.observed import NOTHING
from sctptop.kernel.reading import namespace_reader
from sctptop.kernel.reading.associations import merge
from sctptop.kernel.reading.namespace_reader import NamespaceReader
from sctptop.kernel.reading.sockdiag import SockDiag
from sctptop.model.sample import Sample
from sctptop.model.source_state import OK
from sctptop.options import Options
from sctptop.tui.live_app import LiveApp
from sctptop.tui.priority import drawing_first
from tests.soak.watched import memory_kib
from tests.unit.kernel.synthetic import SyntheticHost

COUNTS = (1000, 4000, 8000)
READINGS, GONE = 700, 0.002
SIZE = (160, 48)
MOVES_ONE_IN = 5
LOOKS = (0.1, 0.5, 1.0)
"""Memory is looked at after these parts of the readings."""


class Other:
    """The host, in a process of its own, so that its memory and time are not ours."""

    def __init__(self, folder: Path, count: int, gone: float) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._orders, orders = socket.socketpair()
        if not os.fork():
            ours.close()
            self._orders.close()
            _host(SyntheticHost(folder, count), theirs, orders, round(count * gone))
            os._exit(0)
        theirs.close()
        orders.close()
        self.netlink = ours
        self.move()

    def move(self) -> None:
        """A second goes by there."""
        self._orders.send(b".")
        self._orders.recv(1)


def _host(host: SyntheticHost, netlink: socket.socket, orders: socket.socket, gone: int) -> None:
    turn, newest = 0, max(host.entries)
    while True:
        ready, _, _ = select.select([netlink, orders], [], [])
        if orders in ready:
            if not orders.recv(1):
                return
            turn += 1
            for ident in [*host.entries][:gone]:
                host.end(ident)
                newest += 1
                host.begin(newest)
            for place, entry in enumerate(host.entries.values()):
                if (place + turn) % MOVES_ONE_IN == 0:
                    entry.grow()
            host.write()
            orders.send(b".")
        elif data := netlink.recv(1 << 18):
            for answer in host.answers(data):
                netlink.send(answer)


@dataclass
class Source:
    """What LiveSource does, of one namespace; tells of each reading."""

    reader: NamespaceReader
    other: Other
    readings: int = 0
    own_s: list[float] = field(default_factory=list)
    _clock: JiffyClock = field(default_factory=lambda: JiffyClock(250))
    _before: float | None = None

    def read(self) -> Sample:
        """One reading, a second after the other for all that is derived of it."""
        self.other.move()
        found = merge(1, self.reader.read().rows, self._clock, NOTHING, {}, None, None)
        self.readings += 1
        self.own_s.append(time.process_time())
        began, self._before = self._before, time.monotonic()
        interval_s = None if began is None else self._before - began
        now = datetime.now(timezone.utc)
        return Sample(now, interval_s, 0.0, "bench", "", {"sock_diag": OK}, associations=found)

    def close(self) -> None:
        """Nothing that does not end with the process."""


async def watched(source: Source, readings: int) -> tuple[float, list[int]]:
    """CPU seconds a reading, with all that follows from it, of the last half; and KiB after LOOKS."""
    app, memory = LiveApp(source, Options(interval_s=0.1, fixed_interval=True)), []
    async with app.run_test(size=SIZE):
        for part in LOOKS:
            while source.readings < readings * part:
                await asyncio.sleep(0.05)
            memory.append(memory_kib(os.getpid()))
    own = source.own_s[readings // 2 : readings]
    return (own[-1] - own[0]) / (len(own) - 1), memory


def measure(count: int, readings: int, gone: float) -> None:
    """Print a row."""
    with TemporaryDirectory(dir="/dev/shm") as folder:
        other = Other(Path(folder), count, gone)
        namespace_reader.SockDiag = lambda: SockDiag(lambda: other.netlink)  # type: ignore[assignment,attr-defined,misc]
        source = Source(NamespaceReader(Path(folder), keep_open=True), other)
        with drawing_first() as loop:
            cpu_s, memory = loop.run_until_complete(watched(source, readings))
    told = " | ".join(f"{kib * 1024 / 1e6:.0f}" for kib in memory)
    print(f"| {count:,} | {cpu_s * 1000:.0f} | {told} |", flush=True)


def main(arguments: Sequence[str]) -> int:
    """A process for each number: memory that was given back is not always the kernel's again."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.watched.alone")
    parser.add_argument("counts", type=int, nargs="*", default=COUNTS)
    parser.add_argument("--readings", type=int, default=READINGS)
    parser.add_argument("--gone", type=float, default=GONE)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one:
        measure(options.counts[0], options.readings, options.gone)
        return 0
    looks = " | ".join(f"MB after {round(part * options.readings)}" for part in LOOKS)
    print(f"| associations | CPU ms a reading | {looks} |\n| --- | --- |{' --- |' * len(LOOKS)}", flush=True)
    for count in options.counts:
        rest = ["--readings", str(options.readings), "--gone", str(options.gone)]
        command = [sys.executable, "-m", "tests.bench.watched.alone", "--one", str(count), *rest]
        subprocess.run(command, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
