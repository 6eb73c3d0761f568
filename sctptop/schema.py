"""The published JSON form of a sample, and the way back.

Names and meanings are a contract: fields may be added, none changes its meaning. A value that could not
be read is null. Recordings hold the same form.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any

from sctptop.model.association import Association, Path, Process
from sctptop.model.event import Event
from sctptop.model.sample import Endpoint, Namespace, Sample
from sctptop.model.source_state import SourceState
from sctptop.model.way import Way
from sctptop.schema_checks import (
    CHECKED_OF_SAMPLE,
    EVENT,
    EVENT_TYPES,
    KINDS,
    SCALARS,
    SchemaError,
    all_of,
    are_scalars,
    check_attributes,
    check_time,
    check_value,
    ns_of_ms,
)

SCHEMA = 1

_NAMES = {kind: tuple(entry.name for entry in dataclasses.fields(kind)) for kind in KINDS}


def to_json(sample: Sample) -> dict[str, Any]:
    """A sample as plain dicts, lists, numbers and strings, ready for ``json.dumps``."""
    return {
        "schema": SCHEMA,
        "time": sample.time.isoformat(timespec="microseconds"),
        "interval_s": sample.interval_s,
        "read_s": sample.read_s,
        "host": sample.host,
        "kernel": sample.kernel,
        "sources": {name: str(state) for name, state in sample.sources.items()},
        "hz": sample.hz,
        **({} if sample.monotonic_ns is None else {"monotonic_ns": sample.monotonic_ns}),
        "associations": [association_to_json(entry) for entry in sample.associations],
        "endpoints": [_plain(entry) for entry in sample.endpoints],
        "counters": {str(netns): dict(values) for netns, values in sample.counters.items()},
        "events": [event_to_json(event) for event in sample.events],
        "events_lost": sample.events_lost,
        # Only where there were any: recordings of before hold none.
        **({"events_left_out": dict(sample.events_left_out)} if sample.events_left_out else {}),
        "namespaces": [_plain(entry) for entry in sample.namespaces],
        "followed": sample.followed,
        "no_room": dict(sample.no_room),
    }


def from_json(document: Mapping[str, Any]) -> Sample:
    """The sample that ``to_json`` wrote. Unknown names are passed over; SchemaError if it is none."""
    entries = _part(document, "associations")
    if not isinstance(entries, list):
        raise SchemaError("not a sample: associations are no list")
    clock_ns = document.get("monotonic_ns")
    return sample_of(document, [association_from_json(entry, clock_ns) for entry in entries])


def sample_of(
    document: Mapping[str, Any], associations: Iterable[Association], built: dict[str, Any] | None = None
) -> Sample:
    """The sample of a document whose associations were built already. Raises SchemaError.

    ``built``: parts of the sample before it that did not change; those made for this one are added.
    """
    parts = built if built is not None else {}
    if _part(document, "schema") != SCHEMA:
        raise SchemaError(f"schema {document['schema']!r} is not {SCHEMA}")
    try:
        sample = Sample(
            time=datetime.fromisoformat(document["time"]),
            interval_s=document["interval_s"],
            read_s=document["read_s"],
            host=document["host"],
            kernel=document["kernel"],
            sources=_part_of(document, "sources", parts),
            hz=document.get("hz"),
            monotonic_ns=document.get("monotonic_ns"),
            associations=tuple(associations),
            endpoints=_part_of(document, "endpoints", parts),
            counters=_part_of(document, "counters", parts),
            events=_part_of(document, "events", parts),
            events_lost=document.get("events_lost", 0),
            events_left_out=all_of(dict(document.get("events_left_out", {})), int),
            namespaces=_part_of(document, "namespaces", parts) if "namespaces" in document else (),
            followed=document.get("followed"),
            no_room=_part_of(document, "no_room", parts) if "no_room" in document else {},
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        raise SchemaError(f"not a sample: {error!r}") from error
    check_attributes(Sample, {name: getattr(sample, name) for name in CHECKED_OF_SAMPLE})
    check_time(sample.time)
    if (sample.interval_s or 0) < 0 or (sample.hz is not None and sample.hz < 1):
        raise SchemaError("not a sample: a negative time")
    if not 0 <= (sample.followed or 0) <= 1:
        raise SchemaError("not a sample: a share beyond all")
    return sample


def association_to_json(association: Association) -> dict[str, Any]:
    """One of ``associations``, as a recording holds it: facts only."""
    return _plain(association)


def association_from_json(document: Mapping[str, Any], clock_ns: int | None = None) -> Association:
    """One of ``associations``, of a sample at that time. Raises SchemaError."""
    try:
        process = document.get("process")
        nested = {
            "paths": tuple(_path(path, clock_ns) for path in document.get("paths", ())),
            "process": _build(Process, process) if process else None,
            **_bins(document, "held_bins", "read_wait_bins"),
        }
        association: Association = _build(Association, {**document, **nested})
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise SchemaError(f"not an association: {error!r}") from error
    return association


def attribute_to_json(value: Any) -> Any:
    """The value of an attribute of an association or a path that JSON has no form of: whose process, which way."""
    return _plain(value)


def record_from_json(kind: type[Any], document: Mapping[str, Any]) -> Any:
    """A process or a way. Raises SchemaError, or what a value that is no object raises."""
    return _build(kind, {**document})


def _part_of(document: Mapping[str, Any], name: str, built: dict[str, Any]) -> Any:
    if name not in built:
        built[name] = _PARTS[name](document[name])
    return built[name]


_PARTS: Mapping[str, Callable[[Any], Any]] = {
    "sources": lambda held: {name: SourceState.parse(text) for name, text in all_of(dict(held), str).items()},
    "endpoints": lambda held: tuple(_build(Endpoint, entry) for entry in held),
    "counters": lambda held: {int(netns): all_of(dict(values), int) for netns, values in held.items()},
    "events": lambda held: tuple(_event(entry) for entry in held),
    "no_room": lambda held: all_of(dict(held), int),
    "namespaces": lambda held: tuple(_build(Namespace, entry) for entry in held),
}
"""What is made of the parts of a document that hold many things."""


def _part(document: Mapping[str, Any], name: str) -> Any:
    try:
        return document[name]
    except (KeyError, TypeError) as error:
        raise SchemaError(f"not a sample: {error!r}") from error


def event_to_json(event: Event) -> dict[str, Any]:
    """An event with its details beside the rest, as in ``events`` of a sample."""
    return {
        "time": _time_text(event.time),
        "kind": event.kind,
        "netns": event.netns,
        "own_tag": event.own_tag,
        "peer_tag": event.peer_tag,
        "local_port": event.local_port,
        "remote_port": event.remote_port,
        "assoc_id": event.assoc_id,
        "address": event.address,
        **event.details,
    }


def _time_text(time: datetime) -> str:
    """As isoformat writes it. Of the many events of a second only what is behind it is written anew."""
    if time.tzinfo is not timezone.utc:
        return time.isoformat("T", "microseconds")
    second = _second(time.year, time.month, time.day, time.hour, time.minute, time.second)
    return f"{second}{time.microsecond:06d}+00:00"


@lru_cache(64)
def _second(year: int, month: int, day: int, hour: int, minute: int, second: int) -> str:
    return datetime(year, month, day, hour, minute, second).isoformat("T", "seconds") + "."


def _event(document: Mapping[str, Any]) -> Event:
    details = dict(document)
    time = datetime.fromisoformat(details.pop("time"))
    check_time(time)
    known = {name: details.pop(name) for name in EVENT if name in details}
    if tuple(map(type, known.values())) not in EVENT_TYPES or not are_scalars(known.values()):
        check_attributes(Event, known)
    if not are_scalars(details.values()):
        for name, value in details.items():
            check_value(name, value, SCALARS)
    return Event(time=time, details=details, **known)


def _plain(entry: Any) -> dict[str, Any]:
    return {name: _value(getattr(entry, name)) for name in _NAMES[type(entry)]}


def _value(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_value(item) for item in value]
    if isinstance(value, Path):
        plain = _plain(value)
        # Only where it was looked up: recordings of before hold none.
        if value.way is None:
            del plain["way"]
        return plain
    return _plain(value) if isinstance(value, Process | Way) else value


def _path(document: Mapping[str, Any], clock_ns: int | None) -> Path:
    way, due_ms = document.get("way"), document.get("hb_due_ms")
    nested = {**_bins(document, "data_rtt_bins"), "way": None if way is None else _build(Way, {**way})}
    if due_ms is not None:
        nested["hb_due_ns"] = (clock_ns or 0) + ns_of_ms("hb_due_ms", due_ms)
    path: Path = _build(Path, {**document, **nested})
    return path


def _bins(document: Mapping[str, Any], *names: str) -> dict[str, tuple[tuple[int, int], ...]]:
    """Distributions under their names: pairs of a bin's middle and how often a value fell in it."""
    found = {name: tuple((middle, times) for middle, times in document.get(name, ())) for name in names}
    for name, bins in found.items():
        for number in (number for one in bins for number in one):
            check_value(name, number, frozenset((int,)))
    return found


def _build(kind: type[Any], document: Mapping[str, Any]) -> Any:
    known = {
        name: tuple(value) if isinstance(value := document[name], list) else value
        for name in _NAMES[kind]
        if name in document
    }
    check_attributes(kind, known)
    return kind(**known)
