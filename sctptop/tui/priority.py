"""The thread that draws comes first: a key is answered while another thread reads thousands of associations.

Python runs one thread at a time. One that wants to run asks the other to stop after the switch interval, and is asked
itself; the garbage collector stops both.
"""

from __future__ import annotations

import asyncio
import gc
import selectors
import sys
from collections.abc import Iterator
from contextlib import contextmanager

WAITS_S = 0.0005
"""How long we wait for the thread that reads. The default of 5 ms is paid several times for each key."""
KEPT_WAITING_S = 0.03
"""How long that thread waits for us: about as long as drawing a picture takes."""
THRESHOLDS = (20_000, 10, 1_000_000)
"""Of the garbage collector: a reading makes thousands of objects and frees as many, without a circle; so it looks for
some in a whole reading's, and among all only when collect_all is called.
"""
COLLECT_ALL_S = 600.0
"""How often that is: with 4,000 associations it takes a quarter of a second."""


class First(selectors.DefaultSelector):
    """What the event loop waits in: while it waits others run, and stop soon when it goes on."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """The same as of its base."""
        sys.setswitchinterval(WAITS_S)
        try:
            return super().select(timeout)
        finally:
            sys.setswitchinterval(KEPT_WAITING_S)


@contextmanager
def drawing_first() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop whose thread goes first; Python is left as it was."""
    before, thresholds, frozen = sys.getswitchinterval(), gc.get_threshold(), gc.get_freeze_count()
    # What is there now stays: nothing of it is garbage.
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    loop = asyncio.SelectorEventLoop(First())
    try:
        yield loop
    finally:
        _close(loop)
        sys.setswitchinterval(before)
        gc.set_threshold(*thresholds)
        if not frozen:
            gc.unfreeze()


def _close(loop: asyncio.AbstractEventLoop) -> None:
    """As asyncio.run does: what still runs is cancelled, and may say so."""
    try:
        if rest := asyncio.all_tasks(loop):
            for task in rest:
                task.cancel()
            loop.run_until_complete(asyncio.wait(rest))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
    finally:
        loop.close()


def collect_all() -> None:
    """Give back what refers to itself, such as a box that was closed."""
    gc.collect()
