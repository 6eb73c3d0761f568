"""Recording that is switched on and off while samples pass by: the dashboard's key, and ``sctptop record``."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sctptop.model.registrations.attempt import Registration
from sctptop.model.sample import Sample
from sctptop.model.selection import Selector, chosen
from sctptop.model.snapshot import Snapshot
from sctptop.recording.file_format import RecordingError
from sctptop.recording.log.opening import Folder
from sctptop.recording.status import Status
from sctptop.recording.writer import Limits, Writer
from sctptop.source import Source


class Recorder:
    """Keeps the samples that it is shown between ``start`` and ``stop``. All methods from any thread."""

    def __init__(
        self,
        facts: Callable[[], Mapping[str, Any]],
        limits: Limits | None = None,
        selectors: tuple[Selector, ...] = (),
    ) -> None:
        """``facts``: what a new file holds about this host and run. Relative paths are meant as of this moment."""
        self._facts = facts
        self._limits = limits
        self._selectors = selectors
        self._folder = Folder()
        self._writer: Writer | None = None
        self._lock = threading.Lock()
        self.status = Status()
        self.last = Status()
        """What the newest recording came to, once it ended."""

    def start(self, path: Path) -> None:
        """Begin a new file. Raises RecordingError."""
        writer = Writer(path, self._facts(), self._limits, self._folder)
        with self._lock:
            self._close()
            self._writer = writer
            self.status = Status(path, size=writer.size)

    def stop(self) -> Status:
        """End the file, if one is being written; returns what was kept. Safe to call twice."""
        with self._lock:
            self._close()
            self.status = Status(trouble=self.status.trouble)
            return self.last

    def take(self, sample: Sample) -> None:
        """Keep a sample if recording is on; trouble ends the recording and is reported by ``status``."""
        with self._lock:
            if self._writer is None:
                return
            try:
                self._writer.add(chosen(sample, self._selectors))
            except RecordingError as error:
                # The sample itself may be in, and only packing have failed.
                self.status = replace(self.status, trouble=str(error), samples=self._writer.samples)
                self._close()
                return
            self.status = replace(
                self.status,
                samples=self._writer.samples,
                size=self._writer.size,
                since=self.status.since or sample.time,
                until=sample.time,
            )

    def conclude(self, snapshot: Snapshot) -> None:
        """What came of the last sample, from whoever began with the recording; of a selection alone nothing is kept."""
        with self._lock:
            if self._writer is not None and not self._selectors:
                self._writer.conclude(snapshot)

    def rest(self, registrations: Iterable[Registration]) -> None:
        """Those that ended and were not told yet, behind the last sample."""
        with self._lock:
            if self._writer is not None:
                self._writer.rest(registrations)

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self.last = replace(self.status, size=self._writer.size)
            self._writer = None


class RecordedSource:
    """A source whose samples pass by a recorder."""

    def __init__(self, source: Source, recorder: Recorder) -> None:
        self._source = source
        self._recorder = recorder

    def read(self) -> Sample:
        """The next sample, kept if recording is on."""
        sample = self._source.read()
        self._recorder.take(sample)
        return sample

    def close(self) -> None:
        """Close the source and end the recording."""
        self._source.close()
        self._recorder.stop()
