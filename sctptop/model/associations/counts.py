"""Counters of one association: what they gained, and how fast, is worked out when somebody asks for it.

Of thousands that move only the few in sight are asked for all of theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from operator import gt, itemgetter
from typing import Any

from sctptop.model.association import Association
from sctptop.model.associations.counters import step
from sctptop.model.associations.numbers import places_of
from sctptop.model.attributes import COUNTER, named, picking

COUNTED = named(Association, COUNTER)
NO_RATES: Mapping[str, float | None] = dict.fromkeys(COUNTED)
"""Where none is known."""
_NONE: Mapping[str, int] = {}
Values = tuple[int, ...]


class _Known:
    """Which of COUNTED an association tells: the same object for all that tell the same."""

    def __init__(self, names: tuple[str, ...]) -> None:
        others = tuple(name for name in COUNTED if name not in names)
        self.names, self.places = names, places_of(names)
        self.pick: Callable[[Any], tuple[Any, ...]] = picking(names)
        self.pick_others: Callable[[Any], tuple[Any, ...]] = picking(others)
        self.no_others = (None,) * len(others)
        self.none_gained: Mapping[str, int] = dict.fromkeys(names, 0)
        self.resting: Mapping[str, float | None] = {**NO_RATES, **dict.fromkeys(names, 0.0)}
        self.picks: dict[tuple[str, ...], Callable[[Values], Any]] = {}
        """By names what takes the values of those that are told, once it was asked for."""

    def picking(self, names: tuple[str, ...]) -> Callable[[Values], Any]:
        """Make that of these names."""
        places = [self.places[name] for name in names if name in self.places]
        made = self.picks[names] = itemgetter(*places) if places else len
        return made


_known = lru_cache(64)(_Known)


class Rates(Mapping[str, "float | None"]):
    """Gains per second from one reading to the next, of COUNTED; None of those not known in both."""

    __slots__ = ("_before", "_interval_s", "_known", "_now")

    def __init__(self, known: _Known, before: Values, now: Values, interval_s: float) -> None:
        """Both of the names that are known. None of them fell."""
        self._known, self._before, self._now, self._interval_s = known, before, now, interval_s

    def __getitem__(self, name: str) -> float | None:
        place = self._known.places.get(name)
        if place is None:
            return NO_RATES[name]
        return step(self._before[place], self._now[place]) / self._interval_s

    def __iter__(self) -> Iterator[str]:
        return iter(COUNTED)

    def __len__(self) -> int:
        return len(COUNTED)

    def rise(self, names: tuple[str, ...]) -> bool:
        """Whether any of these gained."""
        pick = self._known.picks.get(names) or self._known.picking(names)
        return bool(pick(self._now) != pick(self._before))


def rise(rates: Mapping[str, float | None], names: tuple[str, ...]) -> bool:
    """Whether any of these gained, by rates of any kind."""
    return rates.rise(names) if isinstance(rates, Rates) else any(map(rates.get, names))


class Gains(Mapping[str, int]):
    """What each counter ever known gained: ``more``, and since then from ``base`` to ``now``."""

    __slots__ = ("_base", "_more", "_now", "_places")

    def __init__(self, places: Mapping[str, int], base: Values, now: Values, more: Mapping[str, int]) -> None:
        self._places, self._base, self._now, self._more = places, base, now, more

    def __getitem__(self, name: str) -> int:
        place = self._places.get(name)
        more = self._more[name]
        return more if place is None else more + self._now[place] - self._base[place]

    def __iter__(self) -> Iterator[str]:
        return iter(self._more)

    def __len__(self) -> int:
        return len(self._more)


class Counts:
    """Follows the counters of one association. One that is not told keeps its gains, and goes on when it is again."""

    __slots__ = ("_base", "_before", "_known", "_last", "_more", "_now", "rates")

    def __init__(self) -> None:
        self.rates: Mapping[str, float | None] = NO_RATES
        """Of the last interval."""
        self._known = _known(())
        self._now: Values = ()
        self._base: Values = ()
        self._more = _NONE
        """What was gained until they were ``_base``, of every counter ever known. Never changed, but replaced."""
        self._last = _NONE
        """Of those not told any more."""
        self._before: Mapping[str, int] = _NONE
        """What was gained before the last reset."""

    def take(self, entry: Association, interval_s: float | None) -> None:
        """Update with the next record, ``interval_s`` seconds after the one before."""
        known, before = self._known, self._now
        now = known.pick(entry)
        try:
            plain = (
                interval_s and not any(map(gt, before, now)) and known.pick_others(entry) == known.no_others
            )
        except TypeError:
            # One is None.
            plain = False
        if plain:
            self._now = now
            # The same object as while it rests: then a row that is told again is the same, too.
            same = now == before
            self.rates = known.resting if same else Rates(known, before, now, interval_s)  # type: ignore[arg-type]
        else:
            self._take_anew(entry, interval_s)

    def _take_anew(self, entry: Association, interval_s: float | None) -> None:
        before = self._known.names
        last = {**self._last, **dict(zip(before, self._now, strict=True))}
        more = dict(self.gained)
        rates = dict(NO_RATES)
        told = {name: value for name in COUNTED if (value := getattr(entry, name)) is not None}
        for name, value in told.items():
            if name not in last:
                more[name] = 0
                continue
            gain = step(last[name], value)
            more[name] += gain
            if interval_s and name in before:
                rates[name] = gain / interval_s
        known = self._known = _known(tuple(told))
        self._now = self._base = tuple(told.values())
        self._last = {name: value for name, value in last.items() if name not in told} or _NONE
        # Thousands have gained nothing yet: they need no table each.
        self._more = known.none_gained if more == known.none_gained else more
        self.rates = rates if any(rate is not None for rate in rates.values()) else NO_RATES

    def rest(self, interval_s: float | None) -> None:
        """Update with the record of the sample before once more."""
        self.rates = self._known.resting if interval_s else NO_RATES

    @property
    def gained(self) -> Mapping[str, int]:
        """What each counter ever known gained since the last reset. It does not change."""
        return Gains(self._known.places, self._base, self._now, self._more)

    def reset(self) -> None:
        """Count from zero at the values last seen."""
        self._before, self._base = self.gained, self._now
        self._more = self._known.none_gained if not self._last else dict.fromkeys(self._more, 0)

    def undo_reset(self) -> None:
        """Count on from before the last reset."""
        before, self._before = self._before, _NONE
        self._more = {name: many + before.get(name, 0) for name, many in self._more.items()}
