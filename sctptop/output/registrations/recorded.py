"""``sctptop replay FILE --registrations`` from the results that stand in a recording: no message is read again."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from sctptop.model.model import Model
from sctptop.model.registrations.finished import FinishedOne
from sctptop.model.snapshot import Snapshot
from sctptop.options import Options
from sctptop.output.registrations.rows import RegistrationWriter
from sctptop.output.stream import shown_rows, stopping
from sctptop.recording.packing import DamagedError
from sctptop.recording.reader import Recording
from sctptop.recording.results.reading import Results, Told


def write_registrations(
    recording: Recording, options: Options, writer: RegistrationWriter, tell: Callable[[int], object]
) -> int | None:
    """Write all of them, or until a signal; ``tell`` is told the number of each sample. Returns the exit code.

    None where messages must be read instead: the writer leaves out then what it has written. Raises BrokenPipeError.
    """
    if not recording.has_results or options.selectors or options.count is not None:
        return None
    with stopping() as stop:
        try:
            for snapshot, told in _told(recording, tell):
                sys.stdout.write(writer.told(snapshot, shown_rows(snapshot, options), told))
                if stop.signum:
                    break
            sys.stdout.flush()
        except DamagedError:
            writer.begin_anew()
            return None
        return stop.code


def _told(
    recording: Recording, tell: Callable[[int], object]
) -> Iterator[tuple[Snapshot, list[FinishedOne]]]:
    """Each sample with the registrations of which no more will be known; the last also with those that still wait."""
    model = Model(running=False)
    pending = _Pending(recording.results())
    for position, sample in recording.without_messages():
        snapshot = model.advance(sample)
        yield snapshot, list(pending.of(position))
        tell(position)
    yield snapshot, list(pending.rest())


class _Pending:
    """Registrations that ended and were not told yet."""

    def __init__(self, results: Iterator[Results]) -> None:
        self._results = results
        self._now: Results | None = None
        self._told: dict[int, list[Told]] = {}
        self._ended: dict[int, tuple[Results, int]] = {}

    def of(self, position: int) -> Iterator[FinishedOne]:
        """Those that were told with a sample."""
        while self._now is None or position >= self._now.first + self._now.count:
            now = self._now = next(self._results)
            first = now.ended.first
            self._ended |= {first + row: (now, row) for row in range(len(now.ended))}
            self._told = {}
            for one in now.told:
                self._told.setdefault(one[0], []).append(one)
        yield from map(self._one, self._told.get(position, ()))

    def rest(self) -> Iterator[FinishedOne]:
        """Those that nothing more was told of."""
        if self._now is None or self._now.rest is None:
            raise DamagedError("cut off")
        yield from map(self._one, self._now.rest)

    def _one(self, told: Told) -> FinishedOne:
        _, which, session_ns = told
        try:
            results, row = self._ended.pop(which)
        except KeyError:
            raise DamagedError("told twice, or never") from None
        return results.ended.one(row, session_ns)
