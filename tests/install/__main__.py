"""The README's install, proven in clean roots of Debian releases with their own Python and BCC; as root.

    tests/install/run                          everything
    tests/install/run --way uv trixie          one way in one root
    tests/install/run --way deb --way rpm      the packages, which are made first; tests/run does it with bookworm
    tests/install/run --way 'no BCC' trixie    the doctor's remedy for one thing that is broken
    tests/install/run --way 'BTF hidden'       the same on the lab's kernel, in a guest

Each way is tried in a root of its own by an ordinary user with sudo: install (packages without a network), BCC found,
the demo replayed on a terminal as root and as that user, the doctor's own sudo command, install again, remove, and
nothing left. The commands are read out of README.md and `help install`. Prints a table; the exit code is 1 when
something in it failed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterable

from tests.install.in_guest import NAMES, mend_kernel
from tests.install.readme import DEB, FIRST, Way, ways
from tests.install.remedies import BROKEN, mend
from tests.install.rpm import NAME as RPM
from tests.install.rpm import attempt_rpm
from tests.install.trial import Outcome, attempt
from tests.lab.machine.boot import REPOSITORY
from tests.lab.machine.turns import exclusive
from tests.lab.problems import LabError

SUITES = ("bookworm", "trixie")
STEPS = ("INSTALL", "BCC", "KERNEL", "AS ROOT", "AS USER", "LIVE", "SUDO", "UPDATE", "REMOVED")
PRIVATE = "SCTPTOP_INSTALL_MOUNTS"
"""Set once we have a namespace for our mounts: they end with us, whatever ends us."""


def table(outcomes: Iterable[Outcome]) -> str:
    """A row for each, then what there is to say of it."""
    rows, words = [["ROOT", "WAY", *STEPS]], []
    for outcome in outcomes:
        rows.append([outcome.suite, outcome.way, *(outcome.cells.get(step, "-") for step in STEPS)])
        where = f"{outcome.suite}, {outcome.way}"
        words += [f"{where}: PROBLEM: {outcome.problem}"] if outcome.problem else []
        words += [f"{where}: {note}" for note in outcome.notes]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return "\n".join([*lines, *words])


def _outcome(name: str, suite: str, known: dict[str, Way]) -> Outcome:
    if name in NAMES:
        return mend_kernel(name)
    if name == RPM:
        return attempt_rpm(suite)
    return attempt(suite, known[name]) if name in known else mend(suite, name, known[FIRST])


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="tests/install/run", description="the install in clean roots")
    known = {way.name: way for way in ways()}
    names = [*known, RPM, *BROKEN, *NAMES]
    parser.add_argument("--way", action="append", choices=names, help="only this; may be given again")
    parser.add_argument("suites", nargs="*", metavar="RELEASE", help=f"default {' '.join(SUITES)}")
    options = parser.parse_args()
    if PRIVATE not in os.environ:
        again = [sys.executable, "-m", "tests.install", *sys.argv[1:]]
        os.execvpe("unshare", ["unshare", "--mount", *again], {**os.environ, PRIVATE: "1"})
    outcomes = []
    try:
        with exclusive("install"):
            if {DEB, RPM} & {*(options.way or names)}:
                subprocess.run([REPOSITORY / "tests" / "packages" / "build"], check=True)
            for name in options.way or names:
                for suite in options.suites or SUITES if name not in NAMES else ("guest",):
                    print(f"{name}: {suite}", file=sys.stderr, flush=True)
                    outcomes.append(_outcome(name, suite, known))
    except LabError as error:
        print(f"install: error: {error}", file=sys.stderr)
        return 1
    print(table(outcomes))
    return 1 if any(outcome.problem for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
