"""One JSON object a sample, a line each: what was read, and beside it what the model makes of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sctptop.model.advice.adviser import Advice
from sctptop.model.associations.row import Row
from sctptop.model.snapshot import Snapshot
from sctptop.output.association_record import association_record
from sctptop.output.registration_json import registrations_to_json
from sctptop.schema import to_json

_NONE = '"associations":[]'


def json_line(snapshot: Snapshot, rows: list[Row]) -> str:
    """The sample with the associations to show, in the published form."""
    sample = replace(snapshot.sample, associations=(), events=snapshot.happened_to(rows))
    text = _text(to_json(sample) | derived(snapshot, rows))
    # One by one: as objects, thousands of them take many times their text. No string of JSON holds such a name.
    return (
        text.replace(_NONE, f"{_NONE[:-1]}{','.join(_text(association_record(row)) for row in rows)}]", 1)
        + "\n"
    )


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def derived(snapshot: Snapshot, rows: list[Row]) -> dict[str, Any]:
    """What no source read: top-level parts that a recording does not hold, for the associations shown."""
    shown = {row.key: row for row in rows}
    seen = snapshot.registrations.seen
    return {
        **({"registrations": registrations_to_json(snapshot.registrations)} if seen else {}),
        "advice": [
            _advice(entry, shown[entry.association], snapshot)
            for entry in snapshot.advice
            if entry.association in shown
        ],
    }


def _advice(advice: Advice, row: Row, snapshot: Snapshot) -> dict[str, Any]:
    entry = row.association
    since = snapshot.sample.time - timedelta(seconds=max(0.0, snapshot.now_s - advice.since_s))
    return {
        "rule": advice.rule,
        "severity": advice.severity,
        "netns": entry.netns,
        "assoc_id": entry.assoc_id,
        "own_tag": entry.own_tag,
        "local_port": entry.local_port,
        "remote_port": entry.remote_port,
        "address": advice.address,
        "since": since.isoformat(timespec="microseconds"),
        "seen": advice.seen,
        "remedy": advice.remedy,
    }
