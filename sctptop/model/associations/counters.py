"""Counters that only grow: what was added since the last sample, and since the user's reset.

The baseline is ours; the kernel is never written to. /proc/net/sctp/snmp prints signed longs
(sctp_snmp_seq_show, %ld), 32 or 64 bits wide by architecture.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import compress
from operator import ne

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

    def __init__(self) -> None:
        self._last: dict[str, int] = {}
        """The values last seen, of every counter."""
        self._gained: Mapping[str, int] = {}
        """Never changed, but replaced."""
        self._before: Mapping[str, int] = {}
        """What was gained before the last reset."""
        self._rates: Mapping[str, float | None] = {}
        """Of those that are there, as ``_names`` has them: a file may name a hundred thousand."""
        self._names: tuple[str, ...] = ()
        self._rows: tuple[CounterRow, ...] | None = None
        self._rests = False
        """Whether nothing moved in the last interval."""

    def advance(self, values: Mapping[str, int], interval_s: float | None) -> Mapping[str, int]:
        """Update with the values of the next sample, ``interval_s`` seconds after the one before.

        Returns what each gained since it was last seen.
        """
        gains: dict[str, int] = {}
        rates: dict[str, float | None] = {}
        last = self._last
        names = tuple(values)
        if interval_s and names == self._names:
            # Nearly always: few of many move.
            gains, rates = dict.fromkeys(names, 0), dict.fromkeys(names, 0.0)
            moved = tuple(compress(names, map(ne, values.values(), map(last.__getitem__, names))))
            if moved or not self._rests:
                self._rows = None
            self._rests = not moved
            gained = {**self._gained} if moved else {}
            for name in moved:
                value, counted = values[name], last[name]
                gains[name] = gain = value - counted if name in GAUGES else step(counted, value)
                gained[name] += gain
                rates[name] = gain / interval_s
                last[name] = value
            self._gained, self._rates = gained or self._gained, rates
            return gains
        present, self._names = {*self._names}, names
        self._rows, self._rests = None, False
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
        return gains

    def reset(self) -> None:
        """Start counting from zero at the values last seen."""
        self._before, self._gained = self._gained, dict.fromkeys(self._gained, 0)
        self._rows = None

    def undo_reset(self) -> None:
        """Count on from before the last reset."""
        before, self._before = self._before, {}
        self._gained = {name: many + before.get(name, 0) for name, many in self._gained.items()}
        self._rows = None

    def gained(self) -> Mapping[str, int]:
        """What each counter ever seen gained since the last reset."""
        return self._gained

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
        return tuple(
            CounterRow(
                name,
                self._last[name] if name in self._rates else None,
                self._gained[name],
                self._rates.get(name),
            )
            for name in names
            if name in self._gained
        )
