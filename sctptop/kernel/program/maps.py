"""BPF maps read in bulk and program statistics, through libbpf: BCC's own tables cost Python a call an entry."""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sctptop.kernel.program.libbpf import BatchOptions, library

_BATCH = 2048
_STATS_RUN_TIME = 0


@dataclass(frozen=True, slots=True)
class Cost:
    """What a program cost since statistics were switched on."""

    runs: int
    nanoseconds: int


class _ProgInfo(ctypes.Structure):
    """The head of struct bpf_prog_info, include/uapi/linux/bpf.h, as far as the run statistics."""

    _fields_ = (
        ("type", ctypes.c_uint32),
        ("id", ctypes.c_uint32),
        ("unread", ctypes.c_uint8 * 184),
        ("run_time_ns", ctypes.c_uint64),
        ("run_cnt", ctypes.c_uint64),
    )


def entries(
    map_fd: int, key_size: int, value_size: int, *, delete: bool = False
) -> Iterator[tuple[bytes, bytes]]:
    """All (key, value) of a hash map, removed at the same time with ``delete``. Raises OSError."""
    lib = library()
    call = lib.bpf_map_lookup_and_delete_batch if delete else lib.bpf_map_lookup_batch
    keys, values = (
        ctypes.create_string_buffer(_BATCH * key_size),
        ctypes.create_string_buffer(_BATCH * value_size),
    )
    place = ctypes.create_string_buffer(max(key_size, 8))
    options = BatchOptions(ctypes.sizeof(BatchOptions), 0, 0)
    first = True
    while True:
        count = ctypes.c_uint32(_BATCH)
        done = call(
            map_fd,
            None if first else place,
            place,
            keys,
            values,
            ctypes.byref(count),
            ctypes.byref(options),
        )
        code = ctypes.get_errno() if done < 0 else 0
        if code not in (0, errno.ENOENT):
            raise _refused()
        found_keys, found_values = keys.raw, values.raw
        for index in range(count.value):
            yield (
                found_keys[index * key_size : (index + 1) * key_size],
                found_values[index * value_size : (index + 1) * value_size],
            )
        if code == errno.ENOENT:
            return
        first = False


def put(map_fd: int, key: int, value: int) -> None:
    """Write a u32 under a u32 key. Raises OSError."""
    number, content = ctypes.c_uint32(key), ctypes.c_uint32(value)
    if library().bpf_map_update_elem(map_fd, ctypes.byref(number), ctypes.byref(content), 0) < 0:
        raise _refused()


def remove(map_fd: int, keys: Iterable[bytes]) -> None:
    """Take entries out of a hash map; one that has gone already is none. Raises OSError."""
    for key in keys:
        if library().bpf_map_delete_elem(map_fd, key) < 0 and ctypes.get_errno() != errno.ENOENT:
            raise _refused()


def get(map_fd: int, key: int) -> int:
    """The u64 under a u32 key. Raises OSError."""
    number, content = ctypes.c_uint32(key), ctypes.c_uint64()
    if library().bpf_map_lookup_elem(map_fd, ctypes.byref(number), ctypes.byref(content)) < 0:
        raise _refused()
    return content.value


def enable_statistics() -> int:
    """Have the kernel time every BPF program until the descriptor returned is closed. Raises OSError."""
    descriptor: int = library().bpf_enable_stats(_STATS_RUN_TIME)
    if descriptor < 0:
        raise _refused()
    return descriptor


def cost(program_fd: int) -> Cost | None:
    """What a program cost so far, None when the kernel does not say."""
    info, size = _ProgInfo(), ctypes.c_uint32(ctypes.sizeof(_ProgInfo))
    if library().bpf_obj_get_info_by_fd(program_fd, ctypes.byref(info), ctypes.byref(size)) < 0:
        return None
    return Cost(info.run_cnt, info.run_time_ns)


def _refused() -> OSError:
    """What the last call of libbpf left in errno."""
    code = ctypes.get_errno()
    return OSError(code, os.strerror(code))
