"""Sides under a load that rises: registrations that come at random, and how long they take under it."""

from __future__ import annotations

import heapq
import random
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from math import exp, sqrt

from sctptop.comparison.summaries.ended import Ended, When
from sctptop.comparison.summaries.summary import Summary
from tests.unit.comparison.comparing import Run
from tests.unit.comparison.processes import of_times
from tests.unit.comparison.recorded import summary
from tests.unit.registering import CONTEXT, Step

ACCEPT = CONTEXT[0]

Core = Callable[[random.Random, list[float]], list[float]]
"""How long, in ms, those take that begin at these seconds."""


def arrivals(dice: random.Random, seconds: float, first: float, last: float) -> list[float]:
    """Seconds at which registrations begin, at random, at a rate that rises from ``first`` to ``last`` per second."""
    slope, work = (last - first) / seconds, 0.0
    found: list[float] = []
    while True:
        work += dice.expovariate(1)
        # So much of the rate adds up to that: first·t + slope·t²/2.
        at = work / first if not slope else (sqrt(first * first + 2 * slope * work) - first) / slope
        if at > seconds:
            return found
        found.append(at)


def unmoved(dice: random.Random, starts: list[float]) -> list[float]:
    """Room for all: no load makes them longer."""
    return [40 * exp(dice.gauss(0, 0.4)) for _ in starts]


def heavy(dice: random.Random, starts: list[float]) -> list[float]:
    return [40 * exp(dice.gauss(0, 1)) for _ in starts]


def in_proportion(dice: random.Random, starts: list[float]) -> list[float]:
    """Twice as long at the end, on a straight line: it climbs, and has no knee."""
    return [40 * (1 + at / starts[-1]) * exp(dice.gauss(0, 0.3)) for at in starts]


def stalling(dice: random.Random, starts: list[float]) -> list[float]:
    """Every ten seconds or so nothing goes on for half a second, whatever the load."""
    found, stall = [], dice.expovariate(0.1)
    for at in starts:
        while at > stall + 0.5:
            stall += 0.5 + dice.expovariate(0.1)
        found.append(40 * exp(dice.gauss(0, 0.3)) + max(stall + 0.5 - at, 0.0) * 1000 * (at >= stall))
    return found


def drifting(dice: random.Random, starts: list[float]) -> list[float]:
    """The host is slow for half a minute at a time, whatever the load."""
    levels = [exp(dice.gauss(0, 0.2)) for _ in range(int(starts[-1] / 30) + 1)]
    return [40 * levels[int(at / 30)] * exp(dice.gauss(0, 0.3)) for at in starts]


def queueing(workers: int, per_second: float) -> Core:
    """So many workers, which together do that many a second: who comes while all are busy waits in line."""

    def run(dice: random.Random, starts: list[float]) -> list[float]:
        free, found = [0.0] * workers, []
        for at in starts:
            begin = max(heapq.heappop(free), at)
            end = begin + workers / per_second * exp(dice.gauss(0, 0.3))
            heapq.heappush(free, end)
            found.append((end - at) * 1000)
        return found

    return run


CORES: Mapping[str, Core] = {
    "no load makes it longer": unmoved,
    "the same, heavy tail": heavy,
    "in proportion to the load": in_proportion,
    "stalls, whatever the load": stalling,
    "a host that is slow at times": drifting,
    "four workers, 80 a second": queueing(4, 80.0),
    "one worker, 80 a second": queueing(1, 80.0),
}
KNEES = ("four workers, 80 a second", "one worker, 80 a second")


def loaded(starts: list[float], times: list[float]) -> Ended:
    """Registrations that begin at these seconds and take that many ms."""
    began = array("q", [round(at * 1e9) for at in starts])
    stops = array("q", [at + round(ms * 1e6) for at, ms in zip(began, times, strict=True)])
    return replace(of_times(times), when=When(began, stops, began))


def rising(
    core: Core, dice: random.Random, seconds: float = 300, last: float = 76, first: float = 4
) -> Ended:
    """One long recording of a load that rises."""
    starts = arrivals(dice, seconds, first, last)
    return loaded(starts, core(dice, starts))


def stepped(workers: int, per_second: float, dice: random.Random, step_s: float = 6.0) -> Ended:
    """One recording of 1 to 32 UEs, for a while each number of them, that register again and again."""
    free, now = [0.0] * workers, 0.0
    starts: list[float] = []
    times: list[float] = []
    for ues in (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32):
        waiting = [now + dice.random() * 0.05 for _ in range(ues)]
        heapq.heapify(waiting)
        while waiting[0] < now + step_s:
            at = heapq.heappop(waiting)
            end = max(heapq.heappop(free), at) + workers / per_second * exp(dice.gauss(0, 0.3))
            heapq.heappush(free, end)
            starts.append(at)
            times.append((end - at) * 1000)
            heapq.heappush(waiting, end + dice.expovariate(200))
        now += step_s + 2
    return loaded(starts, times)


def sides(*seen: Ended) -> Iterator[Summary]:
    """A side each, of one recording."""
    for place, one in enumerate(seen):
        yield summary("abcdefgh"[place], one)


def rising_run(core: Core, seed: int, seconds: float, first: float, last: float) -> Run:
    """A recording at a gNB of a load that rises; the core thinks for as long as it takes."""
    dice = random.Random(seed)
    starts = arrivals(dice, seconds, first, last)
    times = core(dice, starts)

    def change(step: Step, dice: random.Random, ue: int) -> Step:
        return replace(step, think=times[ue]) if step.nas == ACCEPT.nas else step

    return Run(ues=len(starts), starts_s=starts, change=change, spread=0.0, seed=seed)
