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
SLOWEST = r"SLOWEST(.*\n)+?.* 1\.\ds .*lost"
CASES = [
    ("why registrations are slow", SMALL_AND_LARGE, (), r"initial reg(istrations|\.) p50 \d+ms"),
    ("whose time it is", SMALL_AND_LARGE, (), r"SCTP \d\d%"),
    ("what holds them", WIDE, (), r"nr-gnb\[\d+\] +amf-1 10\.9\.0\.2:38412 .*Nagle holds"),
    (
        "what holds them",
        SMALL_AND_LARGE,
        ("exclamation_mark", "pagedown"),
        r"Nagle stall (.*\n)+?.*messages held (.*\n)+?.*Try: set SCTP_",
    ),
    ("why one registration took a second", WIDE, ("tab", "pagedown"), SLOWEST),
    ("which peer is refused", NARROW, (), r"10\.9\.1\.2:38412 +refused"),
    ("which peer is refused", WIDE, (), r"nr-gnb-2\[\d+\] +10\.9\.1\.2:38412 +refused by 10\.9\.1\.2"),
    (
        "which process it refuses",
        SMALL_AND_LARGE,
        ("!",),
        r"Failing connects +nr-gnb-2\[\d+\] → 10\.9\.1\.2:38412",
    ),
    ("how often, and what helps", SMALL_AND_LARGE, ("!",), r"\d+ times refused(.*\n)+?.*Try: .*start the"),
    ("which path is dead since when", NARROW, (), r"10\.9\.2\.2:38472\+1 +dead \d+s"),
    ("which path is dead since when", WIDE, (), r"nr-du\[\d+\] .*path 10\.9\.2\.2 dead for \d+s"),
    (
        "when it died",
        SMALL_AND_LARGE,
        ("8",),
        r"\d\d:\d\d:\d\d–lasts +▲ Dead path +nr-du\[\d+\] → 10\.9\.2\.2",
    ),
    ("when it died", WIDE, ("9",), r"10\.9\.2\.2:38472\+1 +━+╍+"),
    ("which UE failed, and why", WIDE, (), r"\d+ +\d+ +initial .*rejected: 5GMM 11 PLMN not allowed"),
    ("which UE failed, and why", NARROW, (), r"rejected: 5GMM 11 PLMN not allowed"),
    ("the messages of that UE", SMALL_AND_LARGE, ("tab", "down", "enter"), r"RegistrationReject"),
    (
        "which process holds the worst queue",
        WIDE,
        (),
        r"log-push\[\d+\] .*peer's window closed ≥\d+s.* 215k ",
    ),
    (
        "which process holds the worst queue",
        NARROW,
        ("!",),
        r"Closed window .*log-push\[\d+\](.*\n)+?.*215kB in",
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
