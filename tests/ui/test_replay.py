"""The dashboard on a recording: plays, stands still, steps and jumps; and shows what the live one showed."""

from __future__ import annotations

import asyncio

import pytest

from sctptop.model.sample import Sample
from sctptop.model.selection import parse_selector
from sctptop.options import Options
from sctptop.recording.reader import Recording
from sctptop.tui.feeds.player import Player
from sctptop.tui.keys import REPLAY_KEYS, explained, key_names
from sctptop.views import VIEWS
from tests.ui.conftest import COUNT, SAMPLES, Stage, Staging, Standing
from tests.ui.screens.test_advice import DEAD
from tests.ui.scripted import association, sample


async def test_steps_go_one_sample_on_and_back(stand: Standing) -> None:
    async with stand() as s:
        assert "PAUSED" in s.line("header") and "12:03:00" in s.line("header")
        await s.press("t", "t")
        await s.at(2)
        assert "12:03:02" in s.line("header") and "2s of 74s" in s.line("header")
        await s.press("T")
        await s.at(1)
        await s.press("T", "T", "T")
        await s.at(0)


async def test_jumps(stand: Standing) -> None:
    async with stand() as s:
        await s.press("right_square_bracket")
        await s.at(10)
        await s.press("right_square_bracket", "right_square_bracket", "left_square_bracket")
        await s.at(20)
        await s.press("right_curly_bracket")
        await s.at(COUNT - 1)
        assert " END " in s.line("header")
        await s.press("right_square_bracket", "t")
        await s.at(COUNT - 1)
        await s.press("left_curly_bracket")
        await s.at(0)
        await s.press("g", *"5x", "enter")
        assert len(s.app.screen_stack) == 2
        await s.press(*["backspace"] * 2, *"50%", "enter")
        await s.at(COUNT // 2)
        await s.press("g", "escape")
        assert len(s.app.screen_stack) == 1


async def test_it_plays_to_the_end_and_again_from_the_start(stand: Standing) -> None:
    async with stand(start=30, playing=True) as s:
        assert "replay 1×" in s.line("header")
        await s.press(*["plus"] * 7)
        assert "replay 600×" in s.line("header") or s.playback.ended
        await s.until(lambda: s.playback.ended)
        await s.pilot.pause()
        assert s.app.paused and " END " in s.line("header")
        await s.press("minus")
        await s.press("p")
        await s.until(lambda: s.playback.position < COUNT - 1 or s.playback.ended)
        assert s.playback.speed == 120


async def test_a_pause_stands_still(stand: Standing) -> None:
    async with stand(playing=True) as s:
        await s.press(*["plus"] * 3, "p")
        await s.until(lambda: s.app.paused)
        position = s.playback.position
        await asyncio.sleep(0.4)
        assert s.playback.position == position and "Go on" in s.line("footer")
        await s.press("p")
        await s.until(lambda: s.playback.position > position)


async def test_a_jump_tells_what_came_before_it(stand: Standing) -> None:
    """Graphs and distributions are those of the whole window, as if it had been played."""
    async with stand(start=60) as s:
        await s.at(60)
        assert s.reading.snapshot is not None
        rtt = next(row for row in s.reading.snapshot.rows if row.association.remote_port == 59059).primary_rtt
        assert rtt is not None and rtt.heartbeat.n == 60


@pytest.mark.parametrize("whole", [False, True])
async def test_an_alarm_of_a_jump_is_no_younger_than_its_trouble(
    stand: Standing, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    """Until the readings before the jump are known, the alarms say that they may have been raised earlier."""
    if not whole:
        monkeypatch.setattr(Player, "_fill", lambda self: iter(()))
    samples = [
        sample(tick, [association(0, tick, paths=DEAD if tick > 5 else association(0, tick).paths)])
        for tick in range(COUNT)
    ]
    async with stand(samples, Options(interval_s=0, view="alarms"), start=40) as s:
        if whole:
            await s.at(40)
        line = s.panel("view").text().splitlines()[1]
        assert line.startswith("12:03:06–lasts    ▲ Dead path" if whole else "≤12:03:40–lasts    ▲ Dead path")
        assert ("dead 34s" if whole else "dead ≥") in s.table.line_at(1)


async def test_alarms_of_a_jump_near_the_start_have_their_times(stand: Standing) -> None:
    """What is read for it is all that was before it."""
    samples = [
        sample(tick, [association(0, tick, paths=DEAD if tick > 5 else association(0, tick).paths)])
        for tick in range(COUNT)
    ]
    async with stand(samples, Options(interval_s=0, view="alarms"), start=12) as s:
        assert s.panel("view").text().splitlines()[1].startswith("12:03:06–lasts    ▲ Dead path")
        assert "dead 6s" in s.table.line_at(1)


async def test_reset_counts_from_the_sample_shown(stand: Standing) -> None:
    async with stand(start=40) as s:
        await s.at(40)
        await s.press("4", "r")
        await s.until(lambda: s.reading.snapshot and s.reading.snapshot.reset_s == 0)
        await s.press("t")
        await s.until(lambda: s.playback.position == 41)
        await s.pilot.pause()
        row = next(one for one in s.panel("view").text().splitlines() if "SctpInSCTPPacks" in one)
        assert "1,210" in row or "1.2k" in row


@pytest.mark.parametrize("view", [entry.id for entry in VIEWS])
async def test_live_and_replay_draw_the_same_screen(stage: Staging, stand: Standing, view: str) -> None:
    live = Options(interval_s=3600, view=view)
    size = (120, 36)
    async with stage(SAMPLES, live, size=size) as s:
        await s.tick(COUNT - 1)
        await s.press("home", "j")
        shown = picture(s)
    async with stand(SAMPLES, Options(interval_s=0, view=view), COUNT - 1, size=size) as s:
        await s.at(COUNT - 1)
        await s.press("home", "j")
        assert picture(s) == shown
    if view == "rtt":
        # And so when it was played and not jumped to.
        async with stand(SAMPLES, Options(interval_s=0, view=view), size=size) as s:
            for _ in range(COUNT - 1):
                s.app.action_step(1)  # type: ignore[attr-defined]
            await s.at(COUNT - 1)
            await s.press("home", "j")
            assert picture(s) == shown


def picture(s: Stage) -> list[str]:
    """All that is drawn below the first line and above the keys."""
    table = [s.table.line_at(y) for y in range(s.table.size.height)]
    view = s.panel("view").text().splitlines()
    if any(text.startswith("recording ") for text in view):
        # The live one knows of none.
        view = view[:-2]
    return [
        s.line("totals"),
        *table,
        s.line("tabs"),
        s.panel("view").border_title or "",
        "\n".join(view),
    ]


async def test_a_count_ends_it(stand: Standing) -> None:
    async with stand(options=Options(interval_s=0, count=2), playing=True) as s:
        await s.press("t")
        await s.until(lambda: s.app.return_value == 0)


async def test_damage_is_told_and_passed_over(stand: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Recording.sample

    def torn(self: Recording, position: int) -> Sample | None:
        if 10 <= position < 60:
            self._damaged.add(0)
            return None
        return whole(self, position)

    monkeypatch.setattr(Recording, "sample", torn)
    async with stand(start=9, size=(120, 36)) as s:
        await s.press("t")
        await s.until(lambda: s.playback.position == 60)
        await s.pilot.pause()
        assert "1 part damaged" in s.line("header")


async def test_steps_and_jumps_pass_over_damage(stand: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Recording.sample
    monkeypatch.setattr(
        Recording, "sample", lambda self, place: None if 10 <= place < 60 else whole(self, place)
    )
    async with stand(start=62) as s:
        for position in (61, 60, 9, 8):
            await s.press("T")
            await s.until(lambda position=position: s.playback.position == position)  # type: ignore[misc]
        await s.press("right_square_bracket")
        await s.until(lambda: s.playback.position == 60)
        await s.press("left_square_bracket")
        await s.until(lambda: s.playback.position == 9)


async def test_nobody_at_this_moment_is_told_as_of_a_recording(stand: Standing) -> None:
    options = Options(interval_s=0, selectors=(parse_selector("4711"),))
    async with stand(options=options) as s:
        text = " ".join(s.panel("empty").text().split())
        assert "No association matches --assoc 4711 at this moment." in text
        assert "by itself" not in text


async def test_a_recording_of_nothing_readable_says_so(
    stand: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Recording, "sample", lambda self, position: None)
    async with stand() as s:
        assert "no sample of this recording can be read" in s.panel("empty").text()


async def test_help_has_the_keys_of_a_recording(stand: Standing) -> None:
    async with stand() as s:
        await s.press("question_mark")
        text = " ".join(s.panel("popup").text().split())
        for binding in REPLAY_KEYS:
            assert f"{key_names(binding)} {explained(binding, live=False)}" in text
