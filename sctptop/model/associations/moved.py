"""What of thousands in a row is not as it was: looked for without a call for each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from operator import is_not
from typing import TypeVar

One = TypeVar("One")


def moved(now: Sequence[One], before: Sequence[One]) -> list[tuple[One, One]] | None:
    """Those that are other objects than were in their places before, each with that; None for other places."""
    if len(now) != len(before):
        return None
    return [*compress(zip(now, before, strict=True), map(is_not, now, before))]
