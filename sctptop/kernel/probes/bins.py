"""Distributions that the probes count in bins of bpf/bins.h: RTTs of data by path, waits of messages by association."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sctptop.kernel.program.declarations import DATA_RTTS, RTT_BIN, WAIT_BIN, WAIT_COUNTS, CTable
from sctptop.kernel.program.records import WAITS, AssociationName
from sctptop.model.associations.distribution import bounds
from sctptop.model.associations.rtt import DATA_BITS

PathName = tuple[AssociationName, str]
Bins = tuple[tuple[int, int], ...]
"""(ns at the middle of a bin, times)."""
WAIT_NAMES = dict(zip(WAITS, ("held", "read_wait"), strict=True))
"""Waits as the model names them."""

_ADDRESS = slice(8)
"""Where a key has the address of the path or association in the kernel, by which their own tables know them."""
_RTT = RTT_BIN.picker("bin")
_WAIT = WAIT_BIN.picker("wait", "bin")
_TURNS = {DATA_RTTS.name: RTT_BIN.picker("turn"), WAIT_COUNTS.name: WAIT_BIN.picker("turn")}


def until(counted: Iterable[tuple[bytes, bytes]], table: CTable, turn: int) -> list[tuple[bytes, bytes]]:
    """Those of the readings up to that one: nothing is added to them any more."""
    of = _TURNS[table.name]
    return [(key, times) for key, times in counted if (turn - of(key)[0]) & 0xFFFFFFFF < 1 << 31]


def data_rtts(
    counted: Iterable[tuple[bytes, bytes]], names: Mapping[bytes, PathName]
) -> dict[PathName, Bins]:
    """What ``data_rtts`` holds, by path; ``names`` are by key in ``paths``."""
    found: dict[PathName, list[tuple[int, int]]] = {}
    for key, times in counted:
        name = names.get(key[_ADDRESS])
        if name is not None:
            found.setdefault(name, []).append((_middle(_RTT(key)[0]), _number(times)))
    return {name: tuple(sorted(values)) for name, values in found.items()}


def waits(
    counted: Iterable[tuple[bytes, bytes]], names: Mapping[bytes, AssociationName]
) -> dict[AssociationName, dict[str, Bins]]:
    """What ``waits`` holds, by association and name of the wait; ``names`` are by key in ``associations``."""
    found: dict[AssociationName, dict[str, list[tuple[int, int]]]] = {}
    for key, times in counted:
        name = names.get(key[_ADDRESS])
        if name is not None:
            wait, index = _WAIT(key)
            of_wait = found.setdefault(name, {}).setdefault(WAIT_NAMES[WAITS[wait]], [])
            of_wait.append((_middle(index), _number(times)))
    return {name: {wait: tuple(sorted(bins)) for wait, bins in by.items()} for name, by in found.items()}


def _middle(index: int) -> int:
    low, high = bounds(index, DATA_BITS)
    return (low + high - 1) // 2


def _number(value: bytes) -> int:
    return int.from_bytes(value, "little")
