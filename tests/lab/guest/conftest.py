"""What every guest test has at hand: two hosts, and patience.

Also how guests share the tests out among themselves, see tests/lab/board.py.
"""

from __future__ import annotations

import itertools
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from sctptop.kernel.program.kept.store import open_store
from tests.lab.board import GUEST, VARIABLE, Board, Name, room, shorten
from tests.lab.scenes.hosts import Host, two_hosts

HERE = Path(__file__).parent
_numbers = itertools.count()


@pytest.fixture
def pair() -> Iterator[tuple[Host, Host]]:
    """gnb and amf, joined by two links, gone after the test."""
    with two_hosts(links=2, prefix=f"t{next(_numbers)}-") as hosts:
        yield hosts


def pytest_configure(config: pytest.Config) -> None:
    """Without a board every test is run. The probes of this process are compiled once, like sctptop's own."""
    open_store()
    if folder := os.environ.get(VARIABLE):
        config.pluginmanager.register(Shared(Board(Path(folder)), os.environ[GUEST]))


def name_of(item: pytest.Item) -> Name:
    return str(item.path.relative_to(HERE)), getattr(item, "originalname", item.name)


class Shared:
    """Runs what no other guest has claimed, and writes each result down at once: the next test may take us along."""

    def __init__(self, board: Board, guest: str) -> None:
        self._board = board
        self._guest = guest
        self._reports: list[pytest.TestReport] = []
        self._begun = (0, 0)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leaves out what nobody wants and what has a result from a guest that died, and says how many there are."""
        has_result = Counter(tuple(line["name"]) for _, line in self._board.said() if "variant" in line)
        wanted = self._board.wanted()
        all_of = Counter(map(name_of, items))
        items[:] = [
            item for item in items if (name := name_of(item)) in wanted and has_result[name] < all_of[name]
        ]
        for name, variants in all_of.items():
            self._board.say(self._guest, name=name, variants=variants)

    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """True leaves a test out."""
        if not self._board.claim(room(name_of(item)), self._guest):
            return True
        self._begun = processor_ticks()
        self._reports = []
        return None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """After the last of its three reports a test is over."""
        self._reports.append(report)
        if report.when != "teardown":
            return
        problems = [f"{one.when}: {one.longreprtext}" for one in self._reports if one.failed]
        skipped = [
            str(one.longrepr[2]) for one in self._reports if one.skipped and isinstance(one.longrepr, tuple)
        ]
        file, _, variant = report.nodeid.rpartition("/guest/")[2].partition("::")
        busy, idle = (now - then for now, then in zip(processor_ticks(), self._begun, strict=True))
        self._board.say(
            self._guest,
            name=(file, variant.partition("[")[0]),
            variant=variant,
            problem="\n".join(map(shorten, problems)),
            skipped="; ".join(skipped),
            seconds=sum(one.duration for one in self._reports),
            busy_percent=round(100 * busy / max(1, busy + idle)),
        )


def processor_ticks() -> tuple[int, int]:
    """Busy and idle ones of all processors so far, since the boot."""
    _, *ticks = Path("/proc/stat").read_text().splitlines()[0].split()
    numbers = [int(one) for one in ticks[:8]]
    idle = numbers[3] + numbers[4]
    return sum(numbers) - idle, idle
