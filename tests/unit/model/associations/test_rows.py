from __future__ import annotations

from typing import Any

import pytest

from sctptop.model.association import Path
from sctptop.model.associations.row import Row
from sctptop.model.event import Event
from sctptop.model.model import Model
from sctptop.model.selection import parse_selector
from sctptop.model.snapshot import Snapshot
from tests.unit.associations import NETNS, START, association, sample


def only(snapshot: Snapshot) -> Row:
    (row,) = snapshot.rows
    return row


def test_a_row_keeps_its_key_from_cookie_wait_through_established() -> None:
    model = Model()
    first = only(model.advance(sample(association(5, peer_tag=0, state="COOKIE_WAIT"))))
    second = only(model.advance(sample(association(5, peer_tag=77), at_s=1)))
    assert (first.key, first.association.state) == (second.key, "COOKIE_WAIT")
    assert second.association.peer_tag == 77


def test_rates_are_per_second_of_the_real_interval() -> None:
    model = Model()
    first = only(model.advance(sample(association(out_packets=100))))
    assert first.rate("out_packets") is None
    second = only(model.advance(sample(association(out_packets=150), at_s=2, interval_s=2.0)))
    assert second.rate("out_packets") == 25.0


def test_associations_of_one_socket_and_reordering_are_told_apart() -> None:
    model = Model()
    one, two = association(1, cookie=9, inode=5), association(2, cookie=9, inode=5)
    before = {row.key: row.association.own_tag for row in model.advance(sample(one, two)).rows}
    after = {row.key: row.association.own_tag for row in model.advance(sample(two, one, at_s=1)).rows}
    assert before == after
    assert len(before) == 2


def test_an_end_lingers_five_seconds_with_its_reason_and_its_history_goes() -> None:
    model = Model()
    key = only(
        model.advance(sample(association(cwnd=7), counters={"SctpAborteds": 1, "SctpShutdowns": 3}))
    ).key
    ended = only(model.advance(sample(at_s=1, counters={"SctpAborteds": 2, "SctpShutdowns": 3})))
    assert (ended.ended, ended.key) == ("aborted", key)
    assert ended.rate("out_packets") is None
    for at in range(2, 6):
        snapshot = model.advance(sample(at_s=at))
        assert only(snapshot).ended == "aborted"
        assert snapshot.series(key, "cwnd", at + 1)[0] == 7.0
    last = model.advance(sample(at_s=6))
    assert last.rows == ()
    assert set(last.series(key, "cwnd", 8)) == {None}


def test_reasons() -> None:
    def reason(last: object, then: tuple[object, ...] = (), **gained: int) -> str | None:
        model = Model()
        zero = dict.fromkeys(gained, 0)
        model.advance(sample(last, counters=zero))  # type: ignore[arg-type]
        snapshot = model.advance(sample(*then, at_s=1, counters=gained))  # type: ignore[arg-type]
        return next((row.ended for row in snapshot.rows if row.ended), None)

    assert reason(association(), SctpShutdowns=1, SctpAborteds=0) == "shut down"
    assert reason(association(state="SHUTDOWN_SENT")) == "shut down"
    assert reason(association(state="COOKIE_WAIT"), SctpAborteds=1) == "never came up"
    assert reason(association(), SctpShutdowns=1, SctpAborteds=1) == "ended"
    assert reason(association(state="COOKIE_WAIT"), SctpActiveEstabs=1, SctpShutdowns=1) == "shut down"
    again = association(2, remote_port=50001, assoc_id=4)
    assert reason(association(1, assoc_id=4), (again,), SctpAborteds=0) == "restarted"
    assert reason(association(1, assoc_id=3), (again,), SctpAborteds=1, SctpShutdowns=0) == "aborted"


def test_a_restart_begins_a_new_row_with_its_own_deltas() -> None:
    model = Model()
    model.advance(sample(association(1, assoc_id=4, out_packets=900)))
    rows = model.advance(sample(association(2, assoc_id=4, remote_port=50001, out_packets=3), at_s=1)).rows
    assert [(row.ended, row.since_reset["out_packets"]) for row in rows] == [("restarted", 0), (None, 0)]


def test_a_moment_without_sock_diag_does_not_end_anything() -> None:
    model = Model()
    key = only(model.advance(sample(association(1, assoc_id=4)))).key
    silent = association(1, assoc_id=4, own_tag=None, peer_tag=None)
    assert only(model.advance(sample(silent, at_s=1))).key == key
    assert only(model.advance(sample(association(1, assoc_id=4), at_s=2))).key == key


def test_what_began_with_proc_only_goes_on_when_sock_diag_answers() -> None:
    model = Model()
    silent = association(1, assoc_id=4, own_tag=None, peer_tag=None)
    key = only(model.advance(sample(silent))).key
    assert only(model.advance(sample(association(1, assoc_id=4), at_s=1))).key == key


def test_only_selected_associations_are_followed_and_the_others_counted() -> None:
    model = Model((parse_selector("50002"),))
    snapshot = model.advance(sample(association(1), association(2), association(3)))
    assert only(snapshot).association.own_tag == 2
    assert (snapshot.hidden, snapshot.totals.associations) == (2, 1)


def test_reset_touches_deltas_only() -> None:
    model = Model()
    model.advance(sample(association(rtx_chunks=5), counters={"SctpOutSCTPPacks": 10}))
    model.advance(sample(association(rtx_chunks=9), at_s=1, counters={"SctpOutSCTPPacks": 30}))
    model.reset()
    snapshot = model.snapshot()
    (counter,) = next(iter(snapshot.counters.values()))
    assert (counter.since_reset, counter.absolute, snapshot.reset_s) == (0, 30, 0.0)
    assert only(snapshot).since_reset["rtx_chunks"] == 0
    after = model.advance(sample(association(rtx_chunks=10), at_s=2, counters={"SctpOutSCTPPacks": 34}))
    (counter,) = next(iter(after.counters.values()))
    assert (counter.since_reset, counter.absolute, after.reset_s) == (4, 34, 1.0)
    assert only(after).since_reset["rtx_chunks"] == 1


def test_totals() -> None:
    model = Model()
    names = ("SctpInSCTPPacks", "SctpT3Retransmits", "SctpFastRetransmits", "SctpDelaySackExpireds")
    model.advance(
        sample(association(1), association(2, state="COOKIE_WAIT"), counters=dict.fromkeys(names, 0))
    )
    totals = model.advance(
        sample(association(1), at_s=1, counters=dict(zip(names, (50, 2, 3, 1), strict=True)))
    ).totals
    assert (totals.associations, totals.established) == (1, 1)
    assert (totals.in_packets, totals.retransmissions, totals.sack_timeouts) == (50.0, 5.0, 1.0)
    assert totals.t3_expiries is None


def test_a_delta_of_what_was_never_read_is_not_zero() -> None:
    row = only(Model().advance(sample(association())))
    assert "rtx_chunks" not in row.since_reset


def test_the_history_of_an_address_that_left_goes_with_its_association() -> None:
    model = Model()
    model.advance(sample(association(paths=(Path("10.9.0.1", rto_ms=1), Path("10.9.1.1", rto_ms=1)))))
    snapshot = model.advance(sample(association(paths=(Path("10.9.0.1", rto_ms=1),)), at_s=1))
    assert snapshot.past.size
    for at in range(2, 9):
        snapshot = model.advance(sample(at_s=at))
    assert snapshot.past.size == 0


def test_the_age_is_known_of_what_began_while_one_looked() -> None:
    model = Model()
    (first,) = model.advance(sample(association(1))).rows
    rows = model.advance(sample(association(1), association(2), at_s=2, interval_s=2.0)).rows
    assert [row.age_s for row in rows] == [None, 0.0] and first.age_s is None
    snapshot = model.advance(sample(association(1), association(2), at_s=5, interval_s=3.0))
    assert [row.age_s for row in snapshot.rows] == [None, 3.0]
    assert (snapshot.now_s, snapshot.tick, snapshot.hidden) == (5.0, 2, 0)


def test_what_has_ended_has_no_rates_and_keeps_what_it_gained() -> None:
    model = Model()
    model.advance(sample(association(out_packets=100)))
    model.advance(sample(association(out_packets=150), at_s=1))
    row = only(model.advance(sample(at_s=2)))
    assert set(row.rates.values()) == {None} and row.since_reset == {"out_packets": 50}


def test_one_that_comes_again_under_its_name_is_another() -> None:
    model = Model()
    model.advance(sample(association(out_packets=100)))
    model.advance(sample(at_s=1))
    row = only(model.advance(sample(association(out_packets=150), at_s=2)))
    assert (row.ended, row.age_s, row.since_reset) == (None, 0.0, {"out_packets": 0})
    assert row.rate("out_packets") is None


def event(**facts: Any) -> Event:
    names: dict[str, Any] = {"netns": NETNS, "own_tag": 1, "peer_tag": 1001}
    names |= {"local_port": 38412, "remote_port": 50001, **facts}
    return Event(START, "path", **names)


@pytest.mark.parametrize(
    ("facts", "known"),
    [
        ({}, True),
        ({"peer_tag": 0}, True),
        ({"peer_tag": 5}, True),
        ({"own_tag": 2}, False),
        ({"netns": NETNS + 1}, False),
        ({"local_port": 1}, False),
        ({"remote_port": 1}, False),
    ],
    ids=str,
)
def test_an_event_is_named_by_tags_ports_and_namespace(facts: dict[str, Any], known: bool) -> None:
    snapshot = Model().advance(sample(association(1), events=(event(**facts),)))
    assert [key for key, _ in snapshot.happened] == [snapshot.rows[0].key if known else None]


def test_an_event_finds_its_association_until_that_leaves_the_table() -> None:
    model = Model()
    key = only(model.advance(sample(association(1)))).key
    found = []
    for at_s in range(1, 8):
        found += [named for named, _ in model.advance(sample(at_s=at_s, events=(event(),))).happened]
    # Named first, forgotten afterwards: five seconds after its end.
    assert found == [key] * 6 + [None]


def test_several_that_go_at_once_are_judged_together() -> None:
    model = Model()
    model.advance(sample(association(1), association(2), counters={"SctpAborteds": 1, "SctpShutdowns": 1}))
    snapshot = model.advance(sample(at_s=1, counters={"SctpAborteds": 1, "SctpShutdowns": 2}))
    assert [row.ended for row in snapshot.rows] == ["ended", "ended"]
