"""Alarms of a recording: where they are raised, from what is written down and by the model; the keys that go there."""

from __future__ import annotations

from pathlib import Path

import pytest

from sctptop.cli import DEMO
from sctptop.model.selection import parse_selector
from sctptop.options import Options
from sctptop.recording.reader import Recording
from sctptop.tui.feeds.alarm_places import AlarmPlaces
from tests.ui.conftest import SAMPLES, Standing
from tests.ui.scripted import amf
from tests.unit.recording.recordings import written


def all_of(places: AlarmPlaces) -> list[tuple[int, bool]]:
    while places.step():
        pass
    return [(one.position, one.problem) for one in places.found]


@pytest.mark.parametrize("source", ["demo", "script"])
def test_what_is_written_down_says_the_same_as_the_model(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = DEMO if source == "demo" else written(tmp_path / "a.sctp", SAMPLES)
    recording = Recording(path)
    quick = AlarmPlaces(recording, ())
    derived = AlarmPlaces(recording, ())
    derived._steps = derived._derived()
    found = all_of(quick)
    assert found and found == all_of(derived) and quick.upto == derived.upto == len(recording)


def test_neighbours() -> None:
    places = AlarmPlaces(Recording(DEMO), ())
    at = [position for position, _ in all_of(places)]
    assert places.last_before(at[0]) is None and places.next_after(at[-1]) is None
    assert (after := places.next_after(at[0])) is not None and after.position == at[1]
    assert (before := places.last_before(at[1])) is not None and before.position == at[0]
    assert (first := places.next_after(-1)) is not None and first.position == at[0]


def test_selectors_are_heeded() -> None:
    recording = Recording(DEMO)
    few = AlarmPlaces(recording, (parse_selector("5001"),))
    assert not few.quick and len(all_of(few)) < len(all_of(AlarmPlaces(recording, ())))


async def test_m_goes_from_alarm_to_alarm_and_back(stand: Standing, recorded: Path) -> None:
    at = [position for position, _ in all_of(AlarmPlaces(Recording(recorded), ()))]
    assert len(at) > 1
    async with stand(size=(120, 36)) as s:
        seen = []
        for _ in at:
            before = s.playback.position
            await s.press("m")
            await s.until(lambda before=before: s.playback.position != before)  # type: ignore[misc]
            seen.append(s.playback.position)
        assert seen == at and s.app.paused
        await s.press("m")
        await s.until(lambda: "no alarm from here on" in s.line("header"))
        await s.press("M")
        await s.until(lambda: s.playback.position == at[-2])
        assert [one.position for one in s.playback.alarms] == at
        await s.press("left_curly_bracket")
        await s.at(0)
        assert "alarm" not in s.line("header")
        await s.press("M")
        await s.until(lambda: "no alarm before this" in s.line("header"))


async def test_where_nothing_is_written_down_they_are_looked_for(stand: Standing) -> None:
    options = Options(interval_s=0, selectors=(parse_selector("59059"),))
    async with stand(options=options, size=(120, 36)) as s:
        assert not s.playback.alarms
        await s.press("m")
        await s.until(lambda: s.playback.position or "no alarm" in s.playback.word)


async def test_a_recording_without_alarms(stand: Standing) -> None:
    async with stand(list(amf(5, 1)), size=(120, 36)) as s:
        await s.press("m")
        await s.until(lambda: "no alarm" in s.line("header"))
        assert s.playback.position == 0


async def test_the_speed_of_the_command_line(stand: Standing) -> None:
    async with stand(options=Options(interval_s=0, speed=30.0), start=10, size=(120, 36)) as s:
        await s.press("p")
        await s.until(lambda: s.playback.position > 10 or s.playback.ended)
        assert s.playback.speed == 30
        await s.press("plus")
        await s.until(lambda: s.playback.speed == 60)
