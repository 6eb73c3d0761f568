"""What a key answers in a notice where nothing is wrong with the key: the host, the terminal or the readings decide."""

from __future__ import annotations

import re
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from sctptop.options import Options
from sctptop.recording.file_format import RecordingError
from sctptop.recording.recorder import RecordedSource, Recorder
from sctptop.tui import app as app_module
from sctptop.tui import keeping_app
from sctptop.tui.live_app import LiveApp
from tests.ui.conftest import Stage, Staging, Standing
from tests.ui.keys.test_every_notice import ALONE, CALM, WIDE, told
from tests.ui.one_host import one_host
from tests.ui.scripted import Scripted
from tests.ui.test_namespaces import bench
from tests.ui.words.screen_text import recorded, with_sources

HOUR = Options(interval_s=3600)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERM", "xterm-256color")
    return tmp_path


@pytest.mark.parametrize("pid", [1, 4711])
async def test_ctrl_z_where_nothing_lets_it_go_on(
    stage: Staging, snapshot: object, monkeypatch: pytest.MonkeyPatch, pid: int
) -> None:
    """As the first process of a container, and in a shell without job control: the signal stops nobody there."""
    signals: list[tuple[int, int]] = []
    system = SimpleNamespace(getpid=lambda: pid, kill=lambda *told: signals.append(told))
    async with stage([ALONE], HOUR, size=WIDE) as s:
        monkeypatch.setattr(app_module, "os", system)
        monkeypatch.setattr(s.app, "suspend", nullcontext)
        await s.press("ctrl+z")
        assert told(s) == snapshot
    assert bool(signals) is (pid != 1)


async def test_the_namespace_that_was_chosen_is_gone(stage: Staging, snapshot: object) -> None:
    async with stage(list(bench(20, gone_at=3)), HOUR, size=WIDE) as s:
        await s.press("n", "n")
        for _ in range(18):
            await s.tick()
            if "gone" in told(s):
                break
        assert told(s) == snapshot


@pytest.mark.parametrize("key", ["x", "X"])
async def test_a_replay_that_may_write_no_file(
    stand: Standing, snapshot: object, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    """As Landlock refuses it (commands/replay.py)."""

    def refused(path: Path, _: object) -> None:
        raise RecordingError(f"cannot write {path}: Permission denied (try: another folder)")

    monkeypatch.setattr(keeping_app, "NewFile", refused)
    async with stand(recorded()[:3], Options(interval_s=0, view="cwnd"), size=WIDE) as s:
        await s.press(key)
        assert told(s) == snapshot


async def test_what_cannot_be_written(
    stage: Staging, snapshot: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    async with stage([ALONE], Options(interval_s=3600, view="cwnd"), size=WIDE) as s:
        monkeypatch.setattr(keeping_app, "os", SimpleNamespace(dup=full, fdopen=full))
        await s.press("x")
        assert without_date(told(s)) == snapshot


def without_date(text: str) -> str:
    return re.sub(r"\d{8}-\d{6}", "DATE-TIME", text)


LIVE: dict[str, tuple[str, ...]] = {
    "reset": ("r",),
    "reset while paused": ("p", "r"),
    "reset undone": ("r", "u"),
    "the only namespace": ("n",),
    "ends apart": ("b", "b"),
    "ends together, none": ("b",),
    "copied": ("C",),
    "saved": ("2", "x"),
    "away from the past": ("left", "right"),
    "other order": (">",),
    "shorter interval": ("minus",),
    "the filter that stays": ("/", *"38472", "enter", "/", *" and cwn>5", "enter"),
}


@pytest.mark.parametrize("name", LIVE)
async def test_live(stage: Staging, snapshot: object, name: str) -> None:
    async with stage([ALONE], HOUR, size=WIDE) as s:
        await s.press(*LIVE[name])
        assert without_date(told(s)) == snapshot


async def test_namespaces_one_after_the_other(stage: Staging, snapshot: object) -> None:
    async with stage(list(bench(2)), HOUR, size=WIDE) as s:
        notices = []
        for _ in range(3):
            await s.press("n")
            notices.append(told(s))
        assert notices == snapshot


async def test_other_namespaces_that_cannot_be_read(stage: Staging, snapshot: object) -> None:
    closed = with_sources(netns="off: other network namespaces need CAP_SYS_ADMIN (try: sudo sctptop)")
    async with stage([replace(next(bench(1, gone_at=0)), sources=closed)], HOUR, size=WIDE) as s:
        await s.press("n")
        assert told(s) == snapshot


async def test_both_ends_together(stage: Staging, snapshot: object) -> None:
    async with stage(list(one_host(2)), HOUR, size=WIDE) as s:
        await s.press("b")
        assert told(s) == snapshot


async def test_a_click_where_nothing_was_read(stage: Staging, snapshot: object) -> None:
    async with stage([ALONE], Options(interval_s=3600, view="cwnd"), size=WIDE) as s:
        panel = s.panel("view")
        window = s.app._dashboard.window
        assert window is not None and window.times[0] is None
        panel.post_message(panel.Pointed(panel, 0, ()))
        await s.pilot.pause()
        assert told(s) == snapshot


async def test_an_alarm_whose_peer_has_no_association_here(stage: Staging, snapshot: object) -> None:
    async with stage([*recorded()[:30], CALM], size=WIDE) as s:
        await s.tick(29)
        shown = s.reading.snapshot
        assert shown is not None
        alarm = next(one for one in shown.alarms if one.association is None)
        await s.tick()
        while s.reading.snapshot and any(row.ended for row in s.reading.snapshot.rows):
            await s.tick()
        s.app.go_to(alarm)
        await s.pilot.pause()
        assert told(s) == snapshot


async def test_a_recording_begins_and_ends(snapshot: object) -> None:
    recorder = Recorder(lambda: {"written_by": "sctptop test"})
    app = LiveApp(RecordedSource(Scripted([ALONE]), recorder), HOUR, recorder)
    async with app.run_test(size=WIDE) as pilot:
        s = Stage(app, pilot, Scripted([]))
        await s.until(lambda: app.newest is not None)
        notices = []
        for _ in range(2):
            await s.press("w")
            notices.append(without_date(told(s)))
            await s.until(lambda: recorder.status.samples or not recorder.status.on)
    assert [re.sub(r"[\d.]+k?B", "SOME B", notice) for notice in notices] == snapshot


REPLAYED: dict[str, tuple[str, ...]] = {
    "reset": ("r",),
    "faster": ("plus",),
    "no alarm behind": ("m",),
}


@pytest.mark.parametrize("name", REPLAYED)
async def test_a_replay(stand: Standing, snapshot: object, name: str) -> None:
    async with stand(recorded()[:3], Options(interval_s=0), 2, size=WIDE) as s:
        await s.press(*REPLAYED[name])
        if name == "no alarm behind":
            await s.until(lambda: s.playback.word)
            assert s.playback.word == snapshot
        else:
            assert told(s) == snapshot
