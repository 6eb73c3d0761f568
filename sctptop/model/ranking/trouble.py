"""What is wrong with an association, as its row shows it."""

from __future__ import annotations

from dataclasses import dataclass

from sctptop.model.quick import quick

PROBLEM, WARNING = "problem", "warning"
LOADS = 1 << 8
"""Ranks of one trouble: more than there are levels of what an association carries."""


@quick
@dataclass(frozen=True, slots=True)
class RowTrouble:
    """The worst advice on it or on its peer; ``more``: how many pieces there are beside it. Notes are no trouble.

    ``rule`` is an id of RULES with its ``title``; ``since_s`` on the clock of the samples; ``address`` of the path;
    ``why`` connects of its peer mostly fail. ``from_start``: it may be so for longer, it was when watching began.
    """

    rule: str
    severity: str
    title: str
    seen: str
    since_s: float
    address: str | None = None
    more: int = 0
    why: str = ""
    from_start: bool = False

    @property
    def problem(self) -> bool:
        """Whether it is worse than a warning."""
        return self.severity == PROBLEM
