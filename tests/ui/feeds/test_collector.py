"""The collector: steady, interruptible, never crashing, never hanging."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from sctptop.model.sample import Sample
from sctptop.tui.feeds import feed_thread
from sctptop.tui.feeds.collector import Collector
from sctptop.tui.feeds.reading import Reading
from tests.ui.scripted import Scripted, amf, association, sample


class Hanging(Scripted):
    """A source whose reading never ends."""

    def __init__(self) -> None:
        super().__init__([sample(0)])
        self.entered = threading.Event()
        self.release = threading.Event()

    def read(self) -> Sample:
        self.entered.set()
        self.release.wait(30)
        return super().read()


def wait(holds: Callable[[], object]) -> None:
    until = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.002)


def test_a_count_ends_it_with_a_last_reading() -> None:
    source, seen = Scripted(list(amf(9))), list[Reading]()
    collector = Collector(source, (), 0.005, 3, seen.append)
    collector.start()
    wait(lambda: seen and seen[-1].last)
    assert source.reads == 3
    wait(lambda: source.closed)
    collector.stop()


def test_a_new_interval_takes_effect_at_once() -> None:
    source, seen = Scripted(list(amf(9))), list[Reading]()
    collector = Collector(source, (), 3600, None, seen.append)
    collector.start()
    wait(lambda: len(seen) == 1)
    collector.set_interval(0.01)
    wait(lambda: len(seen) >= 4)
    collector.stop()
    assert source.closed


def test_reset_reads_at_once_and_publishes_zero_deltas() -> None:
    source, seen = Scripted(list(amf(9))), list[Reading]()
    collector = Collector(source, (), 3600, None, seen.append)
    collector.start()
    wait(lambda: len(seen) == 1)
    collector.read_now()
    wait(lambda: len(seen) == 2)
    collector.reset()
    wait(lambda: len(seen) == 3)
    collector.stop()
    snapshot = seen[-1].snapshot
    assert snapshot is not None and snapshot.reset_s == 0
    assert all(row.since_reset == 0 for rows in snapshot.counters.values() for row in rows)
    assert any(row.rate for rows in snapshot.counters.values() for row in rows)


def test_an_exception_is_told_and_reading_goes_on() -> None:
    source, seen = Scripted([sample(0), ValueError("bad"), sample(2)]), list[Reading]()
    collector = Collector(source, (), 0.005, 2, seen.append)
    collector.start()
    wait(lambda: seen and seen[-1].last)
    collector.stop()
    assert [reading.error for reading in seen[:3]] == [None, "ValueError: bad", None]
    assert seen[1].snapshot is seen[0].snapshot


def test_the_real_interval_is_told_when_it_grows() -> None:
    slow = [sample(tick, [association(0, tick)], interval_s=1.5) for tick in range(3)]
    seen: list[Reading] = []
    collector = Collector(Scripted(slow), (), 0.01, 2, seen.append)
    collector.start()
    wait(lambda: seen and seen[-1].last)
    collector.stop()
    assert seen[0].slow_s is None
    assert seen[1].slow_s == 1.5


def test_ticks_keep_to_their_schedule() -> None:
    source, seen = Scripted([sample(0)]), list[float]()
    collector = Collector(source, (), 0.05, 7, lambda _: seen.append(time.monotonic()), lambda: True)
    collector.start()
    wait(lambda: len(seen) == 8)
    collector.stop()
    assert abs((seen[6] - seen[0]) - 0.3) < 0.04


def test_closing_does_not_wait_for_a_reading_that_hangs(monkeypatch: object) -> None:
    source = Hanging()
    collector = Collector(source, (), 1, None, lambda _: None)
    before = feed_thread.CLOSE_BOUND_S
    feed_thread.CLOSE_BOUND_S = 0.05
    try:
        collector.start()
        source.entered.wait(5)
        started = time.monotonic()
        collector.stop()
        assert time.monotonic() - started < 1
    finally:
        feed_thread.CLOSE_BOUND_S = before
        source.release.set()
    wait(lambda: source.closed)
