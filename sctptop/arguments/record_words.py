"""What the words of ``sctptop record`` mean beside those of a reading: labels, and the files of several runs."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from sctptop.arguments.meaning import checked
from sctptop.errors import USAGE, SctptopError
from sctptop.output.commanded import check_command

MOST_LABELS, MOST_RUNS = 32, 100
_LABEL = re.compile(r"([A-Za-z0-9_.-]{1,40})=([^\x00-\x1f\x7f]{1,200})")


def labels(words: Sequence[str]) -> Mapping[str, str]:
    """By name, of ``core=open5gs``. Raises ValueError.

    >>> labels(["core=open5gs", "ues=100"])
    {'core': 'open5gs', 'ues': '100'}
    """
    found: dict[str, str] = {}
    for word in words:
        label = _LABEL.fullmatch(word)
        if label is None:
            raise ValueError(f"{word!r} is not a label like core=open5gs")
        if label[1] in found:
            raise ValueError(f"{label[1]} is given twice")
        found[label[1]] = label[2]
    if len(found) > MOST_LABELS:
        raise ValueError(f"{MOST_LABELS} labels are the most")
    return found


def runs(text: str) -> int:
    """How many. Raises ValueError.

    >>> runs("5")
    5
    """
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_RUNS):
        raise ValueError(f"{text!r} is not a number of runs (1 to {MOST_RUNS})")
    return int(text)


def files_of(path: Path, count: int) -> list[Path]:
    """One a run: numbered where there are several.

    >>> [str(one) for one in files_of(Path("x/a.sctp"), 2)]
    ['x/a-1.sctp', 'x/a-2.sctp']
    """
    if count == 1:
        return [path]
    width = len(str(count))
    return [path.with_name(f"{path.stem}-{place:0{width}}{path.suffix}") for place in range(1, count + 1)]


def labelled(words: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    """What the head of a file says of its labels, nothing without any. Raises ValueError."""
    found = labels(words)
    return {"labels": found} if found else {}


def planned(arguments: argparse.Namespace) -> list[Path]:
    """The files to record into, one a run. Raises SctptopError, also for a command that there is not."""
    count = checked("--runs", runs, arguments.runs)
    if count > 1 and not arguments.run:
        raise SctptopError("argument --runs: there is no command (try: sctptop record --help)", USAGE)
    if arguments.run:
        check_command(arguments.run)
    return files_of(Path(arguments.output), count)
