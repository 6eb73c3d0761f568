"""From a fresh machine to the cause, in the demo: three keys or fewer, none of which has to be looked up.

The keys are those that the screen names: a digit of a tab, `!` beside the advice, arrows, Tab and Enter.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from sctptop.cli import DEMO, DEMO_OPENS
from sctptop.options import Options
from sctptop.recording.reader import Recording
from sctptop.tui.replay_app import ReplayApp
from sctptop.tui.widgets.line_panel import LinePanel
from tests.ui.conftest import Stage
from tests.ui.scripted import Scripted

MOST_KEYS = 3


@asynccontextmanager
async def demo(size: tuple[int, int]) -> AsyncIterator[Stage]:
    """The demo as `sctptop replay demo` opens it, standing still."""
    recording = Recording(DEMO)
    at = round(len(recording) * DEMO_OPENS)
    app = ReplayApp(recording, Options(interval_s=0), at)
    app.feed.play_or_pause()
    async with app.run_test(size=size) as pilot:
        while app.newest is None or len(app.newest.clock) <= at:
            await asyncio.sleep(0.002)
        await pilot.pause()
        yield Stage(app, pilot, Scripted([]))


def on_screen(s: Stage) -> str:
    """What can be read without scrolling: a box that is open, or the lines, the table and the view."""
    if len(s.app.screen_stack) > 1:
        return in_sight(s.app.screen.query_one(LinePanel))
    table = [s.table.line_at(y) for y in range(s.table.size.height)]
    lines = [s.line("totals"), s.line("tabs"), s.line("footer")]
    return "\n".join([in_sight(s.panel("troubles")), *lines, *table, in_sight(s.panel("view"))])


def in_sight(panel: LinePanel) -> str:
    return "\n".join(panel.render_line(y).text for y in range(panel.size.height))


NARROW, WIDE = (80, 24), (120, 36)
SMALL_AND_LARGE = (NARROW, WIDE)
CASES = [
    ("why a registration is slow", SMALL_AND_LARGE, (), r"registrations p50 \d+ms, mostly SCTP"),
    (
        "what holds it",
        SMALL_AND_LARGE,
        ("!", "pagedown"),
        r"Nagle stall (.*\n)+?.*messages held (.*\n)+?.*Try: set SCTP_",
    ),
    ("which peer is not reached", NARROW, (), r"10\.9\.0\.77:38412 +no answer \d+s"),
    (
        "which peer is not reached",
        WIDE,
        (),
        r"python\[203\] +10\.9\.0\.77:38412 .*no answer to INIT for \d+s",
    ),
    ("which path is dead since when", SMALL_AND_LARGE, ("5",), r"10\.9\.2\.2 \* +INACTIVE .* \d+s "),
    ("which UE failed, and why", WIDE, (), r"\d+ +135 +initial .*rejected: 5GMM 11 PLMN not allowed"),
    ("which UE failed, and why", NARROW, ("tab", "pagedown"), r"rejected: 5GMM 11 PLMN not allowed"),
    ("the messages of that UE", SMALL_AND_LARGE, ("tab", "down", "enter"), r"RegistrationReject"),
    (
        "which process holds the worst queue",
        WIDE,
        (),
        r"python\[195\] +10\.9\.0\.2:5002 .*closed \d+s.* 197k ",
    ),
    (
        "which process holds the worst queue",
        NARROW,
        ("!",),
        r"Closed window .*python\[195\](.*\n)+?.*197kB in",
    ),
]


@pytest.mark.parametrize(
    ("size", "keys", "found"),
    [
        pytest.param(size, keys, found, id=f"{question} {size[0]}")
        for question, sizes, keys, found in CASES
        for size in (sizes if sizes is SMALL_AND_LARGE else (sizes,))
    ],
)
async def test_three_keys_lead_to_the_cause(size: tuple[int, int], keys: tuple[str, ...], found: str) -> None:
    assert len(keys) <= MOST_KEYS
    async with demo(size) as s:
        await s.press(*keys)
        await s.pilot.pause()
        told = on_screen(s)
        assert re.search(found, told), told
