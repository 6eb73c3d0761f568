"""What is remembered of an association that gave cause: counted by generations, moments apart, and since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from sctptop.model.advice.evidence import Moment, Watch, usual_read_ms
from sctptop.model.advice.lasting import Lasted
from sctptop.model.association import Association, Path
from sctptop.model.associations.history import History
from sctptop.model.associations.row import Row
from sctptop.model.event import Event
from sctptop.model.model import Model
from tests.unit.associations import sample
from tests.unit.model.advice.advised import FAR, MS, NEAR, PROBED, calm, happening

PAST = History()


def moment(
    now_s: float, interval_s: float = 1.0, probed: bool = True, past: History = PAST, tick: int = 0
) -> Moment:
    return Moment(now_s, interval_s, tick, past, probed, {})


def row(entry: Association | None = None, **rates: float) -> Row:
    (found,) = Model().advance(sample(entry or calm(0), sources=PROBED)).rows
    return replace(found, rates=rates)


class Told:
    """A watch that is told readings."""

    def __init__(self, at_s: float = 0.0) -> None:
        self.watch = Watch(at_s)

    def at(
        self,
        now_s: float,
        entry: Association | None = None,
        events: Sequence[Event] = (),
        other: Row | None = None,
        cause: bool = True,
        interval_s: float = 1.0,
        probed: bool = True,
        **rates: float,
    ) -> Watch:
        self.watch.take(moment(now_s, interval_s, probed), row(entry, **rates), cause, events, other)
        return self.watch


def test_a_generation_lasts_half_a_minute_or_three_readings() -> None:
    assert [moment(0, interval).generation_s for interval in (0.0, 1.0, 10.0, 11.0)] == [30, 30, 30, 33]


def test_counts_are_of_two_generations() -> None:
    told = Told()
    for now_s, rtx, expected in (
        (0, 3.0, 3),
        (29.9, 4.0, 7),
        (30, 5.0, 12),
        (59.9, 0.0, 12),
        (60, 0.0, 5),
        (90, 1.0, 1),
    ):
        assert told.at(now_s, rtx_chunks=rtx).sum("rtx") == expected
    assert told.watch.sum("out_data") == 0


def test_rates_are_counts_of_their_interval() -> None:
    told = Told()
    other = row(in_dup_chunks=2.5)
    for at_s in (0, 2):
        watch = told.at(
            at_s, None, (), other, interval_s=2, rtx_chunks=1.5, out_data_chunks=25.0, gap_acks=2.0
        )
    names = ("rtx", "out_data", "gaps", "peer_dups", "rtx_readings", "t3")
    assert [watch.sum(name) for name in names] == [6, 100, 8, 10, 2, 0]
    watch = told.at(4)
    assert [watch.sum(name) for name in names] == [6, 100, 8, 10, 2, 0]


def test_readings_are_counted_a_moment_apart() -> None:
    told = Told()
    counts = [told.at(now_s, rtx_chunks=10.0).sum("rtx_readings") for now_s in (0, 0.5, 0.89, 0.9, 1.7, 1.8)]
    assert counts == [1, 1, 1, 2, 2, 3]


def test_it_is_over_two_generations_after_the_last_cause() -> None:
    told = Told(5.0)
    assert not told.watch.over(moment(65)) and told.watch.over(moment(65.1))
    told.at(20, cause=True)
    told.at(50, cause=False)
    assert not told.watch.over(moment(80)) and told.watch.over(moment(80.1))
    assert not told.watch.over(moment(100, 20.0))


def test_what_probes_told_of_transmissions() -> None:
    def retransmitted(reason: str, address: str | None = NEAR) -> Event:
        return happening(0, "retransmit", address, reason=reason)

    told = Told()
    watch = told.at(
        0,
        events=[
            happening(0, "t3_rtx"),
            happening(0, "t3_rtx"),
            retransmitted("FAST_RTX"),
            retransmitted("T3_RTX", FAR),
            retransmitted("T3_RTX", None),
            retransmitted("PMTUD"),
            happening(0, "cwnd", reason="FAST_RTX"),
        ],
    )
    assert (watch.sum("t3"), watch.sum("fast"), watch.losses()) == (2, 1, {NEAR: 1, FAR: 1, "": 1})
    told.at(30, events=[retransmitted("FAST_RTX", FAR)] * 2)
    assert (watch.sum("t3"), watch.sum("fast"), watch.losses()) == (2, 3, {NEAR: 1, FAR: 3, "": 1})
    told.at(60)
    assert watch.losses() == {FAR: 2}


def test_without_probes_marked_chunks_tell_of_an_expiry() -> None:
    told = Told()
    assert told.at(0, probed=False, rtx_marked_chunks=7.0).sum("t3") == 1
    assert told.at(1, probed=False, rtx_marked_chunks=0.0).sum("t3") == 1
    assert told.at(2, probed=True, rtx_marked_chunks=7.0).sum("t3") == 1


def test_the_least_rto_of_both_generations() -> None:
    told = Told()
    least = [
        told.at(now_s, calm(0, rto_ms=rto)).least("least_rto_ms")
        for now_s, rto in ((0, None), (1, 300), (2, 400), (30, 500), (31, 450), (60, None), (90, None))
    ]
    assert least == [None, 300, 300, 300, 300, 450, None]


def held(now_ms: float, times: int = 1, **facts: Any) -> Association:
    return calm(0, held_bins=((40_000, 9), (round(now_ms * MS), times)), **facts)


def test_messages_held_as_long_as_half_a_sack_delay_are_stalled() -> None:
    told = Told()
    watch = told.at(0, held(99.9))
    assert (watch.sum("held"), watch.sum("stalled"), watch.sum("stalled_readings")) == (10, 0, 0)
    watch = told.at(1, held(100, 2))
    watch = told.at(1.5, held(120))
    assert (watch.sum("held"), watch.sum("stalled"), watch.sum("stalled_readings")) == (31, 3, 1)
    assert watch.most("stalled_max_ms") == 120
    watch = told.at(31, held(110))
    assert (watch.sum("stalled"), watch.sum("stalled_readings"), watch.most("stalled_max_ms")) == (4, 2, 120)
    told.at(61, held(500, peer_rwnd=0))
    assert (watch.sum("stalled"), watch.most("stalled_max_ms")) == (1, 110), "the peer's window held them"
    watch = told.at(62, held(500), other=row(calm(0, sack_delay_ms=0)))
    assert watch.sum("stalled") == 1, "a peer that delays none"


def reading(ms: float, times: int = 5) -> Association:
    return calm(0, read_wait_bins=((round(ms * MS), times),))


def test_reads_are_slow_from_ten_times_what_was_usual() -> None:
    past = History()
    entry = calm(0)
    (first,) = Model().advance(sample(entry, sources=PROBED)).rows
    for tick in range(10):
        past.record(tick, {first.key: {"read_wait_ms": 0.2}})
    watch = Watch(0.0)
    for tick, ms in ((10, 0.5), (11, 1.5), (12, 4.0), (13, 3.0), (14, 0.5), (15, 2.5)):
        watch.take(moment(tick, past=past, tick=tick), row(reading(ms)), True, (), None)
    assert (watch.sum("read_readings"), watch.sum("slow_readings"), watch.sum("slow_reads")) == (6, 3, 15)
    assert watch.most("slow_max_ms") == 4.0 and watch.least("usual_read_ms") == pytest.approx(0.2)


@pytest.mark.parametrize(("ms", "slow"), [(0.0, 0), (0.999, 0), (1.0, 1)])
def test_reads_below_a_millisecond_are_never_slow(ms: float, slow: int) -> None:
    past = History()
    for tick in range(10):
        past.record(tick, {row(reading(ms)).key: {"read_wait_ms": 0.05}})
    watch = Watch(0.0)
    watch.take(moment(10, past=past, tick=10), row(reading(ms)), True, (), None)
    assert (watch.sum("read_readings"), watch.sum("slow_readings")) == (1, slow)


def test_reads_whose_usual_time_is_not_known_are_slow_from_50_ms() -> None:
    told = Told()
    for now_s, ms in enumerate((30.0, 49.9, 50.0)):
        watch = told.at(now_s, reading(ms))
    assert (watch.sum("read_readings"), watch.sum("slow_readings"), watch.sum("slow_reads")) == (3, 1, 5)
    assert watch.least("usual_read_ms") is None and watch.most("slow_max_ms") == 50.0
    told.at(2.5, reading(60.0))
    assert (watch.sum("read_readings"), watch.sum("slow_readings"), watch.sum("slow_reads")) == (3, 1, 10)


def test_usual_is_the_median_of_what_was_before_if_there_was_enough() -> None:
    past = History()
    for tick, value in enumerate((0.1, 0.2, None, 0.3, 0.4, 0.5, 9.0)):
        past.record(tick, {("a",): {"read_wait_ms": value}})
    asked = [usual_read_ms(moment(0, past=past), ("a",), tick) for tick in (5, 6, 7)]
    assert asked[0] is None
    assert asked[1:] == [pytest.approx(0.3), pytest.approx(0.35)]


def test_since_when_a_window_is_closed() -> None:
    closed = calm(0, peer_rwnd=0, flight=0, out_queue_chunks=5)
    told = Told()
    seen = []
    for now_s, entry in ((4, closed), (5, closed), (6, calm(0)), (7, closed)):
        lasting = told.at(now_s, entry).lasting
        seen.append((lasting.closed, lasting.closed_last_s))
    assert seen == [(Lasted(4, 1), 4), (Lasted(4, 2), 5), (None, 5), (Lasted(7, 1), 7)]


def test_since_when_an_association_opens() -> None:
    told = Told()
    states = ("COOKIE_WAIT", "COOKIE_ECHOED", "ESTABLISHED", "COOKIE_WAIT")
    seen = [told.at(now_s, calm(0, state=state)).lasting.opening for now_s, state in enumerate(states)]
    assert seen == [Lasted(0, 1), Lasted(0, 2), None, Lasted(3, 1)]


def test_since_when_paths_fail() -> None:
    def paths(near: str, far: str) -> Association:
        return calm(0, paths=(Path(NEAR, near, True), Path(FAR, far, False)))

    told = Told()
    assert told.at(3, paths("ACTIVE", "INACTIVE")).lasting.bad == {FAR: Lasted(3, 1)}
    assert told.at(4, paths("UNCONFIRMED", "INACTIVE")).lasting.bad == {FAR: Lasted(3, 2), NEAR: Lasted(4, 1)}
    assert told.at(5, paths("UNCONFIRMED", "ACTIVE")).lasting.bad == {NEAR: Lasted(4, 2)}


def test_the_last_dozen_of_a_receive_queue_that_lasts() -> None:
    told = Told()
    for now_s in range(14):
        queue = told.at(now_s, calm(0, recv_queue=4096 + now_s)).lasting.queue
    assert list(queue) == [4096 + now_s for now_s in range(2, 14)]
    told.at(13.5, calm(0, recv_queue=9000))
    assert queue[-1] == 4109
    told.at(14, calm(0, recv_queue=4095))
    assert not queue
