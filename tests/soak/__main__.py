"""Associations by the thousand come and go and UEs register, while a dashboard and a recording watch all of it.

    python -m tests.lab.machine --timeout 4500 -- "$venv/bin/python -m tests.soak --minutes 60"  # . tests/environment

Prints what sctptop's processes need at the beginning, after they warmed up, and at the end. Fails when memory at the
end is MORE above that after warming up, when descriptors differ, or when a traceback was seen.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sctptop.model.associations.history import WINDOW
from tests.lab.core.scene import core_scene
from tests.lab.scenes.hosts import two_hosts
from tests.lab.traffic.process import Traffic, traffic
from tests.soak.watched import Dashboard, Recorder, descriptors, map_fill, memory_kib, tables

MORE = 1.05
WARM = 0.4
"""The part of the time after which nothing should grow any more, once the history of WINDOW readings is full."""
MORE_FILLING = 1.25
"""What is allowed of a run too short for that: graphs are still being filled."""
LOOK_S = 5.0
SOME = 5
"""Looks that are compared with as many."""
LOAD_S = 300.0
"""For the probes of both, which an emulated machine compiles twenty times slower."""


@dataclass(frozen=True)
class Look:
    """What was measured at one instant: memory in KiB, times in seconds."""

    at_s: float
    memory: dict[str, int]
    descriptors: dict[str, int]
    key_s: float
    read_s: float
    readings: int


def main(argv: Sequence[str]) -> int:
    """1 where something grew, or broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0, help="default 5")
    parser.add_argument("--steady", type=int, default=30, help="associations that stay")
    parser.add_argument("--crowds", type=int, default=1, help="clients that open and close one after another")
    parser.add_argument("--rate", type=float, default=0.5, help="UEs a second that register")
    parser.add_argument("--interval", type=float, default=2.0, help="seconds between readings")
    arguments = parser.parse_args(argv)
    problems = soak(
        arguments.minutes * 60, arguments.steady, arguments.crowds, arguments.rate, arguments.interval
    )
    print("\n".join(f"soak: {problem}" for problem in problems) or "soak: nothing grew")
    return 1 if problems else 0


def soak(seconds: float, steady: int, crowds: int, rate: float, interval_s: float = 2.0) -> list[str]:
    """What was wrong after so much time; prints the table."""
    begun = time.monotonic()
    with ExitStack() as stack:
        hosts = stack.enter_context(two_hosts(links=2, prefix="soak-", subnet=41))
        gnb, amf = hosts
        far = amf.ipv4[0]
        stack.enter_context(
            traffic(amf, "echo", "--local", far, "--port", "5000", "--ports", str(crowds + 1))
        )
        stack.enter_context(
            traffic(gnb, "idle", "--to", far, "--port", "5000", "--count", str(steady), timeout=300)
        )
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="soak-")))
        dashboard = Dashboard("-d", f"{interval_s:g}")
        stack.callback(dashboard.process.kill)
        recorder = Recorder(folder / "soak.sctp", "-d", f"{interval_s:g}")
        stack.callback(recorder.process.kill)
        _until(lambda: recorder.readings > 0 and tables("paths") == 2, LOAD_S)
        print(f"soak: probes loaded after {time.monotonic() - begun:.0f} s", flush=True)
        assert recorder.last["sources"]["bpf"] == "ok", recorder.last["sources"]
        stack.enter_context(
            core_scene(
                ues=20, rate=rate, rounds=0, gnb_nodelay=True, amf_nodelay=True, hosts=hosts,
                gnb_options=("--again", "2", "--deregister", "--reuse-ids"),
            )
        )  # fmt: skip
        churns = [
            stack.enter_context(
                traffic(gnb, "churn", "--to", far, "--port", str(5001 + one), "--period", "0.2")
            )
            for one in range(crowds)
        ]
        looks, fills = _watch(dashboard, recorder, seconds)
        warm = [one for one in looks if one.at_s >= WARM * seconds and one.readings >= WINDOW][:SOME]
        full = len(looks) > 2 * SOME and warm[SOME - 1 :] != [] and warm[-1].at_s < looks[-SOME].at_s
        if not full:
            print(
                f"soak: too short to fill the history of {WINDOW} readings: {MORE_FILLING - 1:.0%} more are allowed"
            )
            warm = [one for one in looks if one.at_s >= WARM * seconds][:SOME]
        _table(looks[0], warm[0], looks)
        closed = sum(_closed(churn) for churn in churns)
        code = dashboard.quit()
        shown = bytes(dashboard.drawn[-4000:]).decode(errors="replace")
        ended = [f"dashboard: exit code {code}: {shown}"] if code else []
        code, said = recorder.stop()
        ended += [f"recording: exit code {code}: {said[-600:]}"] if code else []
        ended += (
            ["a traceback was seen"]
            if "Traceback" in said or dashboard.broken or b"Traceback" in dashboard.drawn
            else []
        )
        size = (folder / "soak.sctp").stat().st_size
    print(
        f"{closed} associations came and went, {recorder.met} of them and of {steady} more were seen; "
        f"{recorder.ended} registrations were told; {recorder.readings} readings, {recorder.lost} events lost; "
        f"the recording has {size / 1e6:.1f} MB"
    )
    for name in fills[0].keys() | fills[1].keys():
        print(f"map {name:<14} {fills[0].get(name, 0):>8} {fills[1].get(name, 0):>8}")
    return [*_grown(warm, looks[-SOME:], MORE if full else MORE_FILLING), *ended]


def _watch(
    dashboard: Dashboard, recorder: Recorder, seconds: float
) -> tuple[list[Look], tuple[dict[str, int], dict[str, int]]]:
    begun = time.monotonic()
    pids = {"dashboard": dashboard.process.pid, "recording": recorder.process.pid}
    looks: list[Look] = []
    first: dict[str, int] = {}
    while not looks or looks[-1].at_s < seconds:
        key_s = dashboard.key_s()
        looks.append(
            Look(
                at_s=time.monotonic() - begun,
                memory={name: memory_kib(pid) for name, pid in pids.items()},
                descriptors={name: descriptors(pid) for name, pid in pids.items()},
                key_s=key_s,
                read_s=recorder.read_s,
                readings=recorder.readings,
            )
        )
        if len(looks) == 2:
            first = map_fill()
        if int(looks[-1].at_s / 60) > int(looks[-2].at_s / 60 if looks[1:] else -1):
            print(f"soak: {looks[-1]}, {recorder.readings} readings", flush=True)
        time.sleep(LOOK_S)
    return looks, (first, map_fill())


def _grown(warm: Sequence[Look], last: Sequence[Look], more: float) -> list[str]:
    """What is more at the end than after warming up.

    The least of some looks counts: memory comes and goes, and a namespace that is looked into is open for a moment.
    """
    found = []
    for name in warm[0].memory:
        before, after = (min(look.memory[name] for look in looks) for looks in (warm, last))
        if after > before * more:
            found.append(f"memory of the {name} grew from {before} to {after} KiB")
        before, after = (min(look.descriptors[name] for look in looks) for looks in (warm, last))
        if after != before:
            found.append(f"descriptors of the {name} went from {before} to {after}")
    return found


def _table(first: Look, warm: Look, looks: Sequence[Look]) -> None:
    third = max(len(looks) // 3, 1)
    print(f"{'':<24}{'start':>10}{'warm':>10}{'end':>10}   after {looks[-1].at_s:.0f} s, {len(looks)} looks")
    for name in first.memory:
        row = [look.memory[name] / 1024 for look in (first, warm, looks[-1])]
        print(f"{name + ', MB':<24}" + "".join(f"{value:>10.1f}" for value in row))
        counts = [look.descriptors[name] for look in (first, warm, looks[-1])]
        print(f"{name + ', descriptors':<24}" + "".join(f"{value:>10}" for value in counts))
    for title, values in (
        ("a key's answer, ms", [look.key_s for look in looks]),
        ("a reading, ms", [look.read_s for look in looks]),
    ):
        parts = [
            median(part) * 1000
            for part in (values[:third], values[third : 2 * third] or values, values[-third:])
        ]
        print(f"{title:<24}" + "".join(f"{value:>10.0f}" for value in parts))


def _closed(churn: Traffic) -> int:
    return int(churn.ask("status", timeout=300)["closed"])


def _until(holds: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"not so after {seconds:g} s")
        time.sleep(1.0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
