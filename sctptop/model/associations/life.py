"""One association as it is followed from sample to sample, and the row that is made of it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat, zip_longest
from operator import is_

from sctptop.model.association import Association, Path
from sctptop.model.associations.both_ends import OtherEnd
from sctptop.model.associations.counts import NO_RATES, Counts
from sctptop.model.associations.events.why_ended import WhyEnded
from sctptop.model.associations.identity import Key
from sctptop.model.associations.row import Row
from sctptop.model.associations.rtt import PathRtt, RttBook
from sctptop.model.associations.waits import WaitBook, Waits
from sctptop.model.attributes import SERIES, maker, named, picking
from sctptop.model.ranking.level import level_of

GRAPHED, GRAPHED_OF_PATH = named(Association, SERIES), named(Path, SERIES)
"""Kept over time, the second under (association key, address).

Medians and last values join them: ``held_ms`` and ``read_wait_ms`` of the intervals in which a message was timed, of a
path ``hb_rtt_ms``, the last heartbeat of each interval, and ``data_rtt_ms``, the median of its data.
"""
_SERIES, _SERIES_OF_PATH = picking(GRAPHED), picking(GRAPHED_OF_PATH)
Told = tuple[Hashable, tuple[str, ...], tuple[float | None, ...]]
"""Of one key the names of its series, and their values."""
_ROW = maker(Row)


@dataclass(slots=True, eq=False)
class Life:
    """``quiet``: the same record once more would change nothing, in an interval of known length.

    ``moved``: whether the last record was another than the one before. ``series``: the keys of what is kept over time,
    ``written`` the paths that were kept last.
    ``row`` is the one made last, ``stale`` where it says no longer what is so. ``level`` is how much it carries;
    ``packets`` it had when that was weighed last.
    """

    key: Key
    association: Association
    book: Counts
    first_s: float
    born_while_watching: bool
    addresses: tuple[str, ...] = ()
    ended: str | None = None
    ended_s: float = 0.0
    end: WhyEnded | None = None
    other: Association | None = None
    partner: Life | None = None
    other_first: bool = False
    quiet: bool = False
    series: tuple[Hashable, ...] = ()
    written: tuple[Path, ...] = ()
    moved: bool = True
    row: Row | None = None
    stale: bool = True
    level: int = 0
    packets: int = 0

    def __post_init__(self) -> None:
        self.packets = _packets(self.association)

    def weighed(self, since_s: float, now_s: float) -> int:
        """The level of what it carried since then; it was weighed then, or did not move until then."""
        packets, lasted_s = _packets(self.association), now_s - max(since_s, self.first_s)
        if lasted_s > 0:
            self.level = level_of((packets - self.packets) / lasted_s, self.level)
            self.packets = packets
        return self.level

    def has_ended(self, end: WhyEnded) -> None:
        """Probes tell why: before it is missed, or when it was missed already."""
        self.end = end
        if self.ended is not None:
            self.ended = end.short

    def other_end(self) -> OtherEnd | None:
        """The other end, while it shares the fate of this one: both alive, or gone in the same reading."""
        if self.other is None or self.partner is None:
            return OtherEnd(self.other) if self.other is not None else None
        if (self.ended is None, self.ended_s) != (self.partner.ended is None, self.partner.ended_s):
            return None
        return OtherEnd(self.partner.association, self.partner.key, self.other_first)

    def take(self, entry: Association, interval_s: float | None, same_paths: bool = False) -> None:
        """Update with the record of the next sample. ``same_paths``: it is known to have the paths that it had."""
        before = self.association
        again = entry is before and bool(self.series)
        self.association = entry
        self.moved = not again
        rates = self.book.rates
        if again:
            self.book.rest(interval_s)
        else:
            self.book.take(entry, interval_s)
        self.quiet = again and bool(interval_s) and not _adds_again(entry)
        self.stale = self.stale or not again or self.book.rates is not rates
        if not self.series or not (again or same_paths or with_same_paths(entry, before)):
            self.addresses = _with(self.addresses, entry)
            self.series = (self.key, *((self.key, path.address) for path in entry.paths))

    def all_series(self) -> list[Told]:
        """What is kept of this tick, by the keys of ``series``."""
        self.written = ()
        return self.moved_series()

    def moved_series(self) -> list[Told]:
        """The same without paths that are as they were when this was asked last."""
        before, self.written = self.written, self.association.paths
        found: list[Told] = [(self.key, GRAPHED, _SERIES(self.association))]
        # The keys of its paths are in their order.
        for path, old, key in zip_longest(self.written, before[: len(self.written)], self.series[1:]):
            if path is not old:
                found.append((key, GRAPHED_OF_PATH, _SERIES_OF_PATH(path)))
        return found

    def as_row(self, now_s: float, rtts: Mapping[str, PathRtt], waits: Waits) -> Row:
        """The row of this tick: the one before while it says the same."""
        age_s = now_s - self.first_s if self.born_while_watching else None
        other_end = self.other_end()
        row = self.row
        if row is not None and not self.stale and self.ended is None and _same_other(row, other_end):
            if row.age_s == age_s:
                return row
            rates, since_reset = row.rates, row.since_reset
        else:
            rates = NO_RATES if self.ended else self.book.rates
            since_reset = self.book.gained
        self.stale = False
        self.row = _ROW(
            self.key,
            self.association,
            rates,
            since_reset,
            age_s,
            self.ended,
            rtts,
            other_end,
            waits.held,
            waits.read_wait,
            self.end,
            None,
            -self.level,
        )
        return self.row


class ShownRows:
    """The rows made last, in the order in which their lives began. Of thousands only those stirred are looked at."""

    def __init__(self, rtts: RttBook, waits: WaitBook) -> None:
        self._rtts, self._waits = rtts, waits
        self._stirred: dict[Key, Life] = {}
        """Those of which the row made last may be another."""
        self._rows: dict[Key, Row] = {}
        self._told: tuple[Row, ...] = ()

    def stir(self, life: Life) -> None:
        """Its row says no longer what is so, or there is none yet."""
        life.stale, self._stirred[life.key] = True, life

    def stir_stale(self, lives: Mapping[Key, Life]) -> None:
        """Those of them that know that their rows say no longer what is so."""
        self._stirred.update({key: life for key, life in lives.items() if life.stale})

    def watch(self, life: Life) -> None:
        """What its row says of others may change by itself."""
        self._stirred[life.key] = life

    def forget(self, key: Key) -> None:
        """It is no more."""
        self._stirred.pop(key, None)
        self._rows.pop(key, None)

    def rows(self, now_s: float) -> tuple[Row, ...]:
        """All of them; the same object where each is."""
        stirred, self._stirred = self._stirred, {}
        rows, moved = self._rows, len(self._rows) != len(self._told)
        for key, life in stirred.items():
            row = life.as_row(now_s, self._rtts.of(key), self._waits.of(key))
            if rows.get(key) is not row:
                rows[key], moved = row, True
            if life.born_while_watching or life.other is not None or life.ended is not None:
                # It never rests.
                self._stirred[key] = life
        if moved:
            self._told = tuple(rows.values())
        return self._told


def in_places(entries: Sequence[Association], before: Sequence[Association]) -> bool:
    """Whether nearly all are in the places that they had: nearly always."""
    return len(entries) == len(before) and sum(map(is_, entries, before)) * 2 > len(entries)


def as_before(
    entries: Sequence[Association], before: Sequence[Association], met: Sequence[Life | None]
) -> Iterable[tuple[Association | None, Life | None]]:
    """Of each that was in the sample before that record and its life; of others anything else."""
    known = zip(before, met, strict=True)
    if in_places(entries, before):
        return known
    # Those before are kept, so that no other has the id of one.
    by_id = dict(zip(map(id, before), known, strict=True))
    return map(by_id.get, map(id, entries), repeat((None, None)))


def _with(addresses: tuple[str, ...], entry: Association) -> tuple[str, ...]:
    """These and those of its paths: the tuple of the association where that says it."""
    found = (*addresses, *(path.address for path in entry.paths if path.address not in addresses))
    return entry.remote_addresses if found == entry.remote_addresses else found


def _packets(entry: Association) -> int:
    return (entry.in_packets or 0) + (entry.out_packets or 0)


def _adds_again(entry: Association) -> bool:
    """Whether it holds what an interval added: told again, it was added again."""
    return bool(entry.held_bins or entry.read_wait_bins or any(path.data_rtt_bins for path in entry.paths))


def with_same_paths(entry: Association, before: Association) -> bool:
    """Whether both have paths to the same addresses, in the same order."""
    paths, others = entry.paths, before.paths
    if paths is others:
        return True
    if len(paths) != len(others):
        return False
    # No zip: with strict it takes longer to begin than two paths to compare.
    for at, path in enumerate(paths):
        other = others[at]
        if path is not other and path.address != other.address:
            return False
    return True


def with_same_names(entry: Association, before: Association) -> bool:
    """Whether it has the names and addresses that it had; where they are other objects this need not be said."""
    return (
        entry.own_tag is not None
        and entry.own_tag == before.own_tag
        and entry.peer_tag == before.peer_tag
        and entry.assoc_id == before.assoc_id
        and entry.primary == before.primary
        and entry.local_addresses == before.local_addresses
        and entry.remote_addresses == before.remote_addresses
        and with_same_paths(entry, before)
    )


def _same_other(row: Row, other: OtherEnd | None) -> bool:
    if row.other_end is None or other is None:
        return row.other_end is other
    return (
        row.other_end.association is other.association
        and row.other_end.first == other.first
        and row.other_end.key == other.key
    )
