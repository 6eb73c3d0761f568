"""The standard streams as users leave them: closed, full, hung up, or of an encoding without our characters."""

from __future__ import annotations

import codecs
import contextlib
import errno
import io
import os
import select
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TextIO

from sctptop.errors import SctptopError
from sctptop.terminal_text import printable

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_PAIRS = """
…~ →> ←< ↑^ ↓v ▲^ ▼v ▸> ▶> ◀< –- ─- ╌- ×x µu ●* ◐* ○o •* ·. ≠! ±~ │| ┤| ┴+ ▏| ▕| ✗x
▁_ ▂_ ▃. ▄- ▅- ▆= ▇# █# ▓# ▒= ░.
"""
PLAIN = {pair[0]: pair[1] for pair in _PAIRS.split()}
"""What stands for our characters where the encoding lacks them: one for one, as columns have a width."""

BY_OTHERS = "sctptop-plain"
"""The error handler that writes them."""

ELSEWHERE = "make room, or write to another disk"
CAUSES = {
    errno.ENOSPC: ("no space left on device", ELSEWHERE),
    errno.EDQUOT: ("disk quota exceeded", ELSEWHERE),
    errno.EFBIG: ("file too large", "ulimit -f unlimited, or a file a time"),
    errno.EBADF: ("it is closed", "> FILE, or > /dev/null when nobody wants it"),
    errno.EIO: ("input/output error", "> FILE; a terminal that was closed takes no more"),
}
"""Why output fails, and what helps."""


class Output(io.FileIO):
    """What writes on a descriptor. Raises SctptopError where it takes no more, BrokenPipeError without a reader."""

    def write(self, data: ReadableBuffer, /) -> int:
        """Write some of the data. Returns how many bytes."""
        while True:
            try:
                written: int | None = super().write(data)
            except BrokenPipeError:
                raise
            except OSError as error:
                raise output_error(error) from None
            if written is not None:
                return written
            # Whoever has the same terminal or pipe may have made it one that does not wait.
            select.select([], [self.fileno()], [])


class Complaints(io.FileIO):
    """What writes on a descriptor, or drops what that does not take: a complaint that fails changes nothing else."""

    def write(self, data: ReadableBuffer, /) -> int:
        """Write the data. Returns how many bytes are done with."""
        try:
            with _CAPTURING:
                return os.write(_ASIDE[-1] if _ASIDE else self.fileno(), data)
        except OSError:
            return memoryview(data).nbytes


_CAPTURING = threading.Lock()
_ASIDE: list[int] = []
"""Where descriptor 2 went before its output was captured: what Python complains of meanwhile goes there."""


def complain(text: str, drawn: Callable[[int], tuple[str, ...]] | None = None) -> None:
    """One line on stderr. Names and files of others may be in it. On a terminal follows what is drawn for its width."""
    print(printable(f"sctptop: {text}"), file=sys.stderr)
    for line in drawn(_columns_of_stderr() - 2) if drawn else ():
        print(printable(f"  {line}"), file=sys.stderr)


def _columns_of_stderr() -> int:
    """The width of the terminal; 0 where there is none."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns
    except (AttributeError, OSError, ValueError):
        return 0


def output_error(error: OSError) -> SctptopError:
    """What the user reads of it."""
    why, remedy = CAUSES.get(error.errno or 0, (error.strerror or str(error), ELSEWHERE))
    return SctptopError(f"standard output: {why} (try: {remedy})")


def make_fit() -> None:
    """Make standard streams of which each is there, takes every text, and fails as `Output` and `Complaints` do."""
    # A file opened later must not become a standard stream. What is written on a closed output fails, as it should.
    for descriptor, flags in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(descriptor)
        except OSError:
            os.set_inheritable(os.open(os.devnull, flags), True)
    sys.stdout = text_on(Output(1, "w", closefd=False), sys.stdout)
    sys.stderr = text_on(Complaints(2, "w", closefd=False), sys.stderr)


def text_on(raw: io.FileIO, before: TextIO | None) -> TextIO:
    """A text stream on it in the encoding of the one before, line by line on a terminal."""
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=before.encoding if before is not None else None,
        errors=BY_OTHERS,
        line_buffering=raw.isatty(),
    )


@contextlib.contextmanager
def captured_stderr() -> Iterator[Callable[[], str]]:
    """Keeps what C libraries print on descriptor 2 off the terminal; the function yielded returns it."""
    captured = os.memfd_create("stderr")
    try:
        with _CAPTURING:
            before = os.dup(2)
            _ASIDE.append(before)
            os.dup2(captured, 2)
        try:
            yield lambda: os.pread(captured, 1 << 20, 0).decode(errors="replace")
        finally:
            with _CAPTURING:
                # Somebody may have given descriptor 2 back to the terminal while we were in the compiler.
                if os.path.sameopenfile(2, captured):
                    os.dup2(before, 2)
                _ASIDE.remove(before)
                os.close(before)
    finally:
        os.close(captured)


def let_go() -> None:
    """Send what is left to standard output; what it does not take is dropped, or Python complains of it at exit."""
    try:
        sys.stdout.flush()
    except (OSError, SctptopError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(PLAIN.get(one, "?") for one in error.object[error.start : error.end]), error.end


codecs.register_error(BY_OTHERS, _plain)


def internal(error: Exception, code: int) -> int:
    """Tell of a fault of ours in one line; SCTPTOP_DEBUG raises it. Returns the exit code."""
    if os.environ.get("SCTPTOP_DEBUG"):
        raise error
    text = f"{type(error).__name__}: {error}".replace("\n", " ")
    complain(f"error: internal: {text} (try: SCTPTOP_DEBUG=1 shows where; please report it)")
    return code
