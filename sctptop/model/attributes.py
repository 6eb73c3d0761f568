"""What kind of quantity an attribute of a record is, declared with the attribute."""

from __future__ import annotations

from dataclasses import field, fields
from typing import Any

KIND = "kind"
COUNTER, SERIES = "counter", "series"


def counter() -> Any:
    """A number that only grows: it has a rate, and what it gained since the reset."""
    return field(default=None, metadata={KIND: COUNTER})


def series() -> Any:
    """A number that goes up and down, and is kept over time."""
    return field(default=None, metadata={KIND: SERIES})


def named(record: type[Any], kind: str) -> tuple[str, ...]:
    """The attributes of a record that are of a kind, in their order."""
    return tuple(entry.name for entry in fields(record) if entry.metadata.get(KIND) == kind)


def names_of(record: type[Any]) -> tuple[str, ...]:
    """All attributes of a record, in their order."""
    return tuple(entry.name for entry in fields(record))
