"""Which record of sock_diag, line of assocs and lines of remaddr are of one association."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sctptop.kernel.probes.bins import PathName
from sctptop.kernel.program.records import AssociationName
from sctptop.kernel.reading.diag.diag_records import DiagRecord
from sctptop.kernel.reading.probe_facts import Seen
from sctptop.kernel.reading.procfs import AssocLine, EpLine, RemaddrLine
from sctptop.kernel.ways.questions import PathQuestion
from sctptop.model.association import Association, Process
from sctptop.model.associations.numbers import Numbers
from sctptop.model.source_state import OK, SourceState

Ends = tuple[int, int, tuple[str, ...]]
"""Ports, and the addresses of the peer, sorted."""
Identity = tuple[int, int, int, int]
"""Tags and ports: what tells associations of one namespace apart."""


@dataclass(slots=True, eq=False)
class MadeOf:
    """An association, and what it was made of besides its socket, its line and its transports: the last one of a row.

    ``seen``: what probes saw of it. ``ways``: what was asked of the ways of its paths.
    """

    association: Association
    record: DiagRecord | None
    hz: int | None
    process: Process | None
    netns_name: str | None
    seen: Seen | None
    ways: tuple[PathQuestion, ...] = ()


@dataclass(slots=True, eq=False)
class Joined:
    """One association as each source has it, ``socket`` the record of its socket; one of the first two may be missing.

    Lasts from reading to reading: ``made`` is what was made of it, None once a source but the record says otherwise.
    ``follows``: the record before this one, of the same association with the same addresses. ``seen``: what
    probes saw of it last. ``names``: what they call it and its paths, once that was asked for.
    """

    record: DiagRecord | None
    socket: DiagRecord | None
    line: AssocLine | None
    transports: Sequence[RemaddrLine]
    made: MadeOf | None = None
    follows: DiagRecord | None = None
    seen: Seen | None = None
    names: tuple[AssociationName, tuple[PathName, ...]] | None = None
    turn: int = -1

    @property
    def key(self) -> Hashable:
        """Tags and ports, or the id where only /proc names it."""
        if self.record is not None:
            return key_of(self.record)
        return (self.line.assoc_id, self.line.local_port, self.line.remote_port) if self.line else None

    @property
    def inode(self) -> int | None:
        """Of its socket."""
        if self.record is not None:
            return self.record.inode
        return self.line.inode if self.line is not None else None

    def says_the_same(self, other: Joined) -> bool:
        """Whether every source says what it says of the other."""
        return (
            _equal(self.record, other.record)
            and _equal(self.socket, other.socket)
            and self.line == other.line
            and tuple(self.transports) == tuple(other.transports)
        )


def _equal(one: DiagRecord | None, other: DiagRecord | None) -> bool:
    if one is other:
        return True
    # Of thousands of records comparing the bytes is far less work than comparing the fields.
    if one is not None and other is not None and one.raw and other.raw:
        return one.raw == other.raw
    return one == other


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of one namespace, and how ``diag`` and ``procfs`` went. ``rows``: its associations as each source
    has them, ``inodes`` those of their sockets. ``sockets``: records of endpoints that were read this very time, those
    that listen all.
    """

    lines: list[AssocLine] = field(default_factory=list)
    records: list[DiagRecord] = field(default_factory=list)
    rows: list[Joined] = field(default_factory=list)
    inodes: Collection[int | None] = ()
    endpoints: list[EpLine] = field(default_factory=list)
    sockets: list[DiagRecord] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)
    diag: SourceState = OK
    procfs: SourceState = OK

    @property
    def used(self) -> bool:
        """Whether there is a socket, an association, or a counter that is not 0."""
        return bool(self.lines or self.records or self.endpoints or any(self.counters.values()))


def key_of(record: DiagRecord) -> Identity:
    """What an association is known by."""
    info = record.info
    if isinstance(info, Numbers) and "peer_tag" in (places := info.places):
        # A walk asks this of each association several times.
        numbers = info.numbers
        return numbers[places["tag"]], numbers[places["peer_tag"]], record.local_port, record.remote_port
    return info.get("tag", 0), info.get("peer_tag", 0), record.local_port, record.remote_port


def ends_of(entry: AssocLine | DiagRecord) -> Ends:
    """What the two sources of one association have in common."""
    return entry.local_port, entry.remote_port, tuple(sorted(entry.remote_addresses))


def by_association(remaddrs: Iterable[RemaddrLine]) -> dict[int, list[RemaddrLine]]:
    """Transports by association id."""
    transports: dict[int, list[RemaddrLine]] = {}
    for remaddr in remaddrs:
        transports.setdefault(remaddr.assoc_id, []).append(remaddr)
    return transports


def join(
    records: Sequence[DiagRecord],
    lines: Sequence[AssocLine],
    transports: Mapping[int, Sequence[RemaddrLine]],
) -> list[Joined]:
    """Every association that either source named, once; ``records`` are of associations and of their sockets."""
    sockets = {record.cookie: record for record in records if not record.is_association}
    pairs = _pairs([record for record in records if record.is_association], lines)
    return [
        Joined(
            record,
            sockets.get(record.cookie) if record else None,
            line,
            transports.get((line and line.assoc_id) or 0, ()),
        )
        for record, line in pairs
    ]


def _pairs(
    records: Sequence[DiagRecord], lines: Sequence[AssocLine]
) -> list[tuple[DiagRecord | None, AssocLine | None]]:
    """Records with their lines: same ports and peers, and where that is not unique same local ends too."""
    waiting: dict[Ends, list[AssocLine]] = {}
    for line in lines:
        waiting.setdefault(ends_of(line), []).append(line)
    pairs: list[tuple[DiagRecord | None, AssocLine | None]] = []
    for record in records:
        candidates = waiting.get(ends_of(record), [])
        best = max(candidates, key=lambda line: _likeness(record, line), default=None)
        if best is not None:
            candidates.remove(best)
        pairs.append((record, best))
    pairs.extend((None, line) for candidates in waiting.values() for line in candidates)
    return pairs


def _likeness(record: DiagRecord, line: AssocLine) -> tuple[bool, bool]:
    return set(record.local_addresses) == set(line.local_addresses), record.inode == line.inode


def same_or_new(before: Joined | None, row: Joined) -> Joined:
    """The row of the reading before where all says what it said."""
    if before is None:
        return row
    if before.says_the_same(row):
        return before
    if before.says_the_same(replace(row, record=before.record)):
        # What was made of it is made again of the new record alone.
        row.made, row.seen = before.made, before.seen
    return row


def distinct(records: Iterable[DiagRecord]) -> dict[Identity, DiagRecord]:
    """Records by tags and ports: a walk that was disturbed may list one association twice."""
    return {key_of(record): record for record in records}


def still_alive(lines: Iterable[AssocLine], records: Iterable[DiagRecord]) -> list[AssocLine]:
    """The lines whose association sock_diag still knows: as many for a pair of ends as it reported, newest lines first.

    A remembered line must not outlive its association behind a successor on the same ports.
    """
    room = Counter(ends_of(record) for record in records)
    kept = []
    for line in lines:
        if room[ends_of(line)] > 0:
            room[ends_of(line)] -= 1
            kept.append(line)
    return kept


def with_passed_over(read: Iterable[AssocLine], before: Mapping[int, AssocLine]) -> list[AssocLine]:
    """Each association once, and those of last time, by their ids, that this walk passed over.

    The walk of /proc goes by position in a hash table (sctp_transport_get_idx): while associations come
    and go it lists some twice and some not at all. sock_diag then says whether those still live.
    """
    lines = {line.assoc_id or -index: line for index, line in enumerate(read)}
    passed_over = before.keys() - lines.keys()
    return [*lines.values(), *(replace(before[ident], rtx_marked_chunks=None) for ident in passed_over)]
