"""The rules of advice, each declared once; their checks are in of_*.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sctptop.model.advice.case import Case, Finding
from sctptop.model.advice.of_messages import delayed_sack, one_stream, saturated, wrong_ppid
from sctptop.model.advice.of_paths import dead_path, lossy_path, no_heartbeat, spurious_retransmission
from sctptop.model.advice.of_sending import closed_window, nagle_stall

CAUSE, NGAP, NOTHING = "cause", "ngap", "nothing"


@dataclass(frozen=True, slots=True)
class Rule:
    """``id`` is its name in ``--json``, ``title`` the one on the screen.

    ``needs`` says of which associations it is asked: CAUSE, those that gave cause for trouble; NGAP, those on which
    NGAP was seen; NOTHING, any that is looked at.
    """

    id: str
    title: str
    needs: str
    check: Callable[[Case], Iterator[Finding]]


_DECLARED = (
    Rule("dead_path", "Dead path", CAUSE, dead_path),
    Rule("closed_window", "Closed window", CAUSE, closed_window),
    Rule("saturated", "Saturated application", CAUSE, saturated),
    Rule("nagle", "Nagle stall", CAUSE, nagle_stall),
    Rule("lossy_path", "Lossy path", CAUSE, lossy_path),
    Rule("spurious_rtx", "Spurious retransmission", CAUSE, spurious_retransmission),
    Rule("delayed_sack", "Delayed SACK", NOTHING, delayed_sack),
    Rule("ppid_order", "Wrong PPID byte order", NGAP, wrong_ppid),
    Rule("one_stream", "One stream", NGAP, one_stream),
    Rule("no_heartbeat", "No heartbeat data", NGAP, no_heartbeat),
)

RULES: Mapping[str, Rule] = {rule.id: rule for rule in _DECLARED}
"""Every rule by its id, the worst first among those of one severity."""
