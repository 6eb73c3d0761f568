"""Load curves as ``sctptop compare`` prints them: tables, JSON, CSV."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from sctptop.comparison.load_curves.curves import IN_FLIGHT, PER_SECOND, Level, LoadCurve, SideCurve
from sctptop.comparison.load_curves.knee import Knee
from sctptop.output.compare.load_tables import level_labels, load_tables
from tests.unit.output.compare.loads import full_and_free
from tests.unit.output.compare.running import said


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return full_and_free(tmp_path_factory.mktemp("loads"))


def curve(axis: str, span_s: int = 1) -> LoadCurve:
    level = Level(2.5, 70, {"p50": 41.2, "p95": None})
    side = SideCurve((level, None, level), {"p50": Knee(4.25, 50, 3.456), "p95": None}, True)
    steady = SideCurve((level, None, None), {"p50": None, "p95": None}, False)
    return LoadCurve(axis, span_s, (1, 3, 4), 9, (side, steady))


def test_levels_are_named_from_their_first_load_to_their_last() -> None:
    assert level_labels(curve(IN_FLIGHT)) == level_labels(curve(PER_SECOND)) == ["1–2", "3", "4–9"]
    assert level_labels(curve(PER_SECOND, 5)) == ["1–2.8", "3–3.8", "4–9"]


def test_a_line_a_level_and_then_the_knees() -> None:
    (table,) = load_tables([curve(IN_FLIGHT)])
    assert [line.cells for line in table.lines] == [
        ("41.2ms / – (70)", "41.2ms / – (70)"),
        ("–", "–"),
        ("41.2ms / – (70)", "–"),
        ("4.2, then to 3.5×", "–"),
        ("none seen", "–"),
    ]
    assert "Hudson 1966" in table.note and "Andrews 1993" in table.note


def test_curves_are_in_the_report_and_in_markdown(
    files: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    for flag in ([], ["--markdown"]):
        out = said(capsys, *files, *flag)
        assert "Time by registrations per second, p50 / p95 (n)" in out
        assert "Time by registrations in flight, p50 / p95 (n)" in out and "knee of p50" in out


def test_json_has_each_level_and_knee(files: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(said(capsys, *files, "--json"))
    assert [one["by"] for one in told["load_curves"]] == ["per_second", "in_flight"]
    for one in told["load_curves"]:
        assert [side["load_varied"] for side in one["recordings"]] == [True, True]
        full = [level for level in one["recordings"][0]["levels"] if level]
        assert len(one["from"]) == len(one["recordings"][0]["levels"]) and one["to"] >= one["from"][-1]
        assert full[-1]["p50_ms"] > 1.4 * full[0]["p50_ms"]
        assert set(one["recordings"][0]["knees"]) == {
            "p50",
            "p95",
        }


def test_csv_has_a_row_a_level(files: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.DictReader(io.StringIO(said(capsys, *files, "--csv"))))
    levels = [row for row in rows if row["part"].startswith("total by load")]
    assert {row["part"] for row in levels} == {"total by load per second", "total by load in flight"}
    assert {row["side"] for row in levels} == {"full", "free"}
    assert all(float(row["load"]) > 0 and int(row["n"]) >= 10 for row in levels)
    assert all(row["load"] == "" for row in rows if row not in levels)
