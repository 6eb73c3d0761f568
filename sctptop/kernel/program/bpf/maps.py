"""BPF maps read in bulk and program statistics, through libbpf: BCC's own tables cost Python a call an entry."""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from sctptop.kernel.program.bpf.libbpf import BatchOptions, library

_BATCH = 2048
_MOST = 1 << 20
"""Entries of the largest table: where entries come and go a walk may not end."""
_STATS_RUN_TIME = 0


@dataclass(frozen=True, slots=True)
class Cost:
    """What a program cost since statistics were switched on.

    ``missed``: hits that the kernel left out since it was loaded, None where it does not say (before Linux 5.12).
    """

    runs: int
    nanoseconds: int
    missed: int | None = None


class _ProgInfo(ctypes.Structure):
    """The head of struct bpf_prog_info, include/uapi/linux/bpf.h, as far as the run statistics."""

    _fields_ = (
        ("type", ctypes.c_uint32),
        ("id", ctypes.c_uint32),
        ("unread", ctypes.c_uint8 * 184),
        ("run_time_ns", ctypes.c_uint64),
        ("run_cnt", ctypes.c_uint64),
        ("recursion_misses", ctypes.c_uint64),
    )


_HAS_MISSES = _ProgInfo.recursion_misses.offset + 8


def content(map_fd: int, key_size: int, value_size: int) -> tuple[bytes, bytes]:
    """All keys of a hash map, one behind the other, and all values in the same order. Raises OSError."""
    lib = library()
    keys, values = (
        ctypes.create_string_buffer(_BATCH * key_size),
        ctypes.create_string_buffer(_BATCH * value_size),
    )
    place = ctypes.create_string_buffer(max(key_size, 8))
    options = BatchOptions(ctypes.sizeof(BatchOptions), 0, 0)
    found: list[tuple[bytes, bytes]] = []
    while True:
        count = ctypes.c_uint32(_BATCH)
        done = lib.bpf_map_lookup_batch(
            map_fd,
            place if found else None,
            place,
            keys,
            values,
            ctypes.byref(count),
            ctypes.byref(options),
        )
        code = ctypes.get_errno() if done < 0 else 0
        if code == errno.EINVAL and not found:
            # Before Linux 5.6 there are no batches.
            found = _one_by_one(map_fd, key_size, value_size)
            break
        if code not in (0, errno.ENOENT):
            raise _refused()
        found.append(
            (
                ctypes.string_at(keys, count.value * key_size),
                ctypes.string_at(values, count.value * value_size),
            )
        )
        if code == errno.ENOENT:
            break
    return b"".join(key for key, _ in found), b"".join(value for _, value in found)


def entries(map_fd: int, key_size: int, value_size: int) -> Iterator[tuple[bytes, bytes]]:
    """The same as (key, value) of each. Raises OSError."""
    keys, values = content(map_fd, key_size, value_size)
    return zip(parts(keys, key_size), parts(values, value_size), strict=True)


def parts(content: bytes | bytearray, size: int) -> Iterator[bytes]:
    """What stands one behind the other, each of so many bytes."""
    return map(itemgetter(0), struct.iter_unpack(f"{size}s", content))


def _one_by_one(map_fd: int, key_size: int, value_size: int) -> list[tuple[bytes, bytes]]:
    lib = library()
    key, following = ctypes.create_string_buffer(key_size), ctypes.create_string_buffer(key_size)
    value = ctypes.create_string_buffer(value_size)
    keys = []
    before = None
    while lib.bpf_map_get_next_key(map_fd, before, following) == 0:
        key.raw = following.raw
        keys.append(key.raw)
        before = key
        if len(keys) > _MOST:
            break
    # Walked first: an entry that goes as the walk stands on it would have it begin anew.
    return [
        (found, value.raw)
        for found in dict.fromkeys(keys)
        if lib.bpf_map_lookup_elem(map_fd, found, value) == 0
    ]


def put(map_fd: int, key: int, value: int) -> None:
    """Write a u32 under a u32 key. Raises OSError."""
    put_bytes(map_fd, key, value.to_bytes(4, sys.byteorder))


def put_bytes(map_fd: int, key: int, value: bytes) -> None:
    """Write what a table of that size of values has under a u32 key. Raises OSError."""
    number = ctypes.c_uint32(key)
    if library().bpf_map_update_elem(map_fd, ctypes.byref(number), value, 0) < 0:
        raise _refused()


def remove(map_fd: int, keys: Iterable[bytes]) -> None:
    """Take entries out of a hash map; one that has gone already is none. Raises OSError."""
    for key in keys:
        if library().bpf_map_delete_elem(map_fd, key) < 0 and ctypes.get_errno() != errno.ENOENT:
            raise _refused()


def remove_all(map_fd: int, keys: Sequence[bytes]) -> None:
    """The same at once, where the kernel has it (from Linux 5.6 on). Raises OSError."""
    done = 0
    while done < len(keys):
        some = keys[done : done + _BATCH]
        count, options = ctypes.c_uint32(len(some)), BatchOptions(ctypes.sizeof(BatchOptions), 0, 0)
        said = library().bpf_map_delete_batch(
            map_fd, b"".join(some), ctypes.byref(count), ctypes.byref(options)
        )
        if said < 0:
            # One that has gone ends the batch, and an old kernel knows none.
            remove(map_fd, some)
        done += len(some)


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
    missed = info.recursion_misses if size.value >= _HAS_MISSES else None
    return Cost(info.run_cnt, info.run_time_ns, missed)


def _refused() -> OSError:
    """What the last call of libbpf left in errno."""
    code = ctypes.get_errno()
    return OSError(code, os.strerror(code))
