"""The block of a recording that is being written."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field

from sctptop.model.sample import Sample
from sctptop.recording.bounds import WEIGHT_LIMIT, weight
from sctptop.recording.file_format import TEXT_LIMIT
from sctptop.recording.log.frames import ABOUT_LIMIT, Frame, FrameKind
from sctptop.recording.log.space import Stretch
from sctptop.recording.packing import BlockPacker
from sctptop.recording.store import happened_in
from sctptop.recording.texts import Texts


@dataclass(slots=True)
class OpenBlock:
    """The block being written. ``size`` is of its texts, ``whole`` of the first; ``tail`` is where each is."""

    first: int
    texts: Texts = field(default_factory=Texts)
    packer: BlockPacker = field(default_factory=BlockPacker)
    times: list[int] = field(default_factory=list)
    associations: int = 0
    events: Counter[str] = field(default_factory=Counter)
    whole: int = 0
    size: int = 0
    weight: int = 0
    tail: list[Stretch] = field(default_factory=list)

    def add(self, line: bytes, apart: bytes, sample: Sample) -> None:
        """One more sample."""
        self.packer.add(line, apart)
        self.whole = self.whole or len(line)
        self.size += len(line) + len(apart)
        self.weight += weight(line) + weight(apart)
        self.count(sample)

    def count(self, sample: Sample) -> None:
        """What its head says of a sample."""
        self.times.append(round(sample.time.timestamp() * 1e6))
        self.associations = max(self.associations, len(sample.associations))
        self.events += happened_in(sample)

    def has_room_for(self, line: bytes, apart: bytes) -> bool:
        """Whether a reader takes one more such text."""
        return (
            self.size + len(line) + len(apart) + 2 * len(self.times) < TEXT_LIMIT
            and self.weight + weight(line) + weight(apart) <= WEIGHT_LIMIT
        )

    def frame(self, kind: FrameKind) -> Frame:
        """The head of one that holds all of it."""
        about = json.dumps(self.events, separators=(",", ":")).encode()
        return Frame(
            kind,
            0,
            first=self.first,
            count=len(self.times),
            associations=self.associations,
            first_us=self.times[0],
            last_us=self.times[-1],
            about=about if len(about) <= ABOUT_LIMIT else b"{}",
        )
