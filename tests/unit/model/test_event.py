"""Events made in a hurry are events."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, asdict, replace
from datetime import datetime, timezone

import pytest

from sctptop.model.event import Event, event_made
from sctptop.schema import event_to_json

AT = datetime(2026, 11, 23, 12, 3, 44, 120, tzinfo=timezone.utc)
NAMES = (4026531840, 7, 8, 38412, 59058, 3, "10.9.0.1")
DETAILS = {"before": 4380, "after": 1460}


def test_one_made_in_a_hurry_is_equal_and_frozen() -> None:
    made, usual = event_made(AT, "cwnd", NAMES, DETAILS), Event(AT, "cwnd", *NAMES, DETAILS)
    assert (
        type(made) is Event and made == usual and repr(made) == repr(usual) and asdict(made) == asdict(usual)
    )
    assert replace(made, kind="path") == replace(usual, kind="path")
    with pytest.raises(FrozenInstanceError):
        made.kind = "path"  # type: ignore[misc]


def test_its_names_in_json_are_its_attributes_in_their_order() -> None:
    told = event_to_json(event_made(AT, "cwnd", NAMES, DETAILS))
    attributes = [name for name in Event.__slots__ if name != "details"]
    assert list(told) == [*attributes, *DETAILS]
    assert told["time"] == AT.isoformat(timespec="microseconds") == "2026-11-23T12:03:44.000120+00:00"
    assert [told[name] for name in attributes[1:]] == ["cwnd", *NAMES]


def test_times_of_other_zones_keep_them() -> None:
    here = datetime.fromisoformat("2026-11-23T13:03:44.000120+01:00")
    assert event_to_json(event_made(here, "cwnd", NAMES, {}))["time"] == "2026-11-23T13:03:44.000120+01:00"
