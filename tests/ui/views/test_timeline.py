"""The Timeline view: a line an association, its ends, dead paths, those set up anew, and alarms."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sctptop.model.association import Association
from sctptop.model.sample import Sample
from sctptop.options import Options
from tests.ui.conftest import COUNT, SAMPLES, Staging
from tests.ui.scripted import amf, association, sample

TIMELINE = Options(interval_s=3600, view="timeline")


def again(tick: int, port: int) -> Association:
    """Set up anew by the same peer: other tags and another port of its own."""
    return replace(association(0, tick), own_tag=77, peer_tag=78, remote_port=port, assoc_id=900)


def two_lives(port: int = 61000) -> list[Sample]:
    first = [sample(tick, [association(0, tick), association(1, tick)]) for tick in range(10)]
    between = [sample(tick, [association(1, tick)]) for tick in range(10, 20)]
    return [
        *first,
        *between,
        *(sample(tick, [again(tick, port), association(1, tick)]) for tick in range(20, 30)),
    ]


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 50)])
@pytest.mark.parametrize("port", [33000, 61000], ids=["below", "above"])
async def test_lives_between_the_same_ends_share_a_line(
    stage: Staging, size: tuple[int, int], port: int
) -> None:
    """The port that is made up may be above that of the service, or below."""
    async with stage(two_lives(port), TIMELINE, size=size) as s:
        await s.tick(29)
        lines = s.panel("view").text().splitlines()
        (line,) = [text for text in lines if "48.0.70.2" in text]
        assert "2 lives, up 9s" in line and "╳" in line and "┣" in line and line.index("╳") < line.index("┣")
        (other,) = [text for text in lines if "48.0.70.3" in text]
        assert "╳" not in other and "up ≥ 29s" in other
        assert max(map(len, lines)) <= s.panel("view").room


async def test_dead_paths_alarms_and_the_cursor(stage: Staging) -> None:
    async with stage(SAMPLES, TIMELINE, size=(120, 36)) as s:
        await s.tick(COUNT - 1)
        text = s.panel("view").text()
        (line,) = [text for text in text.splitlines() if "48.0.70.3" in text]
        assert "╍" in line and line.rstrip().endswith("a path dead")
        assert any(
            mark in next(one for one in text.splitlines() if one.startswith("alarms")) for mark in "!·"
        )
        await s.press("left", *["shift+left"] * 5)
        (line,) = [text for text in s.panel("view").text().splitlines() if "48.0.70.3" in text]
        assert line.rstrip().endswith("up 24s"), "at 12:03:24 its path was not dead yet"
        await s.press(*["shift+right"] * 2)
        (line,) = [text for text in s.panel("view").text().splitlines() if "48.0.70.3" in text]
        assert line.rstrip().endswith("dead 48.1.70.3")


async def test_a_click_points_and_y_takes_the_time_of_the_graphs(stage: Staging) -> None:
    async with stage(list(amf(80, 4)), TIMELINE) as s:
        await s.tick(79)
        assert "all that was seen: 79s" in s.panel("view").text()
        await s.pilot.click("#view", offset=(30, 2))
        await s.pilot.pause()
        at_s = s.app._chosen.at_s
        assert at_s is not None and s.reading.times[0] < at_s < s.reading.times[40]
        await s.press("escape", "y")
        assert "the last" in s.panel("view").text() and "all that was seen" in s.panel("view").text()


async def test_one_association_alone(stage: Staging) -> None:
    async with stage(list(amf(4, 4)), TIMELINE, size=(120, 36)) as s:
        await s.tick(2)
        assert "4 lines" in s.panel("view").text()
        await s.press("a")
        assert "1 line," in s.panel("view").text()


async def test_nobody_was_seen_yet(stage: Staging) -> None:
    async with stage([sample(0)], TIMELINE, size=(120, 36)) as s:
        assert "No association was seen yet" in s.panel("view").text()
