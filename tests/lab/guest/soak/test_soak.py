"""Five minutes of everything at once; ``python -m tests.soak --minutes 60`` is the same for longer."""

from __future__ import annotations

from tests.soak.__main__ import soak

MINUTES = 5


def test_nothing_grows_and_nothing_breaks() -> None:
    assert soak(MINUTES * 60, steady=30, crowds=1, rate=0.5) == []
