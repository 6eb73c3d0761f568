"""Whoever changes what becomes of messages says so by RULES: results in older recordings are passed over then."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sctptop.recording.results.names import RULES
from tests.unit.recording.results.concluding import both_ways, concluded
from tests.unit.recording.results.test_results import RECORDED

OF_RULES = 3
"""The RULES of these digests. A digest that differs: raise RULES, then write both anew."""
DIGESTS = {
    "gNB": "9dc735c5b42026f3",
    "AMF": "f6251425ab9faaf9",
    "both ends": "a3b885e211b1f004",
    "kinds": "32032d8ae3949ceb",
    "LTE": "65512a5779c305b2",
    "lossy": "cf7b16c8f0e4323d",
}


@pytest.mark.parametrize("name", DIGESTS)
def test_the_same_rules_make_the_same_of_the_same_messages(name: str, tmp_path: Path) -> None:
    _, found = both_ways(concluded(tmp_path / "a.sctp", RECORDED[name]()))
    made = ordered([found[what] for what in ("registrations", "advice", "running")])
    digest = hashlib.sha256(repr(made).encode()).hexdigest()[:16]
    assert (RULES, digest) == (OF_RULES, DIGESTS[name])


def ordered(value: Any) -> Any:
    """Its mappings as lists in the order of their keys."""
    if isinstance(value, Mapping):
        return sorted((repr(key), ordered(one)) for key, one in value.items())
    return [ordered(one) for one in value] if isinstance(value, tuple | list) else value
