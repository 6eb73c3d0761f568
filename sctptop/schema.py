"""The published JSON form of a sample, and the way back.

Names and meanings are a contract: fields may be added, none changes its meaning. A value that could not
be read is null. Recordings hold the same form.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sctptop.model.event import Event
from sctptop.model.sample import Association, Endpoint, Path, Process, RttSummary, Sample

SCHEMA = 1

_NAMES = {
    kind: tuple(entry.name for entry in dataclasses.fields(kind))
    for kind in (Association, Endpoint, Path, Process, RttSummary)
}
_EVENT = tuple(entry.name for entry in dataclasses.fields(Event) if entry.name not in ("time", "details"))


class SchemaError(ValueError):
    """A document that is not a sample of this schema."""


def to_json(sample: Sample) -> dict[str, Any]:
    """A sample as plain dicts, lists, numbers and strings, ready for ``json.dumps``."""
    return {
        "schema": SCHEMA,
        "time": sample.time.isoformat(timespec="microseconds"),
        "interval_s": sample.interval_s,
        "read_s": sample.read_s,
        "host": sample.host,
        "kernel": sample.kernel,
        "sources": dict(sample.sources),
        "hz": sample.hz,
        "associations": [_plain(entry) for entry in sample.associations],
        "endpoints": [_plain(entry) for entry in sample.endpoints],
        "counters": {str(netns): dict(values) for netns, values in sample.counters.items()},
        "events": [event_to_json(event) for event in sample.events],
        "events_lost": sample.events_lost,
    }


def from_json(document: Mapping[str, Any]) -> Sample:
    """The sample that ``to_json`` wrote. Unknown names are passed over; SchemaError if it is none."""
    try:
        if document["schema"] != SCHEMA:
            raise SchemaError(f"schema {document['schema']!r} is not {SCHEMA}")
        return Sample(
            time=datetime.fromisoformat(document["time"]),
            interval_s=document["interval_s"],
            read_s=document["read_s"],
            host=document["host"],
            kernel=document["kernel"],
            sources=dict(document["sources"]),
            hz=document.get("hz"),
            associations=tuple(_association(entry) for entry in document["associations"]),
            endpoints=tuple(_build(Endpoint, entry) for entry in document["endpoints"]),
            counters={int(netns): dict(values) for netns, values in document["counters"].items()},
            events=tuple(_event(entry) for entry in document["events"]),
            events_lost=document.get("events_lost", 0),
        )
    except SchemaError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SchemaError(f"not a sample: {error!r}") from error


def event_to_json(event: Event) -> dict[str, Any]:
    """An event with its details beside the rest, as in ``events`` of a sample."""
    return {
        "time": event.time.isoformat(timespec="microseconds"),
        **{name: getattr(event, name) for name in _EVENT},
        **event.details,
    }


def _event(document: Mapping[str, Any]) -> Event:
    known = {name: document[name] for name in _EVENT if name in document}
    details = {name: value for name, value in document.items() if name not in known and name != "time"}
    return Event(time=datetime.fromisoformat(document["time"]), details=details, **known)


def _plain(entry: Any) -> dict[str, Any]:
    return {name: _value(getattr(entry, name)) for name in _NAMES[type(entry)]}


def _value(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_value(item) for item in value]
    return _plain(value) if isinstance(value, Path | Process | RttSummary) else value


def _association(document: Mapping[str, Any]) -> Association:
    process = document.get("process")
    nested = {
        "paths": tuple(_path(path) for path in document.get("paths", ())),
        "process": _build(Process, process) if process else None,
    }
    association: Association = _build(Association, {**document, **nested})
    return association


def _path(document: Mapping[str, Any]) -> Path:
    summaries = {
        name: _build(RttSummary, summary)
        for name in ("hb_rtt_ms", "data_rtt_ms")
        if (summary := document.get(name))
    }
    bins = tuple((middle, times) for middle, times in document.get("data_rtt_bins", ()))
    path: Path = _build(Path, {**document, **summaries, "data_rtt_bins": bins})
    return path


def _build(kind: type[Any], document: Mapping[str, Any]) -> Any:
    known = {name: document[name] for name in _NAMES[kind] if name in document}
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in known.items()})
