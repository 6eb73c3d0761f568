"""Reads the recordings of a comparison, each into its summary, with a line that says how far it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from sctptop.comparison.sides.pooling import pooled
from sctptop.comparison.summaries.summary import Summary
from sctptop.errors import SctptopError
from sctptop.fields.filter import EVERYTHING, Filter
from sctptop.output.compare.given import Given, names_of
from sctptop.output.compare.summing import Portion, from_messages, summary_of
from sctptop.output.damage import report_damage
from sctptop.output.progress import ProgressLine
from sctptop.recording.playing.asked import MomentsAsked
from sctptop.recording.reader import Recording
from sctptop.terminal_text import REPLACEMENT, printable


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Which part of each recording is meant, as words of the command line; None: all of it.

    ``begin``, ``end``: moments as of ``replay --at``. ``warm_up_s``: seconds after the beginning that are left out.
    ``filter``: of associations.
    """

    begin: str | None = None
    end: str | None = None
    warm_up_s: float = 0.0
    filter: Filter = EVERYTHING


def read_sides(sides: Sequence[Given], part: Excerpt) -> list[Summary]:
    """A summary a side. Raises RecordingError, and SctptopError for a moment that is not in a recording."""
    sizes = [_size(path) for side in sides for path in side.paths]
    found, place = [], 0
    with ProgressLine("", sum(sizes)) as progress:
        for side in sides:
            runs = []
            for name, path in zip(names_of(side.paths), side.paths, strict=True):
                share = range(sum(sizes[:place]), sum(sizes[: place + 1]))
                shown = side.name if len(side.paths) == 1 else name
                runs.append(_summary(path, shown, part, progress, share))
                place += 1
            found.append(pooled(side.name, runs))
    return found


def _summary(path: Path, name: str, part: Excerpt, progress: ProgressLine, share: range) -> Summary:
    """``share``: of what there is to read."""
    progress.what = f"reading {name}"
    shown = printable(str(path), REPLACEMENT)
    recording = Recording(path)

    def tell(position: int) -> None:
        progress.at(share.start + position / len(recording) * len(share))

    try:
        recording.first()
        if part == Excerpt():
            found = summary_of(recording, name, shown, tell)
        else:
            found = _of_part(recording, name, shown, part, tell)
    finally:
        recording.close()
        progress.clear()
    report_damage(recording)
    return found


def _of_part(
    recording: Recording, name: str, shown: str, part: Excerpt, tell: Callable[[int], object]
) -> Summary:
    since, until = _span(recording, part)
    accepts = part.filter.accepts if part.filter.test else None
    try:
        return from_messages(recording, name, shown, tell, Portion(since, until, accepts))
    except ValueError:
        raise SctptopError(
            f"{shown}: no sample is left of it (try: an earlier --from, a shorter --warm-up, a later --to)"
        ) from None


def _span(recording: Recording, part: Excerpt) -> tuple[datetime | None, datetime | None]:
    """From when to when it is meant, None for its ends."""
    shown = printable(str(recording.path), REPLACEMENT)
    begin_s, end_s = MomentsAsked(recording.first_s, recording.last_s, "compare", f", {shown}").span(
        part.begin, part.end
    )
    if part.warm_up_s:
        begin_s = (recording.first_s if begin_s is None else begin_s) + part.warm_up_s
    since, until = (
        None if one is None else datetime.fromtimestamp(one, timezone.utc) for one in (begin_s, end_s)
    )
    return since, until


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
