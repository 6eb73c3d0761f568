"""The cursor that nobody moved: on the worst, in sight, and the view under it on one association while that can be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sctptop.fields.ordering import parse_order
from sctptop.model.sample import Sample
from sctptop.options import Options
from sctptop.tui.screens.details import DetailsScreen
from tests.ui.conftest import Stage, Staging
from tests.ui.scripted import association, sample

FIRST = 59058


def host(
    tick: int, packets: Mapping[int, int], dead: Mapping[int, int], associations: int = 4, queue: int = 0
) -> Sample:
    """``packets``: a second, by association. ``dead``: from which tick on a path is. ``queue`` of one of them."""
    entries = []
    for number in range(associations):
        moved = packets.get(number, 0) * tick
        entry = association(number, 0, out_packets=1000 + moved, in_packets=1000, send_queue=0, flight=0)
        paths = tuple(replace(path, flight=0) for path in entry.paths)
        if tick >= dead.get(number, 1000):
            paths = tuple(replace(path, state="INACTIVE", errors=6) for path in paths)
        entries.append(replace(entry, paths=paths, send_queue=9000 if number == queue else 500 - number))
    return sample(tick, entries)


def title(s: Stage) -> str:
    return str(s.panel("view").border_title)


async def test_one_that_carries_more_stands_above_it_and_the_view_stays(stage: Staging) -> None:
    samples = [host(tick, {2: 900, 3: 40}, {}) for tick in range(30)]
    async with stage(samples) as s:
        assert s.ports()[0] == s.cursor_port() == FIRST
        await s.tick(29)
        assert s.ports()[:2] == [FIRST + 2, FIRST + 3]
        assert s.cursor_port() == FIRST and str(FIRST) in title(s) and s.table.line_at(3).startswith("▸")
        await s.press("home", "down")
        assert s.cursor_port() == FIRST + 3


async def test_it_goes_with_the_worst_and_stays_there_among_equals(stage: Staging) -> None:
    samples = [host(tick, {2: 900}, {3: 5, 2: 20}) for tick in range(45)]
    seen = []
    async with stage(samples) as s:
        for _ in range(44):
            await s.tick()
            seen.append(s.cursor_port())
            assert str(s.cursor_port()) in title(s)
        assert s.ports()[:2] == [FIRST + 2, FIRST + 3], "both have a dead path, and one carries more"
        assert [port for port, before in zip(seen, [None, *seen], strict=False) if port != before] == [
            FIRST,
            FIRST + 3,
        ]
        await s.press("enter")
        assert isinstance(s.app.screen, DetailsScreen)
        assert str(FIRST + 3) in str(s.panel("popup").border_title)


async def test_once_moved_it_follows_its_association_whatever_gets_worse(stage: Staging) -> None:
    samples = [host(tick, {2: 900}, {3: 5, 1: 20}) for tick in range(45)]
    async with stage(samples) as s:
        await s.press("down")
        chosen = s.cursor_port()
        assert chosen == FIRST + 1
        await s.tick(19)
        assert s.ports()[0] == FIRST + 3 and s.cursor_port() == chosen
        await s.tick(25)
        assert s.cursor_port() == chosen and str(chosen) in title(s)


async def test_it_does_not_leave_the_first_rows(stage: Staging) -> None:
    """Far down it would take the worst out of sight: there are better ones to show than one that nobody chose."""
    packets = {number: 100 * number for number in range(1, 40)}
    samples = [host(tick, packets, {}, 40) for tick in range(30)]
    async with stage(samples) as s:
        assert s.cursor_port() == FIRST
        await s.tick(29)
        assert s.ports()[-1] == FIRST
        assert s.cursor_port() == s.ports()[0] and s.table.scroll_offset.y == 0


async def test_a_value_that_changes_with_every_reading_moves_no_view(stage: Staging) -> None:
    samples = [host(tick, {}, {}, queue=tick % 4) for tick in range(12)]
    async with stage(samples, Options(interval_s=3600, view="rtt", order=parse_order("send-q"))) as s:
        seen = set()
        for _ in range(9):
            await s.tick()
            seen.add(s.cursor_port())
        assert seen == {FIRST}
        await s.press("I")
        assert s.cursor_port() == s.ports()[0] != FIRST, "another order begins with its first"
