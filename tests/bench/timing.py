"""How benchmarks take the time."""

from __future__ import annotations

import time
from collections.abc import Callable


def best_of(action: Callable[[], object], repeat: int) -> float:
    """The shortest of a few runs, in seconds: what it takes when nothing interferes."""
    times = []
    for _ in range(repeat):
        begin = time.perf_counter()
        action()
        times.append(time.perf_counter() - begin)
    return min(times)
