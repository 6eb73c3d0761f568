"""What the user asked for, understood and checked: the one object that cli.py hands to a view."""

from __future__ import annotations

from dataclasses import dataclass

from sctptop.fields.field import Field
from sctptop.fields.filter import EVERYTHING, Filter
from sctptop.fields.ordering import BY_REMOTE, Order
from sctptop.model.selection import ALL_NAMESPACES, NamespaceChoice, Selector
from sctptop.views import FIRST


@dataclass(frozen=True, slots=True)
class Options:
    """Defaults are those of plain ``sctptop``. A recording has no ``interval_s`` of ours: 0.

    ``both_ends``: one line for an association with both ends here. ``fixed_interval``: the dashboard reads that often
    however long it takes. ``speed``: how many times as fast as it was recorded a recording plays.
    """

    selectors: tuple[Selector, ...] = ()
    netns: NamespaceChoice = ALL_NAMESPACES
    view: str = FIRST.id
    interval_s: float = 1.0
    count: int | None = None
    order: Order = BY_REMOTE
    filter: Filter = EVERYTHING
    columns: tuple[Field, ...] | None = None
    both_ends: bool = False
    fixed_interval: bool = False
    speed: float = 1.0

    @property
    def live(self) -> bool:
        """Whether it is the kernel that is asked, not a recording."""
        return self.interval_s > 0
