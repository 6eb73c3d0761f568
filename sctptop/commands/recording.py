"""Samples written into recordings: by ``sctptop record``, and by a key of the dashboard."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sctptop import __version__
from sctptop.commands.watching import settled
from sctptop.commands.writing import writer_of
from sctptop.errors import nothing_to_watch

if TYPE_CHECKING:
    from sctptop.options import Options
    from sctptop.recording.recorder import Recorder


def record(arguments: argparse.Namespace, options: Options) -> int:
    """Record what was asked for, run after run. Returns the exit code. Raises SctptopError."""
    from sctptop.arguments.record_words import planned
    from sctptop.kernel.host.preflight import missing_sctp

    files, recorder = planned(arguments), recorder_of(arguments, options)
    missing = missing_sctp()
    if missing is not None:
        raise nothing_to_watch(str(missing))
    return next((code for path in files if (code := _recorded(arguments, options, recorder, path))), 0)


def _recorded(arguments: argparse.Namespace, options: Options, recorder: Recorder, path: Path) -> int:
    """One run; returns the exit code, that of a command if there is one."""
    from sctptop.output.commanded import CommandSource
    from sctptop.output.record_progress import RecordWriter
    from sctptop.output.stream import stream
    from sctptop.recording.recorder import RecordedSource

    # A command may write to the terminal itself.
    terminal = sys.stdout.isatty() and not arguments.run
    writer = RecordWriter(recorder, writer_of(arguments, options), terminal)
    recorder.start(path)
    try:
        source = RecordedSource(settled(arguments, options), recorder)
        if not arguments.run:
            return stream(source, options, writer)
        commanded = CommandSource(source, arguments.run)
        return stream(commanded, options, writer) or commanded.code
    finally:
        recorder.stop()
        writer.summary()


def recorder_of(arguments: argparse.Namespace, options: Options) -> Recorder:
    """One that has not begun. Raises SctptopError."""
    from sctptop.arguments.meaning import checked, keep_span, size
    from sctptop.arguments.record_words import labelled
    from sctptop.kernel.host.host_facts import host_facts
    from sctptop.recording.recorder import Recorder
    from sctptop.recording.writer import Limits

    words = vars(arguments)
    keep, most = words.get("keep"), words.get("max_size")
    limits = Limits(
        keep_s=checked("--keep", keep_span, keep) if keep is not None else None,
        max_bytes=checked("--max-size", size, most) if most is not None else None,
    )
    asked = {
        "interval_s": options.interval_s,
        "assoc": [selector.text for selector in options.selectors],
        "netns": options.netns.text,
        "no_bpf": arguments.no_bpf,
        "every_change": arguments.every_change,
        "every_message": arguments.every_message,
        "no_ngap": arguments.no_ngap,
    }
    told = checked("--label", labelled, words.get("label", []))
    return Recorder(
        lambda: {"written_by": f"sctptop {__version__}", **host_facts(), "options": asked, **told},
        limits,
        options.selectors,
    )
