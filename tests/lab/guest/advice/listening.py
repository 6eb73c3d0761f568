"""Runs cases side by side and listens to the advice that is given meanwhile."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import ExitStack

from sctptop.model.advice.given import Advice
from sctptop.model.model import Model
from sctptop.model.snapshot import Snapshot
from tests.lab.guest.advice.cases import Case, Rules, Stage
from tests.lab.scenes.hosts import two_hosts
from tests.lab.witness.registering import Bench

Said = dict[tuple[str, str], dict[str, Advice]]
"""By case and side the advice of each rule; notes are left out."""
NONE: Rules = frozenset()
Spans = tuple[float, float, float]
"""Seconds that are calm, troubled by the faults, and mended."""


def listened(bench: Bench, cases: Mapping[str, Case], spans: Spans) -> Said:
    """What is said while these go on, each in hosts NAME-gnb and NAME-amf."""
    calm_s, troubled_s, mended_s = spans
    with ExitStack() as stack:
        stages = {name: _stage(cases[name], name, number, stack) for number, name in enumerate(cases)}
        for name, stage in stages.items():
            cases[name].begin(stage)
        bench.source.read()
        model, found = Model(), Said()
        early = _listen(bench, model, calm_s, found)
        for name, stage in stages.items():
            cases[name].fault(stage)
        _listen(bench, model, troubled_s, found)
        for name, stage in stages.items():
            cases[name].mend(stage)
        _listen(bench, model, mended_s, found)
    print(f"{early} readings before the faults")
    for (name, side), rules in sorted(found.items()):
        for rule, advice in rules.items():
            print(name, side, rule, advice.severity, advice.seen, advice.remedy, sep=" | ")
    return found


def is_right(said: Said, name: str, case: Case) -> None:
    """The rules that must speak did, and no other."""
    for side in ("gnb", "amf"):
        must, may = case.must.get(side, NONE), case.may.get(side, NONE)
        spoke = said.get((name, side), {})
        assert must <= spoke.keys() <= must | may, (side, {rule: one.seen for rule, one in spoke.items()})


def _stage(case: Case, name: str, number: int, stack: ExitStack) -> Stage:
    hosts = two_hosts(links=case.links, prefix=f"{name}-", subnet=100 + number)
    gnb, amf = stack.enter_context(hosts)
    return Stage(gnb, amf, stack)


def _listen(bench: Bench, model: Model, seconds: float, said: Said) -> int:
    end, readings = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        snapshot = model.advance(bench.source.read())
        assert snapshot.sample.probes.ok
        for advice in snapshot.advice:
            name, _, side = snapshot.namespace_label(_netns(snapshot, advice)).rpartition("-")
            if advice.severity != "note":
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
