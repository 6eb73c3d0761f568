"""What a rule of advice looks at, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass

from sctptop.model.advice.evidence import Moment, Watch
from sctptop.model.advice.ngap_signs import NgapWatch
from sctptop.model.advice.signs import peer_sack_delay
from sctptop.model.associations.row import Row
from sctptop.model.quick import quick
from sctptop.model.thresholds import Thresholds
from sctptop.quantity import milliseconds


@quick
@dataclass(frozen=True, slots=True)
class Case:
    """One association now, and the evidence of it; ``other`` is its other end where that is on this host."""

    moment: Moment
    row: Row
    watch: Watch
    ngap: NgapWatch | None = None
    other: Row | None = None
    other_watch: Watch | None = None

    @property
    def limits(self) -> Thresholds:
        """From where on rules speak up."""
        return self.moment.limits

    @property
    def peer_sack_delay_ms(self) -> float:
        """How long the peer delays a SACK, known or assumed."""
        return peer_sack_delay(self.other)

    @property
    def peer_sack_delay_text(self) -> str:
        """The same in words."""
        delay = milliseconds(self.peer_sack_delay_ms)
        known = self.other is not None and self.other.association.sack_delay_ms is not None
        return delay if known else f"{delay}, assumed: Linux's default"


@quick
@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule saw in one picture. ``since_s`` is when it began, where that is known better than by now.

    ``part`` separates findings of one rule on one association where no path does. ``cost``: messages that it held up
    or lost in the evidence, inf where nothing gets through: what advice is ranked by.
    """

    severity: str
    seen: str
    remedy: str
    address: str | None = None
    since_s: float | None = None
    part: str = ""
    cost: float = 0.0
