"""One peer as it was met so far: frozen facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sctptop.model.association import Process

PeerKey = tuple[int, str, int, bool]
"""Network namespace, address of the peer, port of the service, and whether that is the peer's: we call it.

ANY in place of the address: all peers of that service.
"""
ANY = "*"


def peer_name(key: PeerKey) -> str:
    """``10.9.0.2:38412``, ``10.9.0.1 (to port 38412 here)``, ``peers on port 38412 here``."""
    _, address, port, ours = key
    if address == ANY:
        return f"peers' port {port}" if ours else f"port {port} here"
    host = f"[{address}]" if ":" in address else address
    return f"{host}:{port}" if ours else f"{host} (to port {port} here)"


@dataclass(frozen=True, slots=True)
class Peer:
    """``attempts``: associations that began, ``ups``: those that came up, ``up``: those that are. ``failures`` counts
    those that never did by their reason in words, ``in_a_row`` only since one came up, from ``failed_since_s`` on;
    ``ends`` those that were up and ended.

    ``handshake_ms`` is the last from INIT to COOKIE ACK, with the longest; known where we called. ``downs``: how often
    the last one that was up ended within the hour; of these ``broken``, other than by a SHUTDOWN of who called, and
    ``brief``, by ABORT less than BRIEF_S after it came up. ``longest_gap_s``: without any after there was one.
    ``set_ups`` and ``rejected``: how often NGSetup (S1Setup) was asked for, and refused, by cause, since it was last
    granted; ``rejected_since_s`` when first. ``process``: whose association with it was read last, None where none was.
    Times on the clock of the samples; ``every_s`` between the last attempts.
    """

    key: PeerKey
    attempts: int = 0
    ups: int = 0
    up: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)
    in_a_row: Mapping[str, int] = field(default_factory=dict)
    failed_since_s: float | None = None
    ends: Mapping[str, int] = field(default_factory=dict)
    handshake_ms: float | None = None
    longest_handshake_ms: float | None = None
    downs: int = 0
    broken: int = 0
    brief: int = 0
    longest_gap_s: float | None = None
    set_ups: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)
    rejected_since_s: float | None = None
    last_at_s: float = 0.0
    last_down_s: float | None = None
    every_s: float = 0.0
    process: Process | None = None

    @property
    def netns(self) -> int:
        """The network namespace that it was met in."""
        return self.key[0]

    @property
    def mostly(self) -> str:
        """The reason that most attempts in a row failed for; empty where the last came up."""
        return max(self.in_a_row, key=lambda reason: self.in_a_row[reason], default="")

    @property
    def failed(self) -> int:
        """Attempts that never came up."""
        return sum(self.failures.values())
