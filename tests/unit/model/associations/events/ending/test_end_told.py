"""The end of an association as probes told it: in words, and beside what counters make of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from sctptop.model.associations.events.why_ended import SHORT, cause_text, end_of, signal_name
from sctptop.model.associations.row import Row
from sctptop.model.associations.rows import Rows
from sctptop.model.event import Detail, Event
from sctptop.model.model import Model
from sctptop.model.snapshot import Snapshot
from sctptop.output.text import MOST_ENDS, end_lines
from sctptop.tui.views.parts.event_text import sentence
from tests.unit.associations import NETNS, START, association, sample


def freed(tag: int = 1, change: str = "FREED", netns: int = NETNS, **details: Detail) -> Event:
    told: Mapping[str, Detail] = {"change": change, "state": "CLOSED", **details}
    return Event(
        START, "association", netns, tag, tag + 1000, 38412, 50000 + tag, None, "10.9.0.1", dict(told)
    )


HOME: dict[str, Detail] = {"from": "10.9.0.1"}
FROM_HOME: Any = HOME
KILLED: dict[str, Any] = {"pid": 312, "command": "open5gs-amfd", "exiting": True, "signal": 9}


@pytest.mark.parametrize(
    ("details", "text"),
    [
        ({"reason": "refused", "before": "COOKIE_WAIT", **HOME}, "refused by 10.9.0.1 (ABORT to INIT)"),
        (
            {"reason": "refused", "before": "COOKIE_ECHOED", "cause": 4, **HOME},
            "refused by 10.9.0.1 (ABORT to COOKIE ECHO: Out of Resource (4))",
        ),
        ({"reason": "no_init_ack", "tries": 5, "allowed": 4}, "no answer to INIT (5 tries)"),
        ({"reason": "no_cookie_ack", "tries": 9, "allowed": 8}, "no answer to COOKIE ECHO (9 tries)"),
        (
            {"reason": "abort_received", "by": "peer", "cause": 12, **HOME},
            "ABORT from 10.9.0.1: User-Initiated Abort (12)",
        ),
        (
            {"reason": "abort_received", "by": "peer", "t_bit": True, **HOME},
            "ABORT from 10.9.0.1, which has no such association",
        ),
        (
            {"reason": "abort_received", "by": "host", "t_bit": True, "from": "10.33.1.1"},
            "ABORT from 10.33.1.1, which never answered as the peer",
        ),
        ({"reason": "retransmissions", "tries": 11, "allowed": 10}, "too many retransmissions (11 of 10)"),
        ({"reason": "closed_unread"}, "ABORT sent: closed with data unread"),
        (
            {"reason": "closed_unread", **KILLED},
            "ABORT sent: closed with data unread, open5gs-amfd[312] killed by SIGKILL",
        ),
        (
            {"reason": "shutdown_here", **KILLED, "signal": 0},
            "shut down here, open5gs-amfd[312] exited",
        ),
        ({"reason": "shutdown_here", **KILLED, "exiting": False}, "shut down here, open5gs-amfd[312]"),
        ({"reason": "shutdown_by_peer", **HOME}, "shut down by the peer"),
        (
            {"reason": "no_shutdown_ack", "before": "SHUTDOWN_ACK_SENT", "tries": 11, "allowed": 10},
            "no answer to SHUTDOWN ACK (11 of 10)",
        ),
        ({"reason": "icmp"}, "no SCTP at 10.9.0.1 (ICMP protocol unreachable)"),
    ],
)
def test_words(details: dict[str, Detail], text: str) -> None:
    end = end_of(replace(freed(), details={**freed().details, **details}))
    assert end is not None and end.text == text


@pytest.mark.parametrize("reason", SHORT)
def test_every_reason_has_words_that_fit_the_column(reason: str) -> None:
    end = end_of(freed(reason=reason))
    assert end is not None and 0 < len(end.short) <= 14 and len(end.text) >= len("autoclose")


@pytest.mark.parametrize(
    "event",
    [
        freed(),
        freed(reason="of a later version"),
        freed(reason="linger", change="NEW"),
        replace(freed(reason="linger"), kind="path"),
    ],
)
def test_what_tells_no_end(event: Event) -> None:
    assert end_of(event) is None


def test_details_of_another_type_are_not_known() -> None:
    end = end_of(freed(reason="abort_received", cause="12", tries=1.5, pid=True, t_bit=1))
    assert end is not None and end.text == "ABORT from the peer"


def test_numbers_without_a_name() -> None:
    assert (cause_text(99), signal_name(9), signal_name(200)) == ("cause 99", "SIGKILL", "signal 200")


def rows_after(*events: Event, later: tuple[Event, ...] = (), counters: int = 0) -> dict[int | None, Row]:
    """Three associations that go between two readings, which counters call aborted."""
    rows = Rows()
    three = [association(tag) for tag in (1, 2, 3)]
    rows.advance(sample(*three), {})
    rows.advance(sample(at_s=1, events=events), {NETNS: {"SctpAborteds": counters}})
    rows.advance(sample(at_s=2, events=later), {})
    return {row.association.own_tag: row for row in rows.rows()}


def test_each_of_several_that_went_has_its_own_reason() -> None:
    found = rows_after(
        freed(2, reason="linger"),
        freed(1, reason="abort_received", cause=12, **FROM_HOME),
        freed(3, netns=NETNS + 1, reason="icmp"),
        counters=3,
    )
    assert [found[tag].ended for tag in (1, 2, 3)] == ["ABORT received", "ABORT: linger", "aborted"]
    assert found[1].why_ended == "ABORT from 10.9.0.1: User-Initiated Abort (12)"
    assert (found[3].end, found[3].why_ended) == (None, "aborted")


def test_a_reason_that_comes_late_takes_the_place_of_the_guess() -> None:
    found = rows_after(later=(freed(1, reason="shutdown_by_peer"),), counters=3)
    assert [found[tag].ended for tag in (1, 2)] == ["peer shut down", "aborted"]


def test_a_reason_that_comes_early_waits_until_it_is_gone() -> None:
    rows = Rows()
    rows.advance(sample(association(1), events=(freed(1, reason="linger"),)), {})
    (row,) = rows.rows()
    assert (row.ended, row.why_ended) == (None, None)
    rows.advance(sample(at_s=1), {NETNS: {"SctpShutdowns": 1}})
    assert rows.rows()[0].ended == "ABORT: linger"


def test_what_was_never_read_takes_no_reason_away() -> None:
    assert [row.ended for row in rows_after(freed(9, reason="linger")).values()] == ["ended"] * 3


def test_a_restart_is_one_though_a_reason_was_noted() -> None:
    rows = Rows()
    rows.advance(sample(association(1, assoc_id=4), events=(freed(1, reason="abort_sent"),)), {})
    again = association(7, assoc_id=4, remote_port=50001)
    rows.advance(sample(again, at_s=1), {})
    old = next(row for row in rows.rows() if row.ended)
    assert (old.ended, old.why_ended) == ("restarted", "restarted")


def test_ends_in_two_namespaces_are_counted_apart() -> None:
    rows = Rows()
    there = replace(association(2), netns=NETNS + 1)
    rows.advance(sample(association(1), there), {})
    rows.advance(sample(at_s=1), {NETNS: {"SctpAborteds": 1}, NETNS + 1: {"SctpShutdowns": 1}})
    assert [row.ended for row in rows.rows()] == ["aborted", "shut down"]


def told_of(*events: Event, port: int = 50001) -> list[Snapshot]:
    """An association that goes with the second reading, whose events those are."""
    model = Model()
    entry = association(1, remote_port=port)
    first = model.advance(sample(entry))
    return [first, model.advance(sample(at_s=1, events=events))]


def test_batch_has_a_line_for_all_that_ended_alike() -> None:
    shut = freed(1, reason="shutdown_by_peer", by="peer", **FROM_HOME)
    stranger = replace(shut, own_tag=9, peer_tag=1009, local_port=1, remote_port=50001)
    snapshot = told_of(shut, stranger)[-1]
    assert end_lines(snapshot) == ["ended: 2 → 10.9.0.1:50001: shut down by the peer"]
    assert end_lines(told_of(freed(1))[-1]) == [], "no probe told why"


def test_batch_tells_so_many_reasons_at_most() -> None:
    many = [
        replace(freed(9, reason="no_init_ack", tries=2, allowed=1), remote_port=port)
        for port in range(1000, 1000 + MOST_ENDS + 3)
    ]
    lines = end_lines(told_of(*many)[-1])
    assert len(lines) == MOST_ENDS + 1 and lines[-1] == "ended: 3 more for other reasons or of other peers"


@pytest.mark.parametrize(
    ("event", "width", "words"),
    [
        (freed(1, "UP", handshake_ms=12.5), 80, "association up, handshake 12.5ms"),
        (freed(1, "UP", handshake_ms=None), 80, "association up"),
        (freed(1), 80, "association freed in CLOSED"),
        (
            freed(1, reason="shutdown_here", before="ESTABLISHED", **KILLED),
            120,
            "association ended: shut down here, open5gs-amfd[312] killed by SIGKILL, in ESTABLISHED",
        ),
        (freed(1, reason="shutdown_here", before="ESTABLISHED", **KILLED), 30, "ended shut down here"),
        (freed(1, reason="linger", **KILLED), 20, "ended ABORT: linger"),
    ],
)
def test_an_event_says_it_as_long_as_there_is_room(event: Event, width: int, words: str) -> None:
    assert "".join(span.text for span in sentence(event, width)) == words


@pytest.mark.parametrize(
    ("cause", "before", "after", "cut"),
    [
        ("FAST_RTX", 9000, 4500, True),
        ("INACTIVE", 1500, 6000, False),
        ("INACTIVE", 9000, 6000, True),
        ("RAISE", 9000, 4500, False),
        ("T3_RTX", None, 1500, True),
    ],
)
def test_what_rises_is_no_cut(cause: str, before: int | None, after: int, cut: bool) -> None:
    event = replace(freed(), kind="cwnd", details={"cause": cause, "before": before, "after": after})
    assert event.is_cut == cut
