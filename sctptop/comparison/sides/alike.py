"""Registrations of several recordings, cut alike: as finely as all of them allow."""

from __future__ import annotations

from collections.abc import Sequence

from sctptop.comparison.summaries.ended import Ended


def alike(seen: Sequence[Ended]) -> tuple[Ended, ...]:
    """Both ends are told apart in all of them, or in none; the network's time from the far end's likewise."""
    whole, apart = (all(getattr(one, name) for one in seen if one.n) for name in ("whole", "apart"))
    cut = (one if whole else one.one_sided() for one in seen)
    return tuple(one if apart else one.together() for one in cut)
