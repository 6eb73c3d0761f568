"""Reads the recordings of a comparison, each into its summary, with a line that says how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sctptop.comparison.sides.pooling import pooled
from sctptop.comparison.summaries.summarizing import Summarizer
from sctptop.comparison.summaries.summary import Summary
from sctptop.model.model import Model
from sctptop.output.compare.given import Given, names_of
from sctptop.output.damage import report_damage
from sctptop.output.progress import ProgressLine
from sctptop.recording.reader import Recording
from sctptop.terminal_text import REPLACEMENT, printable


def read_sides(sides: Sequence[Given]) -> list[Summary]:
    """A summary a side. Raises RecordingError."""
    sizes = [_size(path) for side in sides for path in side.paths]
    found, place = [], 0
    with ProgressLine("", sum(sizes)) as progress:
        for side in sides:
            runs = []
            for name, path in zip(names_of(side.paths), side.paths, strict=True):
                part = range(sum(sizes[:place]), sum(sizes[: place + 1]))
                runs.append(_summary(path, side.name if len(side.paths) == 1 else name, progress, part))
                place += 1
            found.append(pooled(side.name, runs))
    return found


def _summary(path: Path, name: str, progress: ProgressLine, part: range) -> Summary:
    """``part``: of what there is to read."""
    progress.what = f"reading {name}"
    recording = Recording(path)
    try:
        recording.first()
        model, summarizer = Model(running=False), Summarizer()
        for position, sample in recording.samples(0, len(recording)):
            summarizer.take(model.advance(sample))
            progress.at(part.start + position / len(recording) * len(part))
        shown = printable(str(path), REPLACEMENT)
        found = summarizer.summary(name, shown, recording.facts, recording.damaged)
    finally:
        recording.close()
        progress.clear()
    report_damage(recording)
    return found


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
