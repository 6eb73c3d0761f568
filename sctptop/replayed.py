"""What is replayed of a recording, as the command line asks for it."""

from __future__ import annotations

import argparse
from pathlib import Path

from sctptop.arguments.meaning import checked
from sctptop.errors import USAGE, SctptopError
from sctptop.options import Options
from sctptop.recording.excerpt import PartOfRecording
from sctptop.recording.moment import moment_s


def excerpt(path: Path, arguments: argparse.Namespace, options: Options) -> PartOfRecording:
    """The recording, or the part that is asked for. Raises SctptopError."""
    part = PartOfRecording(path)
    try:
        first_s, last_s = part.first_s, part.last_s

        def moment(flag: str, text: str | None) -> float | None:
            return None if text is None else checked(flag, lambda word: moment_s(word, first_s, last_s), text)

        begin_s, end_s = moment("--from", arguments.begin), moment("--to", arguments.end)
        if begin_s is not None and end_s is not None and begin_s > end_s:
            raise SctptopError(
                f"argument --from: {arguments.begin} is after --to {arguments.end} (try: them the other way round)",
                USAGE,
            )
        if begin_s is not None or end_s is not None:
            part.limit(begin_s, end_s)
        part.choose(options.netns)
        part.first()
    except BaseException:
        part.close()
        raise
    return part
