"""``--probes``: every attach point, whether we are there, and what it costs; ``--ebpf``: the program."""

from __future__ import annotations

import os
import sys
import time

from sctptop.errors import FAILED, OK, SctptopError
from sctptop.kernel.live import LiveSource
from sctptop.kernel.probes.maps import enable_statistics
from sctptop.kernel.probes.points import ProbeChoice
from sctptop.kernel.probes.program import NoProbes, PointState, source_here
from sctptop.kernel.probes.session import Probes


def program_text(choice: ProbeChoice) -> str:
    """The C that would be loaded on this kernel, and what is left out of it. Raises SctptopError."""
    try:
        source, needs_headers = source_here(choice)
    except NoProbes as error:
        raise SctptopError(str(error)) from error
    notes = [f"/* {concern} is left out: {why} */\n" for concern, why in source.left_out.items()]
    if needs_headers:
        notes.append(
            "/* Compiled with the kernel's headers: its BTF does not tell the sctp module's types. */\n"
        )
    return "".join(notes) + source.text


def report(probes: Probes, watch_s: float) -> int:
    """Load the probes, let them run for ``watch_s`` with the kernel's own timing of programs, list them."""
    source = LiveSource(probes)
    descriptor = -1
    try:
        probes.start()
        probes.settle()
        if not probes.state.ok:
            raise SctptopError(f"probes {probes.state}", FAILED)
        timed = True
        try:
            descriptor = enable_statistics()
        except OSError:
            timed = False
        started = time.monotonic()
        source.read()
        time.sleep(watch_s)
        source.read()
        watched_s = time.monotonic() - started
        states = probes.points()
        sys.stdout.write(_table(states, watched_s, probes.compile_s, timed))
    except KeyboardInterrupt:
        return OK
    finally:
        if descriptor >= 0:
            os.close(descriptor)
        source.close()
    return OK if all(entry.on for entry in states) else FAILED


def _table(states: tuple[PointState, ...], watched_s: float, compile_s: float, timed: bool) -> str:
    lines = [f"{'ATTACH POINT':<29} {'HOW':<14} {'STATE':<5} {'RUNS':>8} {'NS/RUN':>7} {'US/S':>8}  GIVES"]
    counted: set[str] = set()
    total = 0
    for entry in states:
        point, cost = entry.point, entry.cost
        numbers = f"{'':>8} {'':>7} {'':>8}"
        if cost is not None and timed and point.function not in counted:
            counted.add(point.function)
            total += cost.nanoseconds
            each = cost.nanoseconds / cost.runs if cost.runs else 0
            numbers = f"{cost.runs:>8} {each:>7.0f} {cost.nanoseconds / 1000 / watched_s:>8.1f}"
        elif cost is not None and timed:
            numbers = f"{'above':>8} {'':>7} {'':>8}"
        state, why = "on" if entry.on else "off", entry.refused
        lines.append(
            f"{point.target:<29} {point.how:<14} {state:<5} {numbers}  {point.gives}"
            + (f"  ({why})" if why else "")
        )
    on = sum(entry.on for entry in states)
    lines.append(f"{on} of {len(states)} attached; read and compiled in {compile_s:.2f} s")
    if timed:
        share = total / 1e7 / watched_s
        lines.append(f"over {watched_s:.1f} s the programs took {share:.3f} % of one CPU (BPF statistics)")
    else:
        lines.append("the kernel does not time BPF programs (before Linux 5.8, or not permitted)")
    return "\n".join(lines) + "\n"
