"""Round trips by path: heartbeats and data apart, begun anew by a reset, forgotten with their association."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest

from sctptop.model.association import Association, Path
from sctptop.model.event import Event
from sctptop.model.model import Model
from sctptop.model.selection import parse_selector
from sctptop.output.association_record import association_record
from tests.unit.associations import NETNS, association, sample

FIRST, SECOND = "10.9.0.1", "10.9.1.1"


def beat(rtt_ms: float, address: str = FIRST, tag: int = 1, **facts: Any) -> Event:
    names: dict[str, Any] = {"netns": NETNS, "own_tag": tag, "peer_tag": tag + 1000}
    names |= {"local_port": 38412, "remote_port": 50000 + tag, **facts}
    details = {"rtt_ms": rtt_ms, "kernel_rtt_ms": 8.0}
    return Event(
        datetime(2026, 11, 23, 12, tzinfo=timezone.utc), "hb_rtt", address=address, details=details, **names
    )


def homes() -> Association:
    paths = (Path(FIRST, state="ACTIVE", primary=True), Path(SECOND, state="ACTIVE", primary=False))
    return association(1, remote_addresses=(FIRST, SECOND), paths=paths)


def test_each_path_has_its_own_heartbeats() -> None:
    model = Model()
    model.advance(sample(homes(), events=(beat(7.5), beat(20.5, SECOND))))
    (row,) = model.advance(sample(homes(), at_s=1, events=(beat(8.5), beat(9.5)))).rows
    first, second = row.rtts[FIRST].summary(), row.rtts[SECOND].summary()
    assert first is not None and second is not None
    assert (first.n, first.min, first.max, first.last) == (3, 7.5, 9.5, 9.5)
    assert first.p50 == pytest.approx(8.5, rel=0.008)
    assert (second.n, second.last) == (1, 20.5)
    assert row.rtts[FIRST].now_ms == (8.5, 9.5) and row.rtts[SECOND].now_ms == ()
    assert row.rtts[SECOND].last_at_s == 0 and row.rtts[FIRST].last_at_s == 1


def test_what_is_published_holds_them_under_the_paths() -> None:
    (row,) = Model().advance(sample(homes(), events=(beat(7.5),))).rows
    told, silent = association_record(row)["paths"]
    assert told["hb_rtt_ms"]["n"] == 1 and told["data_rtt_ms"] is None
    assert silent["hb_rtt_ms"] is None


def test_data_is_never_among_the_heartbeats() -> None:
    data = replace(homes().paths[0], data_rtt_bins=((200_000_000, 5), (8_000_000, 1)))
    entry = replace(homes(), paths=(data,))
    (row,) = Model().advance(sample(entry, events=(beat(7.5),))).rows
    rtt = row.rtts[FIRST]
    beats, transfers = rtt.summary(), rtt.data_summary()
    assert beats is not None and transfers is not None
    assert (beats.n, beats.max) == (1, 7.5)
    assert (transfers.n, transfers.max) == (6, 200.0)
    assert rtt.data_now_ms == pytest.approx(200, rel=0.032)


def test_a_reset_begins_anew_and_remembers_when_the_last_was() -> None:
    model = Model()
    model.advance(sample(homes(), events=(beat(7.5),)))
    model.reset()
    (row,) = model.snapshot().rows
    assert row.rtts[FIRST].heartbeat.n == 0
    assert row.rtts[FIRST].last_ms == 7.5
    (row,) = model.advance(sample(homes(), at_s=1, events=(beat(9.5),))).rows
    assert row.rtts[FIRST].heartbeat.n == 1


def test_the_series_has_gaps_between_heartbeats() -> None:
    model = Model()
    model.advance(sample(homes(), events=(beat(7.5),)))
    model.advance(sample(homes(), at_s=1))
    snapshot = model.advance(sample(homes(), at_s=2, events=(beat(9.5),)))
    (row,) = snapshot.rows
    assert snapshot.path_series(row.key, FIRST, "hb_rtt_ms", 3) == (7.5, None, 9.5)


def test_an_event_from_before_the_peer_was_known_finds_its_association() -> None:
    snapshot = Model().advance(sample(homes(), events=(beat(7.5, peer_tag=0),)))
    assert snapshot.events[0].key == snapshot.rows[0].key


def test_events_of_others_are_left_out_when_some_were_chosen() -> None:
    model = Model([parse_selector("50001")])
    snapshot = model.advance(sample(association(1), association(2), events=(beat(1, tag=1), beat(2, tag=2))))
    assert [entry.event.own_tag for entry in snapshot.events] == [1]


def test_an_event_without_a_row_is_kept_without_a_key() -> None:
    snapshot = Model().advance(sample(homes(), events=(beat(7.5, tag=77),)))
    assert [(entry.key, entry.tick) for entry in snapshot.events] == [(None, 0)]
    assert not snapshot.rows[0].rtts


def test_losses_add_up_until_the_reset() -> None:
    model = Model()
    model.advance(sample(events_lost=3))
    assert model.advance(sample(at_s=1, events_lost=4)).events_lost == 7
    model.reset()
    assert model.snapshot().events_lost == 0


def test_round_trips_go_with_their_association() -> None:
    model = Model()
    model.advance(sample(homes(), events=(beat(7.5),)))
    for second in range(1, 8):
        snapshot = model.advance(sample(at_s=second))
    assert snapshot.rows == ()
    assert model.advance(sample(homes(), at_s=9)).rows[0].rtts == {}


def test_old_events_give_way_and_frequent_ones_never_drive_out_rare_ones() -> None:
    model = Model()
    cut = replace(beat(0.0), kind="cwnd", details={"cause": "T3_RTX", "before": 9000, "after": 1500})
    model.advance(sample(homes(), events=(cut,)))
    for second in range(1, 5):
        events = tuple(beat(1.0 + second) for _ in range(600))
        snapshot = model.advance(sample(homes(), at_s=second, events=events))
    assert len(snapshot.events) == 1001
    assert snapshot.events[0].event == cut
    assert [entry.place for entry in snapshot.events] == sorted(entry.place for entry in snapshot.events)
    assert len(snapshot.happened_to(snapshot.rows)) == 600


def test_what_happened_in_a_tick_is_all_there_for_the_rows_shown() -> None:
    events = tuple(beat(1.0, tag=tag) for tag in (1, 2, 77)) * 1500
    snapshot = Model().advance(sample(association(1), association(2), events=events))
    assert len(snapshot.happened_to(snapshot.rows)) == 4500
    assert {event.own_tag for event in snapshot.happened_to(snapshot.rows[:1])} == {1, 77}


def test_what_was_left_out_adds_up_by_kind_until_the_reset() -> None:
    model = Model()
    model.advance(sample(events_left_out={"ngap": 3}))
    now = model.advance(sample(at_s=1, events_left_out={"ngap": 4, "window": 1}))
    assert now.events_left_out == {"ngap": 7, "window": 1}
    assert model.advance(sample(at_s=2)).events_left_out == {"ngap": 7, "window": 1}
    model.reset()
    assert not model.snapshot().events_left_out


def test_a_heartbeat_that_stands_for_several_weighs_as_many() -> None:
    several = replace(beat(7.5), details={**beat(7.5).details, "times": 9})
    snapshot = Model().advance(sample(homes(), events=(several, beat(20.0))))
    (rtt,) = snapshot.rows[0].rtts.values()
    assert rtt.heartbeat.n == 10 and rtt.last_ms == 20.0
    assert rtt.heartbeat.percentile(0.5) == pytest.approx(7.5, rel=0.008)
