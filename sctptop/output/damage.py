"""What is said of a recording that was played, though parts of it could not be."""

from __future__ import annotations

from sctptop.quantity import counted
from sctptop.recording.reader import Recording
from sctptop.standard_streams import complain


def report_damage(recording: Recording) -> None:
    """One line on standard error, if there is anything to say."""
    if recording.damaged:
        complain(f"{counted(recording.damaged, 'part')} of {recording.path} could not be read")
