"""The names and numbers of causes against those that pycrate has from the specifications."""

from __future__ import annotations

from typing import Any

import pytest
from pycrate_asn1dir import NGAP as NGAP_ASN1
from pycrate_asn1dir import S1AP as S1AP_ASN1
from pycrate_mobile.TS24301_IE import _EMMCause_dict
from pycrate_mobile.TS24501_IE import _FGMMCause_dict

from sctptop.model.ngap.causes import CAUSE_GROUPS, cause_text, nas_cause_text
from sctptop.model.ngap.nas_causes import CAUSES_5GMM, CAUSES_EMM
from sctptop.model.ngap.ppid import NGAP, S1AP

CAUSES: dict[int, Any] = {NGAP: NGAP_ASN1.NGAP_IEs.Cause, S1AP: S1AP_ASN1.S1AP_IEs.Cause}
LATER_5GMM = {36, *range(78, 83), 93, 94}
LATER_EMM = {31, 36, 78, 80}
"""Those that the dictionaries of pycrate 0.8 do not have yet."""


@pytest.mark.parametrize("ppid", [NGAP, S1AP])
def test_every_group_and_value(ppid: int) -> None:
    theirs = {
        name: (enumeration._root, enumeration._ext)
        for name, enumeration in CAUSES[ppid]._cont.items()
        if name != "choice-Extensions"
    }
    ours = {
        group.name: (list(group.names[: group.root]), list(group.names[group.root :]))
        for group in CAUSE_GROUPS[ppid]
    }
    assert ours == theirs
    assert list(ours) == ["radioNetwork", "transport", "nas", "protocol", "misc"], "the order of the CHOICE"


@pytest.mark.parametrize(
    ("ours", "theirs", "later"),
    [(CAUSES_5GMM, _FGMMCause_dict, LATER_5GMM), (CAUSES_EMM, _EMMCause_dict, LATER_EMM)],
)
def test_every_nas_cause(ours: dict[int, str], theirs: dict[int, str], later: set[int]) -> None:
    assert {number: name for number, name in ours.items() if number not in later} == theirs
    assert not later & theirs.keys() and later < ours.keys()
    assert all(name.strip() for name in ours.values())


@pytest.mark.parametrize(
    ("ppid", "group", "number", "text"),
    [
        (NGAP, "radioNetwork", 0, "NGAP radioNetwork 0 unspecified"),
        (NGAP, "radioNetwork", 21, "NGAP radioNetwork 21 radio-connection-with-ue-lost"),
        (NGAP, "radioNetwork", 45, "NGAP radioNetwork 45 n26-interface-not-available"),
        (NGAP, "radioNetwork", 58, "NGAP radioNetwork 58 two-rx-xr-ue-not-supported"),
        (NGAP, "radioNetwork", 59, "NGAP radioNetwork 59"),
        (NGAP, "radioNetwork", 99, "NGAP radioNetwork 99"),
        (NGAP, "misc", -1, "NGAP misc -1"),
        (NGAP, "astral", 3, "NGAP astral 3"),
        (S1AP, "nas", 0, "S1AP nas 0 normal-release"),
        (S1AP, "nas", 4, "S1AP nas 4 csg-subscription-expiry"),
        (46, "nas", 0, "PPID 46 nas 0"),
    ],
)
def test_what_is_said_of_a_cause(ppid: int, group: str, number: int, text: str) -> None:
    assert cause_text(ppid, group, number) == text


@pytest.mark.parametrize(
    ("ppid", "number", "text"),
    [
        (NGAP, 20, "5GMM 20 MAC failure"),
        (NGAP, 111, "5GMM 111 Protocol error, unspecified"),
        (NGAP, 200, "5GMM 200"),
        (S1AP, 7, "EMM 7 EPS services not allowed"),
        (S1AP, 200, "EMM 200"),
        (0, 7, "NAS 7"),
    ],
)
def test_what_is_said_of_a_nas_cause(ppid: int, number: int, text: str) -> None:
    assert nas_cause_text(ppid, number) == text
