"""The table: the cursor stays with its association, ended ones linger, order and filter hold."""

from __future__ import annotations

from itertools import pairwise

import pytest

from sctptop.fields.catalogue import field
from sctptop.fields.default_columns import TABLE_COLUMNS
from sctptop.fields.filter import parse_filter
from sctptop.fields.ordering import BY_REMOTE, natural, parse_order
from sctptop.model.association import Path
from sctptop.options import Options
from sctptop.tui.widgets.columns import lay_out, shortened_end
from tests.ui.conftest import Stage, Staging
from tests.ui.scripted import NETNS, amf, association, sample


async def test_the_cursor_stays_with_its_association_when_rows_come_and_go(stage: Staging) -> None:
    samples = [
        sample(0, [association(number) for number in (2, 3, 4)]),
        sample(1, [association(number, 1) for number in (0, 1, 2, 3, 4)]),
        sample(2, [association(number, 2) for number in (0, 3, 4)]),
    ]
    async with stage(samples, Options(interval_s=3600, order=BY_REMOTE)) as s:
        await s.press("down")
        assert s.cursor_port() == 59061
        await s.tick()
        assert s.ports()[0] == 59058
        assert s.cursor_port() == 59061
        await s.tick()
        assert s.cursor_port() == 59061


async def test_until_somebody_moves_it_the_cursor_is_on_the_first_row_and_the_worst_in_sight(
    stage: Staging,
) -> None:
    async with stage(list(amf(45))) as s:
        first = s.cursor_port()
        await s.tick(44)
        assert s.cursor_port() == s.ports()[0] != first and s.table.scroll_offset.y == 0
        assert s.table.line_at(1).startswith("▸!")
        await s.press("home", "I")
        assert s.cursor_port() == s.ports()[-1], "a key that finds it there already chooses it as well"


async def test_the_cursor_stays_under_every_order(stage: Staging) -> None:
    async with stage(list(amf(3))) as s:
        await s.press("j", "j", "j")
        held = s.cursor_port()
        for key in (">", "I", "<", ">", ">", "I"):
            await s.press(key)
            assert s.cursor_port() == held


async def test_an_ended_association_lingers_with_its_reason_then_the_cursor_moves_next_to_it(
    stage: Staging,
) -> None:
    three = [association(number) for number in range(3)]
    less = [three[0], three[2]]
    samples = [
        sample(0, three, counters={NETNS: {"SctpAborteds": 0}}),
        *(sample(tick, less, counters={NETNS: {"SctpAborteds": 1}}) for tick in range(1, 9)),
    ]
    async with stage(samples) as s:
        await s.press("down")
        assert s.cursor_port() == 59059
        await s.tick()
        assert "aborted" in s.table.line_at(2)
        assert s.table.line_at(2).startswith("▸")
        await s.tick(6)
        assert s.ports() == [59058, 59060]
        assert s.cursor_port() == 59060


async def test_a_filter_that_hides_the_association_gives_the_cursor_back_later(stage: Staging) -> None:
    async with stage(list(amf(2))) as s:
        await s.press("down", "down")
        held = s.cursor_port()
        await s.press("/", *"59058", "enter")
        assert s.cursor_port() == 59058
        await s.press("escape")
        assert s.cursor_port() == held


async def test_keys_walk_the_rows(stage: Staging) -> None:
    async with stage(list(amf(2, 40))) as s:
        await s.press("end")
        assert s.cursor_port() == s.ports()[-1]
        assert s.table.scroll_offset.y > 0
        await s.press("k")
        assert s.cursor_port() == s.ports()[-2]
        await s.press("pageup")
        assert s.cursor_port() not in s.ports()[-5:]
        await s.press("home")
        assert s.cursor_port() == s.ports()[0]
        assert s.table.scroll_offset.y == 0


async def test_a_click_sorts_by_a_header_and_selects_a_row(stage: Staging) -> None:
    async with stage(list(amf(2)), size=(120, 36)) as s:
        cwnd = next(column for column in s.table.columns if column.field is field("cwnd"))
        await s.pilot.click(s.table, offset=(cwnd.x + cwnd.width - 1, 0))
        await s.pilot.pause()
        assert "▼CWND" in s.table.line_at(0).replace(" ", "")
        await s.pilot.click(s.table, offset=(3, 3))
        await s.pilot.pause()
        assert s.cursor_port() == s.ports()[2]


async def test_a_missing_value_is_a_dash_and_never_zero(stage: Staging) -> None:
    async with stage([sample(0, [association(0, srtt_ms=None, cwnd=None)])]) as s:
        assert s.table.line_at(1).split()[3:5] == ["–", "–"]


async def test_options_choose_columns_order_and_filter(stage: Staging) -> None:
    columns = tuple(field(name) for name in ("remote", "cwnd", "uid"))
    options = Options(
        interval_s=3600, columns=columns, order=parse_order("cwnd:asc"), filter=parse_filter("cwnd>4k")
    )
    async with stage(list(amf(6)), options) as s:
        await s.tick(4)
        assert s.table.line_at(0).split() == ["!", "REMOTE", "▲CWND", "UID"]
        cwnds = [row.association.cwnd or 0 for row in s.table.rows]
        assert cwnds == sorted(cwnds)
        assert "12 of 12 shown" in s.line("filter-line")


async def test_a_thousand_rows(stage: Staging) -> None:
    async with stage(list(amf(3, 1000))) as s:
        await s.press("end")
        await s.tick()
        assert len(s.table.rows) == 1000
        assert s.table.line_at(s.table.size.height - 1).startswith("▸")


async def test_another_size_of_the_terminal_shows_other_columns(stage: Staging) -> None:
    async with stage(list(amf(2)), size=(160, 50)) as s:
        wide = len(s.table.columns)
        assert s.table.columns[-1].field is None
        for size in ((80, 24), (40, 10), (20, 5), (160, 50)):
            await s.pilot.resize_terminal(*size)
            await s.pilot.pause()
        assert len(s.table.columns) == wide


def test_eighty_columns_hold_all_first_columns_and_a_gnb_address() -> None:
    columns = lay_out(79, None)
    assert [column.field.id for column in columns if column.field] == list(TABLE_COLUMNS)
    remote = next(column for column in columns if column.field is field("remote"))
    assert remote.width >= len("48.0.70.132:38412")
    assert columns[-1].x + columns[-1].width <= 79


async def test_srtt_stands_where_heartbeats_would_while_the_probes_are_off(stage: Staging) -> None:
    for told, title in ((None, "SRTT"), ("off: by --no-bpf", "SRTT"), ("compiling", "RTT"), ("ok", "RTT")):
        sources = {"sock_diag": "ok"} | ({"bpf": told} if told else {})
        async with stage([sample(0, [association(0)], sources=sources)]) as s:
            assert s.table.line_at(0).split()[3 + (title == "RTT")] == title


def test_columns_never_overlap_and_never_exceed_the_width() -> None:
    for width in range(79, 240):
        columns = lay_out(width, None)
        for left, right in pairwise(columns):
            assert left.x + left.width < right.x
        assert columns[-1].x + columns[-1].width <= width


def test_a_long_address_keeps_its_port() -> None:
    assert shortened_end("[2001:db8:1:2:3:4:5:6]:38412", 17).endswith("…:38412")
    assert len(shortened_end("[2001:db8:1:2:3:4:5:6]:38412", 17)) == 17


def test_natural_order_of_numbers_is_largest_first() -> None:
    assert natural(field("cwnd")).descending


async def test_a_path_that_may_have_failed_is_no_dead_one(stage: Staging) -> None:
    """In the column of paths that are down, and in the details."""
    states = ("ACTIVE", "PF")
    paths = tuple(Path(f"48.{at}.70.2", state, not at) for at, state in enumerate(states))
    chosen = Options(interval_s=3600, columns=(field("remote_port"), field("paths_down")))
    async with stage([sample(0, [association(0, paths=paths)])], chosen) as s:
        assert s.table.line_at(1).split()[1:] == ["59058", "1PF"]
        await s.press("enter")
        (told,) = [text for text in s.panel("popup").text().splitlines() if text.split()[:1] == ["DOWN"]]
        assert told.split()[1] == "1PF" and "paths that are not ACTIVE: INACTIVE, PF" in told


def titles(s: Stage) -> str:
    return s.table.render_line(0).text


@pytest.mark.parametrize("size", [(60, 24), (80, 24)])
async def test_columns_out_of_sight_are_told_and_reached(stage: Staging, size: tuple[int, int]) -> None:
    many = ("local", "remote", "state", "cwnd", "flight", "send_queue", "recv_queue", "srtt_ms", "rto_ms")
    chosen = None if size[0] < 80 else (*map(field, many), field("rtx_chunks"))
    async with stage(list(amf(2)), Options(interval_s=3600, columns=chosen), size=size) as s:
        assert titles(s).endswith("›") and "RTX" not in titles(s) and not titles(s).startswith("‹")
        assert "›" not in s.table.render_line(1).text
        await s.press("right", "right")
        assert titles(s).startswith("‹") and titles(s).endswith("RTX")
        assert s.table.render_line(1).text.endswith(" 0")
        await s.press("left", "left")
        assert titles(s).endswith("›") and not titles(s).startswith("‹")
        assert len(titles(s)) == s.table.room


async def test_where_all_columns_are_in_sight_there_is_no_sign(stage: Staging) -> None:
    async with stage(list(amf(2)), size=(80, 24)) as s:
        assert "›" not in titles(s) and "RTX" in titles(s)
        await s.press("right")
        assert "‹" not in titles(s)
