"""How the whole screen looks, at three sizes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from sctptop.options import Options
from sctptop.tui.live_app import LiveApp
from tests.ui.scripted import Scripted, amf, with_probes

SIZES = ((80, 24), (120, 36), (160, 50))
TICKS = 45


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("view", ["rtt", "cwnd", "queue", "counters", "paths"])
def test_screen(snap_compare: Callable[..., bool], size: tuple[int, int], view: str) -> None:
    app = LiveApp(Scripted(list(amf(TICKS))), Options(interval_s=3600, view=view))
    assert snap_compare(app, terminal_size=size, run_before=play)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("view", ["rtt", "cwnd", "paths", "events"])
def test_screen_with_probes(snap_compare: Callable[..., bool], size: tuple[int, int], view: str) -> None:
    app = LiveApp(Scripted(list(with_probes(TICKS))), Options(interval_s=3600, view=view))
    assert snap_compare(app, terminal_size=size, run_before=play)


async def play(pilot: Any) -> None:
    """All readings of the script, then the cursor on an association with two paths."""
    app = pilot.app
    for tick in range(TICKS):
        while app.newest is None or app.newest.snapshot.tick < tick:
            await asyncio.sleep(0.001)
        if tick < TICKS - 1:
            app.feed.read_now()
    await pilot.press("down")
    await pilot.pause()
