"""Tables are made by this very kernel, as those that a compiler declared."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sctptop.kernel.program.bpf import bpf_calls
from sctptop.kernel.program.bpf.bpf_calls import MapShape
from sctptop.kernel.program.kept.tables import close_all, made, shapes, without_module

HASH, ARRAY, PER_PROCESSOR = 1, 2, 6
TABLES = {
    "paths": MapShape(HASH, 8, 240, 16384, 0),
    "following": MapShape(ARRAY, 4, 24, 1, 0),
    "a_name_longer_than_the_kernel_keeps": MapShape(PER_PROCESSOR, 4, 16, 1, 0),
    "events": MapShape(4, 4, 4, 2, 0),
}


def descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_the_kernel_makes_them_as_asked() -> None:
    before = descriptors()
    try:
        found = made(TABLES)
    except OSError as error:
        pytest.skip(f"this kernel makes no maps for us: {error}")
    assert shapes(found) == TABLES
    close_all(found.values())
    assert descriptors() == before


def test_those_made_are_given_back_where_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = [os.open(os.devnull, os.O_RDONLY) for _ in range(3)]
    left = iter(opened)

    def create(name: str, shape: MapShape) -> int:
        if name == "events":
            raise OSError(12, "Cannot allocate memory")
        return next(left)

    monkeypatch.setattr("sctptop.kernel.program.kept.tables.create_map", create)
    before = descriptors()
    with pytest.raises(OSError, match="Cannot allocate"):
        made(TABLES)
    assert descriptors() == before - len(opened)


def test_bcc_is_handed_perf_buffers_alone() -> None:
    buffer = lambda bpf, number, fd, key, leaf, name: SimpleNamespace(fd=fd, max_entries=0)  # noqa: E731
    bcc: Any = SimpleNamespace(BPF=type("BPF", (), {}), ct=ctypes)
    bcc.table = SimpleNamespace(PerfEventArray=buffer)
    bpf = without_module(bcc, TABLES, dict.fromkeys(TABLES, 7))
    assert bpf.tables.keys() == {b"events"}
    assert (bpf.tables[b"events"].fd, bpf.tables[b"events"].max_entries) == (7, 2)
    assert bpf.module is None and bpf.funcs == {}


def test_a_map_that_is_none_is_an_error() -> None:
    with pytest.raises(OSError):
        bpf_calls.map_shape(-1)
