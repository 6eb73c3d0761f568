"""Processes that make the times of one run, by how registrations of it hang together; in ms.

Two sides of the same process are the same set-up: what is told of their difference is wrong.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import replace

from sctptop.comparison.sides.pooling import pooled
from sctptop.comparison.summaries.ended import Ended
from sctptop.comparison.summaries.summary import Summary
from tests.unit.comparison.recorded import ended, summary

Process = Callable[[random.Random, int], list[float]]


def independent(dice: random.Random, n: int) -> list[float]:
    return [40 * math.exp(dice.gauss(0, 0.5)) for _ in range(n)]


def heavy(dice: random.Random, n: int) -> list[float]:
    return [40 * math.exp(dice.gauss(0, 1)) for _ in range(n)]


def following(keep: float) -> Process:
    """Each is much like the one before."""

    def run(dice: random.Random, n: int) -> list[float]:
        state, found = dice.gauss(0, 1), []
        for _ in range(n):
            state = keep * state + math.sqrt(1 - keep * keep) * dice.gauss(0, 1)
            found.append(40 * math.exp(0.5 * state))
        return found

    return run


def two_modes(dice: random.Random, n: int) -> list[float]:
    """Half of them wait 200 ms more, as Nagle has it."""
    return [(40 if dice.random() < 0.5 else 240) * math.exp(dice.gauss(0, 0.05)) for _ in range(n)]


def rare(dice: random.Random, n: int) -> list[float]:
    """Three of a hundred take a second."""
    return [(40 if dice.random() < 0.97 else 1000) * math.exp(dice.gauss(0, 0.1)) for _ in range(n)]


def bursts(dice: random.Random, n: int) -> list[float]:
    """Ten at a time queue up behind each other, at a level of their own."""
    found: list[float] = []
    while len(found) < n:
        level = math.exp(dice.gauss(0, 0.4))
        found += [40 * level * (1 + 0.3 * place) * math.exp(dice.gauss(0, 0.1)) for place in range(10)]
    return found[:n]


def from_run_to_run(spread: float) -> Process:
    """All of a run are slower or faster."""

    def run(dice: random.Random, n: int) -> list[float]:
        level = math.exp(dice.gauss(0, spread))
        return [40 * level * math.exp(dice.gauss(0, 0.3)) for _ in range(n)]

    return run


PROCESSES: Mapping[str, Process] = {
    "independent": independent,
    "independent, heavy tail": heavy,
    "follows the one before, 0.8": following(0.8),
    "follows the one before, 0.95": following(0.95),
    "two modes (240 ms stall)": two_modes,
    "3 % take a second": rare,
    "bursts of ten": bursts,
    "7 % from run to run": from_run_to_run(0.07),
    "20 % from run to run": from_run_to_run(0.2),
}


def sides(process: Process, dice: random.Random, runs: int, n: int, factor: float) -> tuple[Summary, Summary]:
    """Two sides of so many runs of ``n`` registrations, of which those of the second take ``factor`` times as long."""

    def side(name: str, times: float) -> Summary:
        made = [of_times([times * one for one in process(dice, n)]) for _ in range(runs)]
        return pooled(name, [summary(f"{name}{place}", one) for place, one in enumerate(made)])

    return side("a", 1.0), side("b", factor)


def of_times(total: list[float]) -> Ended:
    """Registrations that take that long, the same half of it each in the core and the radio side."""
    half = tuple(one / 2 for one in total)
    one = ended(len(total), kind="initial", network=None)
    return replace(
        one,
        times={**one.times, "total": tuple(total), "core": half, "ran": half},
        pieces={**one.pieces, ("core", "AMF"): half, ("RAN", "gNB"): half},
    )
