"""A loaded program and its maps, whose kernel is the test."""

from __future__ import annotations

import struct
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from sctptop.kernel.probes.session import Probes
from sctptop.kernel.program.points import POINTS, ProbeChoice
from sctptop.kernel.program.program import PointState

PATHS, ASSOCIATIONS, BINS, INTERVAL, WAITED, NGAP_LOST, LOST = 3, 4, 5, 6, 7, 8, 9
HANDED_OVER, UNREAD, FOLLOW, CHUNKS, NO_ROOM = 10, 11, 12, 13, 14


class FakeProgram:
    """A loaded program whose kernel is this test."""

    compile_s = 0.1
    from_kept = False
    buffers = None

    def __init__(self, refused: str | None = None) -> None:
        self.refused = refused
        self.closed = 0
        self.away = self.leaving = False
        self.take: Callable[[bytes], None] = lambda data: None
        self.take_ngap: Callable[[bytes], None] = lambda data: None
        self.polled = threading.Event()

    def attach(self) -> tuple[PointState, ...]:
        return tuple(PointState(point, self.refused, "fentry") for point in POINTS)

    costs = attach

    def listen(self, takers: dict[str, Callable[[bytes], None]]) -> None:
        self.take, self.take_ngap = takers["events"], takers["ngap_events"]

    def has(self, concern: str) -> bool:
        return True

    def poll(self, milliseconds: int) -> None:
        self.polled.set()
        time.sleep(0.01)

    def map_fd(self, name: str) -> int:
        known = {"paths": PATHS, "associations": ASSOCIATIONS, "data_rtts": BINS, "interval": INTERVAL}
        known |= {"handed_over": HANDED_OVER, "unread": UNREAD, "following": FOLLOW, "chunks": CHUNKS}
        return {**known, "waits": WAITED, "ngap_lost": NGAP_LOST, "events_lost": LOST, "no_room": NO_ROOM}[
            name
        ]

    def take_away(self) -> None:
        assert not self.away
        self.away = True

    def put_back(self) -> bool:
        assert self.away
        self.away = self.leaving
        return not self.away

    def close(self) -> None:
        self.closed += 1


class FakeMaps:
    """What the maps hold, by descriptor; what was written to them."""

    def __init__(self) -> None:
        tables = (PATHS, ASSOCIATIONS, BINS, WAITED, HANDED_OVER, UNREAD)
        self.tables: dict[int, dict[bytes, bytes]] = {table: {} for table in tables}
        self.lost = {NGAP_LOST: 0, LOST: 0}
        self.counts: dict[tuple[int, int], int] = {}
        self.following: list[tuple[int, ...]] = []
        self.interval = 0
        self.trouble: OSError | None = None

    def entries(self, fd: int, key_size: int, value_size: int) -> list[tuple[bytes, bytes]]:
        if self.trouble is not None:
            raise self.trouble
        return list(self.tables[fd].items())

    def content(self, fd: int, key_size: int, value_size: int) -> tuple[bytes, bytes]:
        found = self.entries(fd, key_size, value_size)
        return b"".join(key for key, _ in found), b"".join(value for _, value in found)

    def remove(self, fd: int, keys: Iterable[bytes]) -> None:
        for key in keys:
            del self.tables[fd][key]

    def get(self, fd: int, key: int) -> int:
        return self.lost[fd] if fd in self.lost else self.counts.get((fd, key), 0)

    def put_bytes(self, fd: int, key: int, value: bytes) -> None:
        assert (fd, key) == (FOLLOW, 0)
        self.following.append(struct.unpack("<6I", value))

    def put(self, fd: int, key: int, value: int) -> None:
        assert (fd, key) == (INTERVAL, 0)
        self.interval = value


def started(load: Callable[[ProbeChoice, int], Any]) -> Probes:
    found = Probes(load=load)
    found.start()
    found.settle(10)
    return found
