"""The words of ``sctptop compare``, as argparse wants them."""

from __future__ import annotations

from sctptop.arguments import examples
from sctptop.arguments.base import CommandParser, command_parser


def compare_parser() -> CommandParser:
    """Of sides, and what of them is told how."""
    parser = command_parser(
        "compare",
        "Recordings beside each other: settings, registrations, procedures, transport, and a verdict.",
        examples.COMPARE,
    )
    parser.add_argument(
        "sides",
        metavar="SIDE",
        nargs="+",
        help="FILE, A,B,... or NAME=A,B,...: the runs of one set-up, no blank between, * ? [] in a name too where it "
        "is quoted; two sides or more, the first is the baseline",
    )
    parser.add_argument(
        "--margin",
        metavar="PERCENT",
        default="5%",
        help="the smallest difference that matters (default 5%%): what is shown to lie below it is none",
    )
    parser.add_argument(
        "--fail-above",
        metavar="PERCENT",
        help="exit with 1 where a side is slower for certain, and by more than that as measured, or fewer succeed; 2 "
        "where nothing can be compared, 4 where it cannot be told (with --verdict: the margin if not given)",
    )
    what = parser.add_argument_group("what to compare of each recording")
    what.add_argument(
        "--from",
        metavar="WHEN",
        dest="begin",
        help="from there on: 3m after the start, 50%%, 12:03:44, a date",
    )
    what.add_argument("--to", metavar="WHEN", dest="end", help="up to there")
    what.add_argument("--warm-up", metavar="SPAN", help="leave out the beginning, e.g. 30s")
    what.add_argument(
        "--filter",
        metavar="EXPR",
        default="",
        help="associations that match, e.g. 'remote_port=38412'; 'help' lists the fields",
    )
    output = parser.add_argument_group("output")
    output.add_argument(
        "--svg",
        metavar="FILE",
        help="draw distributions and load curves to that file too, for a paper (needs matplotlib)",
    )
    how = output.add_mutually_exclusive_group()
    how.add_argument(
        "--verdict",
        action="store_true",
        help="a line a side; exit code 0: no worse, 1: worse, 2: an error, 4: cannot tell",
    )
    how.add_argument(
        "--plot",
        action="store_true",
        help="the same, with distributions and load curves drawn in the terminal",
    )
    how.add_argument("--markdown", action="store_true", help="the same in Markdown")
    how.add_argument("--json", action="store_true", help="the same as one JSON object")
    how.add_argument(
        "--csv", action="store_true", help="a row a side or run, kind, part and percentile, to plot"
    )
    return parser
