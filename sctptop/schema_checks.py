"""What the published form may hold: the types of each attribute, as the model declares them, and checks of values."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from math import isfinite
from types import NoneType
from typing import Any

from sctptop.model.association import NS_PER_MS, Association, Path, Process
from sctptop.model.event import Event
from sctptop.model.sample import Endpoint, Namespace, Sample
from sctptop.model.way import Way

KINDS = (Association, Endpoint, Namespace, Path, Process, Way)
EVENT = tuple(entry.name for entry in dataclasses.fields(Event) if entry.name not in ("time", "details"))
SCALARS: frozenset[type] = frozenset((int, float, str, bool, NoneType))
_NUMBER_LIMIT = 1 << 64
LONGEST_TEXT = 1 << 16
"""Characters of a name, of a state or of why a source could not be read."""
LATEST_S = datetime(9999, 1, 1, tzinfo=timezone.utc).timestamp()
"""Times are before it, in seconds since 1970: beyond, no local time can be shown."""


class SchemaError(ValueError):
    """A document that is not a sample of this schema."""


def types_of(kind: type[Any], name: str) -> frozenset[type]:
    """Those that an attribute of an association or a path may have."""
    return _ALLOWED[kind][name]


def check_scalar(name: str, value: Any) -> None:
    """Raises SchemaError for a text that is longer, or a number that is larger than any."""
    check_value(name, value, SCALARS)


def check_time(time: datetime) -> None:
    """Raises SchemaError for a time without its zone, and for one that no clock of a host shows."""
    if time.tzinfo is None or not 0 <= time.timestamp() < LATEST_S:
        raise SchemaError(f"{time} is no time")


def ns_of_ms(name: str, value: Any) -> int:
    """Milliseconds as whole nanoseconds. Raises SchemaError."""
    check_value(name, value, frozenset((int, float)))
    nanoseconds: int = round(value * NS_PER_MS)
    return nanoseconds


def all_of(values: dict[str, Any], kind: type) -> dict[str, Any]:
    """The values, all of one type. Raises SchemaError."""
    allowed: frozenset[type] = frozenset((kind,))
    for name, value in values.items():
        check_value(name, value, allowed)
    return values


def check_attributes(kind: type[Any], values: Mapping[str, Any]) -> None:
    """Raises SchemaError when a value is not of the type its attribute has."""
    allowed = _ALLOWED[kind]
    for name, value in values.items():
        # None in most places; where it is not allowed, the check of its type fails.
        if value is not None or NoneType not in allowed[name]:
            check_value(name, value, allowed[name])
            if type(value) is tuple:
                element = _ELEMENTS[kind][name]
                if not all(type(item) is element for item in value):
                    raise SchemaError(f"{name} holds {value!r:.60}")


def check_value(name: str, value: Any, allowed: frozenset[type]) -> None:
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


_HINTS = {kind: typing.get_type_hints(kind) for kind in (*KINDS, Event, Sample)}
_ALLOWED = {kind: {name: _types(hint) for name, hint in hints.items()} for kind, hints in _HINTS.items()}
_ELEMENTS = {kind: {name: _element(hint) for name, hint in hints.items()} for kind, hints in _HINTS.items()}
EVENT_TYPES = frozenset(
    (*(str if name == "kind" else int for name in EVENT[:-2]), tag, address)
    for tag in (int, NoneType)
    for address in (str, NoneType)
)
"""Of what each event has beside its details: those of nearly all."""
CHECKED_OF_SAMPLE = (
    "interval_s",
    "read_s",
    "host",
    "kernel",
    "hz",
    "events_lost",
    "followed",
    "monotonic_ns",
)


def are_scalars(values: Iterable[Any]) -> bool:
    """Whether ``check_value`` finds nothing: at once, for most of a recording is details of events."""
    for value in values:
        kind = type(value)
        if kind is int:
            if not -_NUMBER_LIMIT < value < _NUMBER_LIMIT:
                return False
        elif kind is str:
            if len(value) > LONGEST_TEXT:
                return False
        elif value is not None and kind is not bool and not (kind is float and isfinite(value)):
            return False
    return True
