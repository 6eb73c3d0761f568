"""Advice on the screen: the worst in one line that keeps its place, all of it behind a key."""

from __future__ import annotations

from dataclasses import replace

from sctptop.model.association import Path
from sctptop.model.sample import Sample
from tests.ui.conftest import Staging
from tests.ui.scripted import PROBED, association, probed, sample

DEAD = (Path("48.0.70.2", "INACTIVE", True, errors=6, max_retrans=5),)


def script(bad: range, ticks: int) -> list[Sample]:
    """Two associations; the path of the first is dead in some seconds, Nagle always holds messages of the second."""
    return [
        sample(
            tick,
            [
                association(0, tick, paths=DEAD if tick in bad else association(0, tick).paths),
                association(1, tick, paths=(), nodelay=False, held_bins=((199_000_000, 2),)),
            ],
            sources=PROBED,
        )
        for tick in range(ticks)
    ]


async def test_the_worst_advice_is_one_line_and_the_key_tells_all(stage: Staging) -> None:
    async with stage(script(range(2, 40), 12), size=(120, 36)) as s:
        assert not s.panel("troubles").display
        await s.tick(3)
        told = s.panel("troubles").text()
        assert (
            told.startswith(" ▲ Dead path: 10.9.0.1:38412  check the way to 48.0.70.2") and "+1 more" in told
        )
        assert len(told) <= 120 and "! all" in told
        await s.press("exclamation_mark")
        text = s.panel("popup").text()
        assert "Nagle stall  10.9.0.1:38412 → 48.0.70.3:59059" in text and "problem, for 1s" in text
        assert "messages held up to 199ms" in text and "Try: set SCTP_NODELAY on this end" in text
        await s.tick(4)
        assert "problem, for 5s" in s.panel("popup").text(), "it is live"
        await s.press("escape")
        assert len(s.app.screen_stack) == 1


async def test_the_line_keeps_its_place_when_there_is_nothing_to_say_any_more(stage: Staging) -> None:
    brief = [replace(one, associations=one.associations[:1]) for one in script(range(1, 3), 20)]
    async with stage(brief) as s:
        view = s.panel("view")
        before = view.region
        await s.tick(2)
        moved = view.region
        assert moved != before and "Dead path" in s.panel("troubles").text()
        await s.tick(16)
        assert s.panel("troubles").text() == " no advice now" and view.region == moved
        await s.press("exclamation_mark")
        text = s.panel("popup").text()
        assert "Nothing to advise" in text and "ALARMS" in text
        assert "▲ Dead path  10.9.0.1:38412 → 48.0.70.2:59058" in text, "what is over is kept"
        assert "primary path 48.0.70.2 is INACTIVE" in text
        await s.press("escape", "r")
        await s.tick(1)
        await s.press("exclamation_mark")
        assert "ALARMS" not in s.panel("popup").text()


async def test_without_probes_advice_says_what_it_cannot_see(stage: Staging) -> None:
    sources = PROBED | {"bpf": "off: needs root (try: sudo sctptop)"}
    async with stage([sample(0, [probed(0, 0)], sources=sources)]) as s:
        await s.press("exclamation_mark")
        text = " ".join(s.panel("popup").text().split())
        assert "only probes tell. The probes are off: needs root. Try: sudo sctptop" in text
