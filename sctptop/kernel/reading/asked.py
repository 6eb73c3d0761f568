"""Associations that are asked for by name in every reading, each by a request that was made once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from sctptop.kernel.reading.diag.diag_records import DiagRecord, lookup_request
from sctptop.kernel.reading.joining import Ends, Joined, ends_of
from sctptop.kernel.reading.procfs import AssocLine

FIRST = 1 << 31
"""The sequence number of the first; those of other questions lie below."""
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
    ``follows``: the record before it, where it is known to be of the same association and addresses.
    """

    pair: Pair
    interface: int
    record: DiagRecord
    head: bytes = b"none"
    follows: DiagRecord | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What is sent at once. ``first`` is the sequence number of the first of ``asked``."""

    first: int
    asked: Sequence[Asked]
    requests: bytes


@dataclass(slots=True)
class Changes:
    """What one reading found: associations whose record is another, and those without one."""

    changed: list[Asked] = field(default_factory=list)
    gone: list[Asked] = field(default_factory=list)


def batches(asked: Iterable[Asked]) -> list[Batch]:
    """Requests for all of them, numbered through."""
    found: list[Batch] = []
    some: list[Asked] = []
    requests: list[bytes] = []
    room = ROOM
    number = FIRST
    for one in asked:
        takes = _truesize(len(one.record.raw))
        if some and (takes > room or len(some) == MOST):
            found.append(Batch(number - len(some), some, b"".join(requests)))
            some, requests, room = [], [], ROOM
        some.append(one)
        requests.append(lookup_request(*one.pair, number, one.interface))
        room -= takes
        number += 1
    if some:
        found.append(Batch(number - len(some), some, b"".join(requests)))
    return found


def _truesize(size: int) -> int:
    """What a record takes in the socket: the kernel rounds up to a power of two (kmalloc)."""
    return (1 << (size + _OVERHEAD).bit_length()) + _OVERHEAD


def asked_by_name(rows: Iterable[Joined], bound: Mapping[Pair, int]) -> dict[Asked, Joined]:
    """How to ask for each row; nothing where one of them cannot be asked for.

    ``bound``: to which interface sockets are, where their own records do not tell.
    """
    asked: dict[Asked, Joined] = {}
    for row in rows:
        pair = addresses_of(row.record) if row.record is not None else None
        if row.record is None or row.line is None or row.line.assoc_id is None or pair is None:
            return {}
        interface = row.socket.interface if row.socket else bound.get(pair)
        if interface is None:
            return {}
        asked[Asked(pair, interface, row.record)] = row
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
