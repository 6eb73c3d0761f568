"""What ends sctptop, and with which exit code."""

from __future__ import annotations

import signal
from collections.abc import Callable

OK, FAILED, USAGE, NOTHING_TO_WATCH = 0, 1, 2, 3
INTERRUPTED = 128 + signal.SIGINT
"""By Ctrl-C, where 0 would be an answer."""
BROKEN_PIPE = 128 + signal.SIGPIPE
"""The reader of our output went away."""
HUNG_UP = 128 + signal.SIGHUP
"""So did the terminal, with or without the signal."""

EXIT_CODES = {
    "0": "fine (q and Ctrl-C too)",
    "1": "failed while running",
    "2": "bad usage",
    "3": "nothing to watch here",
    "128+N": "ended by signal N (141: the reader of our output went away)",
}
"""What each says; compare and doctor have some of their own."""


class SctptopError(Exception):
    """Trouble reported to the user in one line: ``sctptop: error: WHAT: WHY (try: FIX)``.

    ``drawn`` makes lines that point at it, for a terminal of so many columns; none where they have no room.
    """

    def __init__(
        self, text: str, code: int = FAILED, drawn: Callable[[int], tuple[str, ...]] | None = None
    ) -> None:
        super().__init__(text)
        self.code = code
        self.drawn = drawn


def nothing_to_watch(why: str) -> SctptopError:
    """For ``WHY (try: FIX)``, the trouble of a source."""
    return SctptopError(f"nothing to watch: {why}; sctptop replay demo shows a recording", NOTHING_TO_WATCH)
