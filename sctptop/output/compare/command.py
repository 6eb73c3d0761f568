"""``sctptop compare``: recordings beside each other, the first being the baseline."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from sctptop.comparison.compare import compare
from sctptop.comparison.summaries.summary import Summary
from sctptop.comparison.wording.verdict import verdict
from sctptop.errors import USAGE, SctptopError
from sctptop.output.compare.summing import summary_of
from sctptop.output.damage import report_damage
from sctptop.output.progress import ProgressLine
from sctptop.recording.reader import Recording
from sctptop.terminal_text import REPLACEMENT, printable

MOST_RECORDINGS = 10


def report_compare(paths: Sequence[Path], form: str) -> int:
    """Print it as ``form``: "text", "markdown" or "json". Returns the exit code. Raises SctptopError."""
    check(paths)
    names = names_of(paths)
    summaries = _summaries(paths, names)
    comparison = compare(summaries)
    verdicts = [verdict(comparison, pair) for pair in comparison.pairs]
    if form == "json":
        from sctptop.output.compare.json import comparison_to_json

        print(json.dumps(comparison_to_json(comparison, verdicts), allow_nan=False))
    elif form == "markdown":
        from sctptop.output.compare.markdown import markdown_report

        sys.stdout.write(markdown_report(comparison, verdicts))
    else:
        from sctptop.output.compare.text import WIDTH, text_report

        terminal = sys.stdout.isatty()
        colours = terminal and not os.environ.get("NO_COLOR")
        width = shutil.get_terminal_size().columns if terminal else WIDTH
        sys.stdout.write(text_report(comparison, verdicts, colours, width))
    return 0


def check(paths: Sequence[Path]) -> None:
    """Raises SctptopError where they cannot be compared for their number, or one is there twice."""
    if len(paths) < 2:
        raise SctptopError(
            "compare takes two recordings or more, the baseline first (try: sctptop compare --help)", USAGE
        )
    if len(paths) > MOST_RECORDINGS:
        raise SctptopError(
            f"compare takes at most {MOST_RECORDINGS} recordings (try: the baseline and a few others)", USAGE
        )
    for place, path in enumerate(paths):
        for other in paths[:place]:
            if _same(path, other):
                raise SctptopError(
                    f"{_shown(path)} and {_shown(other)} are one file (try: another recording, "
                    "or two of the same set-up to see what chance does)",
                    USAGE,
                )


def names_of(paths: Sequence[Path]) -> list[str]:
    """What recordings are called: the name of the file without its end, the whole path where that is not enough."""
    short = [path.name.removesuffix(".sctp") or path.name for path in paths]
    found = short if len(set(short)) == len(short) else [str(path) for path in paths]
    return [printable(name, REPLACEMENT) for name in found]


def _shown(path: Path) -> str:
    return printable(str(path), REPLACEMENT)


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _summaries(paths: Sequence[Path], names: Sequence[str]) -> list[Summary]:
    sizes = [_size(path) for path in paths]
    with ProgressLine("", sum(sizes)) as progress:
        return [
            _summary(path, name, progress, range(sum(sizes[:place]), sum(sizes[: place + 1])))
            for place, (path, name) in enumerate(zip(paths, names, strict=True))
        ]


def _summary(path: Path, name: str, progress: ProgressLine, part: range) -> Summary:
    """``part``: of what there is to read."""
    progress.what = f"reading {name}"
    recording = Recording(path)
    try:
        recording.first()
        found = summary_of(
            recording,
            name,
            _shown(path),
            lambda position: progress.at(part.start + position / len(recording) * len(part)),
        )
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
