"""Why a row is marked, in a few words: of each rule of advice the longer and the shorter way to say it."""

from __future__ import annotations

from collections.abc import Mapping

from sctptop.model.association import OPENING
from sctptop.model.associations.row import Row
from sctptop.model.ranking.trouble import Trouble
from sctptop.quantity import span_text
from sctptop.terminal_text import clip

PROBLEM_MARK, WARNING_MARK, NEW_MARK, ENDED_MARK = "!", "·", "+", "✗"
"""Beside the cursor of a row: they say without colour what colour repeats."""
NEW_S = 5.0
"""How long an association that came up under our eyes is marked."""

REASONS: Mapping[str, tuple[str, str]] = {
    "refused_setup": ("its set-up is refused", "set-up refused"),
    "failing_peer": ("connects fail {lasted}", "fails"),
    "aborting_peer": ("aborted again and again", "aborted"),
    "stopped_process": ("its process is stopped", "stopped"),
    "no_route": ("no way to {address} {lasted}", "no route"),
    "dead_path": ("path {address} dead {lasted}", "dead"),
    "after_outage": ("waits after an outage", "waits"),
    "unread_data": ("reads nothing {lasted}", "unread"),
    "silent_application": ("peer is silent {lasted}", "silent"),
    "closed_window": ("peer's window closed {lasted}", "window 0"),
    "path_mtu": ("large packets are lost", "path MTU"),
    "filtered_chunks": ("data is filtered on the way", "filtered"),
    "saturated": ("reads too slowly", "slow reader"),
    "nagle": ("Nagle holds messages", "Nagle holds"),
    "small_rcvbuf": ("receive buffer too small", "small rcvbuf"),
    "lossy_path": ("packets are lost", "packets lost"),
    "reordered_packets": ("packets out of order", "reorder"),
    "late_sacks": ("SACKs late or lost", "late SACKs"),
    "spurious_rtx": ("resends for nothing", "resends"),
    "delayed_sack": ("delays its SACKs", "SACK delay"),
    "slow_core": ("the core is slow", "slow core"),
    "slow_ran": ("the RAN is slow", "slow RAN"),
    "failed_registrations": ("registrations fail", "reg fails"),
    "flapping_peer": ("comes and goes", "flaps"),
    "full_backlog": ("nobody accepts it", "not accepted"),
    "storm": ("connect storm", "storm"),
    "flapping_path": ("path {address} comes and goes", "path flaps"),
    "slow_primary": ("primary path is slow", "slow path"),
    "small_sndbuf": ("send buffer is full", "sndbuf full"),
    "abandoned": ("gives up messages", "gives up"),
    "slow_shutdown": ("shuts down {lasted}", "shuts down"),
    "ppid_order": ("PPID in wrong byte order", "PPID"),
    "no_ppid": ("NGAP without a PPID", "no PPID"),
    "one_stream": ("all UEs on one stream", "1 stream"),
    "no_heartbeat": ("no heartbeat was timed", "no HB"),
}


def mark(row: Row) -> tuple[str, str]:
    """One character and its style: what is most worth knowing of a row."""
    if row.ended is not None:
        return ENDED_MARK, "warn"
    if row.trouble is not None:
        return (PROBLEM_MARK, "bad") if row.trouble.problem else (WARNING_MARK, "warn")
    if row.age_s is not None and row.age_s < NEW_S:
        return NEW_MARK, "good"
    return " ", ""


def reason(row: Row, now_s: float, room: int) -> str:
    """Why it is marked, in the longest way that fits ``room`` characters; empty where nothing is wrong."""
    trouble = row.trouble
    if trouble is None or room < 1:
        return ""
    span = span_text(max(now_s - trouble.since_s, 0.0))
    longer, shorter = REASONS[trouble.rule]
    if trouble.rule == "dead_path" and row.association.state in OPENING:
        longer, shorter = "no answer to INIT {lasted}", "no answer"
    more = f" +{trouble.more}" if trouble.more else ""
    ways = [_filled(longer, trouble, f"for {span}"), _filled(longer, trouble, span)]
    ways = [*(way + more for way in ways[:1] if more), *ways]
    ways += [f"{shorter} {span}"] if "{lasted}" in longer else []
    ways += [_filled(longer, trouble, ""), shorter]
    return next((way for way in ways if len(way) <= room), None) or clip(shorter, room)


def _filled(text: str, trouble: Trouble, lasted: str) -> str:
    return " ".join(text.format(address=trouble.address or "", lasted=lasted).split())
