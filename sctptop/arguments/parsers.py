"""The commands and their flags, as argparse wants them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence

from sctptop import __version__
from sctptop.arguments import examples
from sctptop.arguments.base import CommandParser, command_parser
from sctptop.arguments.compare_parser import compare_parser
from sctptop.interval import INTERVAL_MAX_S, INTERVAL_MIN_S
from sctptop.model.event import EVENT_KINDS
from sctptop.views import FIRST, VIEWS


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The words of a command line; ``command`` is "" or one of PARSERS. Raises SctptopError."""
    command = argv[0] if argv and argv[0] in PARSERS else ""
    words = list(argv[1:] if command else argv)
    run: list[str] = []
    if command == "record" and "--" in words[1:] and words[words.index("--") - 1] not in ("-o", "--output"):
        at = words.index("--")
        words, run = words[:at], words[at + 1 :]
    for place in range(len(words) - 1, 0, -1):
        if words[place - 1] in ("--at", "--from", "--to"):
            # argparse would take a moment before the end, -30s, for a flag.
            words[place - 1 : place + 1] = [f"{words[place - 1]}={words[place]}"]
    arguments = PARSERS[command]().parse_all(words, _Flags())
    arguments.command = command
    arguments.run = run
    return arguments


class _Flags(Mapping[str, list[str]]):
    """The flags of every command, made when they are looked at."""

    def __iter__(self) -> Iterator[str]:
        return iter(PARSERS)

    def __len__(self) -> int:
        return len(PARSERS)

    def __getitem__(self, command: str) -> list[str]:
        return list(PARSERS[command]()._option_string_actions)


def _live_parser() -> CommandParser:
    parser = command_parser("", "top for SCTP on Linux: every association live.", examples.LIVE)
    parser.add_argument("--version", action="version", version=f"sctptop {__version__}")
    parser.add_argument(
        "--print-completion",
        choices=["bash", "zsh", "fish"],
        help="print what completes this command line in a shell, and leave",
    )
    _configuration(parser).add_argument(
        "--print-config", action="store_true", help="print all settings, and what is in force, and leave"
    )
    _what(parser)
    _when(parser).add_argument(
        "--fixed-interval",
        action="store_true",
        help="the dashboard keeps its period also where a reading takes more than a third of it",
    )
    how = _output(parser, registrations=True)
    how.add_argument(
        "--probes", action="store_true", help="load the probes for one interval; list each with its cost"
    )
    how.add_argument(
        "--ebpf", action="store_true", help="print the BPF program for this kernel, load nothing"
    )
    _probes(parser)
    return parser


def _record_parser() -> CommandParser:
    parser = command_parser(
        "record",
        "Keep what is seen in a file, for sctptop replay. Needs what sctptop needs: probes only as root. With "
        "-- COMMAND at the end for as long as that runs; the exit code is the command's.",
        examples.RECORD,
    )
    file = parser.add_argument_group("the file")
    file.add_argument(
        "-o", "--output", metavar="FILE", required=True, help="a new file; nothing is overwritten"
    )
    file.add_argument("--keep", metavar="SPAN", help="forget what is older, e.g. 90s, 30m, 24h, 7d")
    file.add_argument(
        "--max-size", metavar="SIZE", help="forget the oldest beyond it, e.g. 50M, 2G (1M or more)"
    )
    file.add_argument(
        "--label",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="kept in the file, shown by info and compare, e.g. core=open5gs; repeatable",
    )
    _configuration(parser)
    _selection(parser.add_argument_group("what to keep"))
    _when(parser).add_argument(
        "--runs",
        metavar="N",
        default="1",
        help="with -- COMMAND: run it so many times, each into a file of its own: FILE-1, FILE-2, ...",
    )
    _output(parser)
    _probes(parser)
    parser.set_defaults(view="", sort="", filter="", columns="", both_ends=False, registrations=False)
    return parser


def _replay_parser() -> CommandParser:
    parser = command_parser("replay", "The dashboard on a recording.", examples.REPLAY)
    _recording(parser)
    _configuration(parser)
    parser.add_argument(
        "--at",
        metavar="WHEN",
        help="begin there: 3m after the start, -30s before the end, 50%%, 12:03:44, or a date with a time",
    )
    parser.add_argument("--from", metavar="WHEN", dest="begin", help="only what is from there on")
    parser.add_argument("--to", metavar="WHEN", dest="end", help="only what is up to there")
    parser.add_argument(
        "--speed",
        metavar="N",
        default="1",
        help="play that many times as fast as it was recorded, 0.1 to 600 (default 1; + and - change it)",
    )
    parser.add_argument(
        "--save-in", metavar="DIR", help="the keys x and X save there; a replay may write no other file"
    )
    _what(parser)
    parser.add_argument("-n", "--count", metavar="N", help="stop after N samples")
    _output(parser, registrations=True)
    return parser


def _info_parser() -> CommandParser:
    parser = command_parser("info", "What is in a recording, in ten lines.", "")
    _recording(parser)
    parser.add_argument("--json", action="store_true", help="the same as one JSON object")
    return parser


def _doctor_parser() -> CommandParser:
    parser = command_parser(
        "doctor",
        "What this host has of what sctptop needs, and the command for what it lacks. Changes nothing.",
        examples.DOCTOR,
    )
    parser.add_argument("--json", action="store_true", help="the same as one JSON object")
    return parser


def _help_parser() -> CommandParser:
    parser = command_parser("help", "What there is to know, by topic; without one, the topics.", "")
    parser.add_argument(
        "topic", metavar="TOPIC", nargs="?", help="a topic, a command, or the name of a field"
    )
    return parser


PARSERS: dict[str, Callable[[], CommandParser]] = {
    "": _live_parser,
    "record": _record_parser,
    "replay": _replay_parser,
    "info": _info_parser,
    "compare": compare_parser,
    "doctor": _doctor_parser,
    "help": _help_parser,
}


def _recording(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="FILE", help="a recording, or the word demo for the one that is shipped"
    )


def _configuration(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    group = parser.add_argument_group("configuration")
    group.add_argument(
        "--config",
        metavar="FILE",
        help="settings (default ~/.config/sctptop/config.toml; none: read no file); other options win",
    )
    return group


def _what(parser: argparse.ArgumentParser) -> None:
    what = parser.add_argument_group("what to show")
    _selection(what)
    what.add_argument(
        "--view",
        metavar="VIEW",
        choices=[view.id for view in VIEWS],
        default="",
        help=f"the view to start in: {', '.join(view.id for view in VIEWS)} (default: registration where NGAP runs, "
        f"that of the worst advice, or {FIRST.id})",
    )
    what.add_argument(
        "--sort", metavar="FIELD[:asc|desc]", default="", help="order of the table; 'help' lists the fields"
    )
    what.add_argument(
        "--filter",
        metavar="EXPR",
        default="",
        help="show only what matches, e.g. 'cwnd<10k state=ESTABLISHED'; 'help' lists the fields",
    )
    what.add_argument("--columns", metavar="A,B,...", default="", help="fields to show; 'help' lists them")
    what.add_argument(
        "--both-ends",
        action="store_true",
        help="one line for an association whose two ends are both here, the client's; fields peer_... show the other",
    )


def _selection(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--assoc",
        metavar="SEL",
        action="append",
        default=[],
        help="only associations with this port (local or remote), association id, ADDR, ADDR:PORT, "
        "[ADDR6]:PORT, or name of a process, container, namespace, gNB or AMF; repeatable",
    )
    group.add_argument(
        "--netns",
        metavar="all|self|NAME|PID|INODE",
        default="all",
        help="network namespaces: all (default; without root only our own), our own, or the one of that name, "
        "of that process or with that inode",
    )


def _when(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    when = parser.add_argument_group("when")
    when.add_argument(
        "-d",
        "--interval",
        metavar="SEC",
        help=f"refresh period, {INTERVAL_MIN_S:g} to {INTERVAL_MAX_S:g} (default 1)",
    )
    when.add_argument("-n", "--count", metavar="N", help="stop after N samples")
    return when


def _output(parser: argparse.ArgumentParser, registrations: bool = False) -> argparse._MutuallyExclusiveGroup:
    output = parser.add_argument_group("output")
    how = output.add_mutually_exclusive_group()
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
    if registrations:
        # Not in the group: it goes with --json.
        output.add_argument(
            "--registrations",
            action="store_true",
            help="one CSV row a registration of a UE as it ends; with --json one JSON object",
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
        "--every-message",
        action="store_true",
        help="measure the waits of every message, also above 20,000 chunks a second, where it is some of them else",
    )
    probes.add_argument(
        "--no-ngap",
        action="store_true",
        help="no events of NGAP and S1AP messages: no registrations. Without it they come where such messages do",
    )
