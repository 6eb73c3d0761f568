"""Associations that are asked for by name in every reading, each by a request that was made once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count

from sctptop.kernel.reading.diag.diag_records import DiagRecord, lookup_request
from sctptop.kernel.reading.joining import Ends, Joined, ends_of
from sctptop.kernel.reading.procfs import AssocLine

FIRST = 1 << 31
"""The lowest sequence number; those of other questions lie below."""
LAST = 0xF000_0000
"""Beyond it all are numbered anew."""
MOST = 64
"""Requests of one send."""
ROOM = 100_000
"""Bytes that the answers to one send may take in the socket: under a half of net.core.rmem_default."""
_OVERHEAD = 576
"""Of an answer: struct sk_buff and what else the kernel counts."""

Pair = tuple[tuple[str, int], tuple[str, int]]
"""Address and port of our end, and of the peer's."""


@dataclass(slots=True, eq=False)
class Asked:
    """``record``: the last answer, the same object while the bytes are the same. ``head``: what stood before those.
    ``follows``: the record before it, where it is known to be of the same association and addresses. ``request`` has
    the sequence number ``number``, which no other has.
    """

    pair: Pair
    interface: int
    record: DiagRecord
    number: int
    request: bytes
    head: bytes = b"none"
    follows: DiagRecord | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What is sent at once."""

    asked: Sequence[Asked]
    requests: bytes


@dataclass(slots=True)
class Changes:
    """What one reading found: associations whose record is another, and those without one."""

    changed: list[Asked] = field(default_factory=list)
    gone: list[Asked] = field(default_factory=list)


def batches(asked: Iterable[Asked]) -> list[Batch]:
    """Requests for all of them, in their order."""
    return [Batch(some, b"".join([one.request for one in some])) for some in _fitting(asked)]


def _fitting(asked: Iterable[Asked]) -> Iterator[list[Asked]]:
    some: list[Asked] = []
    room = ROOM
    for one in asked:
        takes = _truesize(len(one.record.raw))
        if some and (takes > room or len(some) == MOST):
            yield some
            some, room = [], ROOM
        some.append(one)
        room -= takes
    if some:
        yield some


def _truesize(size: int) -> int:
    """What a record takes in the socket: the kernel rounds up to a power of two (kmalloc)."""
    return (1 << (size + _OVERHEAD).bit_length()) + _OVERHEAD


def asked_by_name(
    rows: Iterable[Joined], bound: Mapping[Pair, int], before: Iterable[Asked] = ()
) -> dict[Asked, Joined]:
    """How to ask for each row; nothing where one of them cannot be asked for.

    ``bound``: to which interface sockets are, where their own records do not tell. ``before``: those of the last time,
    which are taken again, with their requests and the headers of their answers.
    """
    asked: dict[Asked, Joined] = {}
    known = {(one.pair, one.interface): one for one in before}
    last = max((one.number for one in known.values()), default=FIRST - 1)
    if last > LAST:
        known, last = {}, FIRST - 1
    fresh = count(last + 1)
    for row in rows:
        pair = addresses_of(row.record) if row.record is not None else None
        if row.record is None or row.line is None or row.line.assoc_id is None or pair is None:
            return {}
        interface = row.socket.interface if row.socket else bound.get(pair)
        if interface is None:
            return {}
        one = known.pop((pair, interface), None)
        if one is None:
            number = next(fresh)
            one = Asked(pair, interface, row.record, number, lookup_request(*pair, number, interface))
        one.record = row.record
        asked[one] = row
    return asked


def by_addresses(entries: Iterable[AssocLine | DiagRecord]) -> dict[Pair, Ends]:
    """Associations by the addresses to look them up by."""
    return {pair: ends_of(entry) for entry in entries if (pair := addresses_of(entry)) is not None}


def by_bytes(records: Iterable[DiagRecord | None]) -> dict[bytes, DiagRecord]:
    """Records by what they were read from, where that is kept."""
    return {record.raw: record for record in records if record is not None and record.raw}


def addresses_of(entry: AssocLine | DiagRecord) -> Pair | None:
    """The ends to look an association up by: two addresses of one family."""
    for remote in (entry.primary, *entry.remote_addresses):
        for local in sorted(entry.local_addresses):
            if remote is not None and (":" in remote) == (":" in local):
                return _ours(local, entry.local_port), (remote, entry.remote_port)
    return None


@lru_cache(256)
def _ours(address: str, port: int) -> tuple[str, int]:
    """The same object for all associations of one address and port."""
    return address, port
