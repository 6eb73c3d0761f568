"""``sctptop compare``: recordings beside each other, the first being the baseline."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from sctptop.comparison.compare import compare
from sctptop.comparison.summaries.summarizing import Summarizer
from sctptop.comparison.summaries.summary import Summary
from sctptop.comparison.wording.verdict import verdict
from sctptop.errors import USAGE, SctptopError
from sctptop.model.model import Model
from sctptop.output.damage import report_damage
from sctptop.recording.reader import Recording
from sctptop.terminal_text import REPLACEMENT, printable

MOST_RECORDINGS = 10
PROGRESS_SAMPLES = 200
"""Samples read between two words of progress: a day takes minutes."""


def report_compare(paths: Sequence[Path], form: str) -> int:
    """Print it as ``form``: "text", "markdown" or "json". Returns the exit code. Raises SctptopError."""
    check(paths)
    names = names_of(paths)
    summaries = [_summary(path, name) for path, name in zip(paths, names, strict=True)]
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


def _summary(path: Path, name: str) -> Summary:
    recording = Recording(path)
    try:
        recording.first()
        model, summarizer = Model(), Summarizer()
        for position, sample in recording.samples(0, len(recording)):
            summarizer.take(model.advance(sample))
            _progress(name, position, len(recording))
        found = summarizer.summary(name, _shown(path), recording.facts, recording.damaged)
    finally:
        recording.close()
        _clear_progress()
    report_damage(recording)
    return found


def _progress(name: str, position: int, samples: int) -> None:
    if position % PROGRESS_SAMPLES == PROGRESS_SAMPLES - 1 and sys.stderr.isatty():
        print(f"\rreading {name}: {position / samples:.0%} ", end="", file=sys.stderr, flush=True)


def _clear_progress() -> None:
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
