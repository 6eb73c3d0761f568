"""Which messages are followed: all below a rate of chunks, above it those of a while now and then, as the traffic goes.

In between what is hit by each packet is taken away: for long, since the kernel waits for all tasks to be seen
elsewhere, some tenths of a second for each function (synchronize_rcu_tasks, Linux 6.1). Where NGAP goes by, its
messages are followed all; the others leave at once, in shorter rests.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

ABOVE = 20_000
"""DATA chunks a second of the host, sent and received, from which on not all are followed."""
WANTED = 1_250
"""Chunks a second that are then followed, about."""
LOOK_S = 0.1
"""A while in which messages are followed lasts so long at least."""
LEAST_REST_S, MOST_REST_S = 0.4, 4.0
"""Between two of them, where NGAP goes by."""
LONG_LOOK_S, LONG_REST_S = 0.3, 10.0
"""The same where it does not."""


@dataclass(frozen=True, slots=True)
class Count:
    """DATA chunks that came by while the hooks were there, and those of them that were followed."""

    seen: int
    taken: int


class FollowingPace:
    """Asked again and again by the thread that listens; ``share`` by the one that reads."""

    def __init__(self, now_s: float, *, every_message: bool = False) -> None:
        self._every_message = every_message
        self._resting_until_s: float | None = None
        self._away_since_s: float | None = None
        self._since_s = self._told_s = now_s
        self._count = self._told = Count(0, 0)
        self._away_s = 0.0
        self._lock = threading.Lock()

    @property
    def resting(self) -> bool:
        """Whether none but those of NGAP are followed now."""
        return self._resting_until_s is not None

    def is_due(self, now_s: float) -> bool:
        """Whether a rest is over."""
        return self._resting_until_s is not None and now_s >= self._resting_until_s

    def step(self, now_s: float, count: Count, *, stays: bool) -> bool:
        """Whether to change between following and resting now.

        ``count`` since the program was loaded; ``stays``: chunks are counted while it rests, too.
        """
        with self._lock:
            if self._resting_until_s is not None:
                if not self.is_due(now_s):
                    return False
                self._resting_until_s = None
                self._come_back(now_s)
                self._since_s, self._count = now_s, count
                return True
            lasted_s = now_s - self._since_s
            if lasted_s < (LOOK_S if stays else LONG_LOOK_S):
                return False
            rate = (count.seen - self._count.seen) / lasted_s
            self._since_s, self._count = now_s, count
            if self._every_message or rate <= ABOVE:
                return False
            rest_s = min(max(lasted_s * (rate / WANTED - 1), LEAST_REST_S), MOST_REST_S)
            self._resting_until_s = now_s + (rest_s if stays else LONG_REST_S)
            if not stays:
                self._away_since_s = now_s
            return True

    def share(self, now_s: float, count: Count) -> float:
        """The share of messages that was followed since the last call; 1 where it was all of them."""
        with self._lock:
            lasted_s = now_s - self._told_s
            was_away = self._away_since_s is not None
            self._come_back(now_s)
            if was_away:
                self._away_since_s = now_s
            here_s = lasted_s - self._away_s
            seen, taken = count.seen - self._told.seen, count.taken - self._told.taken
            self._told_s, self._told, self._away_s = now_s, count, 0.0
        if lasted_s <= 0 or (seen <= 0 and here_s >= lasted_s):
            return 1.0
        found = max(here_s / lasted_s, 0.0) * (min(taken / seen, 1.0) if seen > 0 else 1.0)
        return round(found, 4) if found < 0.999 else 1.0

    def _come_back(self, now_s: float) -> None:
        if self._away_since_s is not None:
            self._away_s += now_s - self._away_since_s
            self._away_since_s = None
