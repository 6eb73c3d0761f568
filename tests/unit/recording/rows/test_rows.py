"""RecordedRows are what they were when they were written, to the letter; what fits nothing is damage."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sctptop.model.association import Association, Path, Process
from sctptop.model.way import Way
from sctptop.recording.packing import DamagedError
from sctptop.recording.rows.reading import RecordedRows
from sctptop.recording.rows.writing import RowChanges
from sctptop.schema import association_to_json, attribute_to_json
from sctptop.schema_checks import SchemaError

PATHS = st.builds(
    Path,
    address=st.sampled_from(["10.9.0.1", "fe80::1"]),
    cwnd=st.none() | st.integers(0, 1 << 40),
    srtt_ms=st.sampled_from([None, 1, 1.0, 8.5]),
    primary=st.none() | st.booleans(),
    data_rtt_bins=st.sampled_from([(), ((1023, 1),), ((1023, 2), (2047, 1))]),
    way=st.none() | st.builds(Way, mtu=st.integers(1000, 1002)),
)
ASSOCIATIONS = st.builds(
    Association,
    netns=st.just(1),
    assoc_id=st.integers(1, 4),
    own_tag=st.none() | st.integers(1, 2),
    state=st.sampled_from([None, "ESTABLISHED", "CLOSED"]),
    local_addresses=st.lists(st.sampled_from(["10.9.0.1", "10.9.0.2"]), max_size=2).map(tuple),
    in_packets=st.none() | st.integers(0, 1 << 63),
    nodelay=st.none() | st.booleans(),
    hb_interval_ms=st.sampled_from([None, 0, 0.0, 1, 1.0]),
    process=st.none() | st.builds(Process, pid=st.integers(1, 2), comm=st.just("amf")),
    paths=st.lists(PATHS, max_size=3).map(tuple),
    held_bins=st.sampled_from([(), ((1023, 1),), ((2047, 3), (4095, 7))]),
)


def told(samples: Sequence[Sequence[Association]]) -> list[Any]:
    """The texts of samples."""
    changes = RowChanges()
    return [json.loads(json.dumps(changes.text(one), default=attribute_to_json)) for one in samples]


def as_text(associations: Sequence[Association]) -> str:
    """All there is of them; as text, for 1 == True == 1.0."""
    return json.dumps([association_to_json(one) for one in associations])


@settings(deadline=None)
@given(st.lists(st.lists(ASSOCIATIONS, max_size=5), max_size=6), st.sets(st.integers(0, 5)))
def test_what_is_read_is_what_was_written(samples: list[list[Association]], looked_at: set[int]) -> None:
    rows = RecordedRows()
    for number, (text, associations) in enumerate(zip(told(samples), samples, strict=True)):
        rows.follow(text)
        if number in looked_at:
            assert as_text(rows.associations()) == as_text(associations)


def some(count: int) -> list[Association]:
    return [
        Association(1, number, own_tag=number, paths=(Path("10.9.0.1", cwnd=4380),))
        for number in range(count)
    ]


def test_who_did_not_change_is_not_told_and_stays_the_same_object() -> None:
    before = some(4)
    after = [replace(before[0], in_packets=7), *before[1:]]
    texts = told([before, after, after])
    changed = {"rows": [0], "by": {}, "at": {}, "to": {"in_packets": [[0], {"all": 7}]}}
    assert texts[1] == {"associations": changed}
    assert texts[2] == {}
    rows = RecordedRows()
    rows.follow(texts[0])
    first = rows.associations()
    rows.follow(texts[1])
    second = rows.associations()
    assert list(second) == after and all(
        one is other for one, other in zip(first[1:], second[1:], strict=True)
    )


class Watched(Association):
    """Counts how often it is looked at."""

    __slots__ = ()
    looks = 0

    def __getattribute__(self, name: str) -> Any:
        Watched.looks += 1
        return object.__getattribute__(self, name)


def watched(number: int, **numbers: int) -> Association:
    made = Association(1, number, **numbers)  # type: ignore[arg-type]
    object.__setattr__(made, "__class__", Watched)
    return made


def test_the_same_object_again_is_not_looked_at() -> None:
    changes, held = RowChanges(), [watched(number) for number in range(3)]
    changes.text(held)
    Watched.looks = 0
    assert changes.text(held) == {} and Watched.looks == 0
    changes.text([*held[:2], watched(2, in_packets=5)])
    assert Watched.looks > 0


def test_what_only_came_back_equal_is_not_told() -> None:
    assert told([some(3), some(3)])[1] == {}


def test_numbers_are_told_as_what_they_gained() -> None:
    before = [replace(one, in_packets=10**9, cwnd=None) for one in some(3)]
    after = [replace(one, in_packets=10**9 + number, cwnd=1) for number, one in enumerate(before)]
    told_of = told([before, after])[1]["associations"]
    assert told_of["by"] == {"in_packets": [0, 1, 2]}
    assert told_of["to"] == {"cwnd": [[0, 1, 1], {"all": 1}]}


def test_of_those_that_gained_one_may_have_no_number() -> None:
    before = [replace(one, in_packets=number or None, in_sacks=1) for number, one in enumerate(some(4))]
    after = [replace(one, in_packets=one.in_packets and 9, in_sacks=2) for one in before]
    rows, texts = RecordedRows(), told([before, after])
    assert texts[1]["associations"]["by"]["in_packets"] == [0, 8, 7, 6]
    for text in texts:
        rows.follow(text)
    assert list(rows.associations()) == after


def test_an_order_is_told_where_it_is_another() -> None:
    found = some(3)
    texts = told([found, found[::-1], found[::-1][1:], found])
    assert [text.get("order") for text in texts] == [[0, 1, 1], [2, -1, -1], [1, -1], [0, 1, 1]]
    assert not any("associations" in text for text in texts[1:])


def test_one_object_twice_and_two_of_one_name_come_back_as_they_were() -> None:
    one = some(2)[1]
    other = replace(one, in_packets=5)
    samples = [[one, one], [one, other, one], [other, one], [one, one]]
    rows = RecordedRows()
    for text, associations in zip(told(samples), samples, strict=True):
        rows.follow(text)
        assert list(rows.associations()) == associations


def test_one_that_gains_a_path_is_a_new_row() -> None:
    (one,) = some(1)
    more = replace(one, paths=(*one.paths, Path("10.9.1.1")))
    texts = told([[one], [more]])
    assert texts[1]["order"] == [1] and texts[1]["associations"]["new"] == 1


GOOD = told([some(3), [replace(one, in_packets=3) for one in some(3)]])[0]


@pytest.mark.parametrize(
    "change",
    [
        {"order": [3]},
        {"order": [-1]},
        {"order": [0, 0]},
        {"order": [True]},
        {"order": "0"},
        {"counts": [9]},
        {"counts": {"all": -1}, "associations": {"new": 1, "columns": {"netns": {"all": 1}}}},
        {"counts": [1 << 70, -(1 << 70), 0]},
        {"associations": {"rows": [5]}},
        {"associations": {"rows": [0, 1], "by": {"in_packets": [1]}}},
        {"associations": {"rows": [0], "by": {"in_packets": [1]}}},
        {"associations": {"rows": [0], "by": {"netns": [1 << 65]}}},
        {"associations": {"rows": [0], "by": {"state": [1]}}},
        {"associations": {"rows": [0], "by": {"paths": [1], "netns": [0.5]}}},
        {"associations": {"rows": [0], "at": {"netns": [[1], [1]]}}},
        {"associations": {"rows": [0], "to": {"netns": [[0], [None]]}}},
        {"associations": {"rows": [0], "to": {"nodelay": [[0], [1]]}}},
        {"associations": {"rows": [0], "to": {"held_bins": [[0], [[[1, 1]]]]}}},
        {"associations": {"rows": [0], "to": {"netns": 7}}},
        {"associations": {"rows": [0], "to": {"local_addresses": [[0], ["10.9.0.1"]]}}},
        {"associations": {"new": 1}},
        {"associations": {"new": 1 << 40, "columns": {"netns": {"all": 1}}}},
        {"associations": {"new": -1}},
        {"associations": {"new": 1, "columns": {"netns": [1, 2]}}},
        {"associations": {"new": 1, "columns": {"netns": {"of": [1], "which": [1]}}}},
        {"associations": {"new": 1, "columns": {"netns": {"of": [1], "which": [-1]}}}},
        {"paths": {"new": 1, "columns": {"address": ["10.9.0.1"]}}},
        [],
        7,
    ],
)
def test_what_fits_nothing_is_damage(change: Any) -> None:
    rows = RecordedRows()
    rows.follow(GOOD)
    with pytest.raises((ValueError, LookupError, TypeError, AttributeError)):
        rows.follow(change)


def test_attributes_of_a_later_version_are_passed_over_and_those_of_an_earlier_one_are_unknown() -> None:
    rows = RecordedRows()
    columns = {"netns": {"all": 1}, "colour": {"all": "red"}}
    rows.follow({"associations": {"new": 2, "columns": columns}, "counts": {"all": 0}, "order": [0, 1]})
    rows.follow({"associations": {"rows": [0], "by": {"colour": [5]}, "to": {"shape": [[0], [1]]}}})
    assert rows.associations() == (Association(1), Association(1))


def test_rows_of_older_recordings_are_understood() -> None:
    """Taken apart by hand, in the words of recording/file_format.py."""
    rows = RecordedRows()
    columns = {
        "netns": {"all": 1},
        "in_packets": [10, 20, None],
        "local_addresses": {"of": [["10.9.0.1"], []], "which": [0, 1, 0]},
        "held_bins": {"bins": [2, 0, 1], "of": [1023, 2047], "which": [0, 1, 1], "times": [5, 6, 7]},
    }
    paths = {"new": 2, "columns": {"address": ["10.9.0.2", "10.9.1.2"], "cwnd": [4380, 4380]}}
    rows.follow(
        {
            "associations": {"new": 3, "columns": columns},
            "paths": paths,
            "counts": [1, 0, 1],
            "order": [2, -2, 1],
        }
    )
    rows.follow(
        {
            "associations": {
                "rows": [0, 1, 1],
                "by": {"netns": [0, 1, 0]},
                "at": {"in_packets": [[0, 1], [3, -4]]},
                "to": {"in_packets": [[2], [4]], "state": [[0, 2], {"all": "CLOSED"}]},
            },
            "paths": {"rows": [1], "by": {"cwnd": [-380]}},
            "order": [0, 1],
        }
    )
    assert rows.associations() == (
        Association(
            1,
            state="CLOSED",
            local_addresses=("10.9.0.1",),
            in_packets=13,
            held_bins=((1023, 5), (2047, 6)),
            paths=(Path("10.9.0.2", cwnd=4380),),
        ),
        Association(2, in_packets=16),
    )


def test_when_a_heartbeat_is_due_was_told_from_the_sample_on() -> None:
    texts: list[Any] = [
        {
            "associations": {"new": 2, "columns": {"netns": {"all": 1}}},
            "paths": {"new": 2, "columns": {"address": {"all": "10.9.0.1"}, "hb_due_ms": [12400.0, None]}},
            "counts": [1, 1],
            "order": [0, 1],
        },
        {"paths": {"rows": [0], "to": {"hb_due_ms": [[0], [11400.5]]}}},
    ]
    rows, due = RecordedRows(), []
    for text in texts:
        rows.follow(text)
        due.append([path.hb_due_ms(None) for one in rows.associations() for path in one.paths])
    assert due == [[12400.0, None], [11400.0, None]]
    texts[0]["paths"]["columns"]["hb_due_ms"] = ["soon", None]
    with pytest.raises((DamagedError, SchemaError)):
        RecordedRows().follow(texts[0])
