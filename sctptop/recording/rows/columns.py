"""What an attribute of many associations or paths is, from JSON: one after the other takes ten times as long."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import Any

from sctptop.model.association import Association, Path, Process
from sctptop.model.way import Way
from sctptop.recording.packing import DamagedError
from sctptop.schema import record_from_json
from sctptop.schema_checks import check_scalar, ns_of_ms, types_of

ALL, VALUES, WHICH = "all", "of", "which"
"""A column in short: one value for all; or which of some values each is."""
EACH, TIMES = "bins", "times"
"""A column of distributions: how many bins each has, which of some values each bin is, and how often."""
DISTRIBUTIONS = frozenset(
    ((Association, "held_bins"), (Association, "read_wait_bins"), (Path, "data_rtt_bins"))
)
FORMER = {(Path, "hb_due_ms"): "hb_due_ns"}
"""Names of before, and the attribute that holds the same: then, a time from the sample on."""
_LIMIT = 1 << 64


def values_of(kind: type[Any], name: str, held: Any, count: int) -> list[Any]:
    """So many values of an attribute; those that stand for several are one object.

    Raises DamagedError, SchemaError, or what a value of another type than it should be makes of it.
    """
    if (kind, name) in DISTRIBUTIONS:
        return _distributions(held, count)
    if isinstance(held, dict) and ALL in held:
        return made(kind, name, [held[ALL]]) * count
    if isinstance(held, dict):
        return _spread({**held, VALUES: made(kind, name, held[VALUES])}, count)
    return _spread(made(kind, name, held), count)


def counts_of(held: Any, count: int) -> list[int]:
    """So many numbers, none below 0. Raises as above."""
    found = numbers([held[ALL]]) * count if isinstance(held, dict) else numbers(held)
    if min(found, default=0) < 0 or len(found) != count:
        raise DamagedError("less than none, or more than there are")
    return found


def made(kind: type[Any], name: str, held: Any) -> list[Any]:
    """The values of a list. Raises as above."""
    if not isinstance(held, list):
        raise DamagedError(f"{name} is no list")
    make = _MADE.get((kind, name))
    values = held if make is None else [value if value is None else make(value) for value in held]
    types = set(map(type, values))
    if not types <= types_of(kind, FORMER.get((kind, name), name)):
        raise DamagedError(f"{name} holds another type")
    if types == {int}:
        numbers(values)
    elif not types.isdisjoint((int, float, str)):
        # Once each: of thousands most are alike.
        for value in set(values):
            check_scalar(name, value)
    return values


def numbers(held: Any) -> list[int]:
    """Whole numbers. Raises DamagedError."""
    if not isinstance(held, list) or not set(map(type, held)) <= {int}:
        raise DamagedError("no whole numbers")
    if held and not -_LIMIT < min(held) <= max(held) < _LIMIT:
        raise DamagedError("beyond all numbers")
    return held


def places(held: Any, end: int) -> list[int]:
    """Numbers below ``end`` that are told by what each is more than the one before it. Raises DamagedError."""
    found = list(accumulate(numbers(held)))
    if found and not 0 <= min(found) <= max(found) < end:
        raise DamagedError("a row that is not there")
    return found


def _spread(held: Any, count: int) -> list[Any]:
    found: list[Any] = [held[VALUES][one] for one in _which(held)] if isinstance(held, dict) else held
    if len(found) != count:
        raise DamagedError("a column of another length")
    return found


def _which(held: Mapping[str, Any]) -> list[int]:
    found = numbers(held[WHICH])
    if min(found, default=0) < 0:
        raise DamagedError("no such value")
    return found


def _distributions(held: Any, count: int) -> list[Any]:
    values, times, which = numbers(held[VALUES]), numbers(held[TIMES]), _which(held)
    each = counts_of(held[EACH], count)
    if not sum(each) == len(which) == len(times):
        raise DamagedError("bins of none")
    pairs = tuple(zip(map(values.__getitem__, which), times, strict=True))
    ends = [*accumulate(each)]
    return [pairs[end - many : end] for many, end in zip(each, ends, strict=True)]


def _texts(held: Any) -> tuple[str, ...]:
    if not isinstance(held, list) or not all(type(item) is str for item in held):
        raise DamagedError("no texts")
    return tuple(held)


_MADE: Mapping[tuple[type[Any], str], Callable[[Any], Any]] = {
    (Association, "local_addresses"): _texts,
    (Association, "remote_addresses"): _texts,
    (Association, "process"): lambda held: record_from_json(Process, held),
    (Path, "hb_due_ms"): lambda held: ns_of_ms("hb_due_ms", held),
    (Path, "way"): lambda held: record_from_json(Way, held),
}
"""How attributes are made that are no number, truth, text or distribution."""
