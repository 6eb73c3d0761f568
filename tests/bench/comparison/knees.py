"""How often a load curve is said to have a knee: where there is none, and where there is.

python -m tests.bench.comparison.knees [TRIALS]        # default 100 a row: some two minutes of CPU

Each trial is one recording of 100 s of a load that rises from 4 to 95 a second, of
``tests/unit/comparison/loading.py``; the last row is of 1 to 32 UEs that register again and again at four workers.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from statistics import median

from sctptop.comparison.compare import compare
from sctptop.comparison.load_curves.curves import IN_FLIGHT, PER_SECOND, load_curves
from tests.unit.comparison.loading import CORES, rising, sides, stepped

TRIALS = 100


def main() -> int:
    """Print the table: of how many recordings, and at which load in the median."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else TRIALS
    columns = [(axis, figure) for axis in (PER_SECOND, IN_FLIGHT) for figure in ("p50", "p95")]
    print(
        f"{trials} recordings a row{'':12}"
        + "".join(f"{f'{axis}, {figure}':>20}" for axis, figure in columns)
    )
    for name in (*CORES, "1 to 32 in turn, four workers"):
        found: Counter[tuple[str, str]] = Counter()
        loads: dict[tuple[str, str], list[float]] = {one: [] for one in columns}
        for trial in range(trials):
            dice = random.Random(f"{name} {trial}")
            seen = rising(CORES[name], dice, 100, 95) if name in CORES else stepped(4, 80.0, dice)
            for curve in load_curves(compare([*sides(seen)])):
                for figure, knee in curve.sides[0].knees.items():
                    if knee is not None:
                        found[curve.axis, figure] += 1
                        loads[curve.axis, figure].append(knee.load)
        cells = [
            f"{found[one] / trials:.0%}" + (f" at {median(loads[one]):.0f}" if loads[one] else "")
            for one in columns
        ]
        print(f"{name:30}" + "".join(f"{cell:>20}" for cell in cells), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
