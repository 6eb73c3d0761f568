"""What the keys do, apart from walking the table."""

from __future__ import annotations

import pytest
from textual import events
from textual.widgets import Input

from sctptop.fields.catalogue import FIELDS
from sctptop.fields.filter import parse_filter
from sctptop.options import Options
from sctptop.tui.keys import LIVE_KEYS, explained, key_names
from sctptop.tui.live_app import LiveApp
from sctptop.tui.views.parts.registration_bar import SIDES
from sctptop.tui.widgets.line_panel import LinePanel
from sctptop.tui.words.headline import interval_text
from sctptop.views import VIEWS
from tests.ui.conftest import Staging
from tests.ui.scripted import amf, association, sample


async def test_digits_choose_the_view(stage: Staging) -> None:
    async with stage(list(amf(3))) as s:
        for digit, view in enumerate(VIEWS, 1):
            await s.press(str(digit))
            assert f"[{digit} {view.title}]" in s.line("tabs")
            assert str(s.panel("view").border_title).startswith(view.title)


async def test_a_click_on_a_tab_chooses_the_view(stage: Staging) -> None:
    async with stage(list(amf(3))) as s:
        await s.pilot.click("#tabs", offset=(s.line("tabs").index("Queue"), 0))
        await s.pilot.pause()
        assert "[3 Queue]" in s.line("tabs")


async def test_the_view_of_the_options_comes_first(stage: Staging) -> None:
    async with stage(list(amf(2)), Options(interval_s=3600, view="paths")) as s:
        assert "[5 Paths]" in s.line("tabs")


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
async def test_quit_is_exit_code_0(stage: Staging, key: str) -> None:
    async with stage(list(amf(2))) as s:
        await s.press(key)
        assert s.app.return_value == 0


async def test_pause_holds_the_picture_while_collection_goes_on(stage: Staging) -> None:
    async with stage(list(amf(40))) as s:
        await s.tick(3)
        await s.press("2", "p")
        table = [s.table.line_at(y) for y in range(9)]
        view = s.panel("view").text()
        await s.tick(12)
        assert "PAUSED at 12:03:03" in s.line("header")
        assert "12:03:15" in s.line("header")
        assert [s.table.line_at(y) for y in range(9)] == table
        assert s.panel("view").text() == view
        await s.press("space")
        assert "live" in s.line("header")
        assert s.panel("view").text() != view


async def test_reset_counts_from_the_key_press(stage: Staging) -> None:
    async with stage(list(amf(20))) as s:
        await s.tick(4)
        await s.press("4")
        gained = [text for text in s.panel("view").text().splitlines() if "SctpInSCTPPacks" in text]
        assert "+4,840" in gained[0]
        reads = s.source.reads
        await s.press("r")
        await s.until(lambda: s.reading.snapshot and s.reading.snapshot.reset_s == 0)
        await s.pilot.pause()
        assert s.source.reads == reads + 1
        assert "SINCE RESET" in s.panel("view").text() and "reset 0s ago" in s.panel("view").text()
        assert "+" not in s.panel("view").text()
        await s.tick()
        gained = [text for text in s.panel("view").text().splitlines() if "SctpInSCTPPacks" in text]
        assert "+1,210" in gained[0]


async def test_z_hides_counters_at_zero(stage: Staging) -> None:
    async with stage(list(amf(3))) as s:
        await s.press("4")
        assert "SctpAutocloseExpireds" in s.panel("view").text()
        await s.press("z")
        assert "SctpAutocloseExpireds" not in s.panel("view").text()
        assert "at zero hidden" in s.panel("view").text()


async def test_the_counter_under_the_cursor_is_explained(stage: Staging) -> None:
    async with stage(list(amf(3))) as s:
        await s.press("4", "tab", "down", "down")
        view = s.panel("view")
        assert view.has_focus
        assert view.cursor == "one/SctpPassiveEstabs"
        assert "because the peer sent the INIT" in view.text()
        await s.press("end")
        assert view.cursor is not None and view.cursor.startswith("association/")
        await s.press("z")
        await s.press("tab", "down")
        assert s.table.has_focus
        assert s.cursor_port() == 59059


async def test_y_gives_each_graph_its_scale(stage: Staging) -> None:
    async with stage(list(amf(3))) as s:
        await s.press("2")
        assert "common scale 0–200k" in s.panel("view").text()
        await s.press("y")
        assert "each on its own scale" in s.panel("view").text()


async def test_the_filter_applies_as_typed_and_survives_a_bad_expression(stage: Staging) -> None:
    async with stage(list(amf(3))) as s:
        await s.press("/", *"remote_port=59060")
        assert s.ports() == [59060]
        await s.press(*" cwnd<")
        assert s.ports() == [59060]
        assert "▲" in s.line("filter-error")
        await s.press(*"1")
        assert s.line("filter-error").strip() == ""
        assert s.ports() == []
        await s.press("escape")
        assert len(s.ports()) == 12
        await s.press("/", *"59059", "enter")
        assert s.ports() == [59059]
        assert "1 of 12 shown" in s.line("filter-line")
        assert s.table.has_focus
        await s.press("escape")
        assert len(s.ports()) == 12


async def test_escape_in_the_filter_restores_the_one_before(stage: Staging) -> None:
    options = Options(interval_s=3600, filter=parse_filter("59060"))
    async with stage(list(amf(3)), options) as s:
        await s.press("/", *"999")
        assert s.ports() == []
        await s.press("escape")
        assert s.ports() == [59060]


async def test_letters_typed_into_the_filter_are_no_commands(stage: Staging) -> None:
    async with stage(list(amf(3))) as s:
        await s.press("/", "q", "p", "1", "question_mark", "tab")
        assert s.app.is_running
        assert not s.app.paused
        assert len(s.app.screen_stack) == 1


async def test_a_filter_pasted_at_once_loses_no_letter(stage: Staging) -> None:
    async with stage(list(amf(3))) as s:
        names = {"/": "slash", "_": "underscore", "=": "equals_sign"}
        for character in "/remote_port=59060":
            s.app.post_message(events.Key(names.get(character, character), character))
        await s.pilot.pause()
        assert s.ports() == [59060]
        assert not s.app.paused


async def test_a_slash_opens_no_filter_under_another_screen(stage: Staging) -> None:
    async with stage(list(amf(3))) as s:
        await s.press("question_mark", "/")
        assert len(s.app.screen_stack) == 2
        await s.press("escape", "/", *"/59060")
        assert s.app.query_one(Input).value == "/59060"


async def test_sort_keys(stage: Staging) -> None:
    async with stage(list(amf(6))) as s:
        await s.tick(4)
        assert s.table.line_at(0).startswith("▼!")
        await s.press(">")
        assert "▲REMOTE" in s.table.line_at(0) and s.table.line_at(0).startswith(" !")
        await s.press(">")
        assert "▲STATE" in s.table.line_at(0)
        await s.press("I")
        assert "▼STATE" in s.table.line_at(0)
        await s.press("<")
        assert "▲REMOTE" in s.table.line_at(0)
        await s.press("s", "end")
        await s.press("escape")
        assert "▲REMOTE" in s.table.line_at(0)
        await s.press("s", *(["home"] + ["down"] * 3), "enter")
        assert "▼ CWND" in s.table.line_at(0) or "▼CWND" in s.table.line_at(0)


async def test_enter_on_the_current_sort_field_keeps_the_order(stage: Staging) -> None:
    async with stage(list(amf(3))) as s:
        await s.press("I")
        assert s.table.line_at(0).startswith("▲!")
        await s.press("s", "enter")
        assert s.table.line_at(0).startswith("▲!")


async def test_enter_on_an_unreadable_filter_says_that_the_old_one_stays(stage: Staging) -> None:
    options = Options(interval_s=3600, filter=parse_filter("59060"))
    async with stage(list(amf(3)), options, size=(120, 36)) as s:
        await s.press("/", *" cwnd<", "enter")
        assert s.ports() == [59060]
        assert "filter stays 59060" in s.line("tabs") and "cwnd" in s.line("tabs")


async def test_a_newer_notice_stops_the_timer_of_an_older_one(stage: Staging) -> None:
    async with stage(list(amf(3))) as s:
        await s.press("I")
        older = s.app._hushing
        await s.press("I")
        assert older is not None and older._task is None
        assert s.app._hushing is not older
        assert "sorted by" in s.line("tabs")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.1, "0.1s"), (0.25, "0.25s"), (1, "1.0s"), (12.5, "12.5s"), (30, "30s"), (90, "1m30s"), (3600, "60m")],
)
def test_an_interval_is_said_as_it_was_asked_for(seconds: float, text: str) -> None:
    assert interval_text(seconds) == text


async def test_interval_keys_walk_the_steps_within_bounds(stage: Staging) -> None:
    async with stage(list(amf(3)), Options(interval_s=1000)) as s:
        await s.press("+")
        assert isinstance(s.app, LiveApp)
        assert s.app.interval_s == 1800
        await s.press("+", "+", "+")
        assert s.app.interval_s == 3600
        assert "60m" in s.line("header")
        await s.press("-")
        assert s.app.interval_s == 1800


async def test_help_lists_every_key_and_every_field(stage: Staging) -> None:
    async with stage(list(amf(2))) as s:
        for key in ("question_mark", "h", "f1"):
            await s.press(key)
            text = " ".join(s.panel("popup").text().split())
            for binding in [*LIVE_KEYS, *s.table.BINDINGS, *LinePanel.BINDINGS]:
                assert f"{key_names(binding)} {explained(binding)}" in text  # type: ignore[arg-type]
            for field in FIELDS:
                assert f"[{field.id}]" in text
            await s.press("escape")
            assert len(s.app.screen_stack) == 1


async def test_help_explains_the_registration_view(stage: Staging) -> None:
    async with stage(list(amf(2)), size=(80, 24)) as s:
        await s.press("question_mark")
        lines = s.panel("popup").text().splitlines()
        place = lines.index("Registration")
        section = lines[place + 1 : lines.index("", place)]
        told = " ".join(" ".join(section).split())
        for _, mark, _ in SIDES:
            assert mark in told
        for word in ("held", "unread", "COST MOST", "→ ←", "most", "problem, warning, note"):
            assert word in told
        assert max(map(len, section)) <= s.panel("popup").room


async def test_details_show_every_field_live_and_close(stage: Staging) -> None:
    async with stage(list(amf(9))) as s:
        await s.press("down", "enter")
        text = s.panel("popup").text()
        for field in FIELDS:
            assert field.mirrors or field.title in text
        assert "10.9.0.1:38412" in text
        await s.press("down", "down", "down", "down")
        assert s.panel("popup").cursor == "assoc_id"
        assert "association id" in s.panel("popup").text()
        await s.tick(3)
        assert s.panel("popup").text() != text
        await s.press("escape")
        assert len(s.app.screen_stack) == 1


async def test_details_keep_the_last_values_of_an_association_that_ended(stage: Staging) -> None:
    samples = [sample(0, [association(0)]), *(sample(tick) for tick in range(1, 9))]
    async with stage(samples) as s:
        await s.press("enter")
        await s.tick(8)
        assert "these are its last values" in s.panel("popup").text()
        assert "48.0.70.2" in s.panel("popup").text()


async def test_the_palette_offers_what_the_keys_do(stage: Staging) -> None:
    async with stage(list(amf(2))) as s:
        titles = [command.title for command in s.app.get_system_commands(s.app.screen)]
        assert "Choose what to sort by" in titles
        await s.press("ctrl+p")
        assert len(s.app.screen_stack) == 2


async def test_bindings_have_ids_of_their_own() -> None:
    ids = [binding.id for binding in LIVE_KEYS]
    assert None not in ids
    assert len(set(ids)) == len(ids)
