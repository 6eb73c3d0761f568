"""What the probes wrote since the last reading: put down by the thread that listens, taken by the one that reads."""

from __future__ import annotations

import sys
from collections import deque

from sctptop.kernel.probes.ngap_records import NgapRecord, ngap_record
from sctptop.kernel.probes.overload import kind_of
from sctptop.kernel.program.declarations import NGAP_EVENT, PROBE_EVENT

QUEUE = 65536
"""Events kept between two readings; those beyond it are counted as lost."""

_WORD = 4
_WHO_AT, _WHO_AT_NGAP = (
    next(member.offset for member in layout.members if member.name == "who")
    for layout in (PROBE_EVENT, NGAP_EVENT)
)
"""It begins with the network namespace."""


class Arrivals:
    """Records of events as they came, and messages of NGAP without their bytes."""

    def __init__(self) -> None:
        self._raw: deque[bytes] = deque()
        self._messages: deque[NgapRecord] = deque()
        # Each written by one thread only.
        self._lost = 0
        self._lost_told = 0
        self._netns: bytes | None = None

    def keep_to(self, netns: int | None) -> None:
        """What comes of another namespace is passed over from now on; None: of none."""
        self._netns = None if netns is None else netns.to_bytes(_WORD, sys.byteorder)

    def take(self, data: bytes) -> None:
        """An event."""
        if self._netns is not None and data[_WHO_AT : _WHO_AT + _WORD] != self._netns:
            return
        # Beginnings and ends are few, and what all else hangs on.
        if len(self._raw) < QUEUE or kind_of(data) == "association":
            self._raw.append(data)
        else:
            self._lost += 1

    def take_ngap(self, data: bytes) -> None:
        """A message."""
        if self._netns is not None and data[_WHO_AT_NGAP : _WHO_AT_NGAP + _WORD] != self._netns:
            return
        record = ngap_record(data)
        if record is not None and len(self._messages) < QUEUE:
            self._messages.append(record)
        else:
            self._lost += 1

    def all(self) -> tuple[list[bytes], list[NgapRecord], int]:
        """What came since the last call, and how many were lost."""
        raw = [self._raw.popleft() for _ in range(len(self._raw))]
        messages = [self._messages.popleft() for _ in range(len(self._messages))]
        lost, self._lost_told = (known := self._lost) - self._lost_told, known
        return raw, messages, lost
