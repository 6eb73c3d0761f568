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

OF_RULES = 2
"""The RULES of these digests. A digest that differs: raise RULES, then write both anew."""
DIGESTS = {
    "gNB": "5ced9b20ca56abed",
    "AMF": "4e78fece5ced78cc",
    "both ends": "d1c77ffb66db7883",
    "kinds": "a99f6d930319643e",
    "LTE": "5779cd9b5cc472e9",
    "lossy": "39d312c6335df68a",
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
