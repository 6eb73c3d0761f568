"""Landlock (Linux 5.13, Documentation/userspace-api/landlock.rst): this process writes no file any more."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from sctptop.kernel.host.libc import LIBC, checked

DEVICES = "/dev"
"""Where writing goes on: the terminal, and what throws away."""

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
"""Numbers of the system calls, the same on every architecture."""
_PATH_BENEATH = 1
_PR_SET_NO_NEW_PRIVS = 38
_EXECUTE, _WRITE_FILE = 1 << 0, 1 << 1
_REMOVE_AND_MAKE = 0b1_1111_1111 << 4
"""LANDLOCK_ACCESS_FS_REMOVE_DIR to MAKE_SYM, include/uapi/linux/landlock.h: all that its first version knows."""
_REPLACE = 1 << 5 | 1 << 8
"""REMOVE_FILE and MAKE_REG."""


class _Ruleset(ctypes.Structure):
    _fields_ = (("handled_access_fs", ctypes.c_uint64),)


_PATH_BENEATH_ATTR = struct.Struct("=Qi")
"""struct landlock_path_beneath_attr, which is packed: allowed_access, parent_fd."""


def forbid_writing(but: Iterable[Path] = ()) -> bool:
    """For this thread and those it starts: no file is opened for writing, made or removed, no program started.

    Files in the folders ``but``, where they are there, may be made and replaced.

    Returns whether the kernel does so. What is open stays open.
    """
    with suppress(OSError):
        rules = _Ruleset(_EXECUTE | _WRITE_FILE | _REMOVE_AND_MAKE)
        ruleset = _call(_CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(ctypes.sizeof(rules)), 0)
        try:
            _allow(ruleset, DEVICES, _WRITE_FILE)
            for folder in but:
                with suppress(OSError):
                    _allow(ruleset, str(folder), _WRITE_FILE | _REPLACE)
            LIBC.prctl(_PR_SET_NO_NEW_PRIVS, *map(ctypes.c_ulong, (1, 0, 0, 0)))
            _call(_RESTRICT_SELF, ruleset, 0)
            return True
        finally:
            os.close(ruleset)
    return False


def _allow(ruleset: int, place: str, access: int) -> None:
    folder = os.open(place, os.O_PATH | os.O_CLOEXEC)
    try:
        _call(_ADD_RULE, ruleset, _PATH_BENEATH, _PATH_BENEATH_ATTR.pack(access, folder), 0)
    finally:
        os.close(folder)


def _call(number: int, *arguments: object) -> int:
    return checked(LIBC.syscall(number, *arguments))
