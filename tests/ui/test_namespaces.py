"""Several network namespaces on one screen: `n` shows one after the other, and all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sctptop.model.sample import Namespace, Sample
from sctptop.model.source_state import SourceState
from tests.ui.conftest import Staging
from tests.ui.scripted import NETNS, association, sample, snmp

OTHER = NETNS + 100


def bench(ticks: int, gone_at: int = 99) -> Iterator[Sample]:
    """Two gNBs in our own namespace, and one in another that has a name."""
    names = (Namespace(NETNS, own=True), Namespace(OTHER, name="core"))
    for tick in range(ticks):
        own = [replace(association(number, tick), netns_name="self") for number in range(2)]
        there = [replace(association(7, tick), netns=OTHER, netns_name="core")] if tick < gone_at else []
        counted = {**snmp(tick), **({OTHER: snmp(tick)[NETNS]} if there else {})}
        yield replace(sample(tick, [*own, *there], counters=counted), namespaces=names[: 1 + len(there)])


async def test_n_shows_one_after_the_other_and_all(stage: Staging) -> None:
    async with stage(list(bench(4))) as s:
        await s.press("4")
        assert "2 netns" in s.line("header") and "3 assoc" in s.line("totals")
        assert "All 2 network namespaces" in s.panel("view").text()
        for label, many in (("self", 2), ("core", 1)):
            await s.press("n")
            assert f"network namespace {label} only" in s.line("tabs")
            assert f"netns {label} only" in s.line("filter-line")
            assert f"{many} assoc" in s.line("totals")
            assert f"Network namespace {label} (" in s.panel("view").text()
        await s.press("n")
        assert "3 assoc" in s.line("totals") and not s.app.query_one("#filter-line").display
        assert "all 2 network namespaces" in s.line("tabs")


async def test_a_column_says_which_where_there_are_several(stage: Staging) -> None:
    async with stage(list(bench(4)), size=(160, 50)) as s:
        table = [s.table.line_at(y) for y in range(5)]
        assert "NETNS" in table[0] and "core" in " ".join(table)
        await s.press("n")
        assert "NETNS" not in s.table.line_at(0)


async def test_a_pause_keeps_its_namespace(stage: Staging) -> None:
    async with stage(list(bench(9))) as s:
        await s.press("n", "n", "p")
        await s.tick(2)
        assert "1 assoc" in s.line("totals")
        await s.press("n")
        assert "3 assoc" in s.line("totals")


async def test_one_that_is_gone_gives_way_to_all(stage: Staging) -> None:
    async with stage(list(bench(20, gone_at=3))) as s:
        await s.press("n", "n")
        await s.tick(3)
        assert "core" in s.line("filter-line")
        await s.tick(12)
        assert not s.app.query_one("#filter-line").display
        assert "2 assoc" in s.line("totals")


async def test_with_one_namespace_n_says_why_there_are_no_others(stage: Staging) -> None:
    told = "off: other network namespaces need CAP_SYS_ADMIN (try: sudo sctptop)"
    alone = [
        replace(one, sources={**one.sources, "netns": SourceState.parse(told)}) for one in bench(3, gone_at=0)
    ]
    async with stage(alone, size=(120, 36)) as s:
        await s.press("n")
        assert "CAP_SYS_ADMIN" in s.line("tabs")
        assert "own netns only" in s.line("header")
