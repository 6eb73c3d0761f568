"""What kind of quantity an attribute of a record is, declared with the attribute."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, fields
from typing import Any, TypeVar

Record = TypeVar("Record")
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


def picking(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """What takes these attributes of a record at once: a third of the work of ``attrgetter``, and always a tuple."""
    made: Callable[[Any], tuple[Any, ...]] = eval(
        f"lambda one: ({''.join(f'one.{name}, ' for name in names)})"
    )
    return made


def maker(record: type[Record]) -> Callable[..., Record]:
    """What makes a frozen dataclass with slots of the values of all its fields, by place.

    Its own constructor sets each field by ``object.__setattr__``: of 89 fields ten times the work. Here the fields are
    set while the object is still of a class of the same slots that is not frozen.
    """
    names = names_of(record)
    return making(record, names, {name: name for name in names})


def making(
    record: type[Record],
    taken: Sequence[str],
    values: Mapping[str, str],
    unpacked: Mapping[str, Sequence[str]] | None = None,
) -> Callable[..., Record]:
    """The same of other values: what takes so many, by place, and by field what each is made of, as Python says it.

    ``unpacked``: sequences among what is taken, each with the names that ``values`` have for all of its items.
    """
    draft = type("Draft", (), {"__slots__": tuple(values)})
    lines = [
        f"def make({', '.join(taken)}):",
        *(f" {', '.join(names)}, = {source}" for source, names in (unpacked or {}).items() if names),
        " _made = _new(_draft)",
        *(f" _made.{name} = {value}" for name, value in values.items()),
        " _made.__class__ = _record",
        " return _made",
    ]
    scope: dict[str, Any] = {"_new": object.__new__, "_draft": draft, "_record": record}
    exec("\n".join(lines), scope)
    made: Callable[..., Record] = scope["make"]
    return made
