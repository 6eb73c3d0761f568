"""What is asked of one path in every reading, and what is known of each question."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from sctptop.kernel.ways.route_lookup import Route
from sctptop.model.way import Way

Question = tuple[int, tuple[str, ...], str, int]
"""Network namespace, local addresses of the destination's family, destination, index of the interface or 0."""


class Signs(NamedTuple):
    """What makes an answer old when it changes. ``used`` is the interface that the kernel says it uses, or 0."""

    used: int = 0
    state: str | None = None
    primary: bool | None = None
    pathmtu: int | None = None


@dataclass(slots=True)
class Entry:
    """What is known of one question. ``signs`` are those of ``reading``, ``before`` those of the reading before it:
    the same set where neither has others.
    """

    reading: int = 0
    signs: set[Signs] = field(default_factory=set)
    before: set[Signs] = field(default_factory=set)
    due: bool = False
    used: int = 0
    asked_in: int = 0
    asked_s: float = float("-inf")
    route: Route | None = None
    interface: int = 0
    way: Way | None = None
    composed_of: int = -1
    forgotten: bool = False

    def add(self, signs: Signs) -> None:
        """Of this reading."""
        if self.signs is self.before:
            self.signs = {*self.signs, signs}
        else:
            self.signs.add(signs)


@dataclass(slots=True, eq=False)
class PathQuestion:
    """A question that is asked in every reading while the path says the same. ``way`` is the last answer."""

    question: Question
    signs: Signs
    entry: Entry
    way: Way | None = None
    reading: int = 0
