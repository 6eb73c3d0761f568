"""Has guests run the tests of `guest/`, and reports every one of them here under its own name, as it ends.

A guest test that is missing from what guests report has failed: the machine died under it twice, or hung.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab.board import Name
from tests.lab.conftest import REPORT
from tests.lab.guests import GUEST_TESTS, SECONDS, Guests, guests
from tests.lab.machine.run import run

IN_LAB = os.environ.get("SCTPTOP_IN_LAB") == "1"

# One group: workers of pytest-xdist would each boot guests of their own.
pytestmark = [pytest.mark.skipif(IN_LAB, reason="already in the lab"), pytest.mark.xdist_group("lab")]


def guest_tests() -> list[Name]:
    """File and function of every test in guest/; variants count as one, as only the guest knows them."""
    found = []
    for file in sorted(GUEST_TESTS.rglob("test_*.py")):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                found.append((str(file.relative_to(GUEST_TESTS)), node.name))
    return found


@pytest.fixture(scope="session")
def at_work(request: pytest.FixtureRequest) -> Iterator[Guests]:
    """Guests for those tests that were asked for."""
    chosen: list[Any] = [
        item.callspec.params["name"]
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.originalname == test_in_the_lab.__name__
    ]
    with guests(chosen) as found:
        yield found
        request.config.stash[REPORT] = found.report()


@pytest.mark.parametrize("name", guest_tests(), ids="::".join)
def test_in_the_lab(at_work: Guests, name: Name) -> None:
    outcome = at_work.outcome(name)
    if outcome is None:
        pytest.fail(f"{name[1]} has no result; guests' last words:\n{at_work.words()}", pytrace=False)
    if outcome.problems:
        pytest.fail("\n".join(outcome.problems), pytrace=False)
    if outcome.skipped and len(outcome.skipped) == outcome.ran:
        pytest.skip("; ".join(outcome.skipped))


def test_without_sctp() -> None:
    """The tests of absent/, on a kernel without SCTP: here when this is one."""
    _carry("absent", sctp=False)


def _carry(folder: str, *, sctp: bool = True) -> None:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(GUEST_TESTS.with_name(folder))]
    environment = {"SCTPTOP_IN_LAB": "1"}
    result = run(command, timeout=SECONDS, sctp=sctp, env=environment)
    print(result.stdout)
    assert result.returncode == 0, f"[{result.where}]\n{result.stdout[-6000:]}{result.stderr[-2000:]}"
