"""The rules of advice, and what each of them is given to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from sctptop.model.advice.case import Case, Finding
from sctptop.model.advice.of_messages import one_stream, saturated, wrong_ppid
from sctptop.model.advice.of_paths import dead_path, lossy_path, no_heartbeat, spurious_retransmission
from sctptop.model.advice.of_sending import closed_window, nagle_stall

RULES: Mapping[str, str] = {
    "dead_path": "Dead path",
    "closed_window": "Closed window",
    "saturated": "Saturated application",
    "nagle": "Nagle stall",
    "lossy_path": "Lossy path",
    "spurious_rtx": "Spurious retransmission",
    "delayed_sack": "Delayed SACK",
    "ppid_order": "Wrong PPID byte order",
    "one_stream": "One stream",
    "no_heartbeat": "No heartbeat data",
}
"""Every rule and its name, the worst first among those of one severity."""

Check = Callable[[Case], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    dead_path,
    closed_window,
    saturated,
    nagle_stall,
    lossy_path,
    spurious_retransmission,
)
"""Those asked where something gave cause."""

NGAP_CHECKS: tuple[Check, ...] = (wrong_ppid, one_stream, no_heartbeat)
"""Those asked where NGAP was seen; delayed_sack is asked in either case."""
