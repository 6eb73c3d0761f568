"""One way to install in one clean root: does it install, find BCC, run, update, and leave nothing?"""

from __future__ import annotations

import itertools
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.install.readme import DEB, FIRST, Way
from tests.install.root import Root, fresh
from tests.lab.witness.tmux import run_in, terminal

TOOL = {
    "uv": "sudo apt-get install -y --no-install-recommends python3-venv && sudo python3 -m venv /opt/uv && "
    "sudo /opt/uv/bin/pip install uv && sudo ln -s /opt/uv/bin/uv /usr/local/bin/"
}
"""How the tool itself gets there, where Debian has no package of it."""
OWN = re.compile(
    r"^/home/[^/]+/\.local/(share/|state/)?(pipx|uv)/(?!venvs/|tools/sctptop)|\.local/share/man/$"
)
"""What pipx and uv keep for themselves: their logs, locks, and pipx's own pip."""

_numbers = itertools.count()
"""A terminal that is ending would answer to a name used again."""


class Failed(Exception):  # noqa: N818
    """A step that did not do what it must; the text says what it said last."""


@dataclass
class Outcome:
    """A row of the table: each step with "ok" or what it took; the step that failed ends it, with its problem."""

    suite: str
    way: str
    cells: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    notes: list[str] = field(default_factory=list)

    def step(self, name: str, action: Callable[[], object]) -> None:
        """Does it and writes down what came of it. Raises Failed."""
        started = time.monotonic()
        try:
            told = action()
        except (Failed, AssertionError) as error:
            self.cells[name] = "FAILED"
            raise Failed(f"{name}: {error}") from error
        self.cells[name] = told if isinstance(told, str) else "ok"
        if told is TIMED:
            self.cells[name] = f"{time.monotonic() - started:.0f} s"


TIMED = object()


def attempt(suite: str, way: Way) -> Outcome:
    """Everything there is to try. Raises LabError when there is no root to try it in."""
    outcome = Outcome(suite, way.name)
    try:
        first = way.name == FIRST
        before = _after_packages(suite, way) if first else set()
        with fresh(suite, archives=not first) as root:
            if not first:
                said(root, way.packages)
                if way.name in TOOL:
                    said(root, TOOL[way.name])
                before = root.files()
            starts = (way.start, way.as_user)
            if way.name == DEB:
                said(root, f"{way.install} --download-only")
                offline = f"sudo unshare --net {way.install.removeprefix('sudo ')}"
                installed(outcome, root, offline, starts, way.remove, before)
            else:
                installed(outcome, root, way.install, starts, way.remove, before, live=first)
    except Failed as error:
        outcome.problem = str(error)
    return outcome


def installed(
    outcome: Outcome,
    root: Root,
    install: str,
    starts: tuple[str, str],
    remove: str,
    before: set[str],
    live: bool = False,
) -> None:
    """Steps from the install to the removal, each a shell's line; ``starts``: as root and as user.

    ``before``: the files that there were. ``live``: whether this kernel's dashboard is looked at too. Raises Failed.
    """
    as_root, as_user = starts

    def first() -> object:
        said(root, install)
        return TIMED

    def again() -> None:
        said(root, install)

    def removed() -> str:
        said(root, remove)
        left = root.files() - before
        mine = sorted(name for name in left if not OWN.search(name))
        if mine:
            raise Failed(f"{len(mine)} files are left, as {mine[0]} and {mine[-1]}")
        outcome.notes += [f"{len(left)} files are the tool's own"] if left else []
        return "clean"

    outcome.step("INSTALL", first)
    # root goes first: what it would leave behind, its owner must be able to remove.
    outcome.step("BCC", lambda: _bcc(root, starts))
    outcome.step("AS ROOT", lambda: _shows(root, f"{as_root} replay demo", "38412"))
    outcome.step("AS USER", lambda: _shows(root, f"{as_user} replay demo", "38412"))
    if live:
        outcome.step("LIVE", lambda: _shows(root, as_root, "SCTP"))
    outcome.step("SUDO", lambda: _sudo(outcome, root, as_user))
    outcome.step("UPDATE", again)
    outcome.step("REMOVED", removed)


def _after_packages(suite: str, way: Way) -> set[str]:
    with fresh(suite) as root:
        said(root, way.packages)
        return root.files()


def said(root: Root, line: str, stdin: str = "") -> str:
    """What the line printed; it must end well. Raises Failed with its last words."""
    done = root.run(line, stdin=stdin)
    if done.returncode != 0:
        words = (done.stderr.strip() or done.stdout.strip() or "nothing").splitlines()[-1]
        raise Failed(f"`{line}` ended with {done.returncode}: {words}")
    return done.stdout


def doctor(root: Root, program: str) -> dict[str, dict[str, Any]]:
    """The checks by name; what kernel is below the root is not judged. Raises Failed."""
    done = root.run(f"{program} doctor --json")
    try:
        return {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    except (json.JSONDecodeError, KeyError):
        raise Failed(
            f"`{program} doctor` ended with {done.returncode}: {done.stderr.strip()[-200:]}"
        ) from None


def _bcc(root: Root, starts: tuple[str, str]) -> str:
    for program in starts:
        check = doctor(root, program)["BCC"]
        if check["status"] != "ok":
            raise Failed(f"`{program}`: {check['found']}")
    return str(check["found"]).partition(" ")[0]


def _sudo(outcome: Outcome, root: Root, as_user: str) -> str:
    """The doctor, asked by an ordinary user, names a command that has root's rights, as far as root has any here."""
    check = doctor(root, as_user)["rights"]
    again = doctor(root, check["remedy"])["rights"]
    if (check["status"], again["status"]) == ("missing", "hint"):
        # A container's root: the doctor tells what it lacks, and what its owner may do.
        outcome.notes.append(f"{again['found']} (try: {again['remedy'] or 'on the host itself'})")
        return "hint"
    if (check["status"], again["status"]) != ("missing", "ok"):
        raise Failed(f"`{check['remedy']}`: {again['found']}")
    return "ok"


def _shows(root: Root, line: str, word: str) -> None:
    """The dashboard on a terminal shows the word, and q ends it well."""
    with terminal(f"install{next(_numbers)}", 140, 40) as screen:
        run_in(screen, root.command(line))
        screen.wait(lambda text: word in text and "bash -c" not in text, 60)
        screen.press("q")
        text = screen.wait(lambda text: "exit=" in text)
        if "exit=0" not in text or "Traceback" in text:
            raise Failed(f"`{line}` ended so:\n{text}")
