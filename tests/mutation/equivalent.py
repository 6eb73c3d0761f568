"""Mutants that no test can notice, by module: the line, the change as `tests/mutate` prints it, and why.

One stands here only if all that the world sends and all that is shown stay the same. A test says that each exists.
"""

from __future__ import annotations

EQUIVALENT: dict[str, list[tuple[str, str, str]]] = {
    "comparison/significance.py": [
        ("SEED = 9260", "9260  →  (9261)", "other draws, as good as these"),
        ("RESAMPLES = 2000", "2000  →  (2001)", "one draw more, within what draws vary by"),
        ("CHANCES = 200", "200  →  (201)", "one draw more, within what draws vary by"),
        ("PLAIN_N = 50", "50  →  (51)", "both ways of drawing a mean are right there"),
    ],
}
