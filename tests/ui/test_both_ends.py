"""A gNB simulator and its AMF on one host: `b` shows one line for both ends, the details compare them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from sctptop.fields.default_columns import BOTH_ENDS_COLUMNS
from sctptop.fields.filter import parse_filter
from sctptop.options import Options
from sctptop.tui.widgets.columns import Contents, lay_out
from tests.ui.conftest import Stage, Staging
from tests.ui.one_host import gnb_end, one_host
from tests.ui.scripted import amf, association, sample

GNB_PORTS = [59058, 59059, 59060, 59061]


def cursor(s: Stage) -> tuple[int, int]:
    """Local and remote port of the association under the cursor."""
    row = s.reading.snapshot.row(s.table.cursor) if s.reading.snapshot else None
    assert row is not None and row.key in {shown.key for shown in s.table.rows}
    return row.association.local_port, row.association.remote_port


def cell(s: Stage, y: int, name: str) -> str:
    column = next(column for column in s.table.columns if column.field and column.field.id == name)
    return s.table.line_at(y)[column.x : column.x + column.width].strip()


async def test_b_puts_both_ends_on_one_line_and_back(stage: Staging) -> None:
    async with stage(list(one_host(3))) as s:
        assert len(s.table.rows) == 9 and "9 associations  " in s.line("totals")
        await s.press("b")
        assert "both ends on one line" in s.line("tabs")
        assert "5 associations, 9 ends  " in s.line("totals")
        assert [row.association.local_port for row in s.table.rows if row.other_end] == GNB_PORTS
        assert [row.association.local_port for row in s.table.rows if not row.other_end] == [38412]
        await s.press("b")
        assert "each end on its own line" in s.line("tabs")
        assert len(s.table.rows) == 9 and "9 associations  " in s.line("totals")


async def test_a_line_has_the_queues_of_both(stage: Staging) -> None:
    async with stage(list(one_host(3)), Options(interval_s=3600, both_ends=True)) as s:
        amf_end = association(2, 0)
        place = next(y for y, row in enumerate(s.table.rows, 1) if row.association.local_port == 59060)
        assert amf_end.send_queue and cell(s, place, "peer_send_queue") == cell(s, place, "recv_queue") != "0"
        assert cell(s, place, "peer_recv_queue") == cell(s, place, "send_queue") == "0"
        alone = next(y for y, row in enumerate(s.table.rows, 1) if row.other_end is None)
        assert cell(s, alone, "recv_queue") == "2.3k"
        assert cell(s, alone, "peer_recv_queue") == "–"
        await s.press("s", "home", *["down"] * 6, "enter")
        assert "▼PSNDQ" in s.table.line_at(0)
        assert s.table.rows[-1].other_end is None


async def test_the_cursor_stays_on_the_association(stage: Staging) -> None:
    async with stage(list(one_host(3))) as s:
        await s.press("j", *["j"] * 5)
        while cursor(s) != (38412, 59060):
            await s.press("k")
        await s.press("b")
        assert cursor(s) == (59060, 38412)
        await s.tick()
        assert cursor(s) == (59060, 38412)
        await s.press("b")
        assert cursor(s) == (38412, 59060)
        await s.press("b", "j", "b")
        assert cursor(s) != (38412, 59060)


async def test_when_one_end_is_gone_the_other_has_its_line_again(stage: Staging) -> None:
    both = [association(0), gnb_end(association(0))]
    samples = [sample(0, both), *(sample(tick, both[:1]) for tick in range(1, 9))]
    async with stage(samples, Options(interval_s=3600, both_ends=True)) as s:
        assert "1 association, 2 ends" in s.line("totals")
        assert len(s.table.rows) == 1
        await s.tick()
        assert [bool(row.ended) for row in s.table.rows].count(True) == 1
        assert len(s.table.rows) == 2
        await s.tick(6)
        assert cursor(s) == (38412, 59058)


async def test_the_filter_asks_the_line(stage: Staging) -> None:
    async with stage(list(one_host(3))) as s:
        await s.press("/", *"amf", "enter")
        assert len(s.table.rows) == 9
        await s.press("/", *["backspace"] * 3, *"peer_process~amf", "enter")
        assert [row.association.local_port for row in s.table.rows] == GNB_PORTS
        assert "4 of 9 shown" in s.line("filter-line")
        await s.press("b")
        assert "4 of 5 shown" in s.line("filter-line")
        await s.press("/", *["backspace"] * 16, *"peer_process~gnb", "enter")
        assert s.table.display is False
        assert "among 5 associations" in s.panel("empty").text()


async def test_where_no_association_has_both_ends_b_says_so(stage: Staging) -> None:
    async with stage(list(amf(3)), size=(120, 36)) as s:
        await s.press("b")
        assert "no association has both here" in s.line("tabs")
        assert "12 associations, 12 ends, 11 up" in s.line("totals")
        assert len(s.table.rows) == 12


@pytest.mark.parametrize("both_ends", [False, True])
async def test_details_compare_the_two_ends(stage: Staging, both_ends: bool) -> None:
    async with stage(list(one_host(3)), Options(interval_s=3600, both_ends=both_ends)) as s:
        while cursor(s) != (59059, 38412):
            await s.press("j")
        await s.press("enter")
        text = s.panel("popup").text()
        hint = ", on one line; Esc, then b parts them" if both_ends else "; the key b puts them on one line"
        assert text.splitlines()[0].strip() == f"Both ends  are on this host{hint}"
        told = {line.split()[0]: line.split()[1:] for line in text.splitlines()[:30] if line.strip()}
        assert told["PROCESS"] == ["nr-gnb[812]", "amf[900]"]
        assert told["NODELAY"] == ["off", "≠", "on"]
        assert told["SACK-DLY"] == ["200ms", "200ms"]
        assert told["SEND-Q"][0] == "0" and told["SEND-Q"][1] == "≠"
        assert told["STATE"] == ["ESTABLISHED", "ESTABLISHED"]
        assert told["ID"] == ["102", "2"]
        assert s.panel("popup").cursor == "peer_state"
        assert "state and peer_state: state of the association" in text


async def test_details_of_a_lone_end_compare_nothing(stage: Staging) -> None:
    async with stage(list(one_host(3)), Options(interval_s=3600, both_ends=True)) as s:
        while cursor(s) != (38412, 59062):
            await s.press("j")
        await s.press("enter")
        assert "Both ends" not in s.panel("popup").text()
        assert "≠" not in s.panel("popup").text()


async def test_a_paused_picture_folds_as_well(stage: Staging) -> None:
    async with stage(list(one_host(9))) as s:
        await s.press("p")
        await s.tick(2)
        await s.press("b")
        assert len(s.table.rows) == 5


async def test_options_begin_with_both_ends_and_a_filter_of_the_other(stage: Staging) -> None:
    options = Options(interval_s=3600, both_ends=True, filter=parse_filter("peer_send_queue>=0"))
    async with stage(list(one_host(3)), options) as s:
        assert [row.association.local_port for row in s.table.rows] == GNB_PORTS


def test_the_columns_of_both_fit_in_eighty() -> None:
    columns = lay_out(79, None, Contents(both_ends=True))
    assert [column.field.id for column in columns if column.field] == list(BOTH_ENDS_COLUMNS)
    for width in range(79, 240):
        columns = lay_out(width, None, Contents(both_ends=True))
        assert all(left.x + left.width < right.x for left, right in pairwise(columns))
        assert columns[-1].x + columns[-1].width <= width
    for width in range(99, 240):
        names = [column.field.id for column in lay_out(width, None, Contents(both_ends=True)) if column.field]
        further = names[len(BOTH_ENDS_COLUMNS) :]
        assert further[1::2] == [f"peer_{name}" for name in further[::2]]
    names = [column.field.id for column in lay_out(119, None, Contents(both_ends=True)) if column.field]
    assert names[-2:] == ["nodelay", "peer_nodelay"]
