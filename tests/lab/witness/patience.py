"""How long to wait on a machine of any speed: by how long it takes now for work that is known."""

from __future__ import annotations

import time

ROUNDS, REAL_S = 200_000, 0.025
"""A loop in Python, and what it takes on a machine that is not emulated and has nothing else to do."""
LOAD_S = 12.0
"""Enough there for sctptop to start, compile its probes and attach them: measured 2 to 3 s."""


def slowness() -> float:
    """How many times slower this machine is at this moment, 1 at least."""
    begun = time.perf_counter()
    total = 0
    for number in range(ROUNDS):
        total += number * number % 7
    return max(1.0, (time.perf_counter() - begun) / REAL_S)


def load_s() -> float:
    """Seconds that probes may take here to be on; as on an emulated machine of common speed at the least."""
    return LOAD_S * max(25.0, slowness())
