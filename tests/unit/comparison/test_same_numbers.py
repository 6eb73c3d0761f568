"""What two recordings of every kind and outcome come to, to the last number: whatever is made faster changes none.

The numbers were taken before anything was. Where one is to change, write them anew, and look at what changed:
python -m tests.unit.comparison.test_same_numbers
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sctptop.comparison.compare import compare
from sctptop.comparison.summaries.summarizing import summarise
from sctptop.comparison.wording.verdict import verdict
from sctptop.model.sample import Sample
from sctptop.output.compare.json import comparison_to_json
from tests.bench.made.many_ues import Load
from tests.ui.flowing import samples_of
from tests.ui.many_kinds import INITIAL, lossy, with_kinds
from tests.unit.comparison.comparing import Run, stalled
from tests.unit.model.registrations.flow_steps import lte

BOTH_ENDS = Run(ends=("gNB", "AMF"), ues=30, rejected=3, cause=22, kinds=("initial", "mobility", "periodic"))
PAIRS: dict[str, tuple[Load | Run, Load | Run]] = {
    "gNB": (Load(150, 1, held=9, rate=20), Load(150, 2, slow=1.2, rate=20)),
    "AMF": (Load(100, 3, held=9, rate=20, from_ran=False), Load(100, 4, slow=0.8, rate=20, from_ran=False)),
    "both": (BOTH_ENDS, replace(BOTH_ENDS, change=stalled(3), rtt_ms=2, seed=4)),
}
KEPT = Path(__file__).with_name("same_numbers.json")


def told_by(*runs: list[Sample]) -> dict[str, Any]:
    """The comparison of these, as ``--json`` has it."""
    comparison = compare([summarise(samples, f"run {place}") for place, samples in enumerate(runs)])
    told = comparison_to_json(comparison, [verdict(comparison, pair) for pair in comparison.pairs])
    found: dict[str, Any] = json.loads(json.dumps(told))
    return found


def pairs() -> Iterator[tuple[str, dict[str, Any]]]:
    """All of them, by name."""
    for name, runs in PAIRS.items():
        yield name, told_by(*(list(run.samples()) for run in runs))
    yield "kinds", told_by(with_kinds(40), [*with_kinds(30, from_ran=True)])
    attach = samples_of([lte(said) for said in INITIAL], 20)
    yield "LTE and lossy", told_by(attach, lossy(20))


def numbers(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value with the way to it."""
    if isinstance(value, (dict, list)):
        for name, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from numbers(one, f"{path}/{name}")
    else:
        yield path, value


def test_comparisons_come_to_the_same_numbers_as_ever() -> None:
    kept = json.loads(KEPT.read_text())
    for name, told in pairs():
        found, before = dict(numbers(told)), dict(numbers(kept[name]))
        assert found.keys() == before.keys(), name
        for path, value in found.items():
            # Python 3.12 adds up more exactly.
            same = pytest.approx(before[path], rel=1e-9) if isinstance(value, float) else before[path]
            assert value == same, f"{name}{path}"


if __name__ == "__main__":
    KEPT.write_text(json.dumps(dict(pairs()), separators=(",", ":")) + "\n")
