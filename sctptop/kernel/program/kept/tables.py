"""The tables of a program, made without the compiler that declared them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping
from typing import Any

from sctptop.kernel.program.bpf.bpf_calls import MapShape, create_map, map_shape

PERF_EVENT_ARRAY = 4
"""enum bpf_map_type, include/uapi/linux/bpf.h."""


def shapes(descriptors: Mapping[str, int]) -> dict[str, MapShape]:
    """What the kernel says of those maps. Raises OSError."""
    return {name: map_shape(number) for name, number in descriptors.items()}


def made(tables: Mapping[str, MapShape]) -> dict[str, int]:
    """New maps of those shapes: their descriptors, for ``close_all``. Raises OSError."""
    found = dict[str, int]()
    try:
        for name, shape in tables.items():
            found[name] = create_map(name, shape)
    except OSError:
        close_all(found.values())
        raise
    return found


def close_all(descriptors: Iterable[int]) -> None:
    """Give them back."""
    for number in descriptors:
        with contextlib.suppress(OSError):
            os.close(number)


def without_module(bcc: Any, tables: Mapping[str, MapShape], descriptors: Mapping[str, int]) -> Any:
    """BCC's object as its BPF.__init__ leaves it (0.18 to 0.35), but for a compiled module: it attaches what is loaded,
    and opens the perf buffers of those tables."""
    bpf = bcc.BPF.__new__(bcc.BPF)
    for name in _HELD:
        setattr(bpf, name, {})
    bpf.debug, bpf.module, bpf.tracefile, bpf._ringbuf_manager = 0, None, None, None
    for name, shape in tables.items():
        if shape.kind == PERF_EVENT_ARRAY:
            key, leaf = bcc.ct.c_int, bcc.ct.c_uint32
            # Asked of no module it says 0 entries.
            buffer = bcc.table.PerfEventArray(bpf, 0, descriptors[name], key, leaf, name=name.encode())
            buffer.max_entries = shape.entries
            bpf.tables[name.encode()] = buffer
    return bpf


_HELD = (
    "kprobe_fds",
    "uprobe_fds",
    "tracepoint_fds",
    "raw_tracepoint_fds",
    "kfunc_entry_fds",
    "kfunc_exit_fds",
    "fmod_ret_fds",
    "lsm_fds",
    "perf_buffers",
    "open_perf_events",
    "funcs",
    "tables",
)
"""By name or address, what it opened."""
