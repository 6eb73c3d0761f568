"""Arguments to mode, and trouble to exit codes."""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NoReturn, TypeVar

from sctptop import __version__
from sctptop.errors import BROKEN_PIPE, FAILED, USAGE, SctptopError
from sctptop.fields import FIELDS, UnknownFieldError, field
from sctptop.filter import FilterError, parse_filter
from sctptop.model.event import EVENT_KINDS
from sctptop.model.select import SelectorError, parse_selector
from sctptop.options import INTERVAL_MAX_S, INTERVAL_MIN_S, VIEWS, Options
from sctptop.ordering import OrderError, parse_order
from sctptop.source import Source

if TYPE_CHECKING:
    from sctptop.kernel.probes import Probes
    from sctptop.output.stream import Writer

SETTLE_S = 60.0
"""How long a line of output waits for the probes; compiling takes a fraction of a second on real hardware."""

_EXAMPLES = """\
examples:
  sudo sctptop                                the dashboard; ? there lists the keys
  sctptop --assoc 59058                       associations with port (or id) 59058
  sctptop --assoc 10.9.0.2:38412 --view cwnd  one remote end, the congestion window
  sctptop -b -n 1 --sort send_queue           one table, the longest send queue first
  sctptop --json -d 0.5 | jq '.associations[].cwnd'
  sctptop --events cwnd,t3_rtx                why cwnd moved, a line each time
  sctptop --csv -n 60 --columns local,remote,cwnd,flight > minute.csv
  sctptop -b --filter 'state!=ESTABLISHED or recv_queue>10k'

exit codes: 0 fine (q and Ctrl-C too), 1 failed while running, 2 bad usage, 3 nothing to watch
here, 128+N ended by signal N (141: the reader of our output went away)
"""

Parsed = TypeVar("Parsed")


class _Parser(argparse.ArgumentParser):
    """argparse with our one-line form of an error."""

    def error(self, message: str) -> NoReturn:
        raise SctptopError(f"{message} (try: sctptop --help)", USAGE)


def main(argv: Sequence[str] | None = None) -> int:
    """Run sctptop. Returns the exit code; no traceback reaches the user."""
    try:
        code = _run(sys.argv[1:] if argv is None else argv)
        sys.stdout.flush()
        return code
    except SctptopError as error:
        print(f"sctptop: error: {error}", file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        return 0
    except BrokenPipeError:
        # Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except Exception as error:
        if os.environ.get("SCTPTOP_DEBUG"):
            raise
        text = f"{type(error).__name__}: {error}".replace("\n", " ")
        print(
            f"sctptop: error: internal: {text} (try: SCTPTOP_DEBUG=1 shows where; please report it)",
            file=sys.stderr,
        )
        return FAILED


def _run(argv: Sequence[str]) -> int:
    arguments = _parser().parse_args(argv)
    if "help" in (arguments.sort, arguments.columns):
        print("\n".join(f"{entry.id:24} {entry.title:11} {entry.help}" for entry in FIELDS))
        return 0
    options = _options(arguments)
    if arguments.ebpf:
        from sctptop.output.probe_report import program_text

        sys.stdout.write(program_text(arguments.every_change))
        return 0
    if arguments.probes:
        from sctptop.kernel.probes import Probes
        from sctptop.output.probe_report import report

        return report(Probes(arguments.every_change), options.interval_s)
    writer = _writer(arguments, options)
    if writer is not None:
        from sctptop.output.stream import stream

        return stream(_settled(arguments), options, writer)
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise SctptopError("the dashboard needs a terminal (try: sctptop -b, --json or --csv)", USAGE)
    from sctptop.tui.run import run_dashboard

    return run_dashboard(_live(_probes(arguments)), options)


def _writer(arguments: argparse.Namespace, options: Options) -> Writer | None:
    """What makes lines of the samples; None for the dashboard."""
    if arguments.json:
        from sctptop.output.json_lines import json_line

        return json_line
    if arguments.csv:
        from sctptop.output.csv_rows import CsvWriter

        return CsvWriter(options.columns)
    if arguments.events is not None:
        from sctptop.output.event_lines import EventWriter, event_kinds

        return EventWriter(_checked("--events", event_kinds, arguments.events))
    if arguments.batch:
        from sctptop.output.text import TextWriter

        return TextWriter(options)
    return None


def _live(probes: Probes | None) -> Source:
    """Imported late: --help and bad usage need no netlink."""
    from sctptop.kernel.live import LiveSource

    return LiveSource(probes)


def _settled(arguments: argparse.Namespace) -> Source:
    """A source whose probes are on, or known to be off: a line of output cannot be mended later."""
    probes = _probes(arguments)
    if probes is not None:
        probes.start()
        probes.settle(SETTLE_S)
    return _live(probes)


def _probes(arguments: argparse.Namespace) -> Probes | None:
    if arguments.no_bpf:
        return None
    from sctptop.kernel.probes import Probes

    return Probes(arguments.every_change)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="sctptop",
        description="top for SCTP on Linux: every association live.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"sctptop {__version__}")
    what = parser.add_argument_group("what to show")
    what.add_argument(
        "--assoc",
        metavar="SEL",
        action="append",
        default=[],
        help="only associations with this port (local or remote), association id, ADDR, ADDR:PORT or "
        "[ADDR6]:PORT; repeatable; waits while there is none",
    )
    what.add_argument("--view", choices=VIEWS, default="rtt", help="the view to start in (default rtt)")
    what.add_argument(
        "--sort", metavar="FIELD[:asc|desc]", default="", help="order of the table; 'help' lists the fields"
    )
    what.add_argument(
        "--filter",
        metavar="EXPR",
        default="",
        help="show only what matches, e.g. 'cwnd<10k state=ESTABLISHED'",
    )
    what.add_argument("--columns", metavar="A,B,...", default="", help="fields to show; 'help' lists them")
    when = parser.add_argument_group("when")
    when.add_argument(
        "-d",
        "--interval",
        metavar="SEC",
        default="1",
        help=f"refresh period, {INTERVAL_MIN_S:g} to {INTERVAL_MAX_S:g} (default 1)",
    )
    when.add_argument("-n", "--count", metavar="N", help="stop after N samples")
    how = parser.add_argument_group("output").add_mutually_exclusive_group()
    how.add_argument("-b", "--batch", action="store_true", help="plain text tables on stdout, like top -b")
    how.add_argument("--json", action="store_true", help="one JSON object a sample, a line each")
    how.add_argument("--csv", action="store_true", help="one CSV row an association and sample")
    how.add_argument(
        "--events",
        nargs="?",
        const="",
        metavar="KIND,...",
        help=f"one line an event as it comes; KIND: {', '.join(EVENT_KINDS)} (default all)",
    )
    how.add_argument(
        "--probes", action="store_true", help="load the probes for one interval; list each with its cost"
    )
    how.add_argument(
        "--ebpf", action="store_true", help="print the BPF program for this kernel, load nothing"
    )
    probes = parser.add_argument_group("probes")
    probes.add_argument("--no-bpf", action="store_true", help="netlink and /proc only, load no probes")
    probes.add_argument(
        "--every-change",
        action="store_true",
        help="an event for every change of cwnd and our rwnd, and for the windows at each SACK, not one an interval",
    )
    return parser


def _options(arguments: argparse.Namespace) -> Options:
    defaults = Options()
    return Options(
        selectors=tuple(_checked("--assoc", parse_selector, text) for text in arguments.assoc),
        view=arguments.view,
        interval_s=_checked("--interval", _interval, arguments.interval),
        count=_checked("--count", _count, arguments.count) if arguments.count is not None else None,
        order=_checked("--sort", parse_order, arguments.sort) if arguments.sort else defaults.order,
        filter=_checked("--filter", parse_filter, arguments.filter),
        columns=tuple(_checked("--columns", field, name) for name in arguments.columns.split(","))
        if arguments.columns
        else None,
    )


def _checked(flag: str, parse: Callable[[str], Parsed], text: str) -> Parsed:
    try:
        return parse(text)
    except (SelectorError, FilterError, OrderError, UnknownFieldError, ValueError) as error:
        hint = "--sort help" if isinstance(error, UnknownFieldError) else "--help"
        raise SctptopError(f"argument {flag}: {error} (try: sctptop {hint})", USAGE) from None


def _interval(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not INTERVAL_MIN_S <= seconds <= INTERVAL_MAX_S:
        raise ValueError(f"{text!r} is not a period of {INTERVAL_MIN_S:g} to {INTERVAL_MAX_S:g} seconds")
    return seconds


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise ValueError(f"{text!r} is not a number of samples (1 or more)")
    return int(text)
