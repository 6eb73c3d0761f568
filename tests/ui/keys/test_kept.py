"""Settings on the screen: other keys, other colours, and what is kept with S."""

from __future__ import annotations

from sctptop.errors import SctptopError
from sctptop.options import Options
from sctptop.tui.words.line import STYLES, paint_as
from tests.ui.conftest import SAMPLES, Staging

ASKED = Options(interval_s=3600)


async def test_what_was_chosen_is_kept_and_nothing_else(stage: Staging) -> None:
    kept: list[object] = []

    def keep(changes: object) -> str:
        kept.append(changes)
        return "config.toml"

    async with stage(SAMPLES, ASKED, size=(120, 24)) as s:
        s.app.keep = keep
        await s.press("S")
        assert "nothing was chosen" in s.line("tabs") and not kept
        await s.press("5", "I", "S")
        assert kept == [{"view": "paths", "sort": "remote:desc"}] or "sort" in kept[0]  # type: ignore[operator]
        assert "view, sort kept in config.toml" in s.line("tabs")


async def test_why_nothing_is_kept_is_said(stage: Staging) -> None:
    def keep(_: object) -> str:
        raise SctptopError("config.toml: cannot be written: no space (try: make room)")

    async with stage(SAMPLES, ASKED, size=(160, 24)) as s:
        s.app.keep = keep
        await s.press("5", "S")
        assert "not kept: config.toml: cannot be written: no space" in s.line("tabs")


async def test_other_keys_do_the_same_and_are_shown(stage: Staging) -> None:
    chosen = Options(interval_s=3600, keys={"pause": "f8", "view_paths": "x"})
    async with stage(SAMPLES, chosen, size=(120, 24)) as s:
        assert "f8 Pause" in s.line("footer")
        await s.press("f8")
        assert s.app.paused
        await s.press("p")
        assert s.app.paused and "does nothing here" in s.line("tabs")
        await s.press("x")
        assert "[5 Paths]" in s.line("tabs") or "Paths" in str(s.panel("view").border_title)


async def test_colours_change_while_it_runs(stage: Staging) -> None:
    try:
        async with stage(SAMPLES, Options(interval_s=3600, theme="light"), size=(120, 24)) as s:
            light = STYLES["warn"]
            ground = s.app.screen.styles.background
            s.app.paint_with("dark")
            await s.pilot.pause()
            assert STYLES["warn"] != light and s.app.screen.styles.background != ground
    finally:
        paint_as("dark")


async def test_where_tabs_have_no_room_digits_stand_for_the_others(stage: Staging) -> None:
    async with stage(SAMPLES, Options(interval_s=3600, view="paths"), size=(60, 24)) as s:
        assert s.line("tabs").split() == ["1", "2", "3", "4", "[5", "Paths]", "6", "7", "8", "9"]
        await s.press("7")
        assert "[7 Registration]" in s.line("tabs")
