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
            told.startswith(" ▲ Dead path: 10.9.0.1:38412 → 48.0.70.2:59058  check the way")
            and "+1 more" in told
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
        assert "Nothing to advise" in s.panel("popup").text()
        await s.press("escape", "8")
        text = s.panel("view").text()
        assert text.startswith("0 active, 1 cleared") and "▲ Dead path  10.9.0.1:38412" in text
        assert "primary path 48.0.70.2 is INACTIVE" in text, "the worst of it, though it is over"
        await s.press("r")
        await s.tick(1)
        assert "No alarm since the reset" in s.panel("view").text()


async def test_enter_on_advice_goes_to_its_association_and_view(stage: Staging) -> None:
    async with stage(script(range(2, 40), 12), size=(120, 36)) as s:
        await s.tick(6)
        await s.press("exclamation_mark", "down", "enter")
        assert len(s.app.screen_stack) == 1 and "[3 Queue]" in s.line("tabs")
        assert s.cursor_port() == 59059
        await s.press("exclamation_mark", "enter")
        assert "[5 Paths]" in s.line("tabs") and s.cursor_port() == 59058


async def test_a_click_on_advice_goes_there_too(stage: Staging) -> None:
    async with stage(script(range(2, 40), 12), size=(120, 36)) as s:
        await s.tick(6)
        await s.press("end")
        assert s.cursor_port() == 59059
        await s.pilot.click("#troubles", offset=(10, 0))
        await s.pilot.pause()
        assert "[5 Paths]" in s.line("tabs") and s.cursor_port() == 59058
        await s.press("exclamation_mark")
        heads = [y for y, told in enumerate(s.panel("popup").text().splitlines()) if "Nagle" in told]
        await s.pilot.click("#popup", offset=(10, heads[0] + 2))
        await s.pilot.pause()
        assert "[3 Queue]" in s.line("tabs") and s.cursor_port() == 59059


async def test_alarms_lead_to_where_they_were_and_say_when_that_is_not_shown(stage: Staging) -> None:
    async with stage(script(range(2, 40), 12), size=(120, 36)) as s:
        await s.tick(6)
        await s.press("8", "tab")
        view = s.panel("view").text()
        assert view.startswith("2 active, 0 cleared") and "lasts    ▲ Nagle stall" in view
        assert "Try: " in view, "while it lasts, what helps"
        await s.press("end", "enter")
        assert "[3 Queue]" in s.line("tabs") and s.cursor_port() == 59059
        await s.press("8", "a")
        assert "1 active" in s.panel("view").text() and "Dead path" not in s.panel("view").text()
        await s.press("a", "escape", "/", *"59059", "enter", "8", "tab", "home", "enter")
        assert "the filter hides its association" in s.line("tabs")


async def test_without_probes_advice_says_what_it_cannot_see(stage: Staging) -> None:
    sources = PROBED | {"bpf": "off: needs root (try: sudo sctptop)"}
    async with stage([sample(0, [probed(0, 0)], sources=sources)]) as s:
        await s.press("exclamation_mark")
        text = " ".join(s.panel("popup").text().split())
        assert "only probes tell. The probes are off: needs root. Try: sudo sctptop" in text
