from __future__ import annotations

import pytest

from sctptop.fields.catalogue import UnknownFieldError, field
from sctptop.fields.ordering import BY_REMOTE, OrderError, natural, parse_order
from sctptop.model.associations.row import Row
from tests.unit.associations import row


def tags(rows: list[Row]) -> list[int | None]:
    return [entry.association.own_tag for entry in rows]


def test_numbers_come_largest_first_and_unknown_ones_last_either_way() -> None:
    rows = [row(1, cwnd=10), row(2, cwnd=None), row(3, cwnd=30)]
    assert tags(parse_order("cwnd").apply(rows)) == [3, 1, 2]
    assert tags(parse_order("cwnd:asc").apply(rows)) == [1, 3, 2]


def test_names_and_identifiers_come_from_the_first() -> None:
    rows = [row(1, assoc_id=7, state="ESTABLISHED"), row(2, assoc_id=5, state="CLOSED"), row(3, assoc_id=9)]
    assert tags(parse_order("assoc_id").apply(rows)) == [2, 1, 3]
    assert tags(parse_order("state").apply(rows))[0] == 2
    assert tags(parse_order("assoc_id:desc").apply(rows)) == [3, 1, 2]


def test_an_order_turned_round_is_of_the_same_field() -> None:
    rows = [row(1, cwnd=10), row(2, cwnd=None), row(3, cwnd=30)]
    assert tags(parse_order("cwnd:desc").inverted.apply(rows)) == [1, 3, 2]
    assert parse_order("cwnd").inverted.inverted == parse_order("cwnd:desc")


def test_ends_compare_as_numbers() -> None:
    rows = [row(1, primary="10.9.0.10"), row(2, primary="10.9.0.2"), row(3, primary="fd00::1")]
    assert tags(BY_REMOTE.apply(rows)) == [2, 1, 3]


def test_equal_rows_keep_one_order_whatever_they_came_in() -> None:
    rows = [row(tag, cwnd=5) for tag in (4, 2, 9)]
    assert tags(natural(field("cwnd")).apply(rows)) == tags(natural(field("cwnd")).apply(rows[::-1]))


def test_bad_orders_say_what_was_expected() -> None:
    with pytest.raises(OrderError, match="asc or desc"):
        parse_order("cwnd:down")
    with pytest.raises(UnknownFieldError, match="did you mean cwnd"):
        parse_order("cwdn")


def test_rows_known_by_tag_and_by_id_only_stand_beside_each_other() -> None:
    rows = [row(1, remote_port=5), row(2, remote_port=5, own_tag=None, assoc_id=7)]
    assert len(BY_REMOTE.apply(rows)) == 2
