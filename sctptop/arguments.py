"""The command line: what may be said, and what it comes to as Options."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable, Sequence
from typing import NoReturn, TypeVar

from sctptop import __version__
from sctptop.errors import USAGE, SctptopError
from sctptop.fields.catalogue import UnknownFieldError, field
from sctptop.fields.filter import FilterError, parse_filter
from sctptop.fields.ordering import OrderError, parse_order
from sctptop.model.event import EVENT_KINDS
from sctptop.model.selection import SelectorError, parse_netns, parse_selector
from sctptop.options import INTERVAL_MAX_S, INTERVAL_MIN_S, Options
from sctptop.recording.moment import span_s
from sctptop.views import FIRST, VIEWS

_EXAMPLES = """\
commands:
  sctptop record -o FILE     keep what is seen in a file        (sctptop record --help)
  sctptop replay FILE        the dashboard on a recording       (sctptop replay --help)
  sctptop replay demo        on one that is shipped: a first look on any machine
  sctptop compare A B ...    which recording is faster, and why  (sctptop compare --help)
  sctptop info FILE          what is in a recording
  sctptop doctor             what is missing here, and the command that mends it

examples:
  sudo sctptop                                the dashboard; ? there lists the keys
  sctptop --assoc 59058                       associations with port (or id) 59058
  sudo sctptop --netns amf                    one network namespace of ip netns, or --netns PID
  sctptop --assoc 10.9.0.2:38412 --view cwnd  one remote end, the congestion window
  sctptop -b -n 1 --sort send_queue           one table, the longest send queue first
  sctptop --json -d 0.5 | jq '.associations[].cwnd'
  sctptop --events cwnd,t3_rtx                why cwnd moved, a line each time
  sctptop --csv -n 60 --columns local,remote,cwnd,flight > minute.csv
  sctptop -b --filter 'state!=ESTABLISHED or recv_queue>10k'
  sctptop -b --both-ends --sort peer_recv_queue   gNB and AMF on one host: a line an association

exit codes: 0 fine (q and Ctrl-C too), 1 failed while running, 2 bad usage, 3 nothing to watch
here, 128+N ended by signal N (141: the reader of our output went away)
"""

_RECORD_EXAMPLES = """\
examples:
  sudo sctptop record -o amf.sctp                       until Ctrl-C, everything up to the last second is safe
  sudo sctptop record -o day.sctp --keep 24h            the last day, for as long as it runs
  sudo sctptop record -o box.sctp --max-size 200M       the newest that fits
  sudo sctptop record -o one.sctp --assoc 59058 --json  one association, and the same on stdout
"""

_DOCTOR_EXAMPLES = """\
examples:
  sudo sctptop doctor                     each thing that is needed: ok, hint, missing or broken
  sctptop doctor --json | jq '.checks[] | select(.status != "ok")'

exit codes: 0 everything will be live, 1 something is missing, 3 nothing to watch here
"""

_REPLAY_EXAMPLES = """\
examples:
  sctptop replay demo                     a recording from the lab that is shipped
  sctptop replay amf.sctp --at 12:03:44   from that time on; 3m, -30s and 50% too
  sctptop replay amf.sctp --json          every sample, as fast as it can be read
  sctptop replay amf.sctp --events cwnd   why cwnd moved, then
"""

_COMPARE_EXAMPLES = """\
examples:
  sctptop compare slow.sctp fast.sctp               the first is the baseline
  sctptop compare open5gs.sctp free5gc.sctp oai.sctp
  sctptop compare a1.sctp a2.sctp b.sctp            a1 and a2 of one set-up: what differs from run to run
  sctptop compare a.sctp b.sctp --markdown | xclip  for an issue
  sctptop compare a.sctp b.sctp --json | jq -r '.comparisons[].verdict'

Settings come first: what differs there is compared as well. Record both at the same end (gNB or AMF), with
probes (as root), the same number of UEs and the same load; 10 registrations at least, better 100.
"""

Parsed = TypeVar("Parsed")
LEAST_SIZE = 1_000_000


class _Parser(argparse.ArgumentParser):
    """argparse with our one-line form of an error."""

    def error(self, message: str) -> NoReturn:
        raise SctptopError(f"{message} (try: {self.prog} --help)", USAGE)


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The words of a command line; ``command`` is "", record, replay, info, compare or doctor. Raises SctptopError."""
    command = argv[0] if argv and argv[0] in PARSERS else ""
    words = list(argv[1:] if command else argv)
    for place in range(len(words) - 1, 0, -1):
        if words[place - 1] == "--at":
            # argparse would take a moment before the end, -30s, for a flag.
            words[place - 1 : place + 1] = [f"--at={words[place]}"]
    arguments = PARSERS[command]().parse_args(words)
    arguments.command = command
    return arguments


def _parser(command: str, description: str, examples: str) -> argparse.ArgumentParser:
    return _Parser(
        prog=f"sctptop {command}".strip(),
        description=description,
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _live_parser() -> argparse.ArgumentParser:
    parser = _parser("", "top for SCTP on Linux: every association live.", _EXAMPLES)
    parser.add_argument("--version", action="version", version=f"sctptop {__version__}")
    _what(parser)
    _when(parser)
    how = _output(parser)
    how.add_argument(
        "--probes", action="store_true", help="load the probes for one interval; list each with its cost"
    )
    how.add_argument(
        "--ebpf", action="store_true", help="print the BPF program for this kernel, load nothing"
    )
    _probes(parser)
    return parser


def _record_parser() -> argparse.ArgumentParser:
    parser = _parser(
        "record",
        "Keep what is seen in a file, for sctptop replay. Needs what sctptop needs: probes only as root.",
        _RECORD_EXAMPLES,
    )
    file = parser.add_argument_group("the file")
    file.add_argument(
        "-o", "--output", metavar="FILE", required=True, help="a new file; nothing is overwritten"
    )
    file.add_argument("--keep", metavar="SPAN", help="forget what is older, e.g. 90s, 30m, 24h, 7d")
    file.add_argument(
        "--max-size", metavar="SIZE", help="forget the oldest beyond it, e.g. 50M, 2G (1M or more)"
    )
    _selection(parser.add_argument_group("what to keep"))
    _when(parser)
    _output(parser)
    _probes(parser)
    parser.set_defaults(view=FIRST.id, sort="", filter="", columns="", both_ends=False)
    return parser


def _replay_parser() -> argparse.ArgumentParser:
    parser = _parser("replay", "The dashboard on a recording.", _REPLAY_EXAMPLES)
    parser.add_argument(
        "file", metavar="FILE", help="a recording, or the word demo for the one that is shipped"
    )
    parser.add_argument(
        "--at",
        metavar="WHEN",
        help="begin there: 3m after the start, -30s before the end, 50%%, 12:03:44, or a date with a time",
    )
    _what(parser)
    parser.add_argument("-n", "--count", metavar="N", help="stop after N samples")
    _output(parser)
    return parser


def _info_parser() -> argparse.ArgumentParser:
    parser = _parser("info", "What is in a recording, in ten lines.", "")
    parser.add_argument(
        "file", metavar="FILE", help="a recording, or the word demo for the one that is shipped"
    )
    parser.add_argument("--json", action="store_true", help="the same as one JSON object")
    return parser


def _compare_parser() -> argparse.ArgumentParser:
    parser = _parser(
        "compare",
        "Recordings beside each other: settings, registrations, procedures, transport, and a verdict.",
        _COMPARE_EXAMPLES,
    )
    parser.add_argument(
        "files", metavar="FILE", nargs="+", help="recordings, two or more; the first is the baseline"
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--markdown", action="store_true", help="the same in Markdown")
    how.add_argument("--json", action="store_true", help="the same as one JSON object")
    return parser


def _doctor_parser() -> argparse.ArgumentParser:
    parser = _parser(
        "doctor",
        "What this host has of what sctptop needs, and the command for what it lacks. Changes nothing.",
        _DOCTOR_EXAMPLES,
    )
    parser.add_argument("--json", action="store_true", help="the same as one JSON object")
    return parser


PARSERS: dict[str, Callable[[], argparse.ArgumentParser]] = {
    "": _live_parser,
    "record": _record_parser,
    "replay": _replay_parser,
    "info": _info_parser,
    "compare": _compare_parser,
    "doctor": _doctor_parser,
}


def _what(parser: argparse.ArgumentParser) -> None:
    what = parser.add_argument_group("what to show")
    _selection(what)
    what.add_argument(
        "--view",
        choices=[view.id for view in VIEWS],
        default=FIRST.id,
        help=f"the view to start in (default {FIRST.id})",
    )
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
    what.add_argument(
        "--both-ends",
        action="store_true",
        help="one line for an association whose two ends are both here, the client's; fields peer_... tell the other",
    )


def _selection(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--assoc",
        metavar="SEL",
        action="append",
        default=[],
        help="only associations with this port (local or remote), association id, ADDR, ADDR:PORT or "
        "[ADDR6]:PORT; repeatable",
    )
    group.add_argument(
        "--netns",
        metavar="all|self|NAME|PID|INODE",
        default="all",
        help="network namespaces: all (default; without root only our own), our own, or the one of that name, "
        "of that process or with that inode",
    )


def _when(parser: argparse.ArgumentParser) -> None:
    when = parser.add_argument_group("when")
    when.add_argument(
        "-d",
        "--interval",
        metavar="SEC",
        default="1",
        help=f"refresh period, {INTERVAL_MIN_S:g} to {INTERVAL_MAX_S:g} (default 1)",
    )
    when.add_argument("-n", "--count", metavar="N", help="stop after N samples")


def _output(parser: argparse.ArgumentParser) -> argparse._MutuallyExclusiveGroup:
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
    return how


def _probes(parser: argparse.ArgumentParser) -> None:
    probes = parser.add_argument_group("probes")
    probes.add_argument("--no-bpf", action="store_true", help="netlink and /proc only, load no probes")
    probes.add_argument(
        "--every-change",
        action="store_true",
        help="an event for every change of cwnd and our rwnd, and for the windows at each SACK, not one an interval",
    )
    probes.add_argument(
        "--no-ngap",
        action="store_true",
        help="no events of NGAP and S1AP messages: no registrations. Without it they come where such messages do",
    )


def options_of(arguments: argparse.Namespace) -> Options:
    """What the words come to. Raises SctptopError."""
    defaults = Options()
    if arguments.both_ends and (arguments.json or arguments.events is not None):
        told = "--json" if arguments.json else "--events"
        raise SctptopError(
            f"argument --both-ends: {told} always tells each end (try: -b or --csv with it, or {told} alone)",
            USAGE,
        )
    return Options(
        selectors=tuple(checked("--assoc", parse_selector, text) for text in arguments.assoc),
        netns=checked("--netns", parse_netns, arguments.netns),
        view=arguments.view,
        interval_s=checked("--interval", _interval, arguments.interval) if "interval" in arguments else 0.0,
        count=checked("--count", _count, arguments.count) if arguments.count is not None else None,
        order=checked("--sort", parse_order, arguments.sort) if arguments.sort else defaults.order,
        filter=checked("--filter", parse_filter, arguments.filter),
        columns=tuple(checked("--columns", field, name) for name in arguments.columns.split(","))
        if arguments.columns
        else None,
        both_ends=arguments.both_ends,
    )


_COMMAND_OF = {"--at": "replay", "--keep": "record", "--max-size": "record"}


def checked(flag: str, parse: Callable[[str], Parsed], text: str) -> Parsed:
    """What a parser makes of a flag's text. Raises SctptopError, which names the flag."""
    try:
        return parse(text)
    except (SelectorError, FilterError, OrderError, UnknownFieldError, ValueError) as error:
        hint = (
            "--sort help"
            if isinstance(error, UnknownFieldError)
            else f"{_COMMAND_OF.get(flag, '')} --help".lstrip()
        )
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


def keep_span(text: str) -> float:
    """Seconds of ``90s``, ``30m``, ``24h``. Raises ValueError for none, and for less than a second."""
    seconds = span_s(text)
    if seconds < 1:
        raise ValueError(f"{text!r} is less than a second")
    return seconds


def size(text: str) -> int:
    """Bytes of ``500k``, ``50M``, ``2G``, thousands being 1000s. Raises ValueError."""
    found = re.fullmatch(r"(\d{1,12})([kMGT]?)B?", text.strip())
    number = int(found[1]) * 1000 ** " kMGT".index(found[2] or " ") if found else 0
    if number < LEAST_SIZE:
        raise ValueError(f"{text!r} is not a size of 1M or more, like 50M or 2G")
    return number
