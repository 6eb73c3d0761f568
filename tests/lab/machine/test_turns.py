"""The queue for the lab: first come, first served, and who dies in it holds nobody up."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.lab.machine.boot import REPOSITORY
from tests.lab.machine.turns import exclusive

INSIDE = """
import sys, time
from tests.lab.machine.turns import exclusive
with exclusive("turn", {places}):
    open({log!r}, "a").write({name!r})
    {then}
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("SCTPTOP_LAB_CACHE", str(tmp_path))
    yield tmp_path


def waiting(cache: Path, name: str, *, places: int = 1, then: str = "pass") -> subprocess.Popen[bytes]:
    """A process that stands in the queue by the time this returns."""
    script = INSIDE.format(places=places, log=str(cache / "log"), name=name, then=then)
    before = tickets(cache)
    process = subprocess.Popen([sys.executable, "-c", script], cwd=REPOSITORY)
    until(lambda: process.poll() is not None or tickets(cache) - before)
    return process


def tickets(cache: Path) -> set[str]:
    queue = cache / "turn.queue"
    return {file.name for file in queue.iterdir() if file.name[0] != "."} if queue.exists() else set()


def until(condition: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)


def test_who_came_first_goes_in_first_and_the_dead_hold_nobody_up(cache: Path) -> None:
    with exclusive("turn"):
        processes = [waiting(cache, name) for name in "abcd"]
        assert len(tickets(cache)) == 4
        processes[1].kill()
        processes[1].wait()
    for process in processes:
        process.wait(timeout=30)
    assert (cache / "log").read_text() == "acd"
    assert not tickets(cache)


def test_there_are_as_many_places_as_there_are(cache: Path) -> None:
    with exclusive("turn", 2):
        stays = waiting(cache, "a", places=2, then="time.sleep(60)")
        until(lambda: not tickets(cache))
        waits = waiting(cache, "b", places=2)
        time.sleep(0.5)
        assert (cache / "log").read_text() == "a" and waits.poll() is None
        # The place of one that was killed is free.
        stays.kill()
        stays.wait()
        waits.wait(timeout=30)
    assert (cache / "log").read_text() == "ab"
