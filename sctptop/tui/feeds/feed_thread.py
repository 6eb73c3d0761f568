"""The one thread of a feed: it owns the source, and nothing waits for it for long."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable

CLOSE_BOUND_S = 2.0
"""How long closing waits for a reading that hangs in the kernel, or for a block that is being unpacked."""


class FeedThread(ABC):
    """``_work`` runs in the thread and returns soon after ``_stopping``; then ``close`` gives the source back.

    ``_wake`` guards what other threads ask for, and wakes the thread. It is there from the beginning and waits: so it
    keeps the rights that the others may give up (capabilities are of a thread).
    """

    def __init__(self, name: str, close: Callable[[], object]) -> None:
        self._wake = threading.Condition()
        self._started = self._stopping = False
        self._close = close
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def start(self) -> None:
        """Publish the first reading now."""
        with self._wake:
            self._started = True
            self._wake.notify()

    def stop(self) -> None:
        """End the thread and give the source back; work that hangs is left behind."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join(CLOSE_BOUND_S)

    def _run(self) -> None:
        with self._wake:
            self._wake.wait_for(lambda: self._started or self._stopping)
        try:
            self._work()
        finally:
            self._close()

    @abstractmethod
    def _work(self) -> None:
        """Read and publish until stopped."""
