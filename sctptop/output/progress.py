"""How far something has come: a line of a terminal that is written over again and again, and gone in the end."""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType

from sctptop.quantity import span_text

CLEARED = "\r\x1b[K"
"""Begins that line anew, empty."""
SHOWN_FROM_S, SHOWN_EVERY_S = 1.0, 0.1
"""What takes less than the first is not worth a word."""
BAR = 24


def in_place(text: str, width: int) -> str:
    """The text instead of what the line held before, cut where the terminal ends: it must not wrap."""
    return f"{CLEARED}{text[: width - 1]}"


class ProgressLine:
    """On standard error where that is a terminal; else silent. Cleared at the end of the ``with``.

    ``total`` is what there is to do, in any unit; ``begin`` what was done before.
    """

    def __init__(self, what: str, total: float, begin: float = 0.0) -> None:
        self.what = what
        self._total = total
        self._begin = begin
        self._terminal = sys.stderr is not None and sys.stderr.isatty()
        self._since_s = time.monotonic()
        self._due_s = self._since_s + SHOWN_FROM_S
        self._shown = False

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.clear()

    def at(self, done: float) -> None:
        """So much is done. Cheap: call it as often as there is news."""
        now_s = time.monotonic()
        if not self._terminal or now_s < self._due_s:
            return
        self._due_s, self._shown = now_s + SHOWN_EVERY_S, True
        text = progress_line(self.what, self._share(done), self._left_s(done, now_s))
        sys.stderr.write(in_place(text, _width()))
        sys.stderr.flush()

    def clear(self) -> None:
        """Leave no trace, until there is more."""
        if self._shown:
            sys.stderr.write(CLEARED)
            sys.stderr.flush()
        self._shown = False

    def _share(self, done: float) -> float:
        whole = self._total - self._begin
        return min(max((done - self._begin) / whole, 0.0), 1.0) if whole > 0 else 1.0

    def _left_s(self, done: float, now_s: float) -> float | None:
        share = self._share(done)
        return (now_s - self._since_s) * (1 - share) / share if share else None


def progress_line(what: str, share: float, left_s: float | None) -> str:
    """Such as "reading open5gs ██████░░░░░░░░░░░░░░░░░░ 25%, 12s left".

    >>> progress_line("reading a", 0.5, 3.2)
    'reading a ████████████░░░░░░░░░░░░ 50%, 4s left'
    """
    full = int(share * BAR)
    # Rounded up: nobody is told 0 s and waits.
    left = "" if left_s is None else f", {span_text(int(left_s) + 1)} left"
    return f"{what} {'█' * full}{'░' * (BAR - full)} {int(share * 100)}%{left}"


def _width() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except OSError:
        return 80
