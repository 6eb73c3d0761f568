"""What ``sctptop record`` reports while it runs: time, samples, size; and its end when the file cannot grow."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable

from sctptop.errors import FAILED, SctptopError
from sctptop.model.associations.row import Row
from sctptop.model.registrations.attempt import Registration
from sctptop.model.snapshot import Snapshot
from sctptop.output.progress import CLEARED, in_place
from sctptop.output.stream import EndingWriter, Writer
from sctptop.quantity import counted, milliseconds, short
from sctptop.recording.recorder import Recorder
from sctptop.recording.status import Status
from sctptop.standard_streams import complain
from sctptop.terminal_text import printable

SAID_EVERY_S = 60.0
"""Where nobody watches a terminal."""


class RecordWriter:
    """The progress, or the lines of ``inner`` when the samples are wanted on stdout too."""

    def __init__(self, recorder: Recorder, inner: Writer | None, terminal: bool) -> None:
        self._recorder = recorder
        self._inner = inner
        self._terminal = terminal
        self._said_s: float | None = None
        self._last = Status()

    def __call__(self, snapshot: Snapshot, rows: list[Row]) -> str:
        """The text of one sample. Raises SctptopError when the recording stopped by itself."""
        status = self._recorder.status
        if status.trouble is not None:
            kept = (
                f"; {status.samples} samples up to {status.until:%H:%M:%S} UTC are in it"
                if status.until
                else ""
            )
            if self._terminal and self._inner is None:
                # The line of the progress is not that of the error.
                sys.stdout.write(CLEARED)
                sys.stdout.flush()
            raise SctptopError(f"recording stopped: {status.trouble}{kept}", FAILED)
        self._last = status
        self._recorder.conclude(snapshot)
        if self._inner is not None:
            return self._inner(snapshot, rows)
        alive = sum(row.ended is None for row in rows)
        told = (
            f"recording {printable(status.path.name) if status.path else ''}: {_kept(status)}, {alive} assoc"
        )
        if self._terminal:
            width = shutil.get_terminal_size().columns
            return in_place(f"{told}  (Ctrl-C ends)", width)
        if self._said_s is None or snapshot.now_s - self._said_s >= SAID_EVERY_S:
            self._said_s = snapshot.now_s
            return told + "\n"
        return ""

    def rest(self, registrations: Iterable[Registration]) -> str:
        """Those that ended and that no sample told."""
        found = list(registrations)
        self._recorder.rest(found)
        return self._inner.rest(found) if isinstance(self._inner, EndingWriter) else ""

    def summary(self) -> None:
        """One line on what was kept, on stderr where stdout has the samples."""
        if not self._last.samples:
            return
        path = printable(str(self._last.path))
        # What is written last may be packed by now.
        kept = self._recorder.last if self._recorder.last.path == self._last.path else self._last
        told = f"{path}: {_kept(kept)}; sctptop replay {path} shows it"
        if self._inner is not None:
            complain(told)
        else:
            print((CLEARED if self._terminal else "") + told)


def _kept(status: Status) -> str:
    span_s = (status.until - status.since).total_seconds() if status.until and status.since else 0.0
    return f"{milliseconds(span_s * 1000)}, {counted(status.samples, 'sample')}, {short(status.size)}B"
