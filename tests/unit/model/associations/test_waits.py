"""Waits by association: added up since the reset, the last interval apart, forgotten with the association."""

from __future__ import annotations

import json

import pytest

from sctptop.fields.catalogue import field
from sctptop.fields.filter import parse_filter
from sctptop.model.associations.rows import LINGER_S
from sctptop.model.model import Model
from sctptop.model.sample import Sample
from sctptop.output.json_lines import json_line
from sctptop.schema import association_from_json
from tests.unit.associations import association, sample

MS = 1_000_000
Bins = tuple[tuple[int, int], ...]


def timed(at_s: float = 0, held: Bins = (), read: Bins = (), tag: int = 1) -> Sample:
    return sample(association(tag, held_bins=held, read_wait_bins=read), at_s=at_s)


def test_both_waits_add_up_apart_and_tell_the_last_interval() -> None:
    model = Model()
    model.advance(timed(0, held=((40_000, 9), (200 * MS, 1)), read=((20_000, 4),)))
    (row,) = model.advance(timed(1, held=((2 * MS, 3),))).rows
    held, read = row.held.summary(), row.read_wait.summary()
    assert held is not None and read is not None
    assert (held.n, held.min, held.max) == (13, 0.04, 200.0)
    assert held.p50 == pytest.approx(0.04, rel=0.032) and held.p99 == pytest.approx(200, rel=0.032)
    assert row.held.now_ms == held.last == pytest.approx(2, rel=0.032) and row.held.now.n == 3
    assert (read.n, read.last, row.read_wait.now_ms) == (4, None, None)


def test_a_quiet_interval_leaves_the_sum_and_nothing_for_now() -> None:
    model = Model()
    before = model.advance(timed(0, held=((MS, 2),)))
    for second in (1, 2):
        snapshot = model.advance(timed(second))
    (row,) = snapshot.rows
    assert row.held.total.n == 2 and row.held.now_ms is None
    assert before.rows[0].held.now_ms == 1.0, "an older picture stays as it was"
    assert snapshot.series(row.key, "held_ms", 3) == (1.0, None, None)


def test_a_reset_begins_anew_and_an_association_that_ended_is_forgotten() -> None:
    model = Model()
    model.advance(timed(0, held=((MS, 2),), read=((MS, 2),)))
    model.reset()
    (row,) = model.snapshot().rows
    assert row.held.summary() is None and row.read_wait.summary() is None
    model.advance(timed(1, held=((MS, 5),)))
    gone = [model.advance(sample(at_s=second)) for second in range(2, 4 + int(LINGER_S))]
    assert gone[0].rows[0].held.total.n == 5 and not gone[-1].rows
    (row,) = model.advance(timed(20)).rows
    assert row.held.total.n == 0


def test_they_are_fields_and_json() -> None:
    snapshot = Model().advance(timed(0, held=((40_000, 98), (200 * MS, 2))))
    (row,) = snapshot.rows
    assert field("held_p99").get(row) == pytest.approx(200, rel=0.032)
    assert field("held_max").get(row) == 200.0 and field("read_wait_p50").get(row) is None
    assert parse_filter("held_p99>150ms").accepts(row) and not parse_filter("read_wait_max>0").accepts(row)
    (told,) = json.loads(json_line(snapshot, [row]))["associations"]
    assert told["held_ms"]["n"] == 100 and told["read_wait_ms"] is None
    assert told["held_bins"] == [[40_000, 98], [200 * MS, 2]]
    assert association_from_json(told) == row.association, "the facts among it are as they were read"
