"""Reads a recording, any sample of it; what is damaged is passed over and counted."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path
from typing import Any

from sctptop.model.sample import Sample
from sctptop.recording.chain import Chain
from sctptop.recording.database import BROKEN, Database, up_to
from sctptop.recording.file_format import MOST_IN_A_BLOCK, TEXT_LIMIT, RecordingError, printable_json
from sctptop.recording.packing import DamagedError, unpacked_block, unpacked_lines
from sctptop.schema import LATEST_S

BLOCKS_KEPT = 4
"""Unpacked blocks in memory: a jump needs those before it for its graphs."""
FACT_LIMIT, MOST_FACTS = 1 << 16, 1000
"""Characters of one fact, or of the events of a block, and how many facts: none comes near."""


@dataclass(frozen=True, slots=True)
class Block:
    """A row of ``blocks``, or the tail as one more. ``events`` by kind."""

    first: int
    count: int
    first_s: float
    last_s: float
    associations: int = 0
    events: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Unpacked:
    """The lines of a block, how many of them its chain has followed, and the samples built so far."""

    lines: list[bytes]
    chain: Chain = field(default_factory=Chain)
    followed: int = 0
    samples: dict[int, Sample] = field(default_factory=dict)

    def sample(self, offset: int) -> Sample:
        """Raises DamagedError, IndexError for a line that is not there."""
        if offset not in self.samples:
            if offset < self.followed:
                self.chain, self.followed = Chain(), 0
            while self.followed <= offset:
                self.chain.follow(self.lines[self.followed])
                self.followed += 1
            self.samples[offset] = self.chain.sample()
        return self.samples[offset]


class Recording:
    """An open recording: as many samples as it had when it was opened. Used by one thread."""

    def __init__(self, path: Path) -> None:
        """Raises RecordingError when it is none, or none that this version reads."""
        self.path = path
        self._unpacked: OrderedDict[int, _Unpacked] = OrderedDict()
        self._damaged: set[object] = set()
        try:
            self._database = Database(path)
            # All of one moment: it may be being written.
            self._database.connection.execute("BEGIN")
            self.facts: Mapping[str, Any] = dict(self._facts())
            self._tail: list[tuple[int, object]] = []
            self.blocks: tuple[Block, ...] = tuple(self._all_blocks())
            self._database.connection.execute("COMMIT")
        except BROKEN as error:
            why = " ".join(str(error).split()) or "reading it takes too much memory"
            raise RecordingError(f"{path} is damaged: {why} (try: another copy of it)") from error
        self._ends = list(accumulate(block.count for block in self.blocks))
        if not self._ends:
            raise RecordingError(f"{path} holds no sample: the recording ended before its first")

    def __len__(self) -> int:
        return self._ends[-1]

    @property
    def damaged(self) -> int:
        """How many blocks, rows and facts were found so far that could not be read, at least in part."""
        return len(self._damaged)

    @property
    def first_s(self) -> float:
        """When the first sample was read, seconds since 1970."""
        return self.blocks[0].first_s

    @property
    def last_s(self) -> float:
        """When the last was, or the latest where the clock was set back."""
        return max(block.last_s for block in self.blocks)

    def close(self) -> None:
        """Let go of the file. Safe to call twice."""
        self._database.close()

    def sample(self, position: int) -> Sample | None:
        """The sample at a position from 0; None where it is damaged. Raises IndexError beyond the end."""
        if not 0 <= position < len(self):
            raise IndexError(position)
        number = bisect_right(self._ends, position)
        block = self._block(number)
        offset = position - (self._ends[number] - self.blocks[number].count)
        try:
            return block.sample(offset)
        except IndexError:
            return None
        except DamagedError:
            # Behind a damaged line nothing of its block can be known.
            self._damaged.add(number)
            del block.lines[min(offset, block.followed) :]
            return None

    def samples(self, start: int, stop: int) -> Iterator[tuple[int, Sample]]:
        """Those of the positions that can be read, with their positions, as if nothing was read before the first."""
        position, before = max(start, 0), -1
        while position < min(stop, len(self)):
            found = self._readable(position)
            if found is None or found[0] >= stop:
                return
            position, sample = found
            yield (
                position,
                sample if before >= 0 and position == before + 1 else replace(sample, interval_s=None),
            )
            before, position = position, position + 1

    def following(self, position: int) -> tuple[int, Sample] | None:
        """The next sample behind a position that can be read. Behind a hole no interval, and so no rate, is known."""
        found = self._readable(position + 1)
        if found is None or found[0] == position + 1:
            return found
        return found[0], replace(found[1], interval_s=None)

    def preceding(self, position: int) -> int | None:
        """The position at or before one that can be read."""
        place = min(position, len(self) - 1)
        while place >= 0 and self.sample(place) is None:
            number = bisect_right(self._ends, place)
            start = self._ends[number] - self.blocks[number].count
            # What is left of a damaged block is at its beginning.
            place = min(place, start + len(self._block(number).lines)) - 1
        return place if place >= 0 else None

    def _readable(self, position: int) -> tuple[int, Sample] | None:
        """The first sample from a position on that can be read."""
        while position < len(self):
            sample = self.sample(position)
            if sample is not None:
                return position, sample
            # Behind a damaged line nothing of its block can be known.
            position = self._ends[bisect_right(self._ends, position)]
        return None

    def check(self) -> None:
        """Unpack every block, to count those that are damaged."""
        for number in range(len(self.blocks)):
            self._block(number)

    def position_at(self, at_s: float) -> int:
        """Of the first sample read at that time or later; the last one when there is none."""
        for number, block in enumerate(self.blocks):
            if block.last_s >= at_s:
                start = self._ends[number] - block.count
                later = (
                    place
                    for place, one in self.samples(start, start + block.count)
                    if one.time.timestamp() >= at_s
                )
                return next(later, self._ends[number] - 1)
        return len(self) - 1

    def contents(self) -> tuple[int, Counter[str]]:
        """The most associations in one sample, and how many events, by kind."""
        most = max(block.associations for block in self.blocks)
        events = sum((Counter(block.events) for block in self.blocks), Counter[str]())
        for _, sample in self.samples(len(self) - len(self._tail), len(self)):
            most = max(most, len(sample.associations))
            events.update(event.kind for event in sample.events)
        return most, events

    def _block(self, number: int) -> _Unpacked:
        """A block's lines, unpacked, up to the first that is damaged."""
        if number in self._unpacked:
            self._unpacked.move_to_end(number)
            return self._unpacked[number]
        lines: list[bytes] = []
        try:
            for line in self._lines(self.blocks[number]):
                lines.append(line)
        except (DamagedError, *BROKEN):
            self._damaged.add(number)
        block = self._unpacked[number] = _Unpacked(lines)
        while len(self._unpacked) > BLOCKS_KEPT:
            self._unpacked.popitem(last=False)
        return block

    def _lines(self, block: Block) -> Iterable[bytes]:
        if self._tail and block.first == self._tail[0][0]:
            return unpacked_lines(data for _, data in self._tail)
        query = f"SELECT {up_to(TEXT_LIMIT, 'data')} FROM blocks WHERE first = ?"
        row = self._database.connection.execute(query, (block.first,)).fetchone()
        return unpacked_block(row[0]) if row else []

    def _facts(self) -> Iterator[tuple[str, Any]]:
        query = (
            f"SELECT {up_to(FACT_LIMIT, 'name')}, {up_to(FACT_LIMIT, 'value')} FROM facts LIMIT {MOST_FACTS}"
        )
        for name, value in self._database.connection.execute(query):
            try:
                yield printable_json(str(name)), printable_json(json.loads(value))
            except (ValueError, TypeError, RecursionError):
                self._damaged.add(name)

    def _all_blocks(self) -> Iterator[Block]:
        """The blocks that make sense, in order, and the tail."""
        columns = f"first, count, first_us, last_us, associations, {up_to(FACT_LIMIT, 'events')}"
        rows = self._database.connection.execute(f"SELECT {columns} FROM blocks ORDER BY first")
        while True:
            try:
                row = rows.fetchone()
            except BROKEN:
                # A torn page: what comes behind it cannot be found.
                self._damaged.add("rows")
                break
            if row is None:
                break
            block = _block_of(*row)
            if block is None:
                self._damaged.add(("row", row[0]))
            else:
                yield block
        times = []
        room = TEXT_LIMIT
        query = f"SELECT number, time_us, length(data), {up_to(TEXT_LIMIT, 'data')} FROM tail ORDER BY number"
        for number, time_us, length, data in self._database.connection.execute(query):
            room -= length or 0
            if room < 0:
                self._damaged.add("tail")
                break
            if isinstance(number, int) and _is_time(time_us):
                self._tail.append((number, data))
                times.append(time_us / 1e6)
        if times:
            yield Block(self._tail[0][0], len(times), times[0], times[-1])


def _block_of(
    first: Any, count: Any, first_us: Any, last_us: Any, associations: Any, events: Any
) -> Block | None:
    """None for a row that no writer wrote."""
    numbers = all(isinstance(value, int) for value in (first, count, associations))
    if not numbers or not 0 < count <= MOST_IN_A_BLOCK or not (_is_time(first_us) and _is_time(last_us)):
        return None
    try:
        counted = Counter({str(kind): int(times) for kind, times in json.loads(events).items()})
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError):
        counted = Counter()
    return Block(first, count, first_us / 1e6, last_us / 1e6, associations, counted)


def _is_time(value: Any) -> bool:
    return isinstance(value, int) and 0 <= value < LATEST_S * 1e6
