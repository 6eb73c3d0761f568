"""One association in the published form: its facts, and among them what the model makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sctptop.fields.catalogue import PUBLISHED_BESIDE_FACTS
from sctptop.model.associations.distribution import TimeSummary
from sctptop.model.associations.row import Row
from sctptop.schema import association_to_json

_TIMES = tuple(entry.name for entry in fields(TimeSummary))


def association_record(row: Row, monotonic_ns: int | None = None) -> dict[str, Any]:
    """JSON names and values, of a sample at that time; distributions are null while nothing was timed."""
    facts = association_to_json(row.association)
    for path, known in zip(facts["paths"], row.association.paths, strict=True):
        rtt = row.rtts.get(path["address"])
        beats, data = (rtt.summary(), rtt.data_summary()) if rtt else (None, None)
        _put(
            path,
            {
                "max_retrans": {"hb_rtt_ms": _times(beats)},
                "data_rtt_bins": {"data_rtt_ms": _times(data)},
                "hb_due_ns": {"hb_due_ms": known.hb_due_ms(monotonic_ns)},
            },
        )
        del path["hb_due_ns"]
    waits = {"held_ms": _times(row.held.summary()), "read_wait_ms": _times(row.read_wait.summary())}
    _put(facts, {"held_bins": waits})
    return facts | {field.id: field.get(row) for field in PUBLISHED_BESIDE_FACTS}


def _times(summary: TimeSummary | None) -> dict[str, Any] | None:
    return {name: getattr(summary, name) for name in _TIMES} if summary else None


def _put(document: dict[str, Any], before: Mapping[str, Mapping[str, Any]]) -> None:
    """Further names into a document, each before the one it has always stood before."""
    facts = list(document.items())
    document.clear()
    for name, value in facts:
        document.update(before.get(name, {}))
        document[name] = value
