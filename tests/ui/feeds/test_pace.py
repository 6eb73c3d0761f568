"""The period gets longer where readings take too long, says so, and goes back."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sctptop.interval import INTERVAL_MAX_S
from sctptop.model.sample import Sample
from sctptop.options import Options
from sctptop.recording.recorder import RecordedSource, Recorder
from sctptop.tui.feeds.pace import QUICK, SHARE, SPARE, Pace
from sctptop.tui.live_app import LiveApp
from sctptop.tui.words.headline import lengthened_text
from tests.ui.conftest import Stage
from tests.ui.scripted import Scripted, amf


def after(pace: Pace, *seconds: float) -> list[float]:
    """The period after each reading that took so long."""
    found = []
    for one in seconds:
        pace.took(one)
        found.append(pace.period_s)
    return found


def test_two_slow_readings_in_a_row_make_it_longer_and_one_does_not() -> None:
    assert after(Pace(1.0), 0.8, 0.1, 0.8, 0.8, 0.8) == [1.0, 1.0, 1.0, 2.5, 2.5]


def test_a_third_of_the_period_is_not_too_slow() -> None:
    assert after(Pace(1.0), *[0.333] * 20) == [1.0] * 20
    assert after(Pace(1.0), 0.34, 0.34) == [1.0, 1.5]


def test_it_goes_back_when_readings_were_quick_for_a_while() -> None:
    pace = Pace(1.0)
    after(pace, 0.8, 0.8)
    assert after(pace, *[0.1] * QUICK) == [2.5] * (QUICK - 1) + [1.0]
    after(pace, 2.0, 2.0)
    assert pace.period_s == 6.0
    assert after(pace, *[0.8] * QUICK)[-1] == 2.5


def test_readings_near_the_bound_do_not_make_it_swing() -> None:
    pace = Pace(1.0)
    after(pace, 0.34, 0.34)
    seen = set(after(pace, *[0.34, 0.42, 0.36, 0.49, 0.43] * 20))
    assert seen == {1.5}


def test_another_period_asked_for_keeps_what_readings_need() -> None:
    pace = Pace(1.0)
    after(pace, 0.8, 0.8)
    pace.ask(0.5)
    assert (pace.asked_s, pace.period_s) == (0.5, 2.5)
    pace.ask(5.0)
    assert pace.period_s == 5.0
    pace.ask(2.0)
    assert pace.period_s == 2.0


def test_whoever_insists_has_it_as_asked() -> None:
    pace = Pace(1.0)
    after(pace, 0.8, 0.8)
    pace.took(0.8, insist=True)
    assert pace.period_s == 1.0
    pace.took(0.8)
    assert pace.period_s == 1.0


@given(st.floats(0.1, 3600), st.lists(st.floats(0, 5000), max_size=60))
def test_it_is_never_shorter_than_asked_and_settles(asked_s: float, seconds: list[float]) -> None:
    pace = Pace(asked_s)
    for period_s in after(pace, *seconds):
        assert asked_s <= period_s <= max(INTERVAL_MAX_S, asked_s)
    steady = seconds[-1] if seconds else 0.0
    # Once down to what a last slow one needed, then down to what the steady ones do.
    found = after(pace, *[steady] * 3 * QUICK)
    assert len(set(found[-QUICK:])) == 1
    assert found[-1] >= min(SHARE * steady, INTERVAL_MAX_S) - 1e-6
    # No longer than they need, but for rounding and what a change must be worth.
    assert found[-1] <= max(asked_s, SHARE * steady + 1) * SPARE
    if SHARE * steady * SPARE <= asked_s:
        assert found[-1] == asked_s


def test_it_is_written_in_the_unit_of_both() -> None:
    assert lengthened_text(1.0, 2.5) == "1.0→2.5s"
    assert lengthened_text(0.1, 12) == "0.1→12s"
    assert lengthened_text(30, 90) == "30s→1m30s"
    assert lengthened_text(5, 2.5) == "5.0s"


class Slow(Scripted):
    """Takes its time to read."""

    takes_s = 0.045

    def read(self) -> Sample:
        time.sleep(self.takes_s)
        return super().read()


@asynccontextmanager
async def staged(app: LiveApp, source: Slow) -> AsyncIterator[Stage]:
    async with app.run_test(size=(100, 24)) as pilot:
        yield Stage(app, pilot, source)


async def test_the_first_line_says_so_and_when_it_is_over() -> None:
    source = Slow(list(amf(3)))
    async with staged(LiveApp(source, Options(interval_s=0.1)), source) as s:
        await s.until(lambda: "0.1→0." in s.line("header"))
        source.takes_s = 0.0
        await s.until(lambda: "0.1s" in s.line("header"))
        assert "→" not in s.line("header")


async def test_a_fixed_interval_stays() -> None:
    source = Slow(list(amf(3)))
    async with staged(LiveApp(source, Options(interval_s=0.1, fixed_interval=True)), source) as s:
        await s.until(lambda: source.reads > 6)
        assert "0.1s" in s.line("header") and "→" not in s.line("header")


async def test_a_recording_has_the_interval_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    source, recorder = Slow(list(amf(60))), Recorder(lambda: {"written_by": "sctptop test"})
    app = LiveApp(RecordedSource(source, recorder), Options(interval_s=0.1), recorder)
    async with staged(app, source) as s:
        await s.until(lambda: "→" in s.line("header"))
        await s.press("w")
        await s.until(lambda: "→" not in s.line("header"))
        assert "REC" in s.line("header")
        await s.press("w")
        await s.until(lambda: "→" in s.line("header"))
