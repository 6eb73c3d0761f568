"""Gives up root before anything is parsed, drawn or written, for good; keeps what reading the kernel takes.

sudo made us root: from here on we are the user who called it. Without sudo, or where that user may not read our own
code (in root's home), we stay root, who owns files, but nothing that overrides their permissions. What is kept of
capabilities is in no child: none is inheritable, and the bounding set is empty. CAP_DAC_READ_SEARCH, which reads any
file, is in effect only within ``reading_all``.

Capabilities are of a thread (capabilities(7)): all this is done before another one is started, which then has the same.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import resource
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from sctptop.errors import FAILED, SctptopError
from sctptop.kernel.host.landlock import forbid_writing
from sctptop.kernel.host.libc import LIBC, checked
from sctptop.kernel.host.privilege import BPF, DAC_READ_SEARCH, NET_ADMIN, PERFMON, SYS_ADMIN, SYS_PTRACE

READING = frozenset({BPF, PERFMON, SYS_ADMIN, SYS_PTRACE, NET_ADMIN, DAC_READ_SEARCH})
"""For probes (SYS_ADMIN too, where perf_event_paranoid is 3), other network namespaces, owners, firewall marks."""
NOTHING = frozenset[int]()
OTHERS = ("textual", "plotext", "pyroute2")
"""Packages of others that are imported late."""

_VERSION = 0x20080522
"""_LINUX_CAPABILITY_VERSION_3: capget(2), two words of 32 bits a set."""
_HIGHEST = 63
_ONES = 2**32 - 1
_PR_CAPBSET_DROP, _PR_SET_SECUREBITS, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 24, 28, 38, 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_SECUREBITS = 0b1110_1111
"""include/uapi/linux/securebits.h: NOROOT, NO_SETUID_FIXUP and NO_CAP_AMBIENT_RAISE, each locked, KEEP_CAPS locked off:
to be uid 0 gives nothing, to a program that we start neither, and to become another takes nothing."""


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Word(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


_Words = _Word * 2


def give_up(
    keep: frozenset[int], environment: Mapping[str, str] = os.environ, but: Iterable[Path] = ()
) -> None:
    """Become the user who called sudo, with no more than the capabilities ``keep``, of those that we have.

    ``but``: folders where files may be made and replaced even by who keeps nothing. Before any thread is started.
    Raises SctptopError where the kernel does not let go of them.
    """
    if keep:
        _allow_buffers()
    else:
        forbid_writing(but)
    caller = _caller(environment)
    if caller is not None and not _readable(*caller):
        caller = None
    with suppress(OSError):
        # All take CAP_SETPCAP: without it there is little to give up. The last number fails, being none.
        for number in range(_HIGHEST + 1):
            _prctl(_PR_CAPBSET_DROP, number)
    with suppress(OSError):
        _prctl(_PR_SET_SECUREBITS, _SECUREBITS)
    if caller is not None:
        _become(*caller, environment.get("SUDO_USER", ""))
    with suppress(OSError):
        _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    kept = _mask(keep) & _permitted()
    try:
        _set(kept & ~_mask({DAC_READ_SEARCH}), kept)
    except OSError as error:
        why = f"cannot give up the rights of root: {error.strerror}"
        raise SctptopError(f"{why} (try: as an ordinary user)", FAILED) from None


def give_up_here() -> None:
    """This thread needs none any more: it draws. Threads that it starts later have none either."""
    _set(0, 0)


@contextmanager
def reading_all() -> Iterator[None]:
    """This thread may read what belongs to other users, if we kept that."""
    wanted = _mask({DAC_READ_SEARCH})
    words = _get()
    effective, permitted = _joined(words, "effective"), _joined(words, "permitted")
    if not permitted & wanted or effective & wanted:
        yield
        return
    _set(effective | wanted, permitted)
    try:
        yield
    finally:
        _set(effective, permitted)


def _allow_buffers() -> None:
    # Of an ordinary user the kernel counts buffers of events (perf_mmap), and before 5.11 maps, against this.
    hard = resource.getrlimit(resource.RLIMIT_MEMLOCK)[1]
    for most in (resource.RLIM_INFINITY, hard):
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_MEMLOCK, (most, most))
            return


def _caller(environment: Mapping[str, str]) -> tuple[int, int] | None:
    """User and group id of who called sudo; None when that was root, or nobody did."""
    words = [environment.get(name, "") for name in ("SUDO_UID", "SUDO_GID")]
    if os.geteuid() != 0 or not all(word.isascii() and word.isdigit() for word in words):
        return None
    user, group = map(int, words)
    return (user, group) if 0 < user < 2**32 - 1 and group < 2**32 - 1 else None


def _readable(user: int, group: int) -> bool:
    """Whether our code, which is imported late, may be read by that user. Capabilities must go with uid 0, still."""
    specs = (importlib.util.find_spec(name) for name in OTHERS)
    files = [__file__, os.__file__, *(spec.origin for spec in specs if spec is not None and spec.origin)]
    # Of a thread, like capabilities, and what the kernel asks for where files are concerned: setfsuid(2).
    LIBC.setfsgid(group)
    LIBC.setfsuid(user)
    try:
        for file in files:
            os.close(os.open(file, os.O_RDONLY | os.O_CLOEXEC))
    except OSError:
        return False
    finally:
        LIBC.setfsuid(os.geteuid())
        LIBC.setfsgid(os.getegid())
    return True


def _become(user: int, group: int, name: str) -> None:
    try:
        try:
            os.initgroups(name, group)
        except (OSError, ValueError):
            os.setgroups([group])
        os.setresgid(group, group, group)
        os.setresuid(user, user, user)
    except OSError as error:
        why = f"cannot become the user {user} who called sudo: {error.strerror}"
        raise SctptopError(f"{why} (try: env -u SUDO_UID sctptop)", FAILED) from None


def _permitted() -> int:
    return _joined(_get(), "permitted")


def _mask(numbers: frozenset[int] | set[int]) -> int:
    return sum(1 << number for number in numbers)


def _joined(words: ctypes.Array[_Word], name: str) -> int:
    low, high = (int(getattr(word, name)) for word in words)
    return low | high << 32


def _get() -> ctypes.Array[_Word]:
    words = _Words()
    checked(LIBC.capget(ctypes.byref(_Header(_VERSION, 0)), ctypes.byref(words)))
    return words


def _set(effective: int, permitted: int) -> None:
    words = _Words(*(_Word(effective >> at & _ONES, permitted >> at & _ONES, 0) for at in (0, 32)))
    checked(LIBC.capset(ctypes.byref(_Header(_VERSION, 0)), ctypes.byref(words)))


def _prctl(option: int, value: int) -> None:
    zero = ctypes.c_ulong(0)
    checked(LIBC.prctl(option, ctypes.c_ulong(value), zero, zero, zero))
