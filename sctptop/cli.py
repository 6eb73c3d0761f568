"""Arguments to mode, and trouble to exit codes."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from sctptop import __version__
from sctptop.arguments.parsers import parse
from sctptop.errors import BROKEN_PIPE, FAILED, SctptopError, nothing_to_watch
from sctptop.kernel.host.rights import NOTHING, READING, give_up, give_up_here
from sctptop.standard_streams import complain, let_go, make_fit
from sctptop.watching import choice, live, probes, reads_the_kernel, settled

if TYPE_CHECKING:
    from sctptop.options import Options
    from sctptop.output.stream import Writer
    from sctptop.recording.reader import Recording
    from sctptop.recording.recorder import Recorder

DEMO = Path(__file__).with_name("recording") / "demo.sctp"
DEMO_WORD = "demo"
DEMO_OPENS = 0.72
"""How far into it the dashboard opens: a path is dead, a peer refuses, UEs failed, and one alarm is over."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run sctptop. Returns the exit code; no traceback reaches the user."""
    if argv is None:
        make_fit()
    try:
        code = _answered(sys.argv[1:] if argv is None else argv)
        sys.stdout.flush()
        return code
    except SctptopError as error:
        complain(f"error: {error}", error.drawn)
        return error.code
    except KeyboardInterrupt:
        return 0
    except BrokenPipeError:
        return BROKEN_PIPE
    except Exception as error:
        if os.environ.get("SCTPTOP_DEBUG"):
            raise
        text = f"{type(error).__name__}: {error}".replace("\n", " ")
        complain(f"error: internal: {text} (try: SCTPTOP_DEBUG=1 shows where; please report it)")
        return FAILED
    finally:
        let_go()


def _answered(argv: Sequence[str]) -> int:
    try:
        return _run(argv)
    except SystemExit as answered:
        # argparse ends so after --help and --version, whose text may still fail to be written.
        return int(answered.code or 0)


def _run(argv: Sequence[str]) -> int:
    arguments = parse(argv)
    if arguments.command == "help":
        from sctptop.manual.command import tell

        return tell(arguments.topic)
    if vars(arguments).get("print_completion"):
        from sctptop.manual.completion import completion

        sys.stdout.write(completion(arguments.print_completion))
        return 0
    reads = reads_the_kernel(arguments)
    if reads and not vars(arguments).get("no_bpf", True):
        from sctptop.kernel.program.kept.store import open_store

        open_store()
    if arguments.command == "compare":
        return _compare(arguments)
    folder = None
    if arguments.command == "replay":
        from sctptop.settings.files import folder_to_keep_in

        folder = folder_to_keep_in(arguments.config)
    give_up(READING if reads else NOTHING, but=folder)
    if arguments.command == "info":
        from sctptop.output.recording_info import report_info

        return report_info(_recording(arguments.file), as_json=arguments.json)
    if arguments.command == "doctor":
        from sctptop.kernel.doctor.doctor import examine
        from sctptop.output.doctor_report import report_doctor

        return report_doctor(examine(), arguments.json)
    from sctptop.arguments.meaning import options_of

    if "help" in (arguments.sort, arguments.columns):
        from sctptop.fields.catalogue import FIELDS

        print("\n".join(f"{entry.id:24} {entry.title:11} {entry.help}" for entry in FIELDS))
        return 0
    from sctptop.settings.reading import read_settings

    settings = read_settings(arguments.config)
    if vars(arguments).get("print_config"):
        from sctptop.arguments.meaning import print_settings

        return print_settings(arguments, settings)
    options = options_of(arguments, settings)
    if arguments.command == "record":
        return _record(arguments, options)
    if arguments.command == "replay":
        from sctptop.replayed import replay

        demo = arguments.file == DEMO_WORD
        return replay(
            DEMO if demo else Path(arguments.file),
            arguments,
            options,
            _writer(arguments, options),
            opens=DEMO_OPENS if demo else 0.0,
            settings=settings.file,
        )
    if arguments.ebpf:
        from sctptop.kernel.program_text import program_text

        sys.stdout.write(program_text(choice(arguments, options)))
        return 0
    if arguments.probes:
        from sctptop.kernel.probe_costs import measured
        from sctptop.kernel.probes.session import Probes
        from sctptop.output.probe_report import report

        return report(measured(Probes(choice(arguments, options)), options.interval_s))
    writer = _writer(arguments, options)
    if writer is not None:
        from sctptop.output.stream import stream

        return stream(settled(arguments, options), options, writer)
    from sctptop.output.terminal_check import need_terminal

    need_terminal("sctptop -b, --json or --csv")
    from sctptop.recording.recorder import RecordedSource
    from sctptop.settings.changing import keeper
    from sctptop.tui.run import run_dashboard

    recorder = _recorder(arguments, options)
    source = RecordedSource(live(probes(arguments, options), options), recorder)
    return run_dashboard(source, options, recorder, give_up_here, keeper(settings.file))


def _compare(arguments: argparse.Namespace) -> int:
    if arguments.svg:
        from sctptop.output.compare.pictures.svg import opened

        # Afterwards nothing can be written, and matplotlib keeps what it knows of fonts.
        picture: AbstractContextManager[BinaryIO | None] = opened(Path(arguments.svg))
    else:
        picture = nullcontext()
    with picture as file:
        give_up(NOTHING)
        from sctptop.arguments.compare_words import wanted_of
        from sctptop.output.compare.command import report_compare
        from sctptop.output.compare.given import sides_of

        wanted = wanted_of(arguments)
        return report_compare(sides_of(arguments.sides, DEMO), wanted, file)


def _record(arguments: argparse.Namespace, options: Options) -> int:
    from sctptop.arguments.record_words import planned
    from sctptop.kernel.host.preflight import missing_sctp

    files, recorder = planned(arguments), _recorder(arguments, options)
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
    writer = RecordWriter(recorder, _writer(arguments, options), terminal)
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


def _recording(name: str) -> Recording:
    """The recording of that name, or the one that is shipped."""
    from sctptop.recording.reader import Recording

    return Recording(DEMO if name == DEMO_WORD else Path(name))


def _recorder(arguments: argparse.Namespace, options: Options) -> Recorder:
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


def _writer(arguments: argparse.Namespace, options: Options) -> Writer | None:
    """What makes lines of the samples; None for the dashboard."""
    if arguments.registrations:
        from sctptop.output.registrations.rows import RegistrationWriter

        return RegistrationWriter(arguments.json, options.live)
    if arguments.json:
        from sctptop.output.json_lines import json_line

        return json_line
    if arguments.csv:
        from sctptop.output.csv_rows import CsvWriter

        return CsvWriter(options.columns)
    if arguments.events is not None:
        from sctptop.arguments.meaning import checked
        from sctptop.output.event_lines import EventWriter, event_kinds

        return EventWriter(checked("--events", event_kinds, arguments.events), options.live)
    if arguments.batch:
        from sctptop.output.text import text_writer

        return text_writer(options)
    return None
