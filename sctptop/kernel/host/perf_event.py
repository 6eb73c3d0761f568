"""Whether the kernel lets us open the perf events that probes hang on, asked by opening one that counts nothing.

Capabilities are not enough to know: where kernel.perf_event_paranoid is 3 or more, Debian's and Ubuntu's kernels want
CAP_SYS_ADMIN of everybody (kernel/events/core.c as they patch it), and a container's seccomp refuses the call itself.
"""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Callable
from pathlib import Path

from sctptop.model.source_state import Trouble

PARANOID = Path("/proc/sys/kernel/perf_event_paranoid")
USUAL = 2
"""The highest value that the kernel itself knows, and its default."""

_NUMBERS = {"x86_64": 298, "aarch64": 241, "riscv64": 241}
"""Of the system call perf_event_open, for which libc has no function."""
_SIZE = 64
"""PERF_ATTR_SIZE_VER0, include/uapi/linux/perf_event.h, with type, size and config in front."""
_SOFTWARE, _DUMMY, _DISABLED, _CLOEXEC = 1, 9, 1, 8


def refusal(ask: Callable[[], int] | None = None, paranoid: Path = PARANOID) -> Trouble | None:
    """Why no perf event of the kernel may be opened; None when it may, or nobody knows.

    ``ask`` opens one for the whole of a processor and returns 0 or the errno.
    """
    code = (ask or _open)()
    if code not in (errno.EACCES, errno.EPERM):
        return None
    try:
        level = int(paranoid.read_text())
    except (OSError, ValueError):
        level = 0
    if level > USUAL:
        return Trouble(
            f"with kernel.perf_event_paranoid {level} this kernel wants CAP_SYS_ADMIN for probes",
            f"sudo sysctl kernel.perf_event_paranoid={USUAL}",
        )
    return Trouble("perf_event_open is refused, as in a container", "sudo sctptop  # on the host itself")


def _open() -> int:
    number = _NUMBERS.get(os.uname().machine)
    if number is None:
        return 0
    attributes = (ctypes.c_uint64 * (_SIZE // 8))(_SOFTWARE | _SIZE << 32, _DUMMY)
    attributes[5] = _DISABLED
    library = ctypes.CDLL(None, use_errno=True)
    everybody, first, alone = ctypes.c_long(-1), ctypes.c_long(0), ctypes.c_long(-1)
    found = library.syscall(
        ctypes.c_long(number), ctypes.byref(attributes), everybody, first, alone, ctypes.c_long(_CLOEXEC)
    )
    if found < 0:
        return ctypes.get_errno()
    os.close(found)
    return 0
