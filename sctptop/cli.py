"""Arguments to mode, and trouble to exit codes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from sctptop.arguments.parsers import parse
from sctptop.commands.watching import choice, live, probes, reads_the_kernel, settled
from sctptop.errors import BROKEN_PIPE, FAILED, SctptopError
from sctptop.kernel.host.rights import NOTHING, READING, give_up, give_up_here
from sctptop.standard_streams import complain, internal, let_go, make_fit

DEMO = Path(__file__).with_name("recording") / "demo.sctp"
DEMO_WORD = "demo"
TAKE_FIELDS = ("sort", "columns", "filter")
"""Options that list the fields where they are given ``help``."""
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
        return internal(error, FAILED)
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
    if "help" in map(vars(arguments).get, TAKE_FIELDS):
        from sctptop.fields.catalogue import FIELDS

        print("\n".join(f"{entry.id:24} {entry.title:11} {entry.help}" for entry in FIELDS))
        return 0
    reads = reads_the_kernel(arguments)
    if reads and not vars(arguments).get("no_bpf", True):
        from sctptop.kernel.program.kept.store import open_store

        open_store()
    if arguments.command == "compare":
        from sctptop.commands.comparing import compare, judged, picture

        def compared() -> int:
            # Afterwards nothing can be written.
            with picture(arguments) as file:
                give_up(NOTHING)
                return compare(arguments, DEMO, file)

        return judged(arguments, compared)
    folders: list[Path] = []
    if arguments.command == "replay":
        from sctptop.commands.replaying import folders_to_write

        folders = folders_to_write(arguments)
    give_up(READING if reads else NOTHING, but=folders)
    if arguments.command == "info":
        from sctptop.output.recording_info import report_info
        from sctptop.recording.reader import Recording

        return report_info(Recording(_path(arguments.file)), as_json=arguments.json)
    if arguments.command == "doctor":
        from sctptop.kernel.doctor.doctor import examine
        from sctptop.output.doctor_report import report_doctor

        return report_doctor(examine(), arguments.json)
    from sctptop.arguments.meaning import options_of
    from sctptop.settings.reading import read_settings

    settings = read_settings(arguments.config)
    if vars(arguments).get("print_config"):
        from sctptop.arguments.meaning import print_settings

        return print_settings(arguments, settings)
    options = options_of(arguments, settings)
    if arguments.command == "record":
        from sctptop.commands.recording import record

        return record(arguments, options)
    if arguments.command == "replay":
        from sctptop.commands.replaying import replay

        opens = DEMO_OPENS if arguments.file == DEMO_WORD else 0.0
        return replay(_path(arguments.file), arguments, options, opens=opens, settings=settings.file)
    if arguments.ebpf:
        from sctptop.kernel.program_text import program_text

        sys.stdout.write(program_text(choice(arguments, options)))
        return 0
    if arguments.probes:
        from sctptop.kernel.probe_costs import measured
        from sctptop.kernel.probes.session import Probes
        from sctptop.output.probe_report import report

        return report(measured(Probes(choice(arguments, options)), options.interval_s))
    from sctptop.commands.writing import writer_of

    writer = writer_of(arguments, options)
    if writer is not None:
        from sctptop.output.stream import stream

        return stream(settled(arguments, options), options, writer)
    from sctptop.output.terminal_check import need_terminal

    need_terminal("sctptop -b, --json or --csv")
    from sctptop.commands.recording import recorder_of
    from sctptop.recording.recorder import RecordedSource
    from sctptop.settings.changing import keeper
    from sctptop.tui.run import run_dashboard

    recorder = recorder_of(arguments, options)
    source = RecordedSource(live(probes(arguments, options), options), recorder)
    return run_dashboard(source, options, recorder, give_up_here, keeper(settings.file))


def _path(name: str) -> Path:
    """That of the recording of that name, or of the one that is shipped."""
    return DEMO if name == DEMO_WORD else Path(name)
