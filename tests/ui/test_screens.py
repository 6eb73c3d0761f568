"""How the whole screen looks, at three sizes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from sctptop.cli import DEMO, DEMO_OPENS
from sctptop.options import Options
from sctptop.recording.reader import Recording
from sctptop.tui.live_app import LiveApp
from sctptop.tui.replay_app import ReplayApp
from sctptop.tui.widgets.association_table import AssociationTable
from sctptop.views import VIEWS
from tests.ui.flowing import later, samples_of
from tests.ui.many_kinds import ANSWER_AGAIN, LOSSY, NO_PLMN, NO_STATUS, with_kinds
from tests.ui.one_host import one_host
from tests.ui.registering import with_registrations
from tests.ui.scripted import Scripted, amf, sample, with_probes
from tests.ui.ways import with_ways
from tests.unit.model.registrations.flows import Said

SIZES = (
    (80, 24),
    pytest.param((120, 36), marks=pytest.mark.slow),
    pytest.param((160, 50), marks=pytest.mark.slow),
)
TICKS = 45
F1AP, BULK, FULL, NGAP = 38472, 5001, 5002, 38412
DEMO_PORTS = {
    "rtt": F1AP,
    "cwnd": BULK,
    "queue": FULL,
    "counters": BULK,
    "paths": F1AP,
    "events": BULK,
    "registration": NGAP,
    "alarms": FULL,
    "timeline": F1AP,
}
"""The peer's port of the association under the cursor."""


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("view", ["rtt", "cwnd", "queue", "counters", "paths"])
def test_screen(snap_compare: Callable[..., bool], size: tuple[int, int], view: str) -> None:
    app = LiveApp(Scripted(list(amf(TICKS))), Options(interval_s=3600, view=view))
    assert snap_compare(app, terminal_size=size, run_before=play)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_screen_of_ways(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    app = LiveApp(Scripted([sample(0, [with_ways(0)])]), Options(interval_s=3600, view="paths"))
    assert snap_compare(app, terminal_size=size)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_screen_of_waits(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    app = LiveApp(Scripted(list(with_probes(TICKS))), Options(interval_s=3600, view="queue"))
    assert snap_compare(app, terminal_size=size, run_before=play)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize(("view", "port"), [(view.id, DEMO_PORTS[view.id]) for view in VIEWS])
def test_screen_of_the_demo(
    snap_compare: Callable[..., bool], size: tuple[int, int], view: str, port: int
) -> None:
    """A real kernel's, where it opens: in the middle of a path failure."""
    recording = Recording(DEMO)
    at = round(len(recording) * DEMO_OPENS)
    app = ReplayApp(recording, Options(interval_s=0, view=view), at)
    app.feed.play_or_pause()

    async def stand(pilot: Any) -> None:
        while app.newest is None or len(app.newest.clock) <= at:
            await asyncio.sleep(0.001)
        await pilot.pause()
        table = app.query_one(AssociationTable)
        while table.cursor is None or port != table.cursor[-1]:
            await pilot.press("j")
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=stand)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_screen_of_registrations(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    app = LiveApp(Scripted(list(with_registrations(TICKS))), Options(interval_s=3600, view="registration"))
    assert snap_compare(app, terminal_size=size, run_before=play)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("end", ["gNB", "AMF"])
def test_screen_of_many_kinds(snap_compare: Callable[..., bool], size: tuple[int, int], end: str) -> None:
    samples = with_kinds(TICKS, from_ran=end == "gNB")
    app = LiveApp(Scripted(samples), Options(interval_s=3600, view="registration"))
    assert snap_compare(app, terminal_size=size, run_before=play)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_screen_of_failures_alone(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    flow = [said for ue in range(60) for said in later(NO_PLMN, ue * 700.0, ran=ue + 1)]
    samples = samples_of(flow, TICKS)
    app = LiveApp(Scripted(samples), Options(interval_s=3600, view="registration"))
    assert snap_compare(app, terminal_size=size, run_before=play)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("flow", [LOSSY, NO_STATUS], ids=["lossy", "status"])
def test_screen_of_a_ladder(
    snap_compare: Callable[..., bool], size: tuple[int, int], flow: tuple[Said, ...]
) -> None:
    samples = samples_of(flow, TICKS, others=(ANSWER_AGAIN,) if flow is LOSSY else ())
    app = LiveApp(Scripted(samples), Options(interval_s=3600, view="registration"))

    async def opened(pilot: Any) -> None:
        await play(pilot)
        await pilot.press("tab", "enter")
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=opened)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("details", [False, True], ids=["line", "details"])
def test_screen_of_both_ends(snap_compare: Callable[..., bool], size: tuple[int, int], details: bool) -> None:
    app = LiveApp(Scripted(list(one_host(TICKS))), Options(interval_s=3600, view="queue", both_ends=True))

    async def look(pilot: Any) -> None:
        await play(pilot)
        if details:
            await pilot.press("enter")
            await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=look)


async def play(pilot: Any) -> None:
    """All readings of the script, then the cursor on an association with two paths."""
    app = pilot.app
    while app.newest is None:
        await asyncio.sleep(0.001)
    await pilot.pause()
    # Each is drawn; put on the screen are the first one and the last.
    with app.batch_update():
        for tick in range(1, TICKS):
            app.feed.read_now()
            while app.newest.snapshot.tick < tick:
                await asyncio.sleep(0.001)
    await pilot.pause()
    await pilot.press("down")
    await pilot.pause()
