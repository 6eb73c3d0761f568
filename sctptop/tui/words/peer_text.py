"""What is remembered of a peer, in lines."""

from __future__ import annotations

from collections.abc import Mapping

from sctptop.model.peers.peer import Peer, peer_name
from sctptop.quantity import counted, milliseconds, span_text
from sctptop.tui.words.line import Line, line, wrapped

TITLE = "Peer"
INDENT = 2


def peer_lines(peer: Peer, width: int) -> list[Line]:
    """Tries, handshakes, ups and downs, each with its reasons."""
    tries = f"{counted(peer.attempts, 'attempt')} since the start, {peer.ups} came up, {peer.up} up now"
    if peer.handshake_ms is not None:
        tries += f"; INIT to COOKIE ACK {milliseconds(peer.handshake_ms)}"
    if peer.longest_handshake_ms != peer.handshake_ms:
        tries += f", longest {milliseconds(peer.longest_handshake_ms or 0.0)}"
    lines = [line((TITLE, "title"), (f"  {peer_name(peer.key)}", "strong"))]
    lines += wrapped(tries, width, "", INDENT)
    for title, reasons in (
        ("never came up", peer.failures),
        ("ended", peer.ends),
        ("refused", peer.rejected),
    ):
        if reasons:
            lines += wrapped(f"{title}: {_counts(reasons)}", width, "", INDENT)
    if peer.downs:
        gap = "" if peer.longest_gap_s is None else f"; longest without any {span_text(peer.longest_gap_s)}"
        lines += wrapped(f"down {peer.downs} times in the last hour{gap}", width, "", INDENT)
    return lines


def _counts(reasons: Mapping[str, int]) -> str:
    most = sorted(reasons.items(), key=lambda entry: -entry[1])
    return "; ".join(f"{times} × {why}" for why, times in most)
