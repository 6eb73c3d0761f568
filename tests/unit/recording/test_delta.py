"""A document is what its patch makes of the one before it, to the letter."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sctptop.recording.delta import SAME, PatchError, patch_between, patched
from tests.unit.recording.old_format import keyed

NAMES = st.sampled_from(["a", "b", "0", "1", "cwnd"])
SCALARS = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([0.0, 1.0, 1.5, "", "1"])
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(DOCUMENTS, DOCUMENTS)
def test_a_patch_makes_the_one_of_the_other(before: Any, after: Any) -> None:
    patch = patch_between(before, after)
    made = before if patch is SAME else patched(copy.deepcopy(before), json.loads(json.dumps(patch)))
    # As text, for 1 == True == 1.0.
    assert json.dumps(made, sort_keys=True) == json.dumps(after, sort_keys=True)


@given(DOCUMENTS, DOCUMENTS)
def test_a_patch_that_fits_nothing_is_told_in_one_way(before: Any, patch: Any) -> None:
    try:
        patched(before, patch)
    except PatchError:
        pass


def test_only_what_changed_is_in_a_patch() -> None:
    before = {"time": 1, "entries": {"x": {"cwnd": 4380, "paths": [{"rto": 1000}, {"rto": 3000}]}}, "gone": 1}
    after = {"time": 2, "entries": {"x": {"cwnd": 4380, "paths": [{"rto": 1000}, {"rto": 6000}]}}}
    assert patch_between(before, after) == {
        "time": 2,
        "entries": {"x": {"paths": {"1": {"rto": 6000}}}},
        "-": ["gone"],
    }
    assert patch_between(after, after) is SAME


def test_one_association_that_goes_moves_no_other() -> None:
    entries = [
        {"netns": 1, "own_tag": tag, "assoc_id": tag, "local_port": 9, "remote_port": 9}
        for tag in (1, 2, 2, 3)
    ]
    before, after = (keyed({"associations": some, "events": []}) for some in (entries, entries[1:]))
    assert list(before["associations"].values()) == entries
    patch = patch_between(before, after)
    assert patch["associations"] == {"-": [before["order"][0]]}


@pytest.mark.parametrize(
    ("before", "patch"), [([1], {"5": 2}), ([1], {"x": 2}), (7, {"a": 1}), ({"a": 1}, {"-": ["b"]})]
)
def test_examples_of_what_fits_nothing(before: Any, patch: Any) -> None:
    with pytest.raises(PatchError):
        patched(before, patch)


def test_patches_of_older_recordings_are_understood() -> None:
    """In the signs that stand in files: = replaces, - removes, a number is a place of a list."""
    before = {"a": {"b": 1}, "c": [1, {"d": 2}], "gone": 0}
    patch = {"a": {"=": {"x": 1}}, "c": {"1": {"d": 3}}, "new": {"=": {"e": 5}}, "-": ["gone"]}
    assert patched(before, patch) == {"a": {"x": 1}, "c": [1, {"d": 3}], "new": {"e": 5}}
    assert patch_between({"a": 1}, {"a": {"b": 2}}) == {"a": {"=": {"b": 2}}}
    assert patched({"a": 1}, [2]) == [2] and patched({"a": 1}, {"=": {"-": 1}}) == {"-": 1}


def test_associations_are_named_alike_in_every_recording() -> None:
    entry = {"netns": 1, "own_tag": 2, "assoc_id": None, "local_port": 4, "remote_port": 5, "cwnd": 6}
    found = keyed({"time": "t", "associations": [entry, {**entry, "cwnd": 7}], "events": [1, 2]})
    assert found == {
        "time": "t",
        "associations": {"1/2/None/4/5": entry, "1/2/None/4/5+": {**entry, "cwnd": 7}},
        "order": ["1/2/None/4/5", "1/2/None/4/5+"],
        "events": (1, 2),
    }
