"""The same of peers; and the numbers that are told of them."""

from __future__ import annotations

import pytest

from tests.lab.guest.advice.listening import Said, is_right, listened
from tests.lab.guest.advice.peer_cases import CASES
from tests.lab.witness.registering import Bench


@pytest.fixture(scope="module")
def said(bench: Bench) -> Said:
    return listened(bench, CASES, (45.0, 0.0, 0.0))


@pytest.mark.parametrize("name", CASES)
def test_the_cause_is_named_and_no_other(said: Said, name: str) -> None:
    is_right(said, name, CASES[name])


def test_a_peer_that_fails_is_one_piece_of_advice_with_how_many_and_why(said: Said) -> None:
    told = said["refused", "gnb"]["failing_peer"]
    count, rest = told.seen.split(" attempts in a row failed in ")
    assert told.peer is not None and told.peer[2:] == (5999, True)
    assert int(count) >= 10 and rest.endswith(f"{count} times refused by {told.peer[1]} (ABORT to INIT)")


def test_a_refused_set_up_has_its_cause(said: Said) -> None:
    for side, who in (("gnb", "the core"), ("amf", "this core")):
        told = said["nosetup", side]["refused_setup"]
        assert told.seen.startswith(f"{who} refused ") and "NGAP misc 4 unknown-PLMN" in told.seen
