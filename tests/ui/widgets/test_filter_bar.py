"""The filter line: what is wrong is said beside it and underlined in it."""

from __future__ import annotations

import pytest
from textual.events import AppBlur, AppFocus
from textual.widgets import Input

from sctptop.fields.filter import FilterError, parse_filter
from sctptop.options import Options
from sctptop.terminal_text import clip
from tests.ui.conftest import Stage, Staging
from tests.ui.scripted import amf


def underlined(s: Stage) -> str:
    strip = s.app.screen.query_one(Input).render_line(0)
    return "".join(part.text for part in strip if part.style and part.style.underline)


@pytest.mark.parametrize(
    ("typed", "wrong", "says"),
    [
        ("59059 or cwn<10k", "cwn", "no field 'cwn'; did you mean cwnd"),
        ("  state=BOGU ", "BOGU", "no value of state"),
        ("(59059 or 59060", "(", "is not closed"),
        ("59059 srtt_ms<5kB", "5kB", "is of bytes"),
    ],
)
async def test_what_is_wrong_is_underlined_and_told(
    stage: Staging, typed: str, wrong: str, says: str
) -> None:
    async with stage(list(amf(2))) as s:
        await s.press("/", *typed)
        assert underlined(s) == wrong
        assert says in s.line("filter-error")
        shown = len(s.ports())
        await s.press("enter")
        assert len(s.ports()) == shown


def seen(s: Stage, name: str) -> list[str]:
    """The lines of a part of the screen, as they are drawn."""
    part = s.app.screen_stack[0].query_one(f"#{name}")
    return [part.render_line(y).text.rstrip() for y in range(part.size.height)]


WRONG = (
    "cwnd<10k and (state=ESTABLISHED or srtt>5kB)",
    "state=BOGUS",
    "59059 or cwn<10k",
    "peer_rwnd<2k and local=10.9.0.1:38412 and not state=SHUTDOWN_PENDING and cwdn>5k",
    "process=~nr-gnb",
    "cwnd>5k && (rtx>3",
)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (100, 30), (120, 36), (160, 50)])
@pytest.mark.parametrize("typed", WRONG)
async def test_what_is_wrong_is_told_to_its_end(stage: Staging, size: tuple[int, int], typed: str) -> None:
    with pytest.raises(FilterError) as wrong:
        parse_filter(typed)
    problem = " ".join(str(wrong.value).split())
    async with stage(list(amf(2)), size=size) as s:
        await s.press("/", *typed)
        told = seen(s, "filter-error")
        stays = f"; filter stays {clip(s.app._chosen.filter.text, 40)}" if s.app._chosen.filter.test else ""
        assert " ".join(" ".join(told).split()) == f"▲ {problem}{stays}", told
        where = wrong.value.text[wrong.value.at :][: wrong.value.length]
        assert underlined(s) == where, "the place is in sight"
        await s.press("enter")
        notice = " ".join(" ".join(seen(s, "tabs") + seen(s, "footer")).split())
        if len(problem) <= 2 * size[0] - 40:
            assert f"{problem}; " in notice
        else:
            assert notice.startswith(problem[: size[0]]), "the beginning at least"


async def test_the_table_goes_down_for_what_is_wrong_and_stays_there(stage: Staging) -> None:
    async with stage(list(amf(2))) as s:
        await s.press("/")
        tops = [s.table.region.y]
        for letter in "state=BOGUS":
            await s.press(letter if letter != "=" else "equals_sign")
            tops.append(s.table.region.y)
        for _ in range(11):
            await s.press("backspace")
            tops.append(s.table.region.y)
        assert sorted(tops) == tops and tops[-1] - tops[0] == 2 and s.table.line_at(1).startswith("▸")
        await s.press("escape")
        assert s.table.region.y == tops[0] - 2 and seen(s, "filter-error") == []


async def test_ways_on_take_no_line(stage: Staging) -> None:
    async with stage(list(amf(2))) as s:
        await s.press("/")
        before = s.table.region.y
        await s.press(*"state=")
        (told,) = seen(s, "filter-error")
        assert told.startswith(" Tab: CLOSED COOKIE_WAIT") and told.endswith("…") and len(told) <= 80
        assert s.table.region.y == before


async def test_nothing_stays_underlined_in_what_is_right(stage: Staging) -> None:
    async with stage(list(amf(2))) as s:
        await s.press("/", *"59059 or or")
        assert underlined(s) == "or"
        await s.press("backspace", "backspace", *"59060")
        assert underlined(s) == "" and s.line("filter-error").strip() == "" and s.ports() == [59059, 59060]
        await s.press("escape", "/", *"cwn<")
        assert underlined(s)
        await s.press("escape", "/")
        assert underlined(s) == ""


@pytest.mark.parametrize(
    ("typed", "key", "whole"),
    [
        ("peer_rw", "tab", "peer_rwnd"),
        ("peer-rw", "right", "peer-rwnd"),
        ("not cwn", "tab", "not cwnd"),
        ("cwnd<9k and (state=esta", "tab", "cwnd<9k and (state=estaBLISHED"),
        ("nodelay!=of", "tab", "nodelay!=off"),
        ("local=10.9", "tab", "local=10.9.0.1:38412"),
        # Neighbours with nothing to go on with.
        ("cwnd", "tab", "cwnd"),
        ("cwnd<5", "tab", "cwnd<5"),
        ("state=bogu", "tab", "state=bogu"),
        ("'cwn", "tab", "'cwn"),
        ("cwn ", "tab", "cwn "),
        ("nosuch=a", "tab", "nosuch=a"),
    ],
)
async def test_fields_and_values_are_completed(stage: Staging, typed: str, key: str, whole: str) -> None:
    async with stage(list(amf(2)), size=(160, 24)) as s:
        await s.press("/", *typed)
        await s.pilot.pause()
        await s.press(key)
        assert s.app.screen.query_one(Input).value == whole
        assert s.app.screen.query_one(Input).has_focus


async def test_the_ways_on_are_listed_while_typing(stage: Staging) -> None:
    async with stage(list(amf(2)), size=(160, 24)) as s:
        await s.press("/", *"state=SHUT")
        assert "Tab: SHUTDOWN_PENDING SHUTDOWN_SENT" in s.line("filter-error") and underlined(s) == ""
        await s.press(*"X")
        assert "is no value of state" in s.line("filter-error") and underlined(s) == "SHUTX"
        await s.press("backspace", "enter")
        assert "is no value of state" in s.line("tabs")


async def test_a_joint_half_typed_takes_no_row_away(stage: Staging) -> None:
    """`an` on the way to `and` is no word to look for, before Enter says so."""
    async with stage(list(amf(2))) as s:
        await s.press("/", *"cwnd>0 ")
        shown = s.ports()
        for letter in "and ":
            await s.press(letter if letter != " " else "space")
            assert s.ports() == shown
        await s.press(*"59059")
        assert s.ports() == [59059]
        await s.press("escape", "/", *"cwnd>0 no", "enter")
        assert s.ports() == []


STANDS = Options(interval_s=3600, view="rtt", filter=parse_filter("59059"))


async def test_escape_brings_the_filter_back_that_was_before(stage: Staging) -> None:
    for typed in (" or 59060", " or 59060 or cwn<", " or 59060 and no", " or cwnd<"):
        async with stage(list(amf(2)), STANDS) as s:
            assert s.ports() == [59059]
            await s.press("/", *typed)
            await s.press("escape")
            assert s.ports() == [59059] and "filter 59059  1 of 12" in s.line("filter-line"), typed
            assert not s.app._dashboard.typing and s.table.has_focus


async def test_what_stays_in_force_while_typing_is_said(stage: Staging) -> None:
    async with stage(list(amf(2)), STANDS, size=(160, 24)) as s:
        await s.press("/")
        assert "stays" not in s.line("filter-error")
        said = {}
        for typed in (" or 59060", " an", "d ", "cwn", ">5"):
            await s.press(*typed)
            said[typed] = s.line("filter-error").strip()
            assert len(s.ports()) == 2, typed
        assert said == {
            " or 59060": "",
            " an": "filter stays 59059 or 59060; and, or, not: go on; Enter looks for it as a word",
            "d ": "▲ a term is missing after and; as in cwnd<10k or 38412; filter stays 59059 or 59060",
            "cwn": "filter stays 59059 or 59060; Tab: cwnd",
            ">5": "▲ no field 'cwn'; did you mean cwnd or rwnd or DOWN?; filter stays 59059 or 59060",
        }


async def test_a_click_elsewhere_puts_the_line_away_and_keeps_the_filter(stage: Staging) -> None:
    for place, at in (("#table", "table"), ("#view", "view")):
        async with stage(list(amf(2)), STANDS) as s:
            await s.press("/", *" or 59060")
            await s.pilot.click(place, offset=(5, 2))
            await s.pilot.pause()
            assert not s.app._dashboard.typing and s.app.focused is s.app._dashboard.query_one(f"#{at}")
            assert s.ports() == [59059, 59060] and "filter 59059 or 59060" in s.line("filter-line")
        async with stage(list(amf(2)), STANDS, size=(160, 24)) as s:
            await s.press("/", *" or 59060 or cwn<")
            await s.pilot.click(place, offset=(5, 2))
            await s.pilot.pause()
            assert "no field 'cwn'" in s.line("tabs") and "filter stays 59059 or 59060" in s.line("tabs")


@pytest.mark.parametrize("place", ["#header", "#totals", "#tabs", "#footer"])
async def test_a_click_on_what_takes_no_keys_puts_the_line_away_too(stage: Staging, place: str) -> None:
    async with stage(list(amf(2)), STANDS) as s:
        await s.press("/", *" or 59060")
        await s.pilot.click(place, offset=(70, 0))
        await s.pilot.pause()
        assert not s.app._dashboard.typing and s.ports() == [59059, 59060]
        await s.press("/")
        await s.pilot.click("#filter-text", offset=(3, 0))
        await s.pilot.pause()
        assert s.app._dashboard.typing


async def test_a_notice_goes_as_the_line_is_opened(stage: Staging) -> None:
    async with stage(list(amf(2)), STANDS, size=(160, 24)) as s:
        await s.press("/", *" or cwn<5", "enter")
        assert "no field 'cwn'" in s.line("tabs")
        await s.press("/")
        assert "no field 'cwn'" not in s.line("tabs")


async def test_another_window_in_front_leaves_the_line_open(stage: Staging) -> None:
    async with stage(list(amf(2)), STANDS) as s:
        await s.press("/", *" or 59060")
        s.app.post_message(AppBlur())
        await s.pilot.pause()
        s.app.post_message(AppFocus())
        await s.pilot.pause()
        assert s.app._dashboard.typing and s.app.screen.query_one(Input).has_focus
