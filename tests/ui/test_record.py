"""The key that records what the dashboard sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from sctptop.options import Options
from sctptop.recording.file_format import RecordingError
from sctptop.recording.recorder import RecordedSource, Recorder
from sctptop.recording.writer import Writer
from sctptop.tui.live_app import LiveApp
from tests.ui.conftest import Stage
from tests.ui.scripted import Scripted, with_probes
from tests.unit.recording.recordings import read

SAMPLES = list(with_probes(40, 3))


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LiveApp:
    monkeypatch.chdir(tmp_path)
    recorder = Recorder(lambda: {"written_by": "sctptop test"})
    return LiveApp(RecordedSource(Scripted(SAMPLES), recorder), Options(interval_s=3600), recorder)


async def begin(s: Stage) -> None:
    """A recording; one sample is kept at once."""
    await s.press("w")
    await s.until(lambda: s.reading.snapshot and s.reading.snapshot.tick == 1)


async def test_w_begins_and_ends_a_recording(app: LiveApp, tmp_path: Path) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        s = Stage(app, pilot, Scripted(SAMPLES))
        await s.until(lambda: app.newest is not None)
        assert "w Record" in s.line("footer")
        await begin(s)
        assert "recording to sctptop-amf-1-2" in s.line("tabs")
        await s.tick(2)
        assert "REC" in s.line("header") and "w End rec" in s.line("footer")
        await s.press("w")
        assert "3 samples" in s.line("tabs")
        await s.tick()
        assert "REC" not in s.line("header")
    (path,) = tmp_path.glob("*.sctp")
    assert read(path) == SAMPLES[1:4]


async def test_leaving_ends_the_recording(app: LiveApp, tmp_path: Path) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        s = Stage(app, pilot, Scripted(SAMPLES))
        await s.until(lambda: app.newest is not None)
        await begin(s)
        await s.tick()
        await s.press("q")
    (path,) = tmp_path.glob("*.sctp")
    assert read(path) == SAMPLES[1:3]


async def test_a_full_disk_ends_the_recording_and_the_dashboard_goes_on(
    app: LiveApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        s = Stage(app, pilot, Scripted(SAMPLES))
        await s.until(lambda: app.newest is not None)
        await begin(s)
        await s.tick()

        def full(*_: object) -> None:
            raise RecordingError("a.sctp: the disk is full (try: free some room)")

        monkeypatch.setattr(Writer, "add", full)
        await s.tick()
        assert "recording stopped: a.sctp: the disk is full" in s.panel("troubles").text()
        assert "REC" not in s.line("header")
        before = s.reading
        await s.tick()
        assert s.reading is not before and "12:03:04" in s.line("header")
        monkeypatch.undo()
        monkeypatch.chdir(tmp_path)
        (path,) = tmp_path.glob("*.sctp")
        assert read(path) == SAMPLES[1:3]


async def test_a_folder_that_cannot_be_written_is_told(app: LiveApp, tmp_path: Path) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        s = Stage(app, pilot, Scripted(SAMPLES))
        await s.until(lambda: app.newest is not None)
        tmp_path.rmdir()
        await s.press("w")
        assert "cannot write" in s.line("tabs")


async def test_it_is_recorded_where_one_started_while_probes_are_compiled_elsewhere(
    app: LiveApp, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        s = Stage(app, pilot, Scripted(SAMPLES))
        await s.until(lambda: app.newest is not None)
        kernel = tmp_path_factory.mktemp("kernel")
        monkeypatch.chdir(kernel)
        await begin(s)
        await s.press("q")
    (path,) = tmp_path.glob("*.sctp")
    assert read(path) == SAMPLES[1:2] and not list(kernel.iterdir())
