"""Every error and every refusal that the dashboard tells, in a snapshot: what went wrong, and what to do instead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from sctptop.errors import SctptopError
from sctptop.model.sample import Sample
from sctptop.options import Options
from sctptop.recording.file_format import RecordingError
from sctptop.recording.recorder import RecordedSource, Recorder
from sctptop.recording.writer import Writer
from sctptop.tui import keeping_app
from sctptop.tui.live_app import LiveApp
from tests.ui.conftest import Stage, Staging, Standing
from tests.ui.scripted import Scripted
from tests.ui.words.screen_text import F1AP, OFF, one, opening, recorded, screen_text, with_sources

WIDE = (200, 24)
NOBODY = replace(opening(), associations=(), events=())
CALM = replace(recorded()[3], associations=(one(F1AP, at=recorded()[3]),), events=())
ALONE = replace(opening(), associations=(one(F1AP),), events=())


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERM", "xterm-256color")
    return tmp_path


def told(s: Stage) -> str:
    """The notice: it stands at the end of the line of tabs."""
    return s.line("tabs").split("9 Timeline")[-1].strip(" ]")


KEYS: dict[str, tuple[str, ...]] = {
    "no such key": ("Q",),
    "longest interval": ("plus",),
    "no filter to leave": ("escape",),
    "no reset to undo": ("u",),
    "one kind alone": ("7", "K"),
    "own scale elsewhere": ("6", "y"),
    "overlay elsewhere": ("1", "o"),
    "zeros elsewhere": ("1", "z"),
    "all associations elsewhere": ("1", "a"),
    "event filter elsewhere": ("1", "e"),
    "kinds elsewhere": ("1", "K"),
    "nothing chosen to keep": ("S",),
    "no settings to keep in": ("5", "S"),
    "nothing to record with": ("w",),
    "no numbers": ("8", "x"),
    "at the oldest reading": ("tab", "left", "left"),
    "unknown field": ("/", *"cwn>5", "enter"),
    "still the order": ("s", "enter"),
}


@pytest.mark.parametrize("name", KEYS)
async def test_a_key(stage: Staging, snapshot: object, name: str) -> None:
    async with stage([ALONE], Options(interval_s=3600), size=WIDE) as s:
        await s.press(*KEYS[name])
        assert told(s) == snapshot


WITHOUT_ROWS: dict[str, tuple[str, ...]] = {
    "details": ("enter",),
    "copy": ("C",),
}


@pytest.mark.parametrize("name", WITHOUT_ROWS)
async def test_a_key_without_associations(stage: Staging, snapshot: object, name: str) -> None:
    async with stage([NOBODY], Options(interval_s=3600), size=WIDE) as s:
        await s.press(*WITHOUT_ROWS[name])
        assert told(s) == snapshot


@pytest.mark.parametrize("key", ["exclamation_mark", "left", "x", "enter"])
async def test_a_key_before_anything_was_read(stage: Staging, snapshot: object, key: str) -> None:
    async with stage([OSError(105, "No buffer space available")], size=WIDE) as s:
        await s.press(key)
        assert screen_text(s.app) == snapshot


async def test_the_shortest_interval(stage: Staging, snapshot: object) -> None:
    async with stage([ALONE], Options(interval_s=0.1), size=WIDE) as s:
        await s.press("minus")
        assert told(s) == snapshot


@pytest.mark.parametrize("terminal", ["linux", "dumb", "xterm"])
async def test_no_clipboard(
    stage: Staging, snapshot: object, monkeypatch: pytest.MonkeyPatch, terminal: str
) -> None:
    monkeypatch.setattr(keeping_app, "MOST_COPIED", 10)
    async with stage([ALONE], size=WIDE) as s:
        monkeypatch.setenv("TERM", terminal)
        await s.press("C")
        assert told(s) == snapshot


async def test_settings_that_cannot_be_kept(stage: Staging, snapshot: object) -> None:
    def keep(_: object) -> str:
        raise SctptopError("config.toml: cannot be written: No space left on device (try: free some room)")

    async with stage([ALONE], size=WIDE) as s:
        s.app.keep = keep
        await s.press("5", "S")
        assert told(s) == snapshot


async def test_an_alarm_whose_association_is_hidden_or_gone(stage: Staging, snapshot: object) -> None:
    samples = [*recorded()[: len(recorded()) // 2], NOBODY]
    notices = []
    async with stage(samples, size=WIDE) as s:
        await s.tick(len(samples) - 2)
        shown = s.reading.snapshot
        assert shown is not None
        alarm = next(one for one in shown.alarms if one.rule == "dead_path")
        await s.press("/", *"log-push", "enter")
        s.app.go_to(alarm)
        await s.pilot.pause()
        notices.append(told(s))
        await s.press("escape")
        await s.tick(8)
        s.app.go_to(alarm)
        await s.pilot.pause()
        notices.append(told(s))
    assert notices == snapshot


TROUBLES: dict[str, Sequence[Sample | Exception]] = {
    "a source": [
        replace(
            ALONE,
            sources=with_sources(
                procfs="error: /proc/net/sctp/remaddr: Permission denied",
                ways="error: [Errno 105] No buffer space available",
            ),
        )
    ],
    "a reading": [ALONE, OSError(105, "No buffer space available")],
    "a bug": [ALONE, KeyError("10.9.0.2")],
}


@pytest.mark.parametrize("name", TROUBLES)
async def test_trouble_above_the_table(stage: Staging, snapshot: object, name: str) -> None:
    async with stage(TROUBLES[name]) as s:
        await s.tick(len(TROUBLES[name]) - 1)
        assert s.panel("troubles").text() == snapshot


async def test_a_recording_that_cannot_be_kept(
    snapshot: object, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder(lambda: {"written_by": "sctptop test"})
    app = LiveApp(RecordedSource(Scripted([ALONE]), recorder), Options(interval_s=3600), recorder)
    notices = []
    async with app.run_test(size=WIDE) as pilot:
        s = Stage(app, pilot, Scripted([]))
        await s.until(lambda: app.newest is not None)
        await s.press("w")
        await s.until(lambda: recorder.status.on)

        def full(*_: object) -> None:
            raise RecordingError("a.sctp: the disk is full (try: free some room)")

        monkeypatch.setattr(Writer, "add", full)
        await s.tick()
        notices.append(s.panel("troubles").text())
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
        await s.press("w")
        notices.append(re.sub(r"\d{8}-\d{6}", "DATE-TIME", told(s)))
    assert notices == snapshot


REPLAYED: dict[str, tuple[str, ...]] = {
    "highest speed": ("plus",) * 9,
    "lowest speed": ("minus",) * 9,
    "no moment": ("g", *"25:00:99", "enter"),
    "no such moment": ("g", *"soon", "enter"),
    "no alarm before": ("M",),
}


@pytest.mark.parametrize("name", REPLAYED)
async def test_a_key_of_a_replay(stand: Standing, snapshot: object, name: str) -> None:
    async with stand(recorded()[:3], Options(interval_s=0), size=(120, 24)) as s:
        await s.press(*REPLAYED[name])
        if name == "no alarm before":
            await s.until(lambda: s.playback.word)
        await s.pilot.pause()
        assert screen_text(s.app) == snapshot


BOXES: dict[str, tuple[Sample, tuple[str, ...]]] = {
    "no advice": (CALM, ("exclamation_mark",)),
    "no advice, blind": (replace(CALM, sources=with_sources(bpf=OFF["no root"])), ("exclamation_mark",)),
    "not in the help": (ALONE, ("question_mark", *"quux")),
    "not in the menu of fields": (ALONE, ("s", *"quux")),
    "filter: unknown field": (ALONE, ("/", *"cwn>5")),
    "filter: unknown value": (ALONE, ("/", *"state=BOGUS")),
    "filter: open parenthesis": (ALONE, ("/", *"(cwnd>5k or rtx>3")),
    "filter: unit": (ALONE, ("/", *"srtt>5kB")),
    "filter: a long one": (
        ALONE,
        ("/", *"peer_rwnd<2k and not state=SHUTDOWN_PENDING and (cwdn>5k or rtx>3)"),
    ),
    "filter: wrong behind one that stays": (ALONE, ("/", *"srtt>5 and cwn>5")),
    "filter: begun behind one that stays": (ALONE, ("/", *"srtt>5 and cwn")),
    "filter: kept though wrong": (ALONE, ("/", *"srtt>5kB", "enter")),
    "no command": (ALONE, ("ctrl+p", *"quux")),
}


@pytest.mark.parametrize("name", BOXES)
async def test_a_box_with_nothing_in_it(stage: Staging, snapshot: object, name: str) -> None:
    sample, keys = BOXES[name]
    async with stage([sample]) as s:
        await s.press(*keys)
        if keys[0] == "ctrl+p":
            await s.until(lambda: "No matches" in screen_text(s.app))
        assert screen_text(s.app) == snapshot


async def test_the_details_of_an_association_that_is_gone(stage: Staging, snapshot: object) -> None:
    async with stage([ALONE, NOBODY]) as s:
        await s.press("enter")
        await s.tick()
        assert "\n".join(s.panel("popup").text().splitlines()[:4]) == snapshot
