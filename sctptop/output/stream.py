"""Samples to standard output at a steady pace, until stopped."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from types import FrameType
from typing import Protocol, runtime_checkable

from sctptop.errors import OK, nothing_to_watch
from sctptop.fields.ordering import BY_REMOTE
from sctptop.model.associations.row import Row
from sctptop.model.model import Model
from sctptop.model.registrations.attempt import Registration
from sctptop.model.sample import Sample
from sctptop.model.snapshot import Snapshot
from sctptop.options import Options
from sctptop.quantity import counted
from sctptop.source import EndOfSamples, Source
from sctptop.standard_streams import complain

PIECE = 1 << 20
"""Characters written at a time."""
Writer = Callable[[Snapshot, list[Row]], str]
"""Makes the text of one sample; the rows are those to show, in order."""


@runtime_checkable
class EndingWriter(Protocol):
    """A Writer with more to say when there are no more samples."""

    def rest(self, registrations: Iterable[Registration]) -> str:
        """The text of registrations that ended and that no sample told."""


class Stop:
    """Which signal asked us to stop (0: none yet); waiting ends at once when one does."""

    def __init__(self) -> None:
        self.signum = 0
        # Its put is reentrant; a threading.Event takes a lock that the waiting code, interrupted, may hold.
        self._told: SimpleQueue[int] = SimpleQueue()
        # The first get of a new queue may miss its time, and then waits for ever: not one that does not wait.
        with suppress(Empty):
            self._told.get_nowait()

    def __call__(self, signum: int, _frame: FrameType | None) -> None:
        """The signal handler."""
        self.signum = self.signum or signum
        self._told.put(signum)
        # A reader that never drains our pipe must not keep us: the second signal kills.
        signal.signal(signum, signal.SIG_DFL)

    def wait(self, seconds: float) -> None:
        """Until a signal comes, but no longer than this."""
        with suppress(Empty):
            self._told.get(timeout=max(0.0, seconds))

    @property
    def code(self) -> int:
        """0 for Ctrl-C, which is how such a command is meant to end; 128 + number for the others."""
        return OK if self.signum in (0, signal.SIGINT) else 128 + self.signum


@runtime_checkable
class TellsNothing(Protocol):
    """A writer whose own lines say why there are no rows."""

    def nothing(self, snapshot: Snapshot) -> str: ...


def stream(source: Source, options: Options, writer: Writer, lead_in: Iterable[Sample] = ()) -> int:
    """Write ``options.count`` samples, or until a signal or the end of the source. Returns the exit code.

    ``lead_in`` updates the model first and is not written. Raises SctptopError when there is nothing to watch at the
    start, and BrokenPipeError.
    """
    with stopping() as stop:
        model = Model(options.selectors, running=False, limits=options.limits)
        try:
            _run(model, source, options, writer, lead_in, stop)
            if isinstance(writer, EndingWriter):
                sys.stdout.write(writer.rest(model.rest()))
                sys.stdout.flush()
        finally:
            source.close()
        return stop.code


def _run(
    model: Model, source: Source, options: Options, writer: Writer, lead_in: Iterable[Sample], stop: Stop
) -> None:
    for sample in lead_in:
        model.advance(sample)
        if stop.signum:
            return
    waiting = told = False
    due = time.monotonic()
    written = 0
    while not stop.signum:
        try:
            snapshot = model.advance(source.read())
        except EndOfSamples:
            return
        trouble = snapshot.sample.trouble
        if trouble is not None and not written and options.live:
            raise nothing_to_watch(trouble.why)
        rows = shown_rows(snapshot, options)
        waiting = _tell_waiting(snapshot, options, waiting)
        if not rows and not told and not isinstance(writer, TellsNothing):
            told = _tell_filtered(snapshot, options)
        write_out(writer(snapshot, rows))
        written += 1
        if written == options.count:
            return
        due = max(due + options.interval_s, time.monotonic())
        stop.wait(due - time.monotonic())


def write_out(text: str) -> None:
    """To standard output at once; in pieces, for what is written in one is there twice."""
    for begin in range(0, len(text), PIECE):
        sys.stdout.write(text[begin : begin + PIECE])
    sys.stdout.flush()


def shown_rows(snapshot: Snapshot, options: Options) -> list[Row]:
    """The rows to show, in order."""
    return (options.order or BY_REMOTE).apply(
        row for row in snapshot.lines(options.both_ends) if not row.ended and options.filter.accepts(row)
    )


def _tell_waiting(snapshot: Snapshot, options: Options, told: bool) -> bool:
    """Say once, on stderr, that the selection matches nothing yet. Returns whether it does not."""
    alive = any(row.ended is None for row in snapshot.rows)
    if alive or not options.selectors or not options.live:
        return False
    if not told:
        asked = ", ".join(selector.text for selector in options.selectors)
        complain(f"waiting: no association matches {asked} ({snapshot.hidden} others)")
    return True


def _tell_filtered(snapshot: Snapshot, options: Options) -> bool:
    """Say once, on stderr, that the filter hides all there is. Returns whether it does."""
    alive = sum(row.ended is None for row in snapshot.rows)
    if not alive or options.filter.test is None:
        return False
    complain(f"no association passes the filter {options.filter.text!r} ({counted(alive, 'other')})")
    return True


@contextmanager
def stopping() -> Iterator[Stop]:
    """Signals that end a command set ``signum`` of what this gives."""
    stop = Stop()
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
