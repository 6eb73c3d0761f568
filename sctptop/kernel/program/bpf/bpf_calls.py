"""bpf(2) itself, for what neither BCC nor every libbpf does: trampolines of a module's functions, kept instructions."""

from __future__ import annotations

import ctypes
import os
from ctypes import c_char, c_uint32, c_uint64
from dataclasses import dataclass

_NUMBERS = {"x86_64": 321, "aarch64": 280, "riscv64": 280, "s390x": 351, "ppc64le": 361}
"""Of the system call, for which libc has no function."""

# enum bpf_cmd, include/uapi/linux/bpf.h.
_MAP_CREATE, _PROG_LOAD, _OBJ_GET_INFO, _RAW_TRACEPOINT_OPEN, _BTF_GET_FD, _BTF_GET_NEXT = (
    0,
    5,
    15,
    17,
    19,
    23,
)
KPROBE, RAW_TRACEPOINT, _TRACING = 2, 17, 26
"""enum bpf_prog_type."""
FENTRY, FEXIT = 24, 25
"""enum bpf_attach_type."""


class _ProgLoad(ctypes.Structure):
    """The part of union bpf_attr for BPF_PROG_LOAD, as far as Linux 5.11 has it."""

    _fields_ = (
        ("prog_type", c_uint32),
        ("insn_cnt", c_uint32),
        ("insns", c_uint64),
        ("license", c_uint64),
        ("log_level", c_uint32),
        ("log_size", c_uint32),
        ("log_buf", c_uint64),
        ("kern_version", c_uint32),
        ("prog_flags", c_uint32),
        ("prog_name", c_char * 16),
        ("prog_ifindex", c_uint32),
        ("expected_attach_type", c_uint32),
        ("prog_btf_fd", c_uint32),
        ("func_info_rec_size", c_uint32),
        ("func_info", c_uint64),
        ("func_info_cnt", c_uint32),
        ("line_info_rec_size", c_uint32),
        ("line_info", c_uint64),
        ("line_info_cnt", c_uint32),
        ("attach_btf_id", c_uint32),
        ("attach_btf_obj_fd", c_uint32),
    )


class _RawTracepoint(ctypes.Structure):
    _fields_ = (("name", c_uint64), ("prog_fd", c_uint32), ("unused", c_uint32))


class _Id(ctypes.Structure):
    _fields_ = (("start", c_uint32), ("next", c_uint32), ("flags", c_uint32))


class _Info(ctypes.Structure):
    _fields_ = (("fd", c_uint32), ("size", c_uint32), ("info", c_uint64))


class _BtfInfo(ctypes.Structure):
    """struct bpf_btf_info."""

    _fields_ = (
        ("btf", c_uint64),
        ("btf_size", c_uint32),
        ("id", c_uint32),
        ("name", c_uint64),
        ("name_len", c_uint32),
        ("kernel_btf", c_uint32),
    )


@dataclass(frozen=True, slots=True)
class MapShape:
    """What a map is made of: enum bpf_map_type, bytes of a key and of a value, room, flags."""

    kind: int
    key: int
    value: int
    entries: int
    flags: int


class _MapCreate(ctypes.Structure):
    """The part of union bpf_attr for BPF_MAP_CREATE, as far as Linux 4.15 has it."""

    _fields_ = (
        ("map_type", c_uint32),
        ("key_size", c_uint32),
        ("value_size", c_uint32),
        ("max_entries", c_uint32),
        ("map_flags", c_uint32),
        ("inner_map_fd", c_uint32),
        ("numa_node", c_uint32),
        ("map_name", c_char * 16),
    )


class _MapInfo(ctypes.Structure):
    """The head of struct bpf_map_info."""

    _fields_ = (
        ("type", c_uint32),
        ("id", c_uint32),
        ("key_size", c_uint32),
        ("value_size", c_uint32),
        ("max_entries", c_uint32),
        ("map_flags", c_uint32),
    )


def map_shape(descriptor: int) -> MapShape:
    """What the kernel says of a map. Raises OSError."""
    info = _MapInfo()
    _bpf(_OBJ_GET_INFO, _Info(descriptor, ctypes.sizeof(info), ctypes.addressof(info)))
    return MapShape(info.type, info.key_size, info.value_size, info.max_entries, info.map_flags)


def create_map(name: str, shape: MapShape) -> int:
    """The descriptor of a new map. Raises OSError."""
    attributes = _MapCreate(shape.kind, shape.key, shape.value, shape.entries, shape.flags)
    attributes.map_name = name.encode()[:15]
    return _bpf(_MAP_CREATE, attributes)


def load_tracing(name: str, instructions: bytes, attach_type: int, btf_id: int, btf_fd: int) -> int:
    """The descriptor of a program for the function with that id in the BTF of ``btf_fd``, 0 being the kernel's own.

    Raises OSError, whose text ends with what the verifier said last.
    """
    return _load(
        instructions,
        prog_type=_TRACING,
        prog_name=name.encode()[:15],
        expected_attach_type=attach_type,
        attach_btf_id=btf_id,
        attach_btf_obj_fd=btf_fd,
    )


def load_plain(kind: int, name: str, instructions: bytes, version: int) -> int:
    """The descriptor of a program for a KPROBE or RAW_TRACEPOINT; Linux before 5.0 asks for its own ``version``.

    Raises OSError as load_tracing.
    """
    return _load(instructions, prog_type=kind, prog_name=name.encode()[:15], kern_version=version)


def _load(instructions: bytes, **more: int | bytes) -> int:
    code, licence = ctypes.create_string_buffer(instructions, len(instructions)), b"GPL"
    attributes = _ProgLoad(
        insn_cnt=len(instructions) // 8,
        insns=ctypes.addressof(code),
        license=ctypes.cast(ctypes.c_char_p(licence), ctypes.c_void_p).value or 0,
        **more,
    )
    try:
        return _bpf(_PROG_LOAD, attributes)
    except OSError as error:
        log = ctypes.create_string_buffer(1 << 20)
        attributes.log_level, attributes.log_size, attributes.log_buf = 1, len(log), ctypes.addressof(log)
        try:
            return _bpf(_PROG_LOAD, attributes)
        except OSError:
            said = log.value.decode(errors="replace").splitlines()
        why = [line for line in said if line.strip() and not line.startswith(("processed ", "verification "))]
        raise OSError(error.errno, why[-1].strip() if why else error.strerror) from error


def attach_tracing(program: int) -> int:
    """Put it in place: the descriptor of its link, which is taken away as it is closed. Raises OSError."""
    return _bpf(_RAW_TRACEPOINT_OPEN, _RawTracepoint(0, program, 0))


def module_btf(module: str) -> int | None:
    """The descriptor of a module's BTF, None where it has none. Raises OSError."""
    asked = _Id()
    while True:
        try:
            _bpf(_BTF_GET_NEXT, asked)
            descriptor = _bpf(_BTF_GET_FD, _Id(start=asked.next))
        except FileNotFoundError:
            return None
        name = ctypes.create_string_buffer(64)
        info = _BtfInfo(name=ctypes.addressof(name), name_len=len(name))
        try:
            _bpf(_OBJ_GET_INFO, _Info(descriptor, ctypes.sizeof(info), ctypes.addressof(info)))
        except OSError:
            # A name longer than ours: another module's.
            info.kernel_btf = 0
        if info.kernel_btf and name.value.decode(errors="replace") == module:
            return descriptor
        os.close(descriptor)
        asked.start = asked.next


def _bpf(command: int, attributes: ctypes.Structure) -> int:
    number = _NUMBERS.get(os.uname().machine)
    if number is None:
        raise OSError(38, f"bpf(2) has no number here for {os.uname().machine}")
    library = ctypes.CDLL(None, use_errno=True)
    found = library.syscall(
        ctypes.c_long(number),
        ctypes.c_long(command),
        ctypes.byref(attributes),
        ctypes.c_long(ctypes.sizeof(attributes)),
    )
    if found < 0:
        code = ctypes.get_errno()
        # ENOTSUPP of the kernel has no text in libc: a trampoline that this architecture cannot make.
        raise OSError(code, "not supported here" if code == 524 else os.strerror(code))
    return int(found)
