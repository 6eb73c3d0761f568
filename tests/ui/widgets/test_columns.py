"""Which columns the table has: those in which the rows hold something, who they are of first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sctptop.model.association import Association, Process
from sctptop.options import Options
from tests.ui.conftest import Stage, Staging
from tests.ui.screens.test_advice import script
from tests.ui.scripted import NETNS, association, sample

GNB = Process(812, "nr-gnb")
AMF = Process(77, "open5gs-amfd", container="core-amf", runtime="docker", container_id="0123456789ab")
TABLE = Options(interval_s=3600, view="rtt")


def of(number: int, tick: int = 0, **facts: Any) -> Association:
    return replace(association(number, tick), **facts)


def names(s: Stage) -> list[str]:
    return [column.field.id for column in s.table.columns if column.field]


@pytest.mark.parametrize("width", [100, 120, 160])
async def test_who_owns_a_row_is_there_from_a_hundred_columns_on(stage: Staging, width: int) -> None:
    async with stage([sample(0, [of(0, process=GNB)])], TABLE, size=(width, 36)) as s:
        assert names(s)[0] == "process" and s.table.line_at(1)[3:].startswith("nr-gnb[812] ")
        assert "container" not in names(s), "none of them is in one"


async def test_a_container_and_the_name_of_the_gnb_come_before_what_else_there_is_room_for(
    stage: Staging,
) -> None:
    entry = of(0, process=AMF, own_name="amf-1", peer_name="srsgnb01")
    async with stage([sample(0, [entry])], TABLE, size=(120, 36)) as s:
        assert names(s)[:3] == ["process", "container", "remote"]
    async with stage([sample(0, [entry])], TABLE, size=(140, 36)) as s:
        assert names(s)[:4] == ["process", "container", "peer_name", "remote"]
        assert "core-amf" in s.table.line_at(1) and "srsgnb01" in s.table.line_at(1)


async def test_what_says_the_same_in_each_row_takes_no_room(stage: Staging) -> None:
    """One namespace, one local end, no container, no name: none of these columns; they stay once they were needed."""
    alone = [of(0), of(1)]
    several = [of(0), of(1, local_port=99), of(2, netns=NETNS + 1)]
    samples = [sample(0, alone), sample(1, several), sample(2, alone)]
    async with stage(samples, TABLE, size=(200, 50)) as s:
        told = {"netns_name", "local", "container", "process", "peer_name"}
        assert not told & set(names(s))
        await s.tick()
        assert told & set(names(s)) == {"netns_name", "local"}
        await s.tick()
        assert "local" in names(s), "nothing moves for what goes"


@pytest.mark.parametrize("troubled", [False, True])
@pytest.mark.parametrize("width", [60, 80, 100, 120])
async def test_rows_of_one_remote_end_are_told_apart_at_any_width(
    stage: Staging, width: int, troubled: bool
) -> None:
    port: dict[str, Any] = {"remote_port": 38412, "primary": "10.9.0.2", "remote_addresses": ("10.9.0.2",)}
    state = "SHUTDOWN_SENT" if troubled else "ESTABLISHED"
    entries = [of(0, local_port=59058, state=state, **port), of(1, local_port=59059, state=state, **port)]
    async with stage([sample(tick, entries) for tick in range(9)], TABLE, size=(width, 36)) as s:
        await s.tick(8)
        assert "local" in names(s) and ("trouble" in "".join(names(s))) <= troubled
        lines = [s.table.line_at(y)[:width] for y in (1, 2)]
        assert [":59058" in lines[0], ":59059" in lines[1]] == [True, True], lines
        assert width == 60 or all(":38412" in line for line in lines), lines


@pytest.mark.parametrize("word", ["srsgnb01", "core-amf", "AMFD", "812"])
async def test_the_filter_finds_names_by_bare_words(stage: Staging, word: str) -> None:
    entries = [of(0, process=AMF, peer_name="srsgnb01"), of(1, process=GNB)]
    async with stage([sample(0, entries)], TABLE, size=(120, 36)) as s:
        await s.press("/", *word, "enter")
        assert s.ports() == ([59059] if word == "812" else [59058])


async def test_new_and_ended_rows_are_marked_without_colour(stage: Staging) -> None:
    samples = [sample(0, [of(0)]), *(sample(tick, [of(0, tick), of(1, tick)]) for tick in range(1, 9))]
    samples += [sample(9, [of(0, 9)]), *(sample(tick, [of(0, tick)]) for tick in range(10, 18))]

    def marks(s: Stage) -> dict[int, str]:
        lines = {row.association.remote_port: s.table.line_at(y) for y, row in enumerate(s.table.rows, 1)}
        return {port: text[1] for port, text in lines.items()}

    async with stage(samples, TABLE) as s:
        assert marks(s) == {59058: " "}, "what was there before us is not new"
        await s.tick()
        assert marks(s) == {59058: " ", 59059: "+"}
        await s.tick(6)
        assert marks(s) == {59058: " ", 59059: " "}
        await s.tick(2)
        assert marks(s) == {59058: " ", 59059: "✗"}
        await s.tick(8)
        assert marks(s) == {59058: " "}


async def test_at_sixty_columns_a_row_still_says_whose_it_is(stage: Staging) -> None:
    """What has no room beside the remote end and its trouble is off the screen, not cut out of the end."""
    async with stage(script(range(2, 40), 12), TABLE, size=(60, 24)) as s:
        await s.tick(6)
        first = s.table.columns[0]
        assert first.shared and first.width >= 31
        assert "48.0.70.3:59059" in s.table.line_at(1) + s.table.line_at(2)


async def test_rows_with_one_remote_end_are_told_apart_at_eighty_columns(stage: Staging) -> None:
    async with stage([sample(0, [of(0), of(1, local_port=99)])], TABLE, size=(80, 24)) as s:
        assert "local" not in names(s), "their remote ends differ"
    twins = [of(0, local_port=51111), of(0, local_port=52222, assoc_id=77)]
    async with stage([sample(0, twins)], TABLE, size=(80, 24)) as s:
        assert names(s)[:2] == ["local", "remote"]
        assert ":51111" in s.table.line_at(1) + s.table.line_at(2) and ":52222" in s.table.line_at(
            1
        ) + s.table.line_at(2)
