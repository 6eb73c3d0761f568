"""A block of a recording that is read, unpacked: its samples, one made from the one before it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sctptop.model.sample import Sample
from sctptop.recording.chain import Chain

_TIME = re.compile(rb'\{(?:"schema":1,)?"time":"([^"]{1,40})"')


@dataclass(slots=True)
class Unpacked:
    """The lines of a block, and how many of them its chain has followed."""

    lines: list[bytes]
    apart: Sequence[bytes] = ()
    chain: Chain = field(default_factory=Chain)
    followed: int = 0

    @property
    def size(self) -> int:
        """Bytes of text."""
        return sum(map(len, self.lines)) + sum(map(len, self.apart))

    def times(self) -> Iterator[float]:
        """When each sample was read, seconds since 1970, as far as that stands where a text begins."""
        for line in self.lines:
            found = _TIME.match(line)
            try:
                yield datetime.fromisoformat(found[1].decode()).timestamp() if found else -math.inf
            except (ValueError, OverflowError):
                yield -math.inf

    def sample(self, offset: int) -> Sample:
        """Raises DamagedError, IndexError for a line that is not there."""
        if offset < self.followed - 1:
            self.chain, self.followed = Chain(), 0
        while self.followed <= offset:
            apart = self.apart[self.followed] if self.apart else b""
            self.chain.follow(self.lines[self.followed], apart)
            self.followed += 1
        return self.chain.sample()
