"""The terminal that Textual draws on: it may be slow, of another encoding, or hang up; nobody waits for it."""

from __future__ import annotations

import os
import select
import termios
import threading
import time
from collections import deque
from collections.abc import Callable

from sctptop.standard_streams import BY_OTHERS

FRAME = 200
"""Characters: a longer text draws, a shorter one may switch a mode, and is never dropped."""
BEHIND = 32_000
"""Bytes that wait; beyond them what is drawn is dropped, and drawn as a whole once the terminal comes after."""
PIECE = 512
"""Bytes at a time, as writing more than there is room for waits."""
LEAVE_S = 2.0
"""How long leaving waits for a terminal that takes nothing."""
CANCEL = b"\x18"
"""Ends an escape sequence that was cut off."""
ENTER_SCREEN, LEAVE_SCREEN = "\x1b[?1049h", "\x1b[?1049l"
RESTORE = (
    "\x1b[?2004l\x1b[?7h\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[<u"
    + LEAVE_SCREEN
    + "\x1b[?25h\x1b[?1004l"
)
"""What Textual writes when it leaves in order."""


class Terminal:
    """A text file that takes all at once; a thread of its own carries it to the descriptor.

    ``caught_up`` is called in that thread when what was dropped is to be drawn again, ``hung_up`` when the terminal is
    gone: nothing is written from then on. ``on_screen``: whether the alternate screen is still entered.
    """

    def __init__(self, descriptor: int, encoding: str) -> None:
        self.gone = False
        self.on_screen = False
        self.caught_up: Callable[[], object] = lambda: None
        self.hung_up: Callable[[], object] = lambda: None
        self._descriptor = descriptor
        self._encoding = encoding
        self._pending: deque[bytes] = deque()
        self._waiting = 0
        self._dropped = False
        self._leaving = False
        self._closed = False
        self._lock = threading.Lock()
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._wake, False)
        self._thread = threading.Thread(target=self._carry, name="terminal", daemon=True)
        self._thread.start()

    def write(self, text: str) -> int:
        """Take a text, or drop it when the terminal is far behind or is being left. Returns how many characters."""
        data = text.encode(self._encoding, BY_OTHERS)
        self.on_screen = ENTER_SCREEN in text or (self.on_screen and LEAVE_SCREEN not in text)
        with self._lock:
            if not self.gone and not (len(text) > FRAME and self._drops()):
                self._pending.append(data)
                self._waiting += len(data)
        self._tell()
        return len(text)

    def _drops(self) -> bool:
        if self._waiting > BEHIND:
            self._dropped = True
        return self._dropped or self._leaving

    def flush(self) -> None:
        """Wait until what restores the terminal is on it; nothing else is waited for."""
        deadline = time.monotonic() + LEAVE_S
        while not self.on_screen and self._waiting and time.monotonic() < deadline:
            time.sleep(0.005)

    def fileno(self) -> int:
        """The descriptor."""
        return self._descriptor

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return os.isatty(self._descriptor)

    def leave(self) -> None:
        """Draw no more: what waits is dropped, and what restores the terminal goes out at once."""
        with self._lock:
            if self._leaving:
                return
            self._leaving = True
            if not self._waiting:
                return
            kept = [data for data in self._pending if len(data) <= FRAME]
            self._pending = deque([CANCEL, *kept])
            self._waiting = sum(map(len, self._pending))
            try:
                termios.tcflush(self._descriptor, termios.TCOFLUSH)
            except termios.error:
                # No terminal any more.
                pass
        self._tell()

    def close(self) -> None:
        """Write what is left, unless the terminal does not take it; leave its screen if nobody did."""
        if self.on_screen:
            self.leave()
            self.write(RESTORE)
        self._closed = True
        self._tell()
        self._thread.join(LEAVE_S)

    def _tell(self) -> None:
        try:
            os.write(self._wake, b".")
        except BlockingIOError:
            # It was told so often already.
            pass

    def _carry(self) -> None:
        watched = select.poll()
        watched.register(self._woken, select.POLLIN)
        while not (self._closed and not self._waiting):
            # Of a terminal that nobody draws on we still hear that it hung up.
            watched.register(self._descriptor, select.POLLOUT if self._waiting else 0)
            found = dict(watched.poll())
            if self._woken in found:
                os.read(self._woken, 4096)
            state = found.get(self._descriptor, 0)
            if state & (select.POLLHUP | select.POLLERR) or (state and not self._send()):
                self.gone = True
                self._waiting = 0
                self.hung_up()
                return

    def _send(self) -> bool:
        """Write a piece. Returns whether the terminal is still there."""
        with self._lock:
            if not self._pending:
                return True
            data = self._pending[0][:PIECE]
        try:
            written = os.write(self._descriptor, data)
        except BlockingIOError:
            written = 0
        except OSError:
            return False
        with self._lock:
            # Leaving may have dropped it meanwhile.
            if self._pending and self._pending[0].startswith(data):
                rest = self._pending.popleft()[written:]
                if rest:
                    self._pending.appendleft(rest)
                self._waiting -= written
            behind, self._dropped = self._dropped, self._dropped and bool(self._waiting)
        if behind and not self._dropped and not self._leaving:
            self.caught_up()
        return True
