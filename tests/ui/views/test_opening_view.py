"""The dashboard opens in the view that has the answer, and never changes it again by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sctptop.options import Options
from sctptop.tui.words.host_state import kind_of
from tests.ui.conftest import Stage, Staging
from tests.ui.registering import with_registrations
from tests.ui.scripted import amf, association, sample, with_probes

NOTHING_CHOSEN = Options(interval_s=3600)
SILENT = replace(association(0), local_port=5001)


def shown(s: Stage) -> str:
    """The title of the view that is marked."""
    return s.line("tabs").partition("[")[2].partition("]")[0].split()[-1]


async def test_where_ngap_runs_it_opens_in_registration(stage: Staging) -> None:
    async with stage(list(with_registrations(6)), NOTHING_CHOSEN) as s:
        assert shown(s) == "Registration"


async def test_where_nobody_reads_ngap_the_view_of_the_worst_advice_opens_once(stage: Staging) -> None:
    async with stage(list(amf(45)), NOTHING_CHOSEN) as s:
        assert shown(s) == "RTT"
        opened = []
        for _ in range(44):
            await s.tick()
            opened.append(shown(s))
        # COOKIE_WAIT is told first; later a reader hangs, which Queue would show.
        # A reader hangs; what is worse later, a peer that does not answer, would be in Events.
        first = opened.index("Queue")
        assert set(opened[:first]) == {"RTT"} and set(opened[first:]) == {"Queue"}
        assert s.reading.snapshot is not None
        assert kind_of(s.reading.snapshot, s.reading.snapshot.advice[0]).view == "events"


async def test_where_nothing_is_wrong_it_stays_with_rtt(stage: Staging) -> None:
    async with stage([sample(tick, [SILENT]) for tick in range(20)], NOTHING_CHOSEN) as s:
        await s.tick(19)
        assert shown(s) == "RTT"


@pytest.mark.parametrize("view", ["rtt", "cwnd"])
async def test_a_view_that_was_chosen_wins(stage: Staging, view: str) -> None:
    async with stage(list(with_probes(20)), replace(NOTHING_CHOSEN, view=view)) as s:
        await s.tick(19)
        assert shown(s).lower() == view


@pytest.mark.parametrize("key", ["2", "j", "tab"])
async def test_whoever_pressed_a_key_is_left_where_they_are(stage: Staging, key: str) -> None:
    async with stage(list(amf(45)), NOTHING_CHOSEN) as s:
        await s.press(key)
        before = shown(s)
        await s.tick(44)
        assert shown(s) == before
