"""The catalogue is complete, and all that is shown of fields follows from it."""

from __future__ import annotations

import dataclasses
import json

import pytest

from sctptop.fields.catalogue import BY_ID, COUNTED, FIELDS, GROUPS, SETTINGS
from sctptop.fields.default_columns import default_columns
from sctptop.fields.of_paths import PATH_FIELDS
from sctptop.model.association import Association, Path, Process
from sctptop.model.associations.life import GRAPHED
from sctptop.model.associations.row import Row
from sctptop.model.model import Model
from sctptop.model.way import Way
from sctptop.output.association_record import association_record
from tests.unit.associations import association, sample

PARTS = {"paths", "process", "held_bins", "read_wait_bins"}
"""Attributes that are no single value: fields are made of what is in them."""


def only_row(**facts: object) -> Row:
    (row,) = Model().advance(sample(association(**facts))).rows  # type: ignore[arg-type]
    return row


def names(record: type) -> set[str]:
    return {entry.name for entry in dataclasses.fields(record)}


def test_no_attribute_is_without_an_entry() -> None:
    assert names(Association) - PARTS <= BY_ID.keys()
    assert names(Process) <= BY_ID.keys()
    told = {"hb_due_ms" if name == "hb_due_ns" else name for name in names(Path) - {"way", "data_rtt_bins"}}
    assert told == {field.id for field in PATH_FIELDS}


def test_all_of_a_way_is_shown() -> None:
    way = Way("unicast", "eth0", "10.9.0.254", "10.9.0.2", 1400, True, 2, 3, 5, 7)
    row = only_row(paths=(Path("10.9.0.1", "ACTIVE", True, way=way),))
    shown = [field.get(row) for field in GROUPS["Way of the primary path"]]
    assert shown == ["unicast", "eth0", "10.9.0.254", "10.9.0.2", 1400, True, 5, 12]


@pytest.mark.parametrize(
    ("states", "count", "told"),
    [
        (("ACTIVE", None), 0, "0"),
        (("ACTIVE", "INACTIVE", "INACTIVE"), 2, "2"),
        (("ACTIVE", "PF"), 1, "1PF"),
        (("PF", "PF", "INACTIVE"), 3, "1+2PF"),
        (("UNCONFIRMED", "ACTIVE"), 1, "1?"),
        ((), None, "–"),
    ],
)
def test_paths_that_may_have_failed_are_told_apart_from_those_down(
    states: tuple[str | None, ...], count: int | None, told: str
) -> None:
    row = only_row(paths=tuple(Path(f"10.9.{at}.1", state, not at) for at, state in enumerate(states)))
    assert BY_ID["paths_down"].get(row) == count
    assert BY_ID["paths_down"].said(row) == told
    assert "PF" in BY_ID["paths_down"].help


def test_every_entry_has_an_id_of_its_own_a_title_and_a_help() -> None:
    assert len(BY_ID) == len(FIELDS)
    assert all(field.title and field.help for field in FIELDS)


def test_every_field_of_this_end_has_its_place_in_the_details() -> None:
    placed = [field.id for fields in GROUPS.values() for field in fields]
    assert sorted(placed) == sorted(field.id for field in FIELDS if not field.mirrors)
    assert "" not in GROUPS


def test_published_fields_are_keys_of_json_with_what_the_row_has() -> None:
    row = only_row(cwnd=4380, nodelay=True, remote_addresses=("10.9.0.1", "10.9.1.1"))
    record = json.loads(json.dumps(association_record(row)))
    published = {field.id for field in FIELDS if field.published}
    assert published == record.keys() - PARTS - {"held_ms", "read_wait_ms"}
    for name in published:
        value = BY_ID[name].get(row)
        assert record[name] == (list(value) if isinstance(value, tuple) else value), name


def test_counters_and_series_are_said_where_the_attribute_is() -> None:
    model = Model()
    model.advance(sample(association(in_packets=5, cwnd=4380)))
    snapshot = model.advance(sample(association(in_packets=9, cwnd=8760), at_s=1))
    (row,) = snapshot.rows
    assert row.rate("in_packets") == 4 and row.rate("cwnd") is None
    assert snapshot.series(row.key, "cwnd", 2) == (4380, 8760)
    assert set(row.rates) == set(COUNTED) and set(GRAPHED) == {field.id for field in FIELDS if field.series}


def test_settings_stand_by_how_telling_they_are() -> None:
    assert SETTINGS[:3] == ("nodelay", "sack_delay_ms", "sack_frequency")
    places = [field.setting for field in FIELDS if field.setting]
    assert sorted(places) == list(range(1, len(places) + 1))


def test_default_columns_exist() -> None:
    for both_ends in (False, True):
        first, further = default_columns(both_ends=both_ends, namespaces=True)
        assert {*first, *further} <= BY_ID.keys()
