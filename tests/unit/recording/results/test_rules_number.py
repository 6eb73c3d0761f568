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

OF_RULES = 4
"""The RULES of these digests. A digest that differs: raise RULES, then write both anew."""
DIGESTS = {
    "gNB": "3381b9cfeb0c17cc",
    "AMF": "961ca81fb75b4d89",
    "both ends": "6e5a3f8955a4bb63",
    "kinds": "b1b355d586202190",
    "LTE": "94b30552833a91c1",
    "lossy": "c3eec8ed7daf3fe7",
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
