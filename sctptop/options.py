"""What the user asked for, understood and checked: the one object that cli.py hands to a view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sctptop.fields.field import Field
from sctptop.fields.filter import EVERYTHING, Filter
from sctptop.fields.ordering import Order
from sctptop.model.selection import ALL_NAMESPACES, NamespaceChoice, Selector
from sctptop.model.thresholds import USUAL, Thresholds

SIXTEEN = "terminal"
THEMES = ("dark", "light", SIXTEEN)
"""Names of themes; ``terminal`` has the sixteen colours that the terminal itself has, and its ground. Their colours are
in tui/words/colours.py, which only the dashboard loads.
"""


@dataclass(frozen=True, slots=True)
class Options:
    """Defaults are those of plain ``sctptop``. A recording has no ``interval_s`` of ours: 0.

    ``view`` "": the one that has most to say. ``order`` None: the worst first on the screen, by remote ends elsewhere.
    ``both_ends``: one line for an association with both ends here. ``fixed_interval``: the dashboard reads that often
    however long it takes. ``keys``: other keys for what the dashboard does, by its name. ``speed``: how many times as
    fast as it was recorded a recording plays. ``save_in``: the folder for what keys save, "" for that of the process.
    """

    selectors: tuple[Selector, ...] = ()
    netns: NamespaceChoice = ALL_NAMESPACES
    view: str = ""
    interval_s: float = 1.0
    count: int | None = None
    order: Order | None = None
    filter: Filter = EVERYTHING
    columns: tuple[Field, ...] | None = None
    both_ends: bool = False
    fixed_interval: bool = False
    speed: float = 1.0
    own_scale: bool = False
    hide_zeros: bool = False
    theme: str = THEMES[0]
    keys: Mapping[str, str] = field(default_factory=dict)
    limits: Thresholds = USUAL
    save_in: str = ""

    @property
    def live(self) -> bool:
        """Whether it is the kernel that is asked, not a recording."""
        return self.interval_s > 0
