"""Lets go of trampolines without waiting for it.

To take a trampoline away the kernel waits until all tasks were seen elsewhere, some tenths of a second for each
function (synchronize_rcu_tasks in unregister_ftrace_direct, Linux 6.1). Who closes the last descriptor of a link waits
for that: a process that does nothing else, so that sctptop ends at once.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
import warnings
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from sctptop.standard_streams import captured_stderr

_MOST = 1 << 20
"""No descriptor is larger."""


class Leaver:
    """Closes links in a thread of its own, one after the other, while sctptop goes on."""

    def __init__(self) -> None:
        self._waiting: deque[int] = deque()
        self._thread: threading.Thread | None = None

    @property
    def busy(self) -> bool:
        """Whether one of them is still being closed."""
        return self._thread is not None and self._thread.is_alive()

    def begin(self, links: Iterable[int]) -> None:
        """Close those. Not while it is ``busy``."""
        self._waiting.extend(links)
        self._thread = threading.Thread(target=self._close, name="leaving", daemon=True)
        self._thread.start()

    def stop(self) -> list[int]:
        """Those that are not begun, which it closes no more."""
        left = list[int]()
        with contextlib.suppress(IndexError):
            while True:
                left.append(self._waiting.popleft())
        return left

    def _close(self) -> None:
        with contextlib.suppress(IndexError):
            while True:
                with contextlib.suppress(OSError):
                    os.close(self._waiting.popleft())


def clean_up(bpf: Any, points: int) -> None:
    """Detach what BCC attached, at so many points, and close all that it holds."""
    # BCC stops at each probe that it does not find in tracefs, which `ip netns exec` hides (bpf_detach_kprobe);
    # by then it has closed and forgotten that one, so asking again goes on with the next.
    atexit.unregister(bpf.cleanup)
    with captured_stderr():
        for _ in range(2 * points + 1):
            with contextlib.suppress(Exception):
                bpf.cleanup()
                break


def leave(links: Iterable[int], close: Callable[[], object]) -> None:
    """Call ``close``, which closes those descriptors, while another process holds them, which then ends too.

    Where no process can be made ``close`` waits itself.
    """
    kept = sorted(links)
    if not kept:
        close()
        return
    end, begin = os.pipe()
    try:
        with warnings.catch_warnings():
            # Python 3.12 warns where there are threads: the child calls nothing but what is below.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
    except OSError:
        child = -1
    if child == 0:
        _hold(kept, end)
    os.close(end)
    try:
        close()
    finally:
        os.close(begin)
        if child > 0:
            os.waitpid(child, 0)


def _hold(links: list[int], end: int) -> None:
    """In the child: become nobody's child, keep nothing but the links, and end when the other side is done."""
    try:
        if os.fork():
            os._exit(0)
        first = 0
        for kept in sorted({*links, end}):
            os.closerange(first, kept)
            first = kept + 1
        os.closerange(first, min(os.sysconf("SC_OPEN_MAX"), _MOST))
        os.read(end, 1)
    finally:
        os._exit(0)
