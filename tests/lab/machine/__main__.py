"""The lab from the command line.

python -m tests.lab.machine -- ss -S -a
python -m tests.lab.machine --timeout 300 -- 'modinfo sctp; cat /proc/net/sctp/snmp'
python -m tests.lab.machine --processors 16 -- nproc
python -m tests.lab.machine --counted -- 'time true'
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from tests.lab.machine.boot import COUNTING, Processors
from tests.lab.machine.run import interactive, run, where
from tests.lab.problems import LabError


def main() -> int:
    """The command line: exit code of the command, or 1 with one line of explanation."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.lab.machine", description="run a command on an SCTP kernel"
    )
    parser.add_argument("--timeout", type=float, default=600, metavar="SEC", help="default 600")
    parser.add_argument("--no-sctp", action="store_true", help="a guest in which SCTP cannot be loaded")
    parser.add_argument("--processors", type=int, metavar="N", help="always in a guest, and with so many")
    parser.add_argument("--counted", action="store_true", help="in a guest whose time is its instructions")
    parser.add_argument("--where", action="store_true", help="say where commands would run, and end")
    parser.add_argument("-i", "--interactive", action="store_true", help="give the command this terminal")
    parser.add_argument(
        "--folder", type=Path, help="with -i: where the command is, and may write; default here"
    )
    parser.add_argument("command", nargs="*", help="one word is a script, several are a command; after --")
    options = parser.parse_args()
    if options.where:
        print(where())
        return 0
    if not options.command:
        parser.error("a command is missing")
    for number in (signal.SIGTERM, signal.SIGHUP):
        # So that what was begun is cleaned up.
        signal.signal(number, lambda got, _: sys.exit(128 + got))
    command = options.command[0] if len(options.command) == 1 else options.command
    try:
        if options.interactive:
            return interactive(command, folder=options.folder or Path.cwd())
        result = run(
            command,
            timeout=options.timeout,
            sctp=not options.no_sctp,
            show=True,
            cwd=Path.cwd(),
            processors=_processors(options),
        )
    except LabError as error:
        print(f"lab: error: {error}", file=sys.stderr)
        return 1
    if result.returncode in (124, 125):
        print(result.stderr[result.stderr.rfind("lab: ") :], end="", file=sys.stderr)
    return result.returncode


def _processors(options: argparse.Namespace) -> Processors | None:
    if options.counted:
        return COUNTING
    return Processors(options.processors) if options.processors else None


if __name__ == "__main__":
    sys.exit(main())
