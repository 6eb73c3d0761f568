"""How often set-ups are told apart: wrongly, where they are the same, and rightly, where one takes 20 % less.

python -m tests.bench.comparison.significance [TRIALS]        # default 1000 a cell: some four minutes of CPU

Each trial makes so many runs a side of a process of ``tests/unit/comparison/processes.py`` and compares them as
``sctptop compare`` does: one number a run, Welch's t, Holm over the figures. Level: 5 %, within 1.5 % of chance.
"""

from __future__ import annotations

import random
import sys
from collections import Counter

from sctptop.comparison.sides.ratios import ratio_of
from sctptop.comparison.statistics.percentiles import FIGURES
from sctptop.comparison.statistics.ratio import FASTER, SAME, SLOWER, corrected
from sctptop.comparison.summaries.ended import Ended
from tests.unit.comparison.processes import PROCESSES, Process

TRIALS, N = 1000, 100
RUNS = (3, 5, 10)
FACTORS = (1.0, 0.8)


def side(process: Process, dice: random.Random, runs: int, factor: float) -> Ended:
    """A side of so many runs of N."""
    none = Ended("gNB", "initial").times
    made = [
        Ended("gNB", "initial", times={**none, "total": tuple(factor * one for one in process(dice, N))})
        for _ in range(runs)
    ]
    total = tuple(value for one in made for value in one.times["total"])
    return Ended("gNB", "initial", times={**none, "total": total}, runs=tuple(made))


def said(process: Process, dice: random.Random, runs: int, factor: float) -> str:
    """FASTER, SLOWER, SAME or "" of the second of two sides."""
    base, other = side(process, dice, runs, 1.0), side(process, dice, runs, factor)
    found = corrected({name: ratio_of(base, other, "total", name) for name in FIGURES})
    words = [one.word for one in found.values()]
    differs = [word for word in words if word in (FASTER, SLOWER)]
    if differs:
        return differs[0]
    return SAME if found["p50"].word == found["mean"].word == SAME else ""


def main() -> int:
    """Print the table."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else TRIALS
    print(f"{trials} trials a cell of {N} registrations a run; false: told apart, found: told to be faster")
    print(f"{'':30}" + "".join(f"{f'{runs} runs: false':>16}{'found':>8}" for runs in RUNS))
    for name, process in PROCESSES.items():
        print(f"{name:30}", end="", flush=True)
        for runs in RUNS:
            for factor, width in zip(FACTORS, (16, 8), strict=True):
                # A cell's own dice: each can be made again alone.
                dice = random.Random(f"{name} {runs} {factor}")
                words = Counter(said(process, dice, runs, factor) for _ in range(trials))
                told = words[FASTER] if factor < 1 else words[FASTER] + words[SLOWER]
                print(f"{told / trials:>{width}.1%}", end="", flush=True)
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
