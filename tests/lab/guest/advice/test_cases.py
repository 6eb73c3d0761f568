"""All cases at once in one guest: in each the rules that must speak do, and no other speaks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from sctptop.model.advice.adviser import Advice
from sctptop.model.model import Model
from sctptop.model.snapshot import Snapshot
from tests.lab.guest.advice.cases import CASES, Rules, stage_of
from tests.lab.witness.registering import Bench

Said = dict[tuple[str, str], dict[str, Advice]]
"""By case and side the advice of each rule; notes are left out."""
NONE: Rules = frozenset()
CALM_S, TROUBLED_S, MENDED_S = 20.0, 60.0, 25.0


@pytest.fixture(scope="module")
def said(bench: Bench) -> Iterator[Said]:
    with ExitStack() as stack:
        stages = {name: stage_of(name, number, stack) for number, name in enumerate(CASES)}
        for name, stage in stages.items():
            CASES[name].begin(stage)
        bench.source.read()
        model, found = Model(), Said()
        early = _listen(bench, model, CALM_S, found)
        for name, stage in stages.items():
            CASES[name].fault(stage)
        _listen(bench, model, TROUBLED_S, found)
        for name, stage in stages.items():
            CASES[name].mend(stage)
        _listen(bench, model, MENDED_S, found)
        print(f"{early} readings before the faults")
        for (name, side), rules in sorted(found.items()):
            for rule, advice in rules.items():
                print(name, side, rule, advice.severity, advice.seen, advice.remedy, sep=" | ")
        yield found


def _listen(bench: Bench, model: Model, seconds: float, said: Said) -> int:
    end, readings = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        snapshot = model.advance(bench.source.read())
        assert snapshot.sample.probes.ok
        for advice in snapshot.advice:
            name, _, side = snapshot.namespace_label(_netns(snapshot, advice)).rpartition("-")
            if advice.severity != "note" and name in CASES:
                said.setdefault((name, side), {})[advice.rule] = advice
        readings += 1
        time.sleep(max(0.0, 1.0 - snapshot.sample.read_s))
    return readings


def _netns(snapshot: Snapshot, advice: Advice) -> int:
    if advice.peer is not None:
        return advice.peer[0]
    row = snapshot.row(advice.association)
    assert row is not None
    return row.association.netns


def test_a_peer_that_fails_is_one_piece_of_advice_with_how_many_and_why(said: Said) -> None:
    told = said["refused", "gnb"]["failing_peer"]
    count, rest = told.seen.split(" attempts in a row failed in ")
    assert told.peer is not None and told.peer[2:] == (5999, True)
    assert int(count) >= 10 and rest.endswith(f"{count} times refused by {told.peer[1]} (ABORT to INIT)")


def test_a_refused_set_up_has_its_cause(said: Said) -> None:
    for side, who in (("gnb", "the core"), ("amf", "this core")):
        told = said["nosetup", side]["refused_setup"]
        assert told.seen.startswith(f"{who} refused ") and "NGAP misc 4 unknown-PLMN" in told.seen


@pytest.mark.parametrize("name", CASES)
def test_the_cause_is_named_and_no_other(said: Said, name: str) -> None:
    case = CASES[name]
    for side in ("gnb", "amf"):
        must, may = case.must.get(side, NONE), case.may.get(side, NONE)
        spoke = said.get((name, side), {})
        assert must <= spoke.keys() <= must | may, (side, {rule: one.seen for rule, one in spoke.items()})
