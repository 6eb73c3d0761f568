"""Settings that differ and are seen to cost nothing: what they would hold back was held no longer."""

from __future__ import annotations

from collections.abc import Sequence

from sctptop.comparison.breakdown import Piece
from sctptop.comparison.remarks import Setting
from sctptop.comparison.roles import PEERS
from sctptop.comparison.summaries.summary import Summary
from sctptop.model.passages.passage import HELD

SACK_EXPIRIES = "SctpDelaySackExpireds"
SACK_SETTINGS = ("sack_delay_ms", "sack_frequency")
USUAL_SACK_MS = 200.0
LEAST = 0.05
"""Of a difference: less than that is none of it."""


def harmless(setting: Setting, pieces: Sequence[Piece], slow: int, summary: Summary, end: str) -> bool:
    """NODELAY, or how SACKs are delayed: whether it makes nothing of the difference, and that is seen.

    ``summary`` is that of the side ``slow``. The peer's SACKs hold messages back: where its own are not seen, they are
    no longer than all the time that SACKs were waited for.
    """
    whole_ms = abs(sum(piece.delta_ms for piece in pieces))
    sack = setting.name in SACK_SETTINGS
    role = PEERS[setting.role] if sack else setting.role
    held = [piece.delta_ms for piece in pieces if (piece.kind, piece.role) == (HELD, role)]
    if held:
        return abs(held[0]) < LEAST * whole_ms
    waited_ms = waited_for_sacks(setting, slow, summary, end) if sack else None
    return waited_ms is not None and waited_ms < LEAST * whole_ms


def waited_for_sacks(setting: Setting, slow: int, summary: Summary, end: str) -> float | None:
    """At most, in ms a registration: as if each SACK that a timer sent had kept one waiting all the time."""
    expired = expiries(summary, end)
    known = [float(one) for one in setting.values[slow] if isinstance(one, int | float)]
    delay_ms = max(known, default=USUAL_SACK_MS) if setting.name == "sack_delay_ms" else USUAL_SACK_MS
    return None if expired is None else expired * delay_ms


def expiries(summary: Summary, end: str) -> float | None:
    """Of the timer of delayed SACKs, for each registration: of all kinds, for they all wait."""
    expired, n = summary.counters.get(SACK_EXPIRIES), summary.completed(end)
    return None if expired is None or not n else expired / n
