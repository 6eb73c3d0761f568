"""What is said of a recording that was played, though parts of it could not be."""

from __future__ import annotations

import sys

from sctptop.quantity import counted
from sctptop.recording.reader import Recording
from sctptop.terminal_text import REPLACEMENT, printable


def report_damage(recording: Recording) -> None:
    """One line on standard error, if there is anything to say."""
    if recording.damaged:
        path = printable(str(recording.path), REPLACEMENT)
        print(f"sctptop: {counted(recording.damaged, 'part')} of {path} could not be read", file=sys.stderr)
