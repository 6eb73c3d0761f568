"""One association in one snapshot: what was read of it, and what the model makes of that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sctptop.model.association import Association
from sctptop.model.associations.both_ends import OtherEnd
from sctptop.model.associations.counters import CounterRow
from sctptop.model.associations.events.why_ended import WhyEnded
from sctptop.model.associations.identity import Key
from sctptop.model.associations.rtt import PathRtt
from sctptop.model.associations.waits import NO_WAIT, Wait
from sctptop.model.ranking.trouble import LOADS, RowTrouble


@dataclass(frozen=True, slots=True)
class Row:
    """One association in one snapshot. ``rates`` are per second; ``ended`` says why it is gone, ``end`` in full.

    ``end`` is there where probes saw why, and may be before the association is gone.

    ``other_end`` is there when both ends are on this host, and neither has gone before the other.
    ``held`` is how long its messages were held before the first transmission, ``read_wait`` how long those that came
    waited to be read.
    ``trouble`` is its worst advice. ``rank`` is its place in the order by trouble, then by what it carries, the least
    first; it changes rarely.
    """

    key: Key
    association: Association
    rates: Mapping[str, float | None]
    since_reset: Mapping[str, int]
    age_s: float | None = None
    ended: str | None = None
    rtts: Mapping[str, PathRtt] = field(default_factory=dict)
    other_end: OtherEnd | None = None
    held: Wait = NO_WAIT
    read_wait: Wait = NO_WAIT
    end: WhyEnded | None = None
    trouble: RowTrouble | None = None
    rank: int = 0

    @property
    def gravity(self) -> int:
        """How much its trouble weighs in the order by it, the same for the same rule; 0 for none."""
        return -self.rank // LOADS

    @property
    def why_ended(self) -> str | None:
        """``ended`` in a sentence, as far as it is known; None while it is alive."""
        return self.end.text if self.ended is not None and self.end is not None else self.ended

    @property
    def primary_rtt(self) -> PathRtt | None:
        """The round trips of the primary path, None while none was measured."""
        return self.rtts.get(self.association.primary or "")

    def rate(self, name: str) -> float | None:
        """Per second over the last interval; None on the first sight."""
        return self.rates.get(name)

    def gained(self, name: str, interval_s: float) -> int:
        """What a counter gained in the last interval; 0 on the first sight."""
        return round((self.rates.get(name) or 0.0) * interval_s)

    def counters(self, names: Iterable[str]) -> tuple[CounterRow, ...]:
        """Its growing counters of these names, in the shape of the SNMP ones."""
        return tuple(
            CounterRow(name, getattr(self.association, name), self.since_reset.get(name), self.rate(name))
            for name in names
        )
