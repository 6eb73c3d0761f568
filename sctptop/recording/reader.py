"""Reads a recording, any sample of it; what is damaged is passed over and counted."""

from __future__ import annotations

import os
from array import array
from bisect import bisect_right
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

from sctptop.model.sample import Sample
from sctptop.recording.chain import Chain
from sctptop.recording.file_format import DATABASE, TEXT_LIMIT, RecordingError
from sctptop.recording.log.opening import opened
from sctptop.recording.log.reading import LogStore
from sctptop.recording.log.walk import read_at
from sctptop.recording.packing import DamagedError
from sctptop.recording.results.reading import Results, results_of
from sctptop.recording.store import MOST_KINDS, Store, happened_in
from sctptop.recording.unpacked import Unpacked

BLOCKS_KEPT, TEXT_KEPT = 4, 8 << 20
"""Unpacked blocks in memory, and bytes of their text: a jump needs those before it for its graphs."""
THINGS_KEPT = 30_000
"""Associations and events of the samples in memory, which share those that did not change."""
IN_VAIN, LEAST_EFFORT = 160 << 20, 1 << 12
"""Bytes that are unpacked, one after the other, without a sample coming of it, before the rest of the file is given
up; and what a block counts for at least."""


class Recording:
    """An open recording: as many samples as it had when it was opened. Used by one thread."""

    def __init__(self, path: Path) -> None:
        """Raises RecordingError when it is none, or none that this version reads."""
        self.path = path
        self._unpacked: OrderedDict[int, Unpacked] = OrderedDict()
        self._samples: OrderedDict[int, Sample] = OrderedDict()
        self._things = self._in_vain = 0
        self._store = _store_of(path)
        self._damaged = self._store.damaged
        self.facts, self.blocks = self._store.facts, self._store.blocks
        self._ends = array("Q", accumulate(block.count for block in self.blocks))
        if not self._ends:
            self.close()
            raise RecordingError(f"{path} holds no sample: the recording ended before its first")
        self.first_s = self.blocks[0].first_s
        """When the first sample was read, seconds since 1970."""
        self.last_s = max(block.last_s for block in self.blocks)
        """When the last was, or the latest where the clock was set back."""

    def __len__(self) -> int:
        return self._ends[-1]

    @property
    def damaged(self) -> int:
        """How many blocks, rows and facts were found so far that could not be read, at least in part."""
        return len(self._damaged)

    def close(self) -> None:
        """Let go of the file. Safe to call twice."""
        self._store.close()

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self._store.size

    def sample(self, position: int) -> Sample | None:
        """The sample at a position from 0; None where it is damaged. Raises IndexError beyond the end."""
        if not 0 <= position < len(self):
            raise IndexError(position)
        if position in self._samples:
            self._samples.move_to_end(position)
            return self._samples[position]
        number = bisect_right(self._ends, position)
        block = self._block(number)
        offset = position - (self._ends[number] - self.blocks[number].count)
        try:
            sample = block.sample(offset)
        except IndexError:
            return None
        except DamagedError:
            # Behind a damaged line nothing of its block can be known.
            self._damaged.add(number)
            self._in_vain += max(block.size, 16 * LEAST_EFFORT)
            del block.lines[min(offset, block.followed) :]
            # It may have been applied in part.
            block.chain, block.followed = Chain(), 0
            return None
        self._keep(position, sample)
        return sample

    def _keep(self, position: int, sample: Sample) -> None:
        self._in_vain = 0
        self._samples[position] = sample
        self._things += _things_in(sample)
        while self._things > THINGS_KEPT and len(self._samples) > 1:
            self._things -= _things_in(self._samples.popitem(last=False)[1])

    def first(self) -> Sample:
        """The first sample that can be read. Raises RecordingError where none can, and lets go of the file."""
        found = self._readable(0)
        if found is None:
            self.close()
            raise RecordingError(f"{self.path}: not one sample of it can be read (try: another copy of it)")
        return found[1]

    def samples(self, start: int, stop: int) -> Iterator[tuple[int, Sample]]:
        """Those of the positions that can be read, with their positions, as if nothing was read before the first."""
        position, before = max(start, 0), -1
        while position < min(stop, len(self)):
            found = self._readable(position)
            if found is None or found[0] >= stop:
                return
            position, sample = found
            follows = position == before + 1 and self._follows(position)
            yield position, sample if before >= 0 and follows else replace(sample, interval_s=None)
            before, position = position, position + 1

    def following(self, position: int) -> tuple[int, Sample] | None:
        """The next sample behind a position that can be read. Behind a hole no interval, and so no rate, is known."""
        found = self._readable(position + 1)
        if found is None or (found[0] == position + 1 and self._follows(found[0])):
            return found
        return found[0], replace(found[1], interval_s=None)

    def _follows(self, position: int) -> bool:
        """Whether the sample of a position was read next after that of the position before it."""
        number = bisect_right(self._ends, position)
        block = self.blocks[number]
        if number == 0 or position > self._ends[number - 1]:
            return True
        before = self.blocks[number - 1]
        return block.first == before.first + before.count

    @property
    def has_results(self) -> bool:
        """Whether what came of messages was written down, and nothing is known to be missing."""
        return not self._damaged and self._store.concluded == len(self) == self._samples_in_a_row

    @property
    def _samples_in_a_row(self) -> int:
        end = 0
        for block in self.blocks:
            if block.first != end:
                break
            end += block.count
        return end

    def results(self) -> Iterator[Results]:
        """What came of the messages of all samples, some at a time. Raises DamagedError."""
        end = ended = 0
        for text in self._store.results():
            found = results_of(text)
            if (found.first, found.ended.first) != (end, ended):
                raise DamagedError("results of other samples")
            end, ended = end + found.count, ended + len(found.ended)
            yield found
            if end == len(self):
                return
        raise DamagedError("results of fewer samples than there are")

    def without_messages(self) -> Iterator[tuple[int, Sample]]:
        """All samples, as ``samples`` has them, but without events of APART. Raises DamagedError."""
        position = 0
        for number, block in enumerate(self.blocks):
            chain = Chain()
            lines = list(self._store.lines(number))
            if len(lines) < block.count:
                raise DamagedError("fewer samples than there should be")
            for line in lines[: block.count]:
                chain.follow(line)
                sample = chain.sample()
                yield position, sample if position else replace(sample, interval_s=None)
                position += 1

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

    def check(self, tell: Callable[[int], object] = lambda _: None) -> None:
        """Count damaged blocks, as far as looking for them unasked goes. ``tell``: the number of each before."""
        for number in range(len(self.blocks)):
            tell(number)
            try:
                self._store.check(number)
            except DamagedError:
                self._damaged.add(number)

    def position_at(self, at_s: float) -> int:
        """Of the first sample read at that time or later; the last one when there is none."""
        for number, block in enumerate(self.blocks):
            if block.last_s >= at_s:
                start = self._ends[number] - block.count
                times = enumerate(self._block(number).times(), start)
                return next((place for place, time_s in times if time_s >= at_s), self._ends[number] - 1)
        return len(self) - 1

    def most_at(self, position: int) -> int:
        """The most associations in a sample near a position, 0 where only the samples tell."""
        return (self._store.contents(bisect_right(self._ends, position)) or (0,))[0]

    def events_at(self, position: int) -> int:
        """About how many events the samples near a position have each, 0 where only they tell."""
        found = self._store.contents(number := bisect_right(self._ends, position))
        return sum(found[1].values()) // self.blocks[number].count if found is not None else 0

    def contents(self, tell: Callable[[int], object] = lambda _: None) -> tuple[int, Counter[str]]:
        """The most associations in one sample, and what ``happened_in`` all of them. ``tell`` as of ``check``."""
        most, events = 0, Counter[str]()
        for number in range(len(self.blocks)):
            tell(number)
            found = self._store.contents(number) or self._counted(number)
            most = max(most, found[0])
            for kind, times in found[1].items():
                if kind in events or len(events) < MOST_KINDS:
                    events[kind] += times
        return most, events

    def _counted(self, number: int) -> tuple[int, Counter[str]]:
        end = self._ends[number]
        samples = [sample for _, sample in self.samples(end - self.blocks[number].count, end)]
        most = max((len(sample.associations) for sample in samples), default=0)
        return most, sum(map(happened_in, samples), Counter[str]())

    def _block(self, number: int) -> Unpacked:
        """A block's lines, unpacked, up to the first that is damaged."""
        if number in self._unpacked:
            self._unpacked.move_to_end(number)
            return self._unpacked[number]
        while self._unpacked and (
            len(self._unpacked) >= BLOCKS_KEPT or sum(one.size for one in self._unpacked.values()) > TEXT_KEPT
        ):
            self._unpacked.popitem(last=False)
        lines: list[bytes] = []
        apart: Sequence[bytes] = ()
        try:
            if self._in_vain > IN_VAIN:
                raise DamagedError("so much of this file is made up that the rest is not tried")
            # What comes before the damage stays.
            for line in self._store.lines(number):
                lines.append(line)
        except DamagedError as error:
            self._damaged.add(number)
            self._in_vain += max(error.effort, LEAST_EFFORT)
        try:
            apart = self._store.apart(number, TEXT_LIMIT - sum(map(len, lines))) if lines else ()
        except DamagedError as error:
            # Without its messages a sample would be another one.
            self._damaged.add(number)
            self._in_vain += max(error.effort, LEAST_EFFORT)
            lines = []
        if len(lines) < self.blocks[number].count:
            self._damaged.add(number)
        if apart and len(apart) < len(lines):
            self._damaged.add(number)
            del lines[len(apart) :]
        block = self._unpacked[number] = Unpacked(lines[: self.blocks[number].count], apart)
        return block


def _things_in(sample: Sample) -> int:
    return 1 + len(sample.associations) + len(sample.events) + len(sample.endpoints)


def _store_of(path: Path) -> Store:
    """The file, of whichever format. Raises RecordingError."""
    descriptor = opened(path)
    try:
        begin = read_at(descriptor, len(DATABASE), 0)
        if not begin:
            raise RecordingError(f"{path} is empty: the recording ended before it began")
        if begin != DATABASE:
            return LogStore(path, descriptor)
    except RecordingError:
        os.close(descriptor)
        raise
    from sctptop.recording.database import DatabaseStore

    return DatabaseStore(path, descriptor)
