"""One JSON object a sample, a line each: what was read, and beside it what the model makes of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from math import inf
from typing import Any

from sctptop.model.advice.alarms import Alarm
from sctptop.model.advice.given import Advice
from sctptop.model.association import Association
from sctptop.model.associations.identity import Key
from sctptop.model.associations.row import Row
from sctptop.model.peers.peer import ANY, Peer, PeerKey
from sctptop.model.snapshot import Snapshot
from sctptop.output.association_record import association_record
from sctptop.output.registrations.as_json import registrations_to_json
from sctptop.schema import to_json

_NONE = '"associations":[]'


def json_line(snapshot: Snapshot, rows: list[Row]) -> str:
    """The sample with the associations to show, in the published form."""
    sample = replace(snapshot.sample, associations=(), events=snapshot.happened_to(rows))
    text = _text(to_json(sample) | derived(snapshot, rows))
    # No string of JSON holds such a name.
    before, _, after = text.partition(_NONE)
    parts = StringIO()
    parts.write(before + _NONE[:-1])
    for place, row in enumerate(rows):
        # One by one: as objects, or as texts, thousands of them take many times what they take together.
        parts.write(("," if place else "") + _text(association_record(row, sample.monotonic_ns)))
    parts.write(f"]{after}\n")
    return parts.getvalue()


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def derived(snapshot: Snapshot, rows: list[Row]) -> dict[str, Any]:
    """What no source read: top-level parts that a recording does not hold, for the associations shown."""
    shown: dict[Key | None, Row] = {row.key: row for row in rows}
    known = shown.keys() | {row.key for row in snapshot.rows if row.ended}
    seen = snapshot.registrations.seen
    return {
        **({"registrations": registrations_to_json(snapshot.registrations)} if seen else {}),
        "advice": [
            _advice(entry, shown.get(entry.association), snapshot)
            for entry in snapshot.advice
            if entry.peer or entry.association in shown
        ],
        "alarms": [
            _alarm(alarm)
            for alarm in snapshot.alarms
            if snapshot.sample.time in (alarm.raised, alarm.cleared)
            and (alarm.peer or alarm.association in known)
        ],
        # Of many peers most have nothing new.
        "peers": [_peer(peer) for peer in snapshot.peers_met],
    }


def _advice(advice: Advice, row: Row | None, snapshot: Snapshot) -> dict[str, Any]:
    since = snapshot.sample.time - timedelta(seconds=max(0.0, snapshot.now_s - advice.since_s))
    return {
        **_whose(advice, row.association if row is not None else None),
        "since": since.isoformat(timespec="microseconds"),
        "seen": advice.seen,
        "remedy": advice.remedy,
        # Without a number: nothing gets through.
        "messages": None if advice.cost == inf else round(advice.cost),
    }


def _alarm(alarm: Alarm) -> dict[str, Any]:
    """Of one that was raised or cleared in this sample."""
    return {
        **_whose(alarm, alarm.entry),
        "raised": alarm.raised.isoformat(timespec="microseconds"),
        "cleared": alarm.cleared and alarm.cleared.isoformat(timespec="microseconds"),
        "count": alarm.count,
        "worst": alarm.worst,
    }


def _peer(peer: Peer) -> dict[str, Any]:
    """Of one that was met in this sample; the sums of ``failures`` and ``ends`` by reason."""
    return {
        **_peer_key(peer.key),
        "attempts": peer.attempts,
        "came_up": peer.ups,
        "up": peer.up,
        "failures": dict(peer.failures),
        "ends": dict(peer.ends),
        "handshake_ms": peer.handshake_ms,
        "longest_handshake_ms": peer.longest_handshake_ms,
        "downs_1h": peer.downs,
        "longest_gap_s": peer.longest_gap_s,
        "set_ups_rejected": dict(peer.rejected),
    }


def _peer_key(key: PeerKey) -> dict[str, Any]:
    netns, address, port, called = key
    return {
        "netns": netns,
        "address": None if address == ANY else address,
        "port": port,
        "called_by_us": called,
    }


def _whose(one: Advice | Alarm, entry: Association | None) -> dict[str, Any]:
    rule = {"rule": one.rule, "severity": one.severity}
    if entry is None:
        return rule | {"netns": one.peer and one.peer[0], "peer": one.peer and _peer_key(one.peer)}
    return rule | {
        "netns": entry.netns,
        "assoc_id": entry.assoc_id,
        "own_tag": entry.own_tag,
        "local_port": entry.local_port,
        "remote_port": entry.remote_port,
        "address": one.address,
    }
