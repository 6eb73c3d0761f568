"""One peer as it was met so far: frozen facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PeerKey = tuple[int, str, int, bool]
"""Network namespace, address of the peer, port of the service, and whether it is the peer's: we call it."""


@dataclass(frozen=True, slots=True)
class Peer:
    """``attempts``: associations that began, ``ups``: those that came up, ``up``: those that are. ``failures`` counts
    those that never did by their reason in words, ``ends`` those that did and ended. ``handshake_ms`` is the last from
    INIT to COOKIE ACK, with the longest; known where we called. ``downs``: how often the last one that was up ended
    within the hour; ``brief``: of these, up for less than BRIEF_S; ``longest_gap_s``: without any after there was one.
    ``last_failure`` and ``last_at_s`` on the clock of the samples.
    """

    key: PeerKey
    attempts: int = 0
    ups: int = 0
    up: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)
    ends: Mapping[str, int] = field(default_factory=dict)
    handshake_ms: float | None = None
    longest_handshake_ms: float | None = None
    downs: int = 0
    brief: int = 0
    longest_gap_s: float | None = None
    last_failure: str = ""
    last_at_s: float = 0.0
    failed_since_s: float | None = None

    @property
    def netns(self) -> int:
        """The network namespace that it was met in."""
        return self.key[0]

    @property
    def name(self) -> str:
        """Its address, with the port of the service where that is the peer's."""
        _, address, port, ours = self.key
        host = f"[{address}]" if ":" in address else address
        return f"{host}:{port}" if ours else f"{host} (to port {port} here)"

    @property
    def failed(self) -> int:
        """Attempts that never came up."""
        return sum(self.failures.values())
