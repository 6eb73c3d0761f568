"""Time limits follow the speed of the machine."""

from __future__ import annotations

import time

import pytest

from tests.lab.witness import patience


class Clock:
    """Each look at it is so many seconds after the one before."""

    def __init__(self, step_s: float) -> None:
        self.now_s, self.step_s = 0.0, step_s

    def __call__(self) -> float:
        self.now_s += self.step_s
        return self.now_s


def test_a_machine_that_is_fifty_times_slower_is_given_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "perf_counter", Clock(50 * patience.REAL_S))
    assert patience.slowness() == pytest.approx(50)
    assert patience.load_s() == pytest.approx(50 * patience.LOAD_S)


def test_a_fast_machine_gets_no_less_than_an_emulated_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "perf_counter", Clock(patience.REAL_S / 2))
    assert patience.slowness() == 1 and patience.load_s() == 25 * patience.LOAD_S
