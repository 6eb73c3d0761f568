"""A path that failed once or was never confirmed while heartbeats are off: nobody knows whether it works."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sctptop.model.association import Path
from tests.unit.model.advice.advised import FAR, NEAR, advised, calm, rules

FAILED = Path(NEAR, "PF", True, errors=1, max_retrans=5, heartbeats=False)
PASSIVE = replace(FAILED, state="UNCONFIRMED", errors=0)
SPARE = Path(FAR, "ACTIVE", False, errors=0, heartbeats=False)


@pytest.mark.parametrize("errors", [1, 2])
def test_nothing_tries_it_again(errors: int) -> None:
    paths = (replace(FAILED, errors=errors), SPARE)
    (advice,) = advised(lambda tick: calm(tick, paths=paths))
    assert (advice.rule, advice.severity, advice.address) == ("untried_path", "warning", NEAR)
    assert "whether it works is not known" in advice.seen and "SPP_HB_ENABLE" in advice.remedy


def test_one_that_was_never_confirmed_is_neither_dead() -> None:
    working = replace(SPARE, primary=True)
    (advice,) = advised(lambda tick: calm(tick, paths=(working, replace(PASSIVE, primary=False))))
    assert (advice.rule, advice.severity, advice.address) == ("untried_path", "warning", NEAR)
    assert f"path {NEAR} is UNCONFIRMED, 0 errors in a row" in advice.seen


@pytest.mark.parametrize(
    "paths",
    [
        (replace(FAILED, heartbeats=True), SPARE),
        (replace(PASSIVE, heartbeats=True), SPARE),
        (replace(FAILED, heartbeats=None), SPARE),
        (replace(FAILED, errors=3), SPARE),
        (replace(FAILED, state="INACTIVE", errors=6), SPARE),
        # Data still goes to these.
        (FAILED,),
        (FAILED, replace(SPARE, state="PF", errors=1)),
    ],
)
def test_what_is_tried_again_and_does_not_answer_is_dead(paths: tuple[Path, ...]) -> None:
    assert {*rules(advised(lambda tick: calm(tick, paths=paths)))} == {"dead_path"}


@pytest.mark.parametrize(
    "paths",
    [
        (replace(FAILED, errors=0), SPARE),
        (replace(FAILED, state="ACTIVE"), SPARE),
        (replace(FAILED, state="ACTIVE", errors=0), SPARE),
    ],
)
def test_one_that_works_is_not(paths: tuple[Path, ...]) -> None:
    assert rules(advised(lambda tick: calm(tick, paths=paths))) == []
