"""The tables of a comparison: as wide as the terminal, and readable in a narrow one."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from sctptop.output.compare.text import LEAST_WIDTH, WIDTH
from tests.unit.output.compare.running import said


@pytest.mark.parametrize(("columns", "width"), [(200, WIDTH), (80, 80), (60, LEAST_WIDTH), (20, LEAST_WIDTH)])
def test_it_is_as_wide_as_the_terminal(
    columns: int,
    width: int,
    files: Mapping[str, Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("NO_COLOR", "1")
    out = said(capsys, files["slow"], files["fast"])
    lines = out.splitlines()
    assert width - 8 < max(map(len, lines)) <= width
    bars = [line for line in lines if "▕" in line]
    assert bars and "█" in bars[0][-20:]
    # No label is cut, for want of room it stands alone.
    assert "…" not in out and "  Authentication (answered)" in out


def test_what_has_no_room_beside_its_label_goes_below(
    files: Mapping[str, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = said(capsys, files["slow"], files["fast"]).splitlines()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("NO_COLOR", "1")
    narrow = said(capsys, files["slow"], files["fast"]).splitlines()
    (whole,) = (line for line in wide if line.startswith("  time, p50"))
    (place,) = (place for place, line in enumerate(narrow) if line.startswith("  time, p50"))
    label, ratio = narrow[place].split("p50")
    cells = narrow[place + 1].split()
    assert whole.split() == [*f"{label}p50".split(), *cells, *ratio.split()] and len(cells) == 4


def test_the_column_of_ratios_says_of_what(
    files: Mapping[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = said(capsys, files["slow"], files["fast"]).splitlines()
    head = lines[lines.index("Initial registrations, at the gNB") + 1]
    assert head.split() == ["slow", "fast", "against", "slow"]
    (median,) = (line for line in lines if line.startswith("  time, p50"))
    assert median.index("×") > head.index("against slow") > median.rindex("ms")
    # Nothing is measured against another in the settings, and a long name has no room.
    assert lines[lines.index("Settings") + 1].split() == ["slow", "fast"]
    long = shutil.copy(files["slow"], tmp_path / "as-slow-as-it-gets.sctp")
    assert "against baseline" in said(capsys, long, files["fast"])


def test_more_than_fit_beside_each_other_go_below(
    files: Mapping[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = [
        shutil.copy(files["again"], tmp_path / f"{'a rather long name of run ' * 2}{n}.sctp")
        for n in range(4)
    ]
    out = said(capsys, files["slow"], files["fast"], *more)
    assert max(map(len, out.splitlines())) <= WIDTH
    assert out.count("Verdict on initial registrations: ") == 5
    assert "Fastest first, by the median of initial registrations: " in out
    # The baseline is repeated above each of them.
    assert sum(line.split()[:1] == ["slow"] and "│" not in line for line in out.splitlines()) > 8
