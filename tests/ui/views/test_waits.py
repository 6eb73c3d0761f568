"""What the Queue view says of the time that messages wait."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from sctptop.options import Options
from sctptop.tui.views.queue import NOTES
from tests.ui.conftest import Staging
from tests.ui.scripted import PROBED, association, probed, sample, with_probes

QUEUE = Options(interval_s=3600, view="queue")


@pytest.mark.parametrize(
    ("size", "titles"),
    [
        ((80, 24), ("held n", "unread n")),
        ((90, 60), ("held before sent", "waiting to be read")),
        ((120, 36), ("held n", "unread n")),
        ((160, 50), ("held before sent", "waiting to be read")),
    ],
)
async def test_both_distributions_fit_beside_the_series(
    stage: Staging, size: tuple[int, int], titles: tuple[str, str]
) -> None:
    async with stage(list(with_probes(30)), QUEUE, size=size) as s:
        await s.press("down")
        await s.tick(29)
        panel = s.panel("view")
        lines = panel.text().splitlines()
        assert len(lines) <= panel.size.height
        assert max(len(text) for text in lines if text not in NOTES) <= panel.room
        for title in titles:
            assert any(title in text for text in lines)
        assert "n 280 p50 38µs p99 197ms max 199ms" in " ".join(panel.text().split())
        assert "Held: cwnd or the peer's window keeps messages here." in panel.text()


@pytest.mark.parametrize("size", [(60, 24), (80, 24), (90, 60), (100, 24), (100, 36), (120, 36), (160, 50)])
async def test_every_number_keeps_its_unit(stage: Staging, size: tuple[int, int]) -> None:
    wide = ((99_900_000, 9_980), (32_000_000, 9), (138_000_000, 11))
    for held, read in ((wide, wide[:2]), (((15_700_000, 9_990), (32_000_000, 400)), wide)):
        entry = replace(probed(0, 0), held_bins=held, read_wait_bins=read)
        async with stage([sample(0, [entry], sources=PROBED)], QUEUE, size=size) as s:
            panel = s.panel("view")
            text = "\n".join(row[: panel.room] for row in panel.text().splitlines() if " n " in row)
            told = re.findall(r"\b(p50|p99|max) ([^\s▕]*)", text)
            assert [name for name, _ in told].count("max") == 2
            assert size[0] < 80 or len(told) == 6
            assert all(re.fullmatch(r"[\d.]+(µs|ms|s)", value) for _, value in told), told


async def test_what_explains_a_queue_is_said_and_a_short_wait_is_not(stage: Staging) -> None:
    quick, late = ((40_000, 50),), ((40_000, 50), (180_000_000, 5))
    cases = (
        (quick, quick, "Both on one logarithmic scale"),
        (late, quick, "Held: Nagle (NODELAY is off), cwnd or the peer's window keeps messages here."),
        (quick, late, "Waiting: the application reads late."),
    )
    for held, read, words in cases:
        entry = replace(probed(0, 0), nodelay=False, held_bins=held, read_wait_bins=read)
        async with stage([sample(0, [entry], sources=PROBED)], QUEUE) as s:
            lines = s.panel("view").text().splitlines()
            assert any(text.startswith(words) for text in lines)
            assert sum(text.startswith(("Held:", "Waiting:")) for text in lines) == (
                "keeps" in words or "late" in words
            )


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("ok", "No message timed yet"),
        ("off: needs root (try: sudo sctptop)", "The probes are off: needs root. Try: sudo sctptop"),
    ],
)
async def test_without_a_message_timed_it_says_what_would_tell(stage: Staging, told: str, words: str) -> None:
    sources = PROBED | {"bpf": told}
    async with stage([sample(0, [association(0)], sources=sources)], QUEUE) as s:
        text = " ".join(s.panel("view").text().split())
        assert words in text and "how long" in text
