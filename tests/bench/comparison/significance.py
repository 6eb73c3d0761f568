"""How often set-ups are told apart: wrongly, where they are the same, and rightly, where one takes 20 % less.

python -m tests.bench.comparison.significance [figures | parts | few] [--trials N]  # figures, 1,000 trials

Each trial makes so many runs a side of a process of ``tests/unit/comparison/processes.py``, 100 registrations a run,
and compares them as ``sctptop compare`` does. Level: 5 %, within 1.5 % of chance.

figures  by the total alone: one number a run, Welch's t, Holm over the figures; four minutes of CPU
parts    the whole verdict on registrations whose SCTP, core and RAN are each of the process, the RAN's of every run
         longer or shorter at random, by 7 or by 50 %: that hides the whole, so parts are named alone. "false": anything
         is claimed of the same two set-ups; "by a part": of them, where the whole cannot be told; "found": SCTP is
         named, of which one side has twice as much; seven minutes of CPU
few      the whole verdict on one run a side and on two: what is claimed beyond these runs; twenty minutes of CPU
"""

from __future__ import annotations

import argparse
import math
import random
import sys
from collections import Counter
from dataclasses import replace

from sctptop.comparison.compare import compare
from sctptop.comparison.gate import UNSURE as NO_CLAIM
from sctptop.comparison.gate import gate
from sctptop.comparison.sides.pooling import pooled
from sctptop.comparison.sides.ratios import ratio_of
from sctptop.comparison.statistics.percentiles import FIGURES
from sctptop.comparison.statistics.ratio import FASTER, SAME, SLOWER, corrected
from sctptop.comparison.summaries.ended import Ended
from sctptop.comparison.summaries.summary import Summary
from sctptop.comparison.wording.verdict import Verdict, verdict
from tests.unit.comparison.processes import PROCESSES, Process, sides
from tests.unit.comparison.recorded import ended, summary

TRIALS, N = 1000, 100
RUNS = (3, 5, 10)
FACTORS = (1.0, 0.8)
SCATTER = (0.07, 0.5)
"""Of the RAN's time from run to run, as a standard deviation of its logarithm."""
NONE = ended(N, kind="initial", network=None, core=0.0, ran=0.0)
FOUND_OF = 5
"""One trial in so many is made of sides that differ: how often that is found need not be known as well."""
NAMED = "for certain"
OF_THESE = "Of the set-ups nothing is claimed"


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


def in_parts(process: Process, dice: random.Random, scatter: float, sctp: float) -> Ended:
    """A run whose held, core and RAN times are each of the process, ``sctp`` times those held."""
    level = math.exp(dice.gauss(0, scatter))
    parts = {
        "held": [sctp * one for one in process(dice, N)],
        "core": process(dice, N),
        "ran": [level * one for one in process(dice, N)],
    }
    whole = tuple(map(sum, zip(*parts.values(), strict=True)))
    held, core, ran = map(tuple, parts.values())
    return replace(
        NONE,
        times={**NONE.times, "total": whole, "sctp": held, "held": held, "core": core, "ran": ran},
        pieces={**NONE.pieces, ("held", "gNB"): held, ("core", "AMF"): core, ("RAN", "gNB"): ran},
    )


def judged(process: Process, dice: random.Random, runs: int, scatter: float, sctp: float) -> Verdict:
    """The second of two sides, ``sctp`` times as much of whose time is held, against the first."""

    def made(name: str, factor: float) -> Summary:
        found = [in_parts(process, dice, scatter, factor) for _ in range(runs)]
        return pooled(name, [summary(f"{name}{place}", one) for place, one in enumerate(found)])

    comparison = compare([made("a", 1.0), made("b", sctp)])
    return verdict(comparison, comparison.pairs[0])


def beyond(found: Verdict) -> bool:
    """Whether it claims anything of set-ups."""
    pair = found.pair
    plain = OF_THESE in found.text and "within these runs" in found.text.lower()
    return (
        not plain or NAMED in found.text or pair.across or pair.success.across or gate(pair, 0.1) != NO_CLAIM
    )


def figures(trials: int) -> None:
    """The table of the total alone."""
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


def parts(trials: int) -> None:
    """The table of whole verdicts."""
    print(f"{trials} trials a cell of {N} registrations a run")
    print(f"{'':42}" + "".join(f"{f'{runs} runs: false':>16}{'by a part':>11}{'found':>8}" for runs in RUNS))
    for name, process in PROCESSES.items():
        for scatter in SCATTER:
            print(f"{f'{name}, RAN by {scatter:.0%}':42}", end="", flush=True)
            for runs in RUNS:
                dice = random.Random(f"{name} {scatter} {runs}")
                false: Counter[str] = Counter()
                for _ in range(trials):
                    one = judged(process, dice, runs, scatter, 1.0)
                    false["whole"] += one.result in (FASTER, SLOWER)
                    false["part"] += (
                        one.result not in (FASTER, SLOWER) and NAMED in one.text.partition("Yet ")[2]
                    )
                fewer = trials // FOUND_OF
                found = sum(_names_sctp(judged(process, dice, runs, scatter, 2.0)) for _ in range(fewer))
                print(f"{false.total() / trials:>16.1%}{false['part'] / trials:>11.1%}", end="")
                print(f"{found / fewer:>8.1%}", end="", flush=True)
            print(flush=True)


def few(trials: int) -> None:
    """The table of one run a side, and of two."""
    print(
        f"{trials} trials a cell of {N} registrations a run: claims beyond these runs; differences within them"
    )
    cells = [(runs, factor) for runs in (1, 2) for factor in FACTORS]
    print(
        f"{'':30}" + "".join(f"{f'{runs}, {factor:.0%}: beyond':>20}{'within':>8}" for runs, factor in cells)
    )
    for name, process in PROCESSES.items():
        print(f"{name:30}", end="", flush=True)
        for runs, factor in cells:
            dice = random.Random(f"{name} {runs} {factor}")
            claimed = within = 0
            for _ in range(trials):
                comparison = compare(sides(process, dice, runs, N, factor))
                one = verdict(comparison, comparison.pairs[0])
                claimed += beyond(one)
                within += one.result in (FASTER, SLOWER)
            print(f"{claimed:>20}{within / trials:>8.1%}", end="", flush=True)
        print(flush=True)


def _names_sctp(found: Verdict) -> bool:
    if found.result in (FASTER, SLOWER):
        return found.result == SLOWER and bool(found.shares) and found.shares[0][0].sctp
    return "Yet SCTP takes longer for certain in b" in found.text


TABLES = {"figures": figures, "parts": parts, "few": few}


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.comparison.significance")
    parser.add_argument("table", nargs="?", choices=TABLES, default="figures")
    parser.add_argument("--trials", type=int, default=TRIALS, metavar="N")
    options = parser.parse_args()
    TABLES[options.table](options.trials)
    return 0


if __name__ == "__main__":
    sys.exit(main())
