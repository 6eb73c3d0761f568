"""Runs each file of `guest/` in a boot of the lab of its own, and reports every test here under its own name.

A guest test that is missing from the report has failed: the machine died under it or was stopped by the time-out.
"""

from __future__ import annotations

import ast
import os
import re
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet

from tests.lab.machine.run import LabError, run, run_pytest, split_report

GUEST = Path(__file__).with_name("guest")
SECONDS = 1800.0
IN_LAB = os.environ.get("SCTPTOP_IN_LAB") == "1"

pytestmark = pytest.mark.skipif(IN_LAB, reason="already in the lab")


@dataclass(frozen=True)
class Outcome:
    """What became of the variants of one guest test."""

    problems: tuple[str, ...]
    skipped: tuple[str, ...]
    ran: int


def guest_tests() -> list[ParameterSet]:
    """File and function of every test in guest/; variants count as one, as only the guest knows them.

    pytest-xdist gives all tests of a file to one worker, and so to one guest.
    """
    found = []
    for file in sorted(GUEST.rglob("test_*.py")):
        group = pytest.mark.xdist_group(file.stem)
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                found.append(pytest.param(file, node.name, marks=group, id=f"{file.stem}::{node.name}"))
    return found


@cache
def report(file: Path) -> tuple[dict[str, Outcome], str]:
    """Boots once for a file; outcomes by function, and the end of what the guest said."""
    try:
        result = run_pytest(file, timeout=SECONDS)
    except LabError as error:
        return {}, f"lab: error: {error}"
    said, junit = split_report(result)
    tail = "\n".join((said + result.stderr).splitlines()[-40:])
    return read_junit(junit), f"[{result.where}, {result.seconds:.0f} s]\n{tail}"


def read_junit(junit: str) -> dict[str, Outcome]:
    """Outcomes by function from a JUnit report; {} when there is none."""
    found: dict[str, Outcome] = {}
    if not junit:
        return found
    for case in ElementTree.fromstring(junit).iter("testcase"):
        key = re.sub(r"\[.*", "", case.get("name", ""))
        before = found.get(key, Outcome((), (), 0))
        problems = tuple(
            shorten(f"{case.get('name')}: {part.get('message', '')}", part.text or "")
            for part in (*case.findall("failure"), *case.findall("error"))
        )
        skipped = tuple(part.get("message", "") for part in case.findall("skipped"))
        found[key] = Outcome(before.problems + problems, before.skipped + skipped, before.ran + 1)
    return found


def shorten(headline: str, traceback: str, limit: int = 4000) -> str:
    """A failure in at most twice `limit` characters: the guest writes whole collections into its assertions."""
    return f"{headline[:limit]}\n{traceback[-limit:]}"


def test_without_sctp() -> None:
    """The tests of absent/, on a kernel without SCTP: here when this is one."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(GUEST.with_name("absent"))]
    result = run(command, timeout=SECONDS, sctp=False, env={"SCTPTOP_IN_LAB": "1"})
    print(result.stdout)
    assert result.returncode == 0, f"[{result.where}]\n{result.stdout[-6000:]}{result.stderr[-2000:]}"


@pytest.mark.parametrize(("file", "name"), guest_tests())
def test_in_the_lab(file: Path, name: str) -> None:
    outcomes, tail = report(file)
    outcome = outcomes.get(name)
    if outcome is None:
        pytest.fail(f"{name} has no result; the guest's last words:\n{tail}", pytrace=False)
    if outcome.problems:
        pytest.fail("\n".join(outcome.problems), pytrace=False)
    if outcome.skipped and len(outcome.skipped) == outcome.ran:
        pytest.skip("; ".join(outcome.skipped))
