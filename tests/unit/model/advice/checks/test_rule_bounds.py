"""How much evidence each rule wants before it speaks: what is just enough, and what is not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from sctptop.model.advice.case import Case
from sctptop.model.advice.evidence import Generation, Moment, Watch
from sctptop.model.advice.lasting import Lasted
from sctptop.model.advice.ngap_signs import NgapWatch, SackTimeouts
from sctptop.model.advice.rules import OF_ASSOCIATIONS
from sctptop.model.association import Association, Path
from sctptop.model.associations.history import History
from sctptop.model.associations.row import Row
from sctptop.model.event import Event
from sctptop.model.model import Model
from tests.unit.associations import NETNS, sample
from tests.unit.model.advice.advised import FAR, NEAR, PROBED, calm, happening, ngap

NOW_S = 100.0

CHECKS = {rule.id: rule.check for rule in OF_ASSOCIATIONS}


def read(events: Iterable[Event] = (), **facts: Any) -> Row:
    entries: tuple[Association, ...] = (calm(0, **facts),)
    (row,) = Model().advance(sample(*entries, sources=PROBED, events=tuple(events))).rows
    return row


def remembered(lasting: Any = None, **counts: Any) -> Watch:
    """Half of each count in either generation; the RTO is of the newer. ``lasting``: what lasts."""
    watch = Watch(0.0)
    whole = {name: value for name, value in counts.items() if name != "least_rto_ms"}
    rest = {name: value for name, value in counts.items() if name not in whole}
    old = Generation(**{name: value // 2 for name, value in whole.items()})
    watch.generations = (
        old,
        Generation(**{name: value - value // 2 for name, value in whole.items()}, **rest),
    )
    for name, value in (lasting or {}).items():
        setattr(watch.lasting, name, value)
    return watch


def heard(events: Iterable[Event], timeouts: float = 0.0) -> NgapWatch:
    expired = SackTimeouts()
    watch = NgapWatch(0.0, NETNS, expired)
    expired.advance({NETNS: timeouts})
    watch.take(events, 0.0, 200)
    return watch


def fires(
    rule: str, watch: Watch | None = None, row: Row | None = None, probed: bool = True, **more: Any
) -> bool:
    moment = Moment(NOW_S, 1.0, 0, History(), probed, {})
    return bool(list(CHECKS[rule](Case(moment, row or read(), watch or Watch(0.0), **more))))


def all_but_one_just_enough(rule: str, enough: dict[str, int], too_few: dict[str, int], **more: Any) -> None:
    assert fires(rule, remembered(**enough, **more))
    for name, value in too_few.items():
        assert not fires(rule, remembered(**{**enough, name: value}, **more)), name


def test_nagle() -> None:
    enough = {"held": 300, "stalled": 3, "stalled_readings": 2}
    all_but_one_just_enough("nagle", enough, {"held": 301, "stalled": 2, "stalled_readings": 1})


def test_nagle_is_silent_where_more_is_held_by_msg_more() -> None:
    enough = {"held": 300, "stalled": 8, "stalled_readings": 8}
    for more, told in ((8, False), (7, True)):
        assert fires("nagle", remembered(**enough, more_messages=more)) == told
        other = read(nodelay=False)
        watch = remembered(stalled=8, more_messages=more)
        assert fires("delayed_sack", other=other, other_watch=watch) == told


def test_losses() -> None:
    enough = {"rtx": 3, "rtx_readings": 3, "out_data": 1500, "gaps": 1}
    all_but_one_just_enough("lossy_path", enough, {"rtx": 2, "rtx_readings": 2, "out_data": 1501, "gaps": 0})
    enough = {"rtx": 3, "rtx_readings": 3, "out_data": 1500, "fast": 1}
    all_but_one_just_enough("lossy_path", enough, {"fast": 0})


def test_losses_without_gaps() -> None:
    enough = {"rtx": 3, "rtx_readings": 3, "out_data": 9, "t3": 3}
    all_but_one_just_enough("lossy_path", enough, {"t3": 2}, least_rto_ms=301)
    assert not fires("lossy_path", remembered(**enough, least_rto_ms=300)), "as long as 1.5 SACK delays"
    assert not fires("lossy_path", remembered(**enough))
    for lasting, told in (
        ({"bad": {NEAR: Lasted(0.0)}}, False),
        ({"opening": Lasted(5.0)}, False),
        ({"downs": {NEAR: [NOW_S - 59.9]}}, False),
        ({"downs": {NEAR: [NOW_S - 60.0]}}, True),
        ({"closed_last_s": NOW_S - 59.9}, False),
        ({"closed_last_s": NOW_S - 60.0}, True),
    ):
        assert fires("lossy_path", remembered(lasting, **enough, least_rto_ms=1000)) == told, lasting


def test_retransmissions_for_nothing() -> None:
    enough = {"t3": 3, "rtx": 3}
    all_but_one_just_enough(
        "spurious_rtx", enough, {"t3": 2, "rtx": 2} | {"gaps": 1, "fast": 1}, least_rto_ms=200
    )
    for least_rto_ms, told in ((200, True), (201, False), (None, False)):
        assert fires("spurious_rtx", remembered(**enough, least_rto_ms=least_rto_ms)) == told
    for lasting in ({"bad": {NEAR: Lasted(0.0)}}, {"closed_last_s": 1.0}):
        assert not fires("spurious_rtx", remembered(lasting, **enough, least_rto_ms=100))
    other = read(sack_delay_ms=200)
    for duplicates in (0, 1):
        watch = remembered(**enough, peer_dups=duplicates, least_rto_ms=100)
        assert fires("spurious_rtx", watch, other=other) == bool(duplicates)
    none = remembered(**enough, peer_dups=1, least_rto_ms=0)
    assert not fires("spurious_rtx", none, other=read(sack_delay_ms=0)), "the peer delays none"


@pytest.mark.parametrize(
    ("lasting", "told"),
    [
        ({"closed": Lasted(NOW_S - 3.0, 3)}, True),
        ({"closed": Lasted(NOW_S - 2.9, 3)}, False),
        ({"closed": Lasted(NOW_S - 3.0, 2)}, False),
        ({"closed": None}, False),
    ],
)
def test_a_closed_window(lasting: dict[str, Any], told: bool) -> None:
    assert fires("closed_window", remembered(lasting)) == told


@pytest.mark.parametrize(
    ("state", "since_s", "readings", "told"),
    [
        ("INACTIVE", 0.0, 1, True),
        ("PF", 5.0, 3, True),
        ("PF", 4.9, 3, False),
        ("PF", 5.0, 2, False),
        ("UNCONFIRMED", 10.0, 3, True),
        ("UNCONFIRMED", 9.9, 3, False),
        ("UNCONFIRMED", 10.0, 2, False),
        ("ACTIVE", 3.0, 3, True),
        ("ACTIVE", 2.9, 3, False),
        ("ACTIVE", 3.0, 2, False),
        (None, 3.0, 3, True),
        ("later", 2.9, 3, False),
    ],
)
def test_a_dead_path(state: str | None, since_s: float, readings: int, told: bool) -> None:
    row = read(paths=(Path(NEAR, "ACTIVE", True), Path(FAR, state, False, errors=1)))
    watch = remembered({"bad": {FAR: Lasted(NOW_S - since_s, readings)}})
    assert fires("dead_path", watch, row) == told


def test_an_association_that_does_not_open() -> None:
    for since_s, told in ((9.0, True), (8.9, False)):
        row = read(state="COOKIE_WAIT")
        assert fires("dead_path", remembered({"opening": Lasted(NOW_S - since_s)}), row) == told


@pytest.mark.parametrize(
    ("paths", "severity"),
    [
        ((Path(FAR, "INACTIVE", False), Path(NEAR, "ACTIVE", True)), "warning"),
        ((Path(FAR, "INACTIVE", False), Path(NEAR, "ACTIVE", True, errors=1)), "problem"),
        ((Path(FAR, "INACTIVE", False), Path(NEAR, "PF", True)), "problem"),
        ((Path(FAR, "INACTIVE", True), Path(NEAR, "ACTIVE", False)), "problem"),
        ((Path(FAR, "ACTIVE", False),), "problem"),
    ],
)
def test_a_dead_path_is_a_problem_if_it_is_primary_or_no_other_is_well(
    paths: tuple[Path, ...], severity: str
) -> None:
    watch = remembered({"bad": {FAR: Lasted(0.0, 9)}})
    case = Case(Moment(NOW_S, 1.0, 0, History(), True, {}), read(paths=paths), watch)
    assert [one.severity for one in CHECKS["dead_path"](case)] == [severity]


def test_reads_that_are_slow() -> None:
    enough = {"slow_readings": 3, "slow_reads": 20, "read_readings": 6}
    all_but_one_just_enough("saturated", enough, {"slow_readings": 2, "slow_reads": 19, "read_readings": 7})


@pytest.mark.parametrize(
    ("queue", "told"),
    [
        ([40_960] * 4 + [45_000] * 4 + [49_152] * 4, True),
        ([40_961] * 4 + [45_000] * 4 + [49_152] * 4, False),
        ([40_000, 40_000, 41_000, 40_000] + [45_000] * 4 + [49_152] * 4, False),
        ([40_000] * 4 + [45_000] * 4 + [49_152, 49_152, 48_000, 49_152], False),
        ([50_000] * 8 + [59_999] * 4, False),
        ([5000] * 8 + [10_000] * 4, False),
        ([5000] * 8 + [13_192] * 4, True),
        ([50_000] * 8 + [60_000] * 4, True),
        ([10_000] * 7 + [60_000] * 4, False),
        ([106_496] * 12, True),
        ([106_495] + [106_496] * 11, False),
    ],
)
def test_a_receive_queue_that_grows_or_is_half_full(queue: list[int], told: bool) -> None:
    assert fires("saturated", remembered({"queue": queue})) == told
    assert not fires("saturated", remembered({"queue": [106_496] * 12}), read(rcvbuf=None))


@pytest.mark.parametrize(
    ("send_queue", "last", "told"),
    [(None, 0, True), (16_384, 0, True), (16_385, 0, False), (60_000, 60_000, True), (60_001, 60_000, False)],
)
def test_a_peer_that_holds_more_than_waits_here(send_queue: int | None, last: int, told: bool) -> None:
    enough = {"slow_readings": 3, "slow_reads": 20, "read_readings": 6}
    watch = remembered({"queue": [last] if last else []}, **enough)
    assert fires("saturated", watch, other=read(send_queue=send_queue)) == told


def pairs(late: int, in_time: int) -> list[Event]:
    gaps = [200] * late + [20] * in_time
    return [event for ue, gap in enumerate(gaps) for event in (ngap(0, ue), ngap(gap, ue))]


@pytest.mark.parametrize(
    ("late", "in_time", "timeouts", "told"),
    [(3, 3, 3.0, True), (2, 2, 3.0, False), (3, 4, 3.0, False), (3, 3, 2.0, False), (3, 0, 9.0, True)],
)
def test_sacks_that_ngap_waits_for(late: int, in_time: int, timeouts: float, told: bool) -> None:
    watch = heard(pairs(late, in_time), timeouts)
    assert fires("delayed_sack", ngap=watch) == told
    assert not fires("delayed_sack", row=read(sack_delay_ms=0), ngap=watch)
    assert not fires("delayed_sack", row=read(sack_delay_ms=None), ngap=watch)


@pytest.mark.parametrize(
    ("stalled", "nodelay", "told"), [(3, False, True), (2, False, False), (3, True, False), (3, None, False)]
)
def test_sacks_that_a_peer_on_this_host_waits_for(stalled: int, nodelay: bool | None, told: bool) -> None:
    assert fires("delayed_sack", other=read(nodelay=nodelay), other_watch=remembered(stalled=stalled)) == told
    # What NGAP tells is asked only where the other end cannot be.
    told_by_ngap = fires(
        "delayed_sack",
        other=read(nodelay=nodelay),
        other_watch=remembered(stalled=2),
        ngap=heard(pairs(3, 0), 9),
    )
    assert told_by_ngap == (nodelay is not False)


@pytest.mark.parametrize(
    ("ues", "messages", "streams", "told"),
    [(3, 10, 1, 1), (2, 10, 1, 0), (3, 9, 1, 0), (3, 10, 2, 0), (9, 90, 1, 1)],
)
def test_ues_on_one_stream(ues: int, messages: int, streams: int, told: int) -> None:
    for direction in ("in", "out"):
        events = [ngap(place, place % ues, direction, stream=place % streams) for place in range(messages)]
        assert fires("one_stream", ngap=heard(events)) == bool(told)
    assert not fires("one_stream")


@pytest.mark.parametrize(
    ("messages", "interval_ms", "probed", "told"),
    [
        (5, 30_000, True, True),
        (4, 30_000, True, False),
        (5, 29_999, True, False),
        (5, None, True, False),
        (5, 30_000, False, False),
    ],
)
def test_no_heartbeat_yet(messages: int, interval_ms: float | None, probed: bool, told: bool) -> None:
    watch = heard(ngap(place, place) for place in range(messages))
    assert fires("no_heartbeat", row=read(hb_interval_ms=interval_ms), ngap=watch, probed=probed) == told
    beat = happening(0, "hb_rtt", NEAR, rtt_ms=0.4, kernel_rtt_ms=0.0)
    timed = read([beat], hb_interval_ms=interval_ms)
    assert timed.rtts and not fires("no_heartbeat", row=timed, ngap=watch)
    # After a reset the last one is still known.
    emptied = {address: replace(rtt, heartbeat=type(rtt.heartbeat)()) for address, rtt in timed.rtts.items()}
    assert not fires("no_heartbeat", row=replace(timed, rtts=emptied), ngap=watch)
