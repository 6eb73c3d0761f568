"""Frozen records made by the thousand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar

Record = TypeVar("Record")


def maker(record: type[Record]) -> Callable[..., Record]:
    """What makes a frozen dataclass with slots of the values of all its fields, by place.

    Its own constructor sets each field by ``object.__setattr__``: of 89 fields ten times the work. Here the fields are
    set while the object is still of a class of the same slots that is not frozen.
    """
    names = [entry.name for entry in fields(record)]  # type: ignore[arg-type]
    draft = type("Draft", (), {"__slots__": tuple(names)})
    lines = [
        f"def make({', '.join(names)}):",
        " made = new(draft)",
        *(f" made.{name} = {name}" for name in names),
        " made.__class__ = record",
        " return made",
    ]
    scope: dict[str, Any] = {"new": object.__new__, "draft": draft, "record": record}
    exec("\n".join(lines), scope)
    made: Callable[..., Record] = scope["make"]
    return made
