"""How often is read: the steps that + and - walk through, and a longer period where readings take too long."""

from __future__ import annotations

from collections import deque
from math import ceil

from sctptop.interval import INTERVAL_MAX_S, INTERVAL_MIN_S

STEPS_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)

SHARE = 3
"""A reading, model included, may take the SHARE-th part of its period: the rest is for keys, and for the host."""
SLOW = 2
"""So many readings in a row are too slow before the period gets longer: the first ones have more to look up."""
QUICK = 5
"""So many in a row are quick before it gets shorter."""
SPARE = 1.25
"""Quick means: a period shorter by this factor would do."""


def longer(interval_s: float) -> float:
    """The step above."""
    return next((step for step in STEPS_S if step > interval_s * 1.001), INTERVAL_MAX_S)


def shorter(interval_s: float) -> float:
    """The step below."""
    return next((step for step in reversed(STEPS_S) if step < interval_s * 0.999), INTERVAL_MIN_S)


class Pace:
    """The period that is asked for, and the one that readings leave room for. Pure."""

    def __init__(self, asked_s: float) -> None:
        self.asked_s = asked_s
        self.period_s = asked_s
        self._needs_s: deque[float] = deque(maxlen=QUICK)

    def ask(self, asked_s: float) -> None:
        """Another period is asked for; what readings need is known already."""
        lengthened = self.period_s > self.asked_s
        self.asked_s = asked_s
        self.period_s = max(asked_s, self.period_s) if lengthened else asked_s

    def took(self, seconds: float, *, insist: bool = False) -> None:
        """A reading took so long. ``insist``: the period stays as asked, whatever they take."""
        if insist:
            self._needs_s.clear()
            self.period_s = self.asked_s
            return
        self._needs_s.append(SHARE * seconds)
        last = list(self._needs_s)[-SLOW:]
        # The least of them: a single slow one says nothing.
        if len(last) == SLOW and min(last) > self.period_s:
            self.period_s = min(_rounded_up(min(last)), INTERVAL_MAX_S)
            self._needs_s.clear()
        elif len(self._needs_s) == QUICK and self.period_s > self.asked_s:
            need_s = max(self._needs_s)
            fits = max(self.asked_s, _rounded_up(need_s))
            if fits * SPARE <= self.period_s or need_s * SPARE <= self.asked_s:
                self.period_s = fits
                self._needs_s.clear()


def _rounded_up(seconds: float) -> float:
    """To 0.1, 0.5 or 1 s, so that it does not change with every reading."""
    step = 0.1 if seconds <= 1 else 0.5 if seconds <= 5 else 1.0
    return round(ceil(seconds / step - 1e-9) * step, 1)
