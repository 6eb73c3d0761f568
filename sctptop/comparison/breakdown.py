"""Of what the mean time of a registration consists, as finely as two recordings allow: whose time it was, and which."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean

from sctptop.comparison.remarks import PEERS, RADIO
from sctptop.comparison.significance import LEAST_N, percentile
from sctptop.comparison.summary import Ended, Summary

HELD, READ_WAIT, OWN, NETWORK = "held", "unread", "own", "network"
FAR, FAR_AND_NETWORK = "far", "far and network"
LEAST_HEARTBEATS = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the mean registration, in ms, in the baseline and the other recording.

    ``kind`` HELD or READ_WAIT in the SCTP of ``role``, OWN the application's there, NETWORK. FAR is all at the other
    end, SCTP included, where that end was not recorded; FAR_AND_NETWORK where not even a heartbeat was.
    """

    kind: str
    role: str
    base_ms: float
    other_ms: float

    @property
    def delta_ms(self) -> float:
        """What it adds to the other recording."""
        return self.other_ms - self.base_ms

    @property
    def title(self) -> str:
        """What it is, in words."""
        if self.kind == HELD:
            return f"SCTP on the {self.role}: messages held before they were sent"
        if self.kind == READ_WAIT:
            return f"SCTP on the {self.role}: messages waiting to be read"
        if self.kind == NETWORK:
            return "the network"
        who = f"the {self.role} with its UEs" if self.role in RADIO else f"the {self.role}"
        return who + {FAR: ", its SCTP included", FAR_AND_NETWORK: ", its SCTP and the network"}.get(
            self.kind, ""
        )


def pieces(base: Summary, other: Summary, end: str, typical: bool) -> tuple[Piece, ...]:
    """As the registrations of ``end`` show them. ``typical``: of the middle half of them alone, by total time."""
    peer = PEERS[end]
    near, far = ("ran", "core") if end in RADIO else ("core", "ran")
    seen = base.of(end), other.of(end)
    there = base.of(peer), other.of(peer)

    def means(ended: tuple[Ended, Ended], part: str) -> tuple[float, float]:
        return _mean(ended[0], part, typical), _mean(ended[1], part, typical)

    found = [
        Piece(HELD, end, *means(seen, "held")),
        Piece(READ_WAIT, end, *means(seen, "read_wait")),
        Piece(OWN, end, *means(seen, near)),
    ]
    away = means(seen, far)
    if min(one.n for one in there) >= LEAST_N:
        parts = [
            Piece(HELD, peer, *means(there, "held")),
            Piece(READ_WAIT, peer, *means(there, "read_wait")),
            Piece(OWN, peer, *means(there, far)),
        ]
        known = sum(one.base_ms for one in parts), sum(one.other_ms for one in parts)
        return (*found, *parts, Piece(NETWORK, "", *(a - k for a, k in zip(away, known, strict=True))))
    trips = _network(base, seen[0], away[0]), _network(other, seen[1], away[1])
    if trips[0] is None or trips[1] is None:
        return (*found, Piece(FAR_AND_NETWORK, peer, *away))
    return (
        *found,
        Piece(FAR, peer, away[0] - trips[0], away[1] - trips[1]),
        Piece(NETWORK, "", trips[0], trips[1]),
    )


def _network(summary: Summary, ended: Ended, away_ms: float) -> float | None:
    """Round trips of a registration, each as long as a heartbeat's; None where no heartbeat was timed."""
    rtt_ms = summary.heartbeats.percentile(0.5)
    if rtt_ms is None or summary.heartbeats.n < LEAST_HEARTBEATS:
        return None
    return min(rtt_ms * ended.turns, away_ms)


def _mean(ended: Ended, part: str, typical: bool) -> float:
    if not typical or not ended.n:
        return ended.mean(part)
    ordered = sorted(ended.times["total"])
    low, high = percentile(ordered, 0.25) or 0.0, percentile(ordered, 0.75) or 0.0
    pairs = zip(ended.times["total"], ended.times[part], strict=True)
    return fmean([value for total, value in pairs if low <= total <= high])
