"""What a reader needs of a file, whichever format it has."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sctptop.model.sample import Sample
from sctptop.recording.file_format import MOST_IN_A_BLOCK
from sctptop.schema_checks import LATEST_S

MOST_KINDS = 100
"""Kinds of events: there are two dozen."""
LEFT_OUT, LOST = "left out ", "lost"
"""Before the kind of events that there was no time for, and in the place of one for which no buffer had room."""
MOST_BLOCKS = 250_000
"""Half a year of blocks of a minute."""


@dataclass(frozen=True, slots=True)
class Block:
    """Samples stored together: the number of the first, how many, and when the first and the last were read."""

    first: int
    count: int
    first_s: float
    last_s: float


class Store(Protocol):
    """An open file. ``damaged`` grows by a name for each part that is found to be unreadable."""

    facts: Mapping[str, Any]
    blocks: Sequence[Block]
    damaged: set[object]

    @property
    def size(self) -> int:
        """Bytes of the file."""

    def lines(self, number: int) -> Iterable[bytes]:
        """The texts of the samples of a block, up to the first that is damaged. Raises DamagedError."""

    def apart(self, number: int, room: int) -> Sequence[bytes]:
        """The texts of the messages of its samples, where they stand apart, of so many bytes. Raises DamagedError."""

    @property
    def concluded(self) -> int:
        """Of how many samples, from the first of the recording on, results were written."""

    def results(self) -> Iterator[bytes]:
        """What came of the messages of all samples, a text of some at a time. Raises DamagedError."""

    def contents(self, number: int) -> tuple[int, Mapping[str, int]] | None:
        """The most associations in one sample of a block and its events by kind; None where only the samples tell."""

    def check(self, number: int) -> None:
        """Raises DamagedError where a block cannot be read; says nothing of blocks beyond what is checked unasked."""

    def close(self) -> None:
        """Let go of the file. Safe to call twice."""


def block_of(first: Any, count: Any, first_us: Any, last_us: Any) -> Block | None:
    """None for numbers that no writer wrote."""
    if not (
        isinstance(first, int)
        and isinstance(count, int)
        and 0 <= first < 1 << 62
        and 0 < count <= MOST_IN_A_BLOCK
    ):
        return None
    return (
        Block(first, count, first_us / 1e6, last_us / 1e6) if is_time(first_us) and is_time(last_us) else None
    )


def is_time(value: Any) -> bool:
    """Whether it is a time that a clock shows, in microseconds since 1970."""
    return isinstance(value, int) and 0 <= value < LATEST_S * 1e6


def happened_in(sample: Sample) -> Counter[str]:
    """What a block's head says of one sample's events: how many by kind, and of those that are not in it as well."""
    found = Counter(event.kind for event in sample.events)
    for kind, times in sample.events_left_out.items():
        found[LEFT_OUT + kind] += times
    found[LOST] += sample.events_lost
    return +found


def events_of(text: Any) -> Counter[str]:
    """Events by kind, as JSON tells them; none where it does not."""
    try:
        return Counter({str(kind): int(times) for kind, times in json.loads(text).items()})
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError):
        return Counter()
