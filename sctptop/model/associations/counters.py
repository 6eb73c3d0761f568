"""Counters that only grow: what was added since the last sample, and since the user's reset.

The baseline is ours; the kernel is never written to. /proc/net/sctp/snmp prints signed longs
(sctp_snmp_seq_show, %ld), 32 or 64 bits wide by architecture.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress, repeat
from operator import add, ne, sub

from sctptop.model.associations.numbers import Numbers, places_of

GAUGES = frozenset({"SctpCurrEstab"})
"""SNMP entries that go up and down: their change is signed, and no wrap is looked for."""

_LONG = 1 << 64


def step(before: int, now: int) -> int:
    """What a growing counter gained from ``before`` to ``now``.

    A smaller value is a wrap when the counter stood in the upper half of a 32- or 64-bit word and the
    distance through zero is less than half of it; otherwise the counter was restarted (module reloaded)
    and all of ``now`` is new. A negative value is an unsigned long that was printed as a signed one.
    """
    before, now = before % _LONG, now % _LONG
    if now >= before:
        return now - before
    for word in (1 << 32, _LONG):
        through_zero = (now - before) % word
        if word >> 1 <= before < word and through_zero < word >> 1:
            return through_zero
    return now


def _with(gained: Mapping[str, int], values: Iterable[int]) -> Mapping[str, int]:
    """Others of the same names, in their order."""
    if isinstance(gained, Numbers):
        return Numbers(gained.places, tuple(value for _, value in zip(gained, values, strict=False)))
    return dict(zip(gained, values, strict=False))


_NONE: dict[str, int] = {}
"""Of all books that have none; never changed."""


@lru_cache(64)
def _all_of(names: tuple[str, ...]) -> frozenset[str]:
    """The same object for all books of these names: of thousands each is more than all their values."""
    return frozenset(names)


@lru_cache(64)
def _still(names: tuple[str, ...]) -> dict[str, float | None]:
    """The rates of these where none moves; never changed."""
    return dict.fromkeys(names, 0.0)


@dataclass(frozen=True, slots=True)
class CounterRow:
    """One counter as the Counters view shows it. ``rate`` is per second; None where not known yet."""

    name: str
    absolute: int | None
    since_reset: int | None
    rate: float | None


class CounterBook:
    """Follows a set of named counters through samples.

    A counter that disappears keeps its gains and shows no absolute value; when it comes back it goes on
    from the last value seen.
    """

    __slots__ = (
        *("_before", "_gained", "_last", "_names", "_plain"),
        *("_present", "_rates", "_rests", "_rows", "_values"),
    )

    def __init__(self) -> None:
        self._last = _NONE
        self._gained: Mapping[str, int] = _NONE
        """Of those of ``take`` alone Numbers, in their order. Never changed, but replaced."""
        self._before: Mapping[str, int] = _NONE
        """What was gained before the last reset."""
        self._rates: dict[str, float | None] = {}
        self._present: frozenset[str] = frozenset()
        self._names: tuple[str, ...] = ()
        self._values: tuple[int, ...] = ()
        """Of the names, where ``take`` was the last to update, and then not in ``_last`` yet; else none."""
        self._plain = False
        """Whether none of these is negative or too large."""
        self._rows: tuple[CounterRow, ...] | None = None
        self._rests = False
        """Whether nothing moved in the last interval."""

    def advance(self, values: Mapping[str, int], interval_s: float | None) -> Mapping[str, int]:
        """Update with the values of the next sample, ``interval_s`` seconds after the one before.

        Returns what each gained since it was last seen.
        """
        gains: dict[str, int] = {}
        rates: dict[str, float | None] = {}
        last = self._last = self._seen()
        present = self._present
        names = tuple(values)
        if interval_s and names == self._names:
            # Nearly always: few of many move.
            gains, rates = dict.fromkeys(names, 0), dict.fromkeys(names, 0.0)
            moved = tuple(compress(names, map(ne, values.values(), map(last.__getitem__, names))))
            if moved or not self._rests:
                self._rows = None
            self._rests = not moved
            self._values = ()
            gained = {**self._gained} if moved else {}
            for name in moved:
                value, counted = values[name], last[name]
                gains[name] = gain = value - counted if name in GAUGES else step(counted, value)
                gained[name] += gain
                rates[name] = gain / interval_s
                last[name] = value
            self._gained, self._rates = gained or self._gained, rates
            return gains
        self._rows, self._rests, self._values = None, False, ()
        self._gained = gained = {**self._gained}
        for name, value in values.items():
            before = last.get(name)
            if before is None:
                gain, rate = 0, None
                gained[name] = 0
            else:
                if value == before:
                    gain = 0
                else:
                    gain = value - before if name in GAUGES else step(before, value)
                    gained[name] += gain
                rate = gain / interval_s if interval_s and name in present else None
            last[name] = value
            gains[name] = gain
            rates[name] = rate
        self._rates = rates
        self._present, self._names = _all_of(names), names
        return gains

    def take(self, names: tuple[str, ...], values: tuple[int, ...], interval_s: float | None) -> None:
        """The same of counters in order."""
        before = self._values
        if not interval_s or not before or (names is not self._names and names != self._names):
            self._advance_in_order(names, values, interval_s)
            return
        moved = [*map(sub, values, before)]
        gains = [*compress(moved, moved)]
        # What did not move is as plain as it was.
        if gains and (not self._plain or min(gains) < 0 or max(compress(values, moved)) >= _LONG):
            self._advance_in_order(names, values, interval_s)
            return
        self._values = values
        self._rates = rates = _still(names)
        if gains or not self._rests:
            self._rows = None
        self._rests = not gains
        if gains:
            which = [*compress(names, moved)]
            self._rates = rates = rates.copy()
            rates.update(zip(which, [gain / interval_s for gain in gains], strict=True))
            gained = self._gained
            if isinstance(gained, Numbers):
                self._gained = Numbers(gained.places, tuple(map(add, gained.numbers, moved)))
            else:
                more = zip(which, map(add, map(gained.__getitem__, which), gains), strict=True)
                self._gained = {**gained, **dict(more)}

    def _advance_in_order(
        self, names: tuple[str, ...], values: tuple[int, ...], interval_s: float | None
    ) -> None:
        self.advance(dict(zip(names, values, strict=True)), interval_s)
        # They are in the values: thousands of such tables are much.
        last = self._last
        self._last = (
            _NONE if len(last) == len(names) else {name: last[name] for name in last.keys() - {*names}}
        )
        if self._gained.keys() == {*names}:
            self._gained = Numbers(places_of(names), tuple(map(self._gained.__getitem__, names)))
        # The same object next time: then they need not be compared.
        self._names, self._values = names, values
        self._plain = not values or (min(values) >= 0 and max(values) < _LONG)

    def _seen(self) -> dict[str, int]:
        """The values last seen, of every counter."""
        if self._values:
            return {**self._last, **dict(zip(self._names, self._values, strict=True))}
        return {} if self._last is _NONE else self._last

    def rest(self, interval_s: float | None) -> None:
        """Update with the values of the sample before once more."""
        self._rates = _still(self._names) if interval_s else dict.fromkeys(self._names)
        self._rows, self._rests = None, False

    def reset(self) -> None:
        """Start counting from zero at the values last seen."""
        self._before, self._gained = self._gained, _with(self._gained, repeat(0))
        self._rows = None

    def undo_reset(self) -> None:
        """Count on from before the last reset."""
        before, self._before = self._before, _NONE
        gained = self._gained
        self._gained = _with(gained, [many + before.get(name, 0) for name, many in gained.items()])
        self._rows = None

    def gained(self) -> Mapping[str, int]:
        """What each counter ever seen gained since the last reset."""
        return self._gained

    @property
    def rates(self) -> Mapping[str, float | None]:
        """Gains per second over the last interval, of the counters that are there."""
        return self._rates

    @property
    def still(self) -> tuple[str, ...]:
        """The names of all, where it is known that none moved in the last interval; else none."""
        return self._names if self._rates is _still(self._names) else ()

    def rate(self, name: str) -> float | None:
        """Gain per second over the last interval."""
        return self._rates.get(name)

    def rows(self, names: Iterable[str] | None = None) -> tuple[CounterRow, ...]:
        """The counters in the order they were first seen, or those named."""
        if names is None:
            if self._rows is None:
                self._rows = self._made(self._gained)
            return self._rows
        return self._made(names)

    def _made(self, names: Iterable[str]) -> tuple[CounterRow, ...]:
        last = self._seen()
        return tuple(
            CounterRow(
                name,
                last.get(name) if name in self._present else None,
                self._gained[name],
                self._rates.get(name),
            )
            for name in names
            if name in self._gained
        )
