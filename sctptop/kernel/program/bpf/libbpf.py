"""libbpf through ctypes: the functions that we call, declared once. BCC's package depends on the library."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, c_char_p, c_int, c_int32, c_uint32, c_void_p
from functools import cache

from sctptop.kernel.host.distribution import commands
from sctptop.model.source_state import TroubleError


class LibbpfError(TroubleError):
    """libbpf is missing or refused; the reason says which."""


class TypeHeader(ctypes.Structure):
    """struct btf_type, include/uapi/linux/btf.h; its members follow it in memory."""

    _fields_ = (("name", c_uint32), ("info", c_uint32), ("size_or_type", c_uint32))


class BatchOptions(ctypes.Structure):
    """struct bpf_map_batch_opts, tools/lib/bpf/bpf.h."""

    _fields_ = (("sz", ctypes.c_size_t), ("elem_flags", ctypes.c_uint64), ("flags", ctypes.c_uint64))


_PROTOTYPES: dict[str, tuple[object, tuple[object, ...]]] = {
    "btf__parse": (c_void_p, (c_char_p, c_void_p)),
    "btf__parse_split": (c_void_p, (c_char_p, c_void_p)),
    "btf__free": (None, (c_void_p,)),
    "btf__find_by_name_kind": (c_int32, (c_void_p, c_char_p, c_uint32)),
    "btf__type_by_id": (POINTER(TypeHeader), (c_void_p, c_uint32)),
    "btf__name_by_offset": (c_char_p, (c_void_p, c_uint32)),
    "btf__resolve_size": (ctypes.c_int64, (c_void_p, c_uint32)),
    "libbpf_get_error": (ctypes.c_long, (c_void_p,)),
    "libbpf_set_print": (c_void_p, (c_void_p,)),
    "bpf_enable_stats": (c_int, (c_int,)),
    "bpf_obj_get_info_by_fd": (c_int, (c_int, c_void_p, POINTER(c_uint32))),
    "bpf_map_lookup_batch": (
        c_int,
        (c_int, c_void_p, c_void_p, c_void_p, c_void_p, POINTER(c_uint32), POINTER(BatchOptions)),
    ),
    "bpf_map_lookup_and_delete_batch": (
        c_int,
        (c_int, c_void_p, c_void_p, c_void_p, c_void_p, POINTER(c_uint32), POINTER(BatchOptions)),
    ),
    "bpf_map_delete_batch": (c_int, (c_int, c_void_p, POINTER(c_uint32), POINTER(BatchOptions))),
    "bpf_map_get_next_key": (c_int, (c_int, c_void_p, c_void_p)),
    "bpf_map_lookup_elem": (c_int, (c_int, c_void_p, c_void_p)),
    "bpf_map_delete_elem": (c_int, (c_int, c_void_p)),
    "bpf_map_update_elem": (c_int, (c_int, c_void_p, c_void_p, ctypes.c_uint64)),
}


@cache
def library() -> ctypes.CDLL:
    """The library with its prototypes set and its messages off. Raises LibbpfError."""
    for name in ("libbpf.so.1", "libbpf.so.0"):
        try:
            found = ctypes.CDLL(name, use_errno=True)
            break
        except OSError:
            continue
    else:
        raise LibbpfError("libbpf is not installed", commands().libbpf)
    for function, (result, arguments) in _PROTOTYPES.items():
        try:
            prototype = getattr(found, function)
        except AttributeError:
            raise LibbpfError(f"{name} has no {function}", "libbpf 0.3 or newer") from None
        prototype.restype, prototype.argtypes = result, arguments
    found.libbpf_set_print(None)
    return found
