"""What a key tells of what it did, and boxes that are typed into."""

from __future__ import annotations

import asyncio

import pytest
from textual.widgets import OptionList

from sctptop.options import Options
from sctptop.tui.words import headline
from tests.ui.conftest import Staging
from tests.ui.scripted import amf, association, sample


async def test_a_key_that_is_bound_to_nothing_says_so(stage: Staging) -> None:
    async with stage([sample(0, [association(0)])], size=(120, 36)) as s:
        await s.press("Q")
        assert "the key Q does nothing here; ? shows those that do" in s.line("tabs")


async def test_a_notice_stands_as_long_as_it_takes_to_read_it(
    stage: Staging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(headline, "NOTICE_S", 0.05)
    monkeypatch.setattr(headline, "WORD_S", 0.0)
    async with stage([sample(0, [association(0)])], size=(120, 36)) as s:
        await s.press("Q")
        await s.until(lambda: "does nothing here" not in s.line("tabs"))
        monkeypatch.setattr(headline, "WORD_S", 60.0)
        await s.press("Q")
        await asyncio.sleep(0.2)
        assert "the key Q does nothing here" in s.line("tabs"), "it has eleven words"


async def test_the_bounds_of_the_interval_are_told(stage: Staging) -> None:
    async with stage([sample(0, [association(0)])], Options(interval_s=3600), size=(120, 36)) as s:
        await s.press("+")
        assert "60m is the longest interval" in s.line("tabs")


async def test_a_reset_is_undone(stage: Staging) -> None:
    async with stage(list(amf(20, 6)), Options(interval_s=3600, view="counters"), size=(120, 36)) as s:
        await s.press("u")
        assert "there is no reset to undo" in s.line("tabs")
        await s.tick(4)
        await s.press("r")
        await s.until(lambda: s.reading.snapshot and s.reading.snapshot.reset_s is not None)
        assert "u undoes it" in s.line("tabs") and "+4,840" not in s.panel("view").text()
        await s.tick(2)
        await s.press("u")
        assert "undone" in s.line("tabs")
        await s.until(lambda: s.reading.snapshot and s.reading.snapshot.reset_s is None)
        await s.pilot.pause()
        assert f"+{1210 * 8:,}" in s.panel("view").text(), "two readings of r and u, and six between"
        await s.press("u")
        assert "there is no reset to undo" in s.line("tabs")


async def test_help_begins_with_the_view_and_finds_what_is_typed(stage: Staging) -> None:
    async with stage(list(amf(2)), Options(interval_s=3600, view="counters")) as s:
        await s.press("question_mark")
        lines = s.panel("popup").text().splitlines()
        assert lines[1] == "In the view Counters" and "z" in lines[2]
        await s.press(*"HIDE zero")
        lines = s.panel("popup").text().splitlines()
        assert lines[0] == "search HIDE zero▏"
        assert [text.split()[0] for text in lines[1:] if text.strip()] == ["In", "z"]
        await s.press(*"quux")
        assert "Nothing in the help has all of these words" in s.panel("popup").text()
        await s.press(*["backspace"] * 4, "escape")
        assert len(s.panel("popup").text().splitlines()) > 60, "Esc takes the search away first"
        await s.press("escape")
        assert len(s.app.screen_stack) == 1


async def test_the_sort_menu_filters_as_typed(stage: Staging) -> None:
    async with stage(list(amf(4, 6))) as s:
        await s.press("s", *"send-q")
        menu = s.app.screen.query_one(OptionList)
        assert menu.option_count >= 1 and "send-q" in str(menu.border_title)
        await s.press("enter")
        assert "sorted by SEND-Q" in s.line("tabs")
        await s.press("s", *"quit")
        assert s.app.is_running and "no field" in str(s.app.screen.query_one(OptionList).border_subtitle)
        await s.press("enter", "escape")
        assert len(s.app.screen_stack) == 2, "the search went first"
        await s.press("enter")
        assert len(s.app.screen_stack) == 1 and "still sorted by SEND-Q" in s.line("tabs")


async def test_a_click_beside_a_box_closes_it(stage: Staging) -> None:
    async with stage(list(amf(4, 6)), size=(160, 36)) as s:
        for key in ("s", "question_mark", "enter"):
            await s.press(key)
            assert len(s.app.screen_stack) == 2
            await s.pilot.click(offset=(1, 1))
            await s.pilot.pause()
            assert len(s.app.screen_stack) == 1
