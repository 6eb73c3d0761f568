"""One JSON object a sample, a line each."""

from __future__ import annotations

import json
from dataclasses import replace

from sctptop.model.association import Row
from sctptop.model.snapshot import Snapshot
from sctptop.output.registration_json import registrations_to_json
from sctptop.schema import to_json


def json_line(snapshot: Snapshot, rows: list[Row]) -> str:
    """The sample with the associations to show, in the published form."""
    shown = tuple(row.published() for row in rows)
    sample = replace(snapshot.sample, associations=shown, events=snapshot.happened_to(rows))
    document = to_json(sample)
    if snapshot.registrations.seen:
        document["registrations"] = registrations_to_json(snapshot.registrations)
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"
