"""Events as lines: the kinds asked for, of the rows shown, once."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from sctptop.errors import SctptopError
from sctptop.model.event import Detail, Event
from sctptop.model.model import Model
from sctptop.output.event_lines import EventWriter, event_kinds, line
from sctptop.schema import from_json, to_json
from tests.unit.associations import NETNS, association, sample

AT = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=timezone.utc)


def event(kind: str, tag: int = 1, address: str | None = "10.9.0.1", **details: Detail) -> Event:
    return Event(AT, kind, NETNS, tag, tag + 1000, 38412, 50000 + tag, 7, address, details)


CUT = event("cwnd", cause="T3_RTX", before=17520, after=1500, ssthresh_before=None, times=1)


def test_a_line() -> None:
    text = line(CUT).split(" ", 1)[1]
    assert text == "38412→50001 10.9.0.1 cwnd cause=T3_RTX before=17520 after=1500 times=1"
    assert line(event("hb_rtt", rtt_ms=7.912300)).endswith("hb_rtt rtt_ms=7.9123")
    assert " - association change=NEW" in line(event("association", address=None, change="NEW"))


def test_only_what_was_asked_for_and_each_once() -> None:
    model, write = Model(), EventWriter(event_kinds("cwnd,t3_rtx"))
    first = model.advance(
        sample(association(1), events=(CUT, event("hb_rtt", rtt_ms=1.0)), sources={"bpf": "ok"})
    )
    assert write(first, list(first.rows)).count("\n") == 1
    second = model.advance(sample(association(1), at_s=1, sources={"bpf": "ok"}))
    assert write(second, list(second.rows)) == ""


def test_of_rows_that_are_filtered_out_nothing_is_said() -> None:
    snapshot = Model().advance(sample(association(1), events=(CUT,), sources={"bpf": "ok"}))
    assert EventWriter(event_kinds(""))(snapshot, []) == ""


def test_losses_and_probes_that_are_not_on_yet_are_said() -> None:
    model, write = Model(), EventWriter(event_kinds(""))
    waiting = {"bpf": "waiting: the sctp module is not loaded (try: modprobe sctp)"}
    text = write(model.advance(sample(events_lost=3, sources=waiting)), [])
    assert text.splitlines() == [
        "# probes waiting: the sctp module is not loaded (try: modprobe sctp)",
        "# 3 events lost: the buffer was full",
    ]
    assert write(model.advance(sample(at_s=1, sources=waiting)), []) == ""


def test_without_probes_there_is_nothing_to_wait_for() -> None:
    off = sample(sources={"bpf": "off: needs root (try: sudo sctptop)"})
    with pytest.raises(
        SctptopError, match=r"no events: the probes are off: needs root \(try: sudo sctptop\)"
    ):
        EventWriter(event_kinds(""))(Model().advance(off), [])


def test_a_kind_there_is_not() -> None:
    with pytest.raises(ValueError, match="no kind of event 'cwdn'; did you mean cwnd"):
        event_kinds("cwdn")


def test_events_survive_json() -> None:
    told = sample(association(1), events=(CUT,), events_lost=2)
    document = to_json(told)
    assert document["events"][0]["cause"] == "T3_RTX" and document["events"][0]["kind"] == "cwnd"
    assert from_json(document) == told


def test_what_was_left_out_is_said_by_kind() -> None:
    write = EventWriter(event_kinds("cwnd"))
    text = write(Model().advance(sample(sources={"bpf": "ok"}, events_left_out={"window": 7, "ngap": 2})), [])
    assert text.splitlines()[-1] == "# events left out, more than there was time for: window 7, ngap 2"
