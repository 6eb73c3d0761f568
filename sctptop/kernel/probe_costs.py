"""Lets the probes run for a while with the kernel's own timing of BPF programs."""

from __future__ import annotations

import os
import time

from sctptop.errors import FAILED, SctptopError
from sctptop.kernel.live import LiveSource
from sctptop.kernel.probes.session import Probes
from sctptop.kernel.program.bpf.maps import enable_statistics
from sctptop.kernel.program.program import PointState
from sctptop.model.probe_costs import PointCost, ProbeCosts

PATIENCE_S = 900.0
"""For the compiler: there is nothing to show without it, and meanwhile nobody hears us, for it has our stderr."""


def measured(probes: Probes, watch_s: float) -> ProbeCosts:
    """Load the probes, let them run for ``watch_s``, and unload them. Raises SctptopError where none can run."""
    source = LiveSource(probes)
    descriptor = -1
    try:
        probes.start()
        probes.settle(PATIENCE_S)
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
        if not probes.state.ok:
            raise SctptopError(f"probes {probes.state}", FAILED)
        points = tuple(_cost(entry) for entry in probes.points())
        cramped = str(probes.cramped or "")
        return ProbeCosts(points, watched_s, probes.compile_s, timed, cramped, from_kept=probes.from_kept)
    finally:
        if descriptor >= 0:
            os.close(descriptor)
        source.close()


def _cost(entry: PointState) -> PointCost:
    point, cost = entry.point, entry.cost
    return PointCost(
        point.target,
        entry.how,
        point.function,
        point.gives,
        entry.refused,
        entry.why,
        cost.runs if cost is not None else None,
        cost.nanoseconds if cost is not None else None,
        cost.missed if cost is not None else None,
    )
