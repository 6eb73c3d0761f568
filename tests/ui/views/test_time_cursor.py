"""The cursor along time: it reads values at an instant in every view, and stays there while readings come."""

from __future__ import annotations

from textual.pilot import Pilot

from sctptop.fields.catalogue import field
from sctptop.options import Options
from sctptop.tui.views.timed.series_block import LABEL, LEFT, VALUE
from tests.ui.conftest import COUNT, SAMPLES, Stage, Staging, Standing
from tests.ui.scripted import amf, association, sample


def graph(s: Stage, label: str) -> str:
    return next(text for text in s.panel("view").text().splitlines() if text.startswith(label))


def value(s: Stage, label: str) -> str:
    return graph(s, label)[: LABEL + VALUE].split()[-1]


def clock(s: Stage) -> str:
    return next(text for text in s.panel("view").text().splitlines() if "▲1" in text or "▲" in text[LEFT:])


def subtitle(s: Stage) -> str:
    return str(s.panel("view").border_subtitle)


async def test_it_reads_the_values_of_its_instant(stage: Staging) -> None:
    async with stage(list(amf(40, 6)), Options(interval_s=3600, view="cwnd"), size=(120, 36)) as s:
        await s.tick(9)
        await s.press("down")
        assert value(s, "cwnd") == "18k" and "ago" not in s.panel("view").text()
        await s.press("left", "left", "left")
        assert value(s, "cwnd") == "15k", "4380 + 1460 for each of 7 readings"
        assert "12:03:07▲" in clock(s) and clock(s).startswith("2s ago")
        assert "at 12:03:07" in subtitle(s) and "Esc Now" in s.line("footer")
        await s.press("right")
        assert "12:03:08" in subtitle(s)


async def test_it_stays_at_its_instant_while_readings_come(stage: Staging) -> None:
    async with stage(list(amf(40, 6)), Options(interval_s=3600, view="cwnd"), size=(120, 36)) as s:
        await s.tick(9)
        await s.press("down", "left", "left")
        before = value(s, "cwnd")
        await s.tick(7)
        assert "at 12:03:08" in subtitle(s) and value(s, "cwnd") == before and clock(s).startswith("8s ago")
        await s.press("p", "left")
        await s.tick(3)
        assert "at 12:03:07" in subtitle(s) and clock(s).startswith("9s ago"), "of the picture that is held"


async def test_all_views_and_the_events_go_with_it(stage: Staging) -> None:
    async with stage(SAMPLES, Options(interval_s=3600, view="cwnd"), size=(120, 36)) as s:
        await s.tick(COUNT - 1)
        await s.press("left", *["shift+left"] * 5)
        for digit in "13567":
            await s.press(digit)
            assert subtitle(s).startswith("at 12:03:24"), (digit, subtitle(s))
        await s.press("6")
        view = s.panel("view")
        seen = [view._line(y) for y in range(view.size.height)]
        lit = [
            "".join(span.text for span in text)
            for text in seen
            if any("pointed" in span.style for span in text)
        ]
        assert lit and all(text.startswith("12:03:2") for text in lit), lit
        await s.press("4")
        assert "Counters shows what is now, not 12:03:24" in subtitle(s)


async def test_the_ways_out(stage: Staging) -> None:
    async with stage(list(amf(40, 6)), Options(interval_s=3600, view="cwnd"), size=(120, 36)) as s:
        await s.tick(9)
        for way in (("escape",), ("end",), ("right",), ("left", "left", "shift+right")):
            await s.press("left")
            assert "at 12:03:09" in subtitle(s)
            await s.press(*way)
            assert subtitle(s) == "" and "back to now" in s.line("tabs"), way
        await s.press("home", "down", "down")
        port = s.cursor_port()
        await s.press("left", "home")
        assert "at 12:03:00" in subtitle(s) and s.cursor_port() == port, "the row stays"
        await s.press("left")
        assert "oldest reading" in s.line("tabs") and "at 12:03:00" in subtitle(s)
        await s.press("escape", "home")
        assert s.cursor_port() != port, "without a cursor the key is the table's"


async def test_a_click_on_a_graph_points(stage: Staging) -> None:
    async with stage(list(amf(40, 6)), Options(interval_s=3600, view="cwnd"), size=(120, 36)) as s:
        await s.tick(9)
        view = s.panel("view")
        row = next(y for y in range(view.size.height) if "cwnd" in view.text().splitlines()[y]) + 1
        right = view.gutter.left + view.room - 1

        async def click(pilot: Pilot[int], x: int) -> None:
            await pilot.click("#view", offset=(x, row))
            await pilot.pause()

        await click(s.pilot, right - 4)
        assert "at 12:03:05" in subtitle(s)
        await click(s.pilot, 6)
        assert "at 12:03:05" in subtitle(s), "a name is no instant"
        await click(s.pilot, right - 40)
        assert "nothing was read at that time" in s.line("tabs")


async def test_it_goes_back_beyond_what_fits(stage: Staging) -> None:
    async with stage(list(amf(80, 4)), Options(interval_s=3600, view="cwnd"), size=(80, 24)) as s:
        await s.tick(79)
        await s.press("left", "home")
        assert "last" in s.panel("view").text()
        first = subtitle(s)
        await s.press("left")
        assert subtitle(s) != first and "s to 12:0" in s.panel("view").text()
        await s.press("home")
        assert "at 12:03:00" in subtitle(s)
        await s.press("end")
        assert "last 5" in s.panel("view").text() or "last 4" in s.panel("view").text()


async def test_a_table_that_is_too_wide_keeps_the_arrows(stage: Staging) -> None:
    names = ("local", "remote", "state", "cwnd", "ssthresh", "srtt_ms", "pathmtu", "send_queue")
    columns = tuple(map(field, names))
    async with stage(list(amf(9, 4)), Options(interval_s=3600, columns=columns * 2, view="cwnd")) as s:
        await s.tick(3)
        await s.press("right")
        assert s.table.scroll_x > 0 and s.app._chosen.at_s is None
        await s.press("tab", "left")
        assert "at 12:03:03" in subtitle(s)


async def test_in_a_replay_it_stays_within_what_was_seen(stand: Standing) -> None:
    async with stand(start=40, size=(120, 36)) as s:
        await s.at(40)
        await s.press("2", "left", "left", "left")
        assert "at 12:03:38" in subtitle(s)
        await s.press("right_square_bracket")
        await s.at(50)
        assert "at 12:03:38" in subtitle(s), "the picture went on, the instant stays"
        await s.press("left_curly_bracket")
        await s.at(0)
        assert "at 12:03:00" in subtitle(s), "the nearest that is known"


async def test_o_draws_the_windows_over_each_other_and_the_cursor_reads_them(stage: Staging) -> None:
    async with stage(list(amf(40, 6)), Options(interval_s=3600, view="cwnd"), size=(120, 36)) as s:
        await s.tick(20)
        await s.press("down", "o")
        assert "logarithmic scale" in s.panel("view").text() and "o side by side" in s.panel("view").text()
        assert value(s, "cwnd") == "34k"
        await s.press("left", "left")
        assert value(s, "cwnd") == "32k"
        await s.press("y")
        assert "each on its own scale" in s.panel("view").text()
        await s.press("o")
        assert "o over each other" in s.panel("view").text()


async def test_lines_that_are_near_each_other_have_a_scale_from_zero(stage: Staging) -> None:
    near = {"cwnd": 50_000, "ssthresh": 60_000, "flight": 40_000, "peer_rwnd": 90_000, "local_rwnd": 80_000}
    samples = [sample(tick, [association(0, tick, **near)]) for tick in range(5)]  # type: ignore[arg-type]
    async with stage(samples, Options(interval_s=3600, view="cwnd"), size=(120, 36)) as s:
        await s.tick(4)
        await s.press("o")
        assert "common scale 0–100k" in s.panel("view").text()
