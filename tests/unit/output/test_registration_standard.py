"""Registrations as an AMF counts them by 3GPP TS 28.552, in JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sctptop.model.model import Model
from sctptop.output.json_lines import json_line
from tests.ui.many_kinds import with_kinds


def told(from_ran: bool) -> dict[str, Any]:
    model = Model()
    for one in with_kinds(20, from_ran):
        snapshot = model.advance(one)
    found: dict[str, Any] = json.loads(json_line(snapshot, list(snapshot.rows)))["registrations"]
    return found


def test_requests_received_and_accepts_sent_by_kind() -> None:
    document = told(from_ran=False)
    ends = {end["kind"]: end for end in document["ends"]}
    assert document["standard"] == {
        "RM.RegInitReq": ends["initial"]["started"],
        "RM.RegInitSucc": ends["initial"]["accepted_ms"]["n"],
        "RM.RegInitFail": ends["initial"]["rejected"],
        "RM.RegInitFail.11": ends["initial"]["rejected"],
        "RM.RegMobReq": ends["mobility"]["started"],
        "RM.RegMobSucc": ends["mobility"]["accepted_ms"]["n"],
        "RM.RegPeriodReq": ends["periodic"]["started"],
        "RM.RegPeriodSucc": ends["periodic"]["accepted_ms"]["n"],
    }
    # One was accepted and did not complete: its UE answered with a 5GMM STATUS.
    assert ends["initial"]["accepted_ms"]["n"] == ends["initial"]["completed"] + 1
    assert ends["mobility"]["accepted_ms"]["mean"] == pytest.approx(5)


def test_a_gnb_has_no_such_counters() -> None:
    document = told(from_ran=True)
    assert document["standard"] == {}
    assert {end["kind"] for end in document["ends"]} == {"initial", "mobility", "periodic"}
