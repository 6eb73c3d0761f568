"""Copying what is on the screen, and saving it: never over a file, never through a link."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from sctptop.options import Options
from sctptop.tui import keeping_app
from sctptop.views import VIEWS
from tests.ui.conftest import SAMPLES, Stage, Staging
from tests.ui.scripted import amf, sample


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERM", "xterm-256color")
    return tmp_path


def notice(s: Stage) -> str:
    return s.line("tabs")


async def test_the_row_the_view_and_a_box(stage: Staging) -> None:
    async with stage(list(amf(9, 4)), Options(interval_s=3600, view="paths"), size=(160, 50)) as s:
        await s.press("down", "C")
        titles, row = s.app.clipboard.splitlines()
        assert "REMOTE" in titles and "48.0.70.3:59059" in row and "48.0.70.2" not in s.app.clipboard
        assert "copied the row: 2 lines" in notice(s)
        await s.press("tab", "C")
        assert s.app.clipboard.startswith("Paths  10.9.0.1:38412") and "48.1.70.3" in s.app.clipboard
        await s.press("tab", "exclamation_mark", "C")
        assert s.app.clipboard.startswith("Nothing to advise") and "Advice" in str(
            s.panel("popup").border_title
        )
        await s.press("escape", "enter", "C")
        assert "association id" in s.app.clipboard or "STATE" in s.app.clipboard


async def test_what_cannot_be_copied_is_told(stage: Staging, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage([sample(0)], size=(160, 50)) as s:
        await s.press("C")
        assert "no association under the cursor" in notice(s) and not s.app.clipboard
    async with stage(list(amf(3, 2)), size=(160, 50)) as s:
        monkeypatch.setenv("TERM", "linux")
        await s.press("C")
        assert "this terminal (linux) has no clipboard" in notice(s) and not s.app.clipboard
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setattr(keeping_app, "MOST_COPIED", 10)
        await s.press("C")
        assert "too long for a clipboard" in notice(s) and not s.app.clipboard


@pytest.mark.parametrize("view", [entry.id for entry in VIEWS])
async def test_the_numbers_of_each_view(stage: Staging, folder: Path, view: str) -> None:
    async with stage(SAMPLES[:40], Options(interval_s=3600, view=view), size=(160, 50)) as s:
        await s.tick(39)
        await s.press("down", "x")
        files = list(folder.iterdir())
        if not files:
            assert "has no numbers to save here" in notice(s) and view not in (
                "rtt",
                "cwnd",
                "queue",
                "paths",
            )
            return
        (file,) = files
        assert f"saved as {file.name}" in notice(s) and file.stat().st_mode & 0o777 == 0o600
        rows = list(csv.reader(file.read_text().splitlines()))
        assert len(rows) > 2 and len({len(row) for row in rows}) == 1
        if view == "cwnd":
            assert rows[0][:3] == ["time", "cwnd", "ssthresh"] and len(rows) == 41
            assert rows[1][:2] == ["2026-11-23T12:03:00.000+00:00", "4380.0"]


async def test_a_picture(stage: Staging, folder: Path) -> None:
    async with stage(list(amf(3, 2)), size=(160, 50)) as s:
        await s.press("X")
        (file,) = folder.iterdir()
        assert file.name.endswith(".svg") and file.read_text().startswith("<svg")


async def test_nothing_is_overwritten_and_no_link_followed(
    stage: Staging, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Still(keeping_app.datetime):  # type: ignore[misc, name-defined]
        @classmethod
        def now(cls, tz: object = None) -> Still:
            return cls(2026, 11, 28, 3, 30)

    monkeypatch.setattr(keeping_app, "datetime", Still)
    name = "sctptop-amf-1-cwnd-20261128-033000.csv"
    precious = folder / "precious"
    precious.write_text("mine")
    async with stage(list(amf(3, 2)), Options(interval_s=3600, view="cwnd"), size=(200, 50)) as s:
        (folder / name).symlink_to(precious)
        await s.press("x")
        assert "is there already" in notice(s) and precious.read_text() == "mine"
        (folder / name).unlink()
        (folder / name).symlink_to(folder / "nowhere")
        await s.press("x")
        assert "is there already" in notice(s) and not (folder / "nowhere").exists()
        (folder / name).unlink()
        (folder / name).write_text("older")
        await s.press("x")
        assert "is there already" in notice(s) and (folder / name).read_text() == "older"


async def test_a_name_from_afar_is_no_formula() -> None:
    from sctptop.tui.views.tables import _harmless

    assert [_harmless(cell) for cell in ("=1+1", "@x", "10.9.0.1", "", -5, None)] == [
        "'=1+1",
        "'@x",
        "10.9.0.1",
        "",
        -5,
        None,
    ]
