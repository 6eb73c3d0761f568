"""What SCTP that is bound by its processor loses while it is watched, in counted instructions.

python -m tests.bench.throughput [--sizes 65536,1000,100] [--watchers record,json,dashboard,every-message,bpftrace]
                                 [--counted SECONDS] [--programs]

One guest with one processor, where each instruction takes a nanosecond, so that a run repeats to a few in a thousand.
iperf3 sends over a veth pair as fast as it can, both ends on that host. Each watcher is loaded while the sender is
stopped; then DATA chunks are counted in two seconds of the guest's time. Before and after each watcher nothing watches:
a cell is the share of the mean of these two. Two minutes a watcher and size, on a machine that is not busy; bpftrace
is Debian's package of that name. Beside each count stands which share of the time the watcher's own process had, and
with --programs what each of its programs costs a chunk, from the kernel's statistics: in a count of their own, which
they make slower.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.lab.machine import run as machine
from tests.lab.machine.boot import COUNTING
from tests.lab.scenes.hosts import Host, read_proc, two_hosts
from tests.lab.traffic.iperf import iperf_server

SIZES = (65536, 1000, 100)
WARM_UP_S, COUNTED_S = 1.0, 2.0
LOAD_S, STEADY_POLLS = 300.0, 3
HOUR_S = 3600
START_S = 15.0
"""Until a watcher whose programs are loaded has started whole, and drawn its first pictures."""
RTT = "kprobe:sctp_transport_update_rto { @jiffies[arg0] = hist(arg1); }"
SCTPTOP = (sys.executable, "-m", "sctptop")


@dataclass(frozen=True)
class Watcher:
    """`option`: of sctptop, without which there is no such watcher. `screen`: of a terminal; `loads`: programs."""

    title: str
    command: tuple[str, ...]
    option: str = ""
    screen: bool = False
    loads: bool = True


def watchers(folder: Path) -> dict[str, Watcher]:
    """By the names of `--watchers`; recordings go into `folder`."""
    record = (*SCTPTOP, "record", "-o")
    every = "--every-message"
    return {
        "record": Watcher("`sctptop record`", (*record, f"{folder}/one.sctp")),
        "json": Watcher("`sctptop --json`", (*SCTPTOP, "--json")),
        "dashboard": Watcher("`sctptop`", SCTPTOP, screen=True),
        "unprobed": Watcher("`sctptop --no-bpf`", (*SCTPTOP, "--no-bpf"), screen=True, loads=False),
        "every-message": Watcher(f"`record {every}`", (*record, f"{folder}/all.sctp", every), option=every),
        "bpftrace": Watcher("bpftrace, RTT", ("bpftrace", "-e", RTT)),
    }


class Sender:
    """iperf3 between two hosts; stopped but for the time in which it is counted."""

    def __init__(self, host: Host, process: subprocess.Popen[str], counted_s: float) -> None:
        self._host = host
        self._process = process
        self._counted_s = counted_s

    def chunks(self, watcher: int | None = None) -> tuple[int, float]:
        """DATA chunks that it sends in COUNTED_S, after WARM_UP_S; and the share of time that the watcher with that
        process number has meanwhile."""
        self._process.send_signal(signal.SIGCONT)
        try:
            time.sleep(WARM_UP_S)
            before, used_s, since = self._sent(), _cpu_s(watcher), time.monotonic()
            time.sleep(self._counted_s)
            sent, seconds = self._sent() - before, time.monotonic() - since
            share = (_cpu_s(watcher) - used_s) / seconds
        finally:
            self._process.send_signal(signal.SIGSTOP)
        if self._process.poll() is not None or not sent:
            raise SystemExit("throughput: iperf3 ended, or sent nothing")
        return round(sent * COUNTED_S / seconds), share

    def _sent(self) -> int:
        lines = (line.split() for line in read_proc(self._host, "sctp/snmp").splitlines())
        found = {words[0]: int(words[1]) for words in lines}
        return found["SctpOutOrderChunks"] + found["SctpOutUnorderChunks"]


def _cpu_s(process: int | None) -> float:
    """What a process has used so far; nothing without one."""
    if process is None:
        return 0.0
    ticks = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def sender(size: int, counted_s: float) -> Iterator[Sender]:
    """At work, and stopped, with messages of `size` bytes."""
    with two_hosts(prefix=f"s{size}-") as (gnb, amf), iperf_server(amf, amf.ipv4[0]):
        command = ["iperf3", "--sctp", "--client", amf.ipv4[0], "--length", str(size), "--time", str(HOUR_S)]
        process = gnb.popen([*command, "--interval", "0"], stdout=subprocess.DEVNULL)
        try:
            time.sleep(WARM_UP_S)
            process.send_signal(signal.SIGSTOP)
            yield Sender(gnb, process, counted_s)
        finally:
            process.kill()
            process.wait()


def _shown() -> list[dict[str, Any]]:
    shown = subprocess.run(["bpftool", "-j", "prog", "show"], check=True, capture_output=True, text=True)
    found: list[dict[str, Any]] = json.loads(shown.stdout)
    return found


def programs() -> set[int]:
    """The ids of all BPF programs that are loaded."""
    return {program["id"] for program in _shown()}


def costs(sending: Sender) -> list[str]:
    """What each program that runs costs, a line each: hits a chunk and instructions a hit."""
    switch = Path("/proc/sys/kernel/bpf_stats_enabled")
    switch.write_text("1")
    try:
        sent, _ = sending.chunks()
        found = [one for one in _shown() if one.get("run_cnt")]
    finally:
        switch.write_text("0")
    return [
        f"    {one['name']}: {one['run_cnt'] / sent:.3f} hits a chunk counted, "
        f"{one['run_time_ns'] / one['run_cnt']:.0f} ns each, {one['bytes_jited']} bytes"
        for one in found
    ]


@contextmanager
def watching(watcher: Watcher) -> Iterator[tuple[int, int]]:
    """The watcher is at work; how many programs it loaded, and its process number.

    Raises SystemExit with its words when it ends by itself.
    """
    before = programs()
    ours, theirs = pty.openpty()
    out: int = theirs if watcher.screen else subprocess.DEVNULL
    environment = {**os.environ, "TERM": "xterm-256color", "LINES": "40", "COLUMNS": "160"}
    threading.Thread(target=_drain, args=(ours,), daemon=True).start()
    words = subprocess.PIPE
    process = subprocess.Popen(watcher.command, stdin=theirs, stdout=out, stderr=words, env=environment)
    try:
        yield _loaded(process, before, watcher), process.pid
    finally:
        process.send_signal(signal.SIGTERM if watcher.screen else signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(30)
        process.kill()
        process.communicate()
        os.close(theirs)
        deadline = time.monotonic() + 30
        # The kernel frees programs after a grace period.
        while programs() != before and time.monotonic() < deadline:
            time.sleep(0.5)


def _loaded(process: subprocess.Popen[bytes], before: set[int], watcher: Watcher) -> int:
    """Waits until there are programs and no more of them come."""
    deadline = time.monotonic() + LOAD_S
    seen = [before]
    while watcher.loads and (
        len(seen) < STEADY_POLLS or seen[-1] == before or any(one != seen[-1] for one in seen[-STEADY_POLLS:])
    ):
        if process.poll() is not None or time.monotonic() > deadline:
            said = process.stderr.read() if process.stderr is not None and process.poll() is not None else b""
            raise SystemExit(f"throughput: {process.args!r} loads nothing: {said.decode(errors='replace')}")
        time.sleep(1)
        seen.append(programs())
    time.sleep(START_S)
    return len(seen[-1] - before)


def _drain(descriptor: int) -> None:
    with contextlib.suppress(OSError):
        while os.read(descriptor, 65536):
            pass


def measure(size: int, names: Sequence[str], counted_s: float, *, each: bool) -> list[str]:
    """A row of the table."""
    with sender(size, counted_s) as sending, TemporaryDirectory() as folder:
        known = watchers(Path(folder))
        alone = [sending.chunks()[0]]
        shares = []
        for name in names:
            watcher = known[name]
            with watching(watcher) as (number, process):
                if watcher.screen:
                    # With the first traffic comes the first graph, and what draws it is loaded.
                    sending.chunks()
                watched, own = sending.chunks(process)
                lines = costs(sending) if each else []
            alone.append(sending.chunks()[0])
            shares.append(watched / ((alone[-2] + alone[-1]) / 2))
            told = f"{size} bytes, {watcher.title}: {watched} with {number} programs, {alone[-2:]} without"
            told += f": {shares[-1]:.1%}; its process had {own:.1%}"
            print("\n".join([told, *lines]), file=sys.stderr, flush=True)
    mean = sum(alone) / len(alone)
    spread = (max(alone) - min(alone)) / mean
    return [f"{size:,}", f"{mean:,.0f} ± {spread / 2:.1%}", *(f"{share:.1%}" for share in shares)]


def in_the_lab(sizes: Sequence[int], names: Sequence[str], counted_s: float, *, each: bool) -> int:
    """Measure and print the table, in Markdown."""
    helps = subprocess.run([*SCTPTOP, "record", "--help"], capture_output=True, text=True, check=True).stdout
    known = watchers(Path())
    chosen = []
    for name in names:
        watcher = known[name]
        if shutil.which(watcher.command[0]) is None:
            print(f"no {name}: {watcher.command[0]} is not installed", file=sys.stderr)
        elif watcher.option not in helps:
            print(f"no {name}: sctptop has no {watcher.option}", file=sys.stderr)
        else:
            chosen.append(name)
    rows = [["bytes a message", "chunks in 2 s, unwatched", *(known[name].title for name in chosen)]]
    rows.append(["---"] * len(rows[0]))
    rows += [measure(size, chosen, counted_s, each=each) for size in sizes]
    print("\n".join(f"| {' | '.join(row)} |" for row in rows))
    return 0


def main() -> int:
    """Go to the lab, always to a guest: nowhere else can instructions be counted."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.throughput")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="of messages, in bytes")
    parser.add_argument("--watchers", default="record,every-message,bpftrace,json,dashboard")
    parser.add_argument("--counted", type=float, default=COUNTED_S, help="seconds a count")
    parser.add_argument("--programs", action="store_true", help="what each program costs, too")
    parser.add_argument("--in-the-lab", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    names = options.watchers.split(",")
    if unknown := set(names) - watchers(Path()).keys():
        parser.error(f"no watcher {', '.join(sorted(unknown))}")
    if options.in_the_lab:
        sizes = [int(word) for word in options.sizes.split(",")]
        return in_the_lab(sizes, names, options.counted, each=options.programs)
    return machine.carry_module(
        "tests.bench.throughput", sys.argv[1:], timeout=2 * HOUR_S, processors=COUNTING
    )


if __name__ == "__main__":
    sys.exit(main())
