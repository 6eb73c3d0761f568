"""The published JSON form of a sample, and the way back.

Names and meanings are a contract: fields may be added, none changes its meaning. A value that could not
be read is null. Recordings hold the same form.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timezone
from functools import lru_cache
from math import isfinite
from types import NoneType
from typing import Any

from sctptop.model.association import Association, Path, Process
from sctptop.model.event import Event
from sctptop.model.sample import Endpoint, Namespace, Sample
from sctptop.model.source_state import SourceState
from sctptop.model.way import Way

SCHEMA = 1

_KINDS = (Association, Endpoint, Namespace, Path, Process, Way)
_NAMES = {kind: tuple(entry.name for entry in dataclasses.fields(kind)) for kind in _KINDS}
_EVENT = tuple(entry.name for entry in dataclasses.fields(Event) if entry.name not in ("time", "details"))
_SCALARS: frozenset[type] = frozenset((int, float, str, bool, NoneType))
_NUMBER_LIMIT = 1 << 64
LONGEST_TEXT = 1 << 16
"""Characters of a name, of a state or of why a source could not be read."""
LATEST_S = datetime(9999, 1, 1, tzinfo=timezone.utc).timestamp()
"""Times are before it, in seconds since 1970: beyond, no local time can be shown."""


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
        "sources": {name: str(state) for name, state in sample.sources.items()},
        "hz": sample.hz,
        "associations": [association_to_json(entry) for entry in sample.associations],
        "endpoints": [_plain(entry) for entry in sample.endpoints],
        "counters": {str(netns): dict(values) for netns, values in sample.counters.items()},
        "events": [event_to_json(event) for event in sample.events],
        "events_lost": sample.events_lost,
        # Only where there were any: recordings of before hold none.
        **({"events_left_out": dict(sample.events_left_out)} if sample.events_left_out else {}),
        "namespaces": [_plain(entry) for entry in sample.namespaces],
    }


def from_json(document: Mapping[str, Any]) -> Sample:
    """The sample that ``to_json`` wrote. Unknown names are passed over; SchemaError if it is none."""
    entries = _part(document, "associations")
    if not isinstance(entries, list):
        raise SchemaError("not a sample: associations are no list")
    return sample_of(document, map(association_from_json, entries))


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
            associations=tuple(associations),
            endpoints=_part_of(document, "endpoints", parts),
            counters=_part_of(document, "counters", parts),
            events=_part_of(document, "events", parts),
            events_lost=document.get("events_lost", 0),
            events_left_out=_all(dict(document.get("events_left_out", {})), int),
            namespaces=_part_of(document, "namespaces", parts) if "namespaces" in document else (),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        raise SchemaError(f"not a sample: {error!r}") from error
    _check(Sample, {name: getattr(sample, name) for name in _CHECKED_OF_SAMPLE})
    _check_time(sample.time)
    if (sample.interval_s or 0) < 0 or (sample.hz is not None and sample.hz < 1):
        raise SchemaError("not a sample: a negative time")
    return sample


def association_to_json(association: Association) -> dict[str, Any]:
    """One of ``associations``, as a recording holds it: facts only."""
    return _plain(association)


def association_from_json(document: Mapping[str, Any]) -> Association:
    """One of ``associations``. Raises SchemaError."""
    try:
        process = document.get("process")
        nested = {
            "paths": tuple(_path(path) for path in document.get("paths", ())),
            "process": _build(Process, process) if process else None,
            **_bins(document, "held_bins", "read_wait_bins"),
        }
        association: Association = _build(Association, {**document, **nested})
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise SchemaError(f"not an association: {error!r}") from error
    return association


def _part_of(document: Mapping[str, Any], name: str, built: dict[str, Any]) -> Any:
    if name not in built:
        built[name] = _PARTS[name](document[name])
    return built[name]


_PARTS: Mapping[str, Callable[[Any], Any]] = {
    "sources": lambda held: {name: SourceState.parse(text) for name, text in _all(dict(held), str).items()},
    "endpoints": lambda held: tuple(_build(Endpoint, entry) for entry in held),
    "counters": lambda held: {int(netns): _all(dict(values), int) for netns, values in held.items()},
    "events": lambda held: tuple(_event(entry) for entry in held),
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
    known = {name: document[name] for name in _EVENT if name in document}
    details = {name: value for name, value in document.items() if name not in known and name != "time"}
    _check(Event, known)
    for name, value in details.items():
        _check_value(name, value, _SCALARS)
    time = datetime.fromisoformat(document["time"])
    _check_time(time)
    return Event(time=time, details=details, **known)


def _check_time(time: datetime) -> None:
    """Raises SchemaError for a time without its zone, and for one that no clock of a host shows."""
    if time.tzinfo is None or not 0 <= time.timestamp() < LATEST_S:
        raise SchemaError(f"{time} is no time")


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


def _path(document: Mapping[str, Any]) -> Path:
    way = document.get("way")
    nested = {**_bins(document, "data_rtt_bins"), "way": None if way is None else _build(Way, {**way})}
    path: Path = _build(Path, {**document, **nested})
    return path


def _bins(document: Mapping[str, Any], *names: str) -> dict[str, tuple[tuple[int, int], ...]]:
    """Distributions under their names: pairs of a bin's middle and how often a value fell in it."""
    found = {name: tuple((middle, times) for middle, times in document.get(name, ())) for name in names}
    for name, bins in found.items():
        for number in (number for one in bins for number in one):
            _check_value(name, number, frozenset((int,)))
    return found


def _build(kind: type[Any], document: Mapping[str, Any]) -> Any:
    known = {
        name: tuple(value) if isinstance(value := document[name], list) else value
        for name in _NAMES[kind]
        if name in document
    }
    _check(kind, known)
    return kind(**known)


def _all(values: dict[str, Any], kind: type) -> dict[str, Any]:
    """The values, all of one type. Raises SchemaError."""
    allowed: frozenset[type] = frozenset((kind,))
    for name, value in values.items():
        _check_value(name, value, allowed)
    return values


def _check(kind: type[Any], values: Mapping[str, Any]) -> None:
    """Raises SchemaError when a value is not of the type its attribute has."""
    allowed = _ALLOWED[kind]
    for name, value in values.items():
        # None in most places; where it is not allowed, the check of its type fails.
        if value is not None or NoneType not in allowed[name]:
            _check_value(name, value, allowed[name])
            if type(value) is tuple:
                element = _ELEMENTS[kind][name]
                if not all(type(item) is element for item in value):
                    raise SchemaError(f"{name} holds {value!r:.60}")


def _check_value(name: str, value: Any, allowed: frozenset[type]) -> None:
    kind = type(value)
    if kind not in allowed or (kind is str and len(value) > LONGEST_TEXT):
        raise SchemaError(f"{name:.60} is {str(value)[:60]!r}")
    if (kind is int and not -_NUMBER_LIMIT < value < _NUMBER_LIMIT) or (
        kind is float and not isfinite(value)
    ):
        raise SchemaError(f"{name} is beyond all numbers")


def _types(hint: Any) -> frozenset[type]:
    """The types that a value of this annotation may have; whole numbers are fine where others are."""
    parts = typing.get_args(hint) if typing.get_origin(hint) is not tuple else (hint,)
    found: set[type] = {typing.get_origin(part) or part for part in parts or (hint,)}
    return frozenset(found | ({int} if float in found else set()))


def _element(hint: Any) -> type | None:
    """What a tuple of this annotation holds."""
    held = typing.get_args(hint)[0] if typing.get_origin(hint) is tuple else None
    return typing.get_origin(held) or held


_HINTS = {kind: typing.get_type_hints(kind) for kind in (*_KINDS, Event, Sample)}
_ALLOWED = {kind: {name: _types(hint) for name, hint in hints.items()} for kind, hints in _HINTS.items()}
_ELEMENTS = {kind: {name: _element(hint) for name, hint in hints.items()} for kind, hints in _HINTS.items()}
_CHECKED_OF_SAMPLE = ("interval_s", "read_s", "host", "kernel", "hz", "events_lost")
