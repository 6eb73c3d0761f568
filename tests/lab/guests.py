"""Guests that share out the tests of guest/ among themselves, and what became of each test.

A guest that dies takes no result along: a fresh one runs, once, what it had claimed and not finished. What failed is
tried once more in a guest that has the processors to itself, and both results are reported: two emulated machines on
two processors are late at times, and tests hold clocks against each other.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.lab.board import GUEST, VARIABLE, Board, Name, room
from tests.lab.machine.boot import REPOSITORY
from tests.lab.machine.cache import cache_folder
from tests.lab.machine.jobs import Result
from tests.lab.machine.run import has_sctp_here, run
from tests.lab.problems import LabError

GUEST_TESTS = Path(__file__).with_name("guest")
MOST = "SCTPTOP_LAB_GUESTS"
SECONDS = 3600.0
SILENCE_S = 900.0
"""No test takes so long, so a guest that says nothing meanwhile hangs."""
WARNINGS = (
    # asyncio_mode, without the plugin.
    "ignore:Unknown config option:pytest.PytestConfigWarning",
    # Tests here leave pipes to processes that end with their host.
    "default::ResourceWarning",
    "default::pytest.PytestUnraisableExceptionWarning",
)
POWER_OFF_S = 30.0
MOST_AGAIN = 6
"""More failures than that are no lack of time."""
LONGEST_FIRST = (
    "advice",
    "registrations",
    "trouble",
    "commands",
    "probes",
    "rights",
    "bench",
    "changes",
    "reading",
    "daemons",
)
"""Rooms, so that the guests end at about the same time; one that is not here comes first."""


@dataclass(frozen=True)
class Outcome:
    """What became of the variants of one guest test."""

    problems: tuple[str, ...]
    skipped: tuple[str, ...]
    ran: int


@dataclass(frozen=True)
class Life:
    """A guest that ended, and the tests it left without a result."""

    guest: str
    words: str
    lost: tuple[Name, ...]


@dataclass
class Guests:
    """`start`, then ask for outcomes as they come, then `report`."""

    names: Sequence[Name]
    board: Board
    lives: list[Life] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)
    _second: Guests | None = None

    def start(self, number: int) -> None:
        """Boots so many guests, each of which works until nothing is left."""
        self.board.want(list(self.names))
        for guest in range(number):
            self._boot(f"guest{guest}")

    def _boot(self, guest: str) -> None:
        # A daemon: whoever is interrupted does not wait for a guest, and a guest ends with him.
        self._threads.append(threading.Thread(target=self._work, args=(guest,), daemon=True))
        self._threads[-1].start()

    def outcome(self, name: Name) -> Outcome | None:
        """Waits for the result of a test, the second if it failed; None when no guest is left that could bring it."""
        found = self._first(name)
        if found is None or not found.problems:
            return found
        return outcomes(self._again().board).get(name, found)

    def _first(self, name: Name) -> Outcome | None:
        while True:
            # In this order: a guest says everything before it ends.
            alive = any(thread.is_alive() for thread in self._threads)
            found = outcomes(self.board).get(name)
            if found is not None or not alive:
                return found
            time.sleep(0.3)

    def _again(self) -> Guests:
        if self._second is None:
            for thread in self._threads:
                thread.join()
            failed = [name for name, outcome in outcomes(self.board).items() if outcome.problems]
            board = Board(self.board.folder / "again")
            board.folder.mkdir()
            self._second = replace(self, names=failed, board=board, lives=[], _threads=[], _second=None)
            board.want(failed)
            if len(failed) <= MOST_AGAIN:
                self._second._boot("alone")
            for thread in self._second._threads:
                thread.join()
        return self._second

    def end(self) -> None:
        """Waits until guests that have done all are switched off; others end with this process."""
        if outcomes(self.board).keys() >= set(self.names):
            for thread in self._threads:
                thread.join(POWER_OFF_S)

    def words(self) -> str:
        """The end of what each guest said that is no more."""
        return "\n".join(f"{life.guest}: {life.words}" for life in self.lives)

    def report(self) -> list[str]:
        """Where the time went, by room and by the longest tests; which guests died; what failed and was tried again."""
        by_name: dict[str, list[dict[str, Any]]] = {}
        for guest, line in self.board.said():
            if "variant" in line:
                by_name.setdefault(f"{room(tuple(line['name']))} [{guest}]", []).append(line)
        lines = [_row(name, of_room) for name, of_room in sorted(by_name.items())]
        tests = sorted(
            (line for found in by_name.values() for line in found), key=lambda line: -line["seconds"]
        )
        lines += [_row(f"{line['name'][0]}::{line['variant']}", [line]) for line in tests[:15]]
        for life in self.lives:
            if life.lost:
                again = ", ".join("::".join(name) for name in life.lost)
                lines.append(f"{life.guest} died or hung; a fresh guest was to run {again}\n{life.words}")
        return lines + (self._report_again(self._second) if self._second is not None else [])

    def _report_again(self, second: Guests) -> list[str]:
        lines = []
        for name in second.names:
            first, then = outcomes(self.board).get(name), outcomes(second.board).get(name)
            verdict = "not run" if then is None else "failed again" if then.problems else "passed"
            lines.append(f"tried again alone, {verdict}: {'::'.join(name)}")
            lines += first.problems if first is not None else ()
        return lines

    def _work(self, guest: str) -> None:
        again = f"{guest}-again"
        lost = self._live(guest)
        if lost:
            for name in {room(test) for test in lost}:
                self.board.hand_over(name, again)
            self._live(again)

    def _live(self, guest: str) -> tuple[Name, ...]:
        try:
            words = _words(self._carry(guest))
        except LabError as error:
            words = f"lab: error: {error}"
        done = outcomes(self.board).keys()
        left = [name for name in self.names if name not in done and self.board.owner(room(name)) == guest]
        self.lives.append(Life(guest, words, tuple(left)))
        return tuple(left)

    def _carry(self, guest: str) -> Result:
        files = list(dict.fromkeys(str(GUEST_TESTS / file) for file, _ in self.names))
        pytest = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-vv", "--tb=short"]
        pytest += ["--continue-on-collection-errors"]
        pytest += [
            "-o",
            "addopts=--strict-markers --import-mode=importlib",
            *map("-W".__add__, WARNINGS),
            *files,
        ]
        # No test of a guest needs any of the plugins that are installed, and each is imported there anew.
        environment = {VARIABLE: str(self.board.folder), GUEST: guest, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        return run(pytest, timeout=SECONDS, silence=SILENCE_S, env=environment, shared=self.board.folder)


@contextmanager
def guests(names: Sequence[Name]) -> Iterator[Guests]:
    """Boots guests for these tests: one for each processor or MOST, but none that would find no room."""
    most = int(os.environ.get(MOST) or len(os.sched_getaffinity(0)))
    rooms = {room(name) for name in names}
    number = 1 if has_sctp_here() else min(most, len(rooms))
    order = {name: place for place, name in enumerate(LONGEST_FIRST)}
    names = sorted(names, key=lambda name: (order.get(room(name), -1), name[0]))
    with tempfile.TemporaryDirectory(prefix="board-", dir=cache_folder()) as folder:
        _rewrite_assertions()
        made = Guests(names, Board(Path(folder)))
        made.start(number)
        yield made
        made.end()


def _rewrite_assertions() -> None:
    """Has pytest compile and keep the tests as it needs them: a guest would do it twenty times slower."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--collect-only", str(GUEST_TESTS)]
    environment = {**os.environ, "SCTPTOP_IN_LAB": "1"}
    subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, check=False)


def outcomes(board: Board) -> dict[Name, Outcome]:
    """Of those tests all of whose variants have a result."""
    variants: dict[Name, int] = {}
    found: dict[Name, dict[str, dict[str, Any]]] = {}
    for _, line in board.said():
        file, function = line["name"]
        if "variants" in line:
            variants[file, function] = line["variants"]
        else:
            of_variant = found.setdefault((file, function), {})
            if not of_variant.get(line["variant"], {}).get("problem"):
                of_variant[line["variant"]] = line
    return {name: _outcome(list(of.values())) for name, of in found.items() if len(of) == variants.get(name)}


def _outcome(lines: list[dict[str, Any]]) -> Outcome:
    problems = tuple(f"{line['variant']}\n{line['problem']}" for line in lines if line["problem"])
    skipped = tuple(line["skipped"] for line in lines if line["skipped"])
    return Outcome(problems, skipped, len(lines))


def _words(result: Result) -> str:
    tail = "\n".join((result.stdout + result.stderr).splitlines()[-40:])
    return f"[{result.where}, {result.seconds:.0f} s, exit code {result.returncode}]\n{tail}"


def _row(name: str, lines: list[dict[str, Any]]) -> str:
    seconds = sum(line["seconds"] for line in lines)
    busy = sum(line["seconds"] * line["busy_percent"] for line in lines) / max(seconds, 0.001)
    return f"{seconds:6.0f} s  {busy:3.0f} % busy  {len(lines):3} tests  {name}"
