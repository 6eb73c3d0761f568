"""All cases at once in one guest: in each the rules that must speak do, and no other speaks."""

from __future__ import annotations

import pytest

from tests.lab.guest.advice.cases import CASES
from tests.lab.guest.advice.listening import Said, is_right, listened
from tests.lab.witness.registering import Bench


@pytest.fixture(scope="module")
def said(bench: Bench) -> Said:
    return listened(bench, CASES, (20.0, 60.0, 25.0))


@pytest.mark.parametrize("name", CASES)
def test_the_cause_is_named_and_no_other(said: Said, name: str) -> None:
    is_right(said, name, CASES[name])
