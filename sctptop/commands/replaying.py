"""What is replayed of a recording, as the command line asks for it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sctptop.commands.writing import writer_of
from sctptop.errors import USAGE, SctptopError
from sctptop.options import Options
from sctptop.recording.playing.asked import MomentsAsked
from sctptop.recording.playing.excerpt import PartOfRecording

if TYPE_CHECKING:
    from sctptop.output.stream import Writer
    from sctptop.recording.reader import Recording


def folders_to_write(arguments: argparse.Namespace) -> list[Path]:
    """Where a replay may make files: settings, and what its keys save where that was asked for. Raises SctptopError."""
    from sctptop.settings.files import folder_to_keep_in

    settings, save_in = folder_to_keep_in(arguments.config), arguments.save_in
    if save_in is not None and not Path(save_in).is_dir():
        raise SctptopError(f"argument --save-in: {save_in} is no folder (try: mkdir {save_in})", USAGE)
    return [folder for folder in (settings, save_in and Path(save_in)) if folder]


def excerpt(path: Path, arguments: argparse.Namespace, options: Options) -> PartOfRecording:
    """The recording, or the part that is asked for. Raises SctptopError."""
    part = PartOfRecording(path)
    try:
        begin_s, end_s = _asked(part).span(arguments.begin, arguments.end)
        if begin_s is not None or end_s is not None:
            part.limit(begin_s, end_s)
        part.choose(options.netns)
        part.first()
    except BaseException:
        part.close()
        raise
    return part


def replay(
    path: Path,
    arguments: argparse.Namespace,
    options: Options,
    *,
    opens: float,
    settings: Path | None,
) -> int:
    """Write its samples, or show them. ``opens``: how far into it, where nothing else is asked for; ``settings``: the
    file that keeps what is chosen. Returns the exit code. Raises SctptopError.
    """
    recording = excerpt(path, arguments, options)
    at_s = _asked(recording).moment("--at", arguments.at)
    start = recording.position_at(recording.first_s if at_s is None else at_s)
    writer = writer_of(arguments, options)
    if writer is not None:
        from sctptop.model.associations.history import WINDOW
        from sctptop.output.damage import report_damage
        from sctptop.output.progress import ProgressLine
        from sctptop.output.stream import stream
        from sctptop.recording.playing.replay import ReplaySource, lead_to

        lead = lead_to(recording, start, WINDOW)
        with ProgressLine("reading", len(recording), start - lead) as progress:
            # On one terminal the lines themselves tell how far it is.
            told = start if sys.stdout.isatty() else len(recording)

            def tell(at: int) -> None:
                progress.at(at) if at < told else progress.clear()

            code = _registrations_of(recording, options, writer, tell) if not start else None
            if code is not None:
                recording.close()
                return code
            source = ReplaySource(recording, start, lead, tell)
            code = stream(source, options, writer, source.lead_in())
        report_damage(recording)
        return code
    from sctptop.output.terminal_check import need_terminal

    need_terminal("sctptop replay FILE -b, --json or --csv")
    from sctptop.settings.changing import keeper
    from sctptop.tui.run import replay_dashboard

    if opens and arguments.at is arguments.begin is None:
        start = round(len(recording) * opens)
    return replay_dashboard(recording, options, start, keeper(settings))


def _asked(recording: Recording) -> MomentsAsked:
    return MomentsAsked(recording.first_s, recording.last_s, "replay")


def _registrations_of(
    recording: Recording, options: Options, writer: Writer, tell: Callable[[int], None]
) -> int | None:
    """The exit code where they stand in the recording, and were to be written."""
    from sctptop.output.registrations.recorded import write_registrations
    from sctptop.output.registrations.rows import RegistrationWriter

    if not isinstance(writer, RegistrationWriter):
        return None
    return write_registrations(recording, options, writer, tell)
