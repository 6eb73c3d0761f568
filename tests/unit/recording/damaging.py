"""Recordings with something else in them than we wrote."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

from sctptop.model.model import Model
from sctptop.recording.reader import Recording
from tests.ui.scripted import with_probes

SAMPLES = list(with_probes(130, 2))


def used_up(path: Path) -> int:
    """Everything that can be done with a file; says how many samples it had. Raises only RecordingError."""
    recording = Recording(path)
    try:
        model = Model()
        found = 0
        for _, one in recording.samples(0, len(recording)):
            model.advance(one)
            found += 1
        recording.position_at(recording.first_s + 7)
        recording.contents()
    finally:
        recording.close()
    return found


def changed(good: Path, name: str, change: Callable[[sqlite3.Connection], object]) -> Path:
    """A copy with something else in it."""
    path = good.with_name(name)
    shutil.copy(good, path)
    database = sqlite3.connect(path)
    change(database)
    database.commit()
    database.close()
    return path
