"""The knee of a load curve: the load beyond which registrations take longer and longer, or none.

Two lines that meet (Hudson 1966) are laid through the times. That they fit better than one line must be beyond chance:
of curves that are one line and scatter, the more the longer they take, simulated at the same loads, at most one in a
hundred bends upwards as clearly (the sup-F test of Andrews 1993, its p value by Monte Carlo). And it must matter: past
the knee the times climb twice as steeply as below or more, and to twice of what they are there; and two levels beyond
it at least take longer than all below. What does not show that has none.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

LEAST_POINTS = 6
"""Two lines have four numbers."""
LEAST_BESIDE = 2
"""Points on either side, and points beyond that are above all below: one alone may be an accident."""
SIMULATED, SEED = 499, 9260
LEVEL = 0.01
STEEPER, CLIMB = 2.0, 2.0
TINY = 1e-9

Vector = Sequence[float]


@dataclass(frozen=True, slots=True)
class Knee:
    """``load`` from which on it climbs, ``ms`` there, and how many times as long it takes at the highest load."""

    load: float
    ms: float
    climb: float


def knee(points: Sequence[tuple[float, float]]) -> Knee | None:
    """Of (load, ms) of a curve, loads rising; None where none is seen."""
    if len(points) < LEAST_POINTS or points[-1][0] <= points[0][0] or min(ms for _, ms in points) <= 0:
        return None
    first, width = points[0][0], points[-1][0] - points[0][0]
    loads = [(load - first) / width for load, _ in points]
    times = [ms for _, ms in points]
    sizes = _sizes(loads, times)
    line = _basis([[1 / size for size in sizes], _over(loads, sizes)])
    bends = list(_bends(loads, sizes, line))
    left = _rest(_over(times, sizes), line)
    if not bends or _dot(left, left) <= TINY:
        return None
    at, bend = max(bends, key=lambda one: _dot(one[1], left))
    below_it = [ms for load, ms in zip(loads, times, strict=True) if load <= at]
    if _dot(bend, left) <= 0 or sum(ms > max(below_it) for ms in times) < LEAST_BESIDE:
        return None
    if _by_chance(_bending(left, bends), line, bends) > LEVEL:
        return None
    here, below, beyond = _two_lines(loads, times, sizes, at)
    if here <= 0 or beyond < STEEPER * below or (climb := 1 + beyond * (1 - at) / here) < CLIMB:
        return None
    return Knee(first + at * width, here, climb)


def _sizes(loads: Vector, times: Vector) -> Vector:
    """By how much each scatters, but for a factor: percentiles do by a share of what they are, on one line."""
    line = _basis([[1.0] * len(loads), loads])
    return [max(ms - rest, min(times)) for ms, rest in zip(times, _rest(times, line), strict=True)]


def _bends(loads: Vector, sizes: Vector, line: Sequence[Vector]) -> Iterable[tuple[float, Vector]]:
    """Where the lines may meet: at points and between them; with what a bend there adds to one line, of length 1."""
    places = [*loads, *((one + other) / 2 for one, other in pairwise(loads))]
    for at in sorted(set(places)):
        beside = sum(load < at for load in loads), sum(load > at for load in loads)
        if min(beside) >= LEAST_BESIDE:
            added = _rest(_over([max(load - at, 0.0) for load in loads], sizes), line)
            if (length := sqrt(_dot(added, added))) > TINY:
                yield at, [one / length for one in added]


def _by_chance(bending: float, line: Sequence[Vector], bends: Sequence[tuple[float, Vector]]) -> float:
    """How often what is one line, but for its scatter, bends upwards as much."""
    dice = random.Random(SEED)
    size = len(line[0])
    as_much = 1
    for _ in range(SIMULATED):
        as_much += _bending(_rest([dice.gauss(0, 1) for _ in range(size)], line), bends) >= bending
    return as_much / (SIMULATED + 1)


def _bending(left: Vector, bends: Sequence[tuple[float, Vector]]) -> float:
    """The share of what a line leaves that the best bend upwards explains."""
    scatter = _dot(left, left)
    return max(max(_dot(bend, left), 0.0) ** 2 for _, bend in bends) / scatter if scatter > 0 else 0.0


def _two_lines(loads: Vector, times: Vector, sizes: Vector, at: float) -> tuple[float, float, float]:
    """The height where they meet, and the slopes below and beyond, by weighted least squares."""
    columns = [
        [1 / size for size in sizes],
        _over([min(load - at, 0.0) for load in loads], sizes),
        _over([max(load - at, 0.0) for load in loads], sizes),
    ]
    basis = _basis(columns)
    along = [_dot(one, _over(times, sizes)) for one in basis]
    # Each column is made of the basis up to its own place: the last factor is known first.
    beyond = along[2] / _dot(basis[2], columns[2])
    below = (along[1] - beyond * _dot(basis[1], columns[2])) / _dot(basis[1], columns[1])
    rest = along[0] - below * _dot(basis[0], columns[1]) - beyond * _dot(basis[0], columns[2])
    return rest / _dot(basis[0], columns[0]), below, beyond


def _basis(columns: Sequence[Vector]) -> list[Vector]:
    """Orthonormal vectors that span the same (Gram and Schmidt)."""
    found: list[Vector] = []
    for column in columns:
        left = _rest(column, found)
        length = sqrt(_dot(left, left))
        found.append([one / length for one in left])
    return found


def _rest(values: Vector, basis: Sequence[Vector]) -> Vector:
    """What the basis leaves of them."""
    left = list(values)
    for one in basis:
        share = _dot(one, left)
        left = [value - share * part for value, part in zip(left, one, strict=True)]
    return left


def _over(values: Vector, sizes: Vector) -> Vector:
    return [value / size for value, size in zip(values, sizes, strict=True)]


def _dot(one: Vector, other: Vector) -> float:
    return sum(map(float.__mul__, one, other))
