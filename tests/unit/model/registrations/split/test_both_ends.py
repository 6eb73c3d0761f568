"""Whose time it was, of random exchanges on a bad path: one truth where both ends are on one host, and no time made up
where one of them is."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from sctptop.model.registrations.attempt import Registration
from tests.unit.model.registrations.attempts import check
from tests.unit.model.registrations.flow_steps import (
    ACCEPT,
    COMPLETE,
    context,
    down,
    open_security,
    request,
    security,
    up,
)
from tests.unit.model.registrations.flows import START_NS, Said, outcomes
from tests.unit.model.registrations.split.exchanges import Path, Sent, events_at, exchange, whose_at, whose_of
from tests.unit.registering import MS, SUCCESSFUL

SETUP = (Said(0, True, 21, ran=None, amf=None), Said(0, False, 21, ran=None, amf=None, pdu=SUCCESSFUL))
KINDS = (
    (request(), *security(0), *context(0, 0), up(0, 10)),
    (request(), *open_security(0), *context(0, 0), Said(0, True, 44), up(0, 3, COMPLETE, secured=True)),
    (
        request(),
        *open_security(0),
        *context(0, 0),
        down(0, 50, ACCEPT, secured=True),
        up(0, 3, COMPLETE, secured=True),
    ),
    (request(), *security(0), Said(0, True, 44), down(0, 50), up(0, 10)),
)


def random_exchange(seed: int, **chances: float) -> list[Sent]:
    """An NGSetup and a registration behind it."""
    rng = Random(seed)
    path = Path(most_ms=rng.choice((5, 40, 200)), delay_ms=rng.choice(((0, 0), (0, 9), (20, 60))))
    path.chances |= chances
    return exchange((*SETUP, *KINDS[seed % len(KINDS)]), rng, path)


def registrations(sent: list[Sent], *ends: bool) -> list[Registration]:
    """What the model makes of it at these ends; the time of each adds up."""
    found = outcomes([event for end in ends for event in events_at(sent, end)], until_s=20, every_s=5)
    for one in found:
        check(one)
        assert (one.outcome, one.left_out) == ("completed", 0)
    assert sorted(one.from_ran for one in found) == sorted(ends)
    return sorted(found, key=lambda one: ends.index(one.from_ran))


@pytest.mark.parametrize("seed", range(40))
def test_both_ends_on_one_host_tell_one_truth(seed: int) -> None:
    sent = random_exchange(seed)
    first, last = sent[2], sent[-1]
    ran, core = registrations(sent, True, False)
    for one, begin, end in ((ran, first.begin, last.done), (core, first.arrived, last.read)):
        assert (one.began_ns - START_NS, one.total_ns) == (begin * MS, (end - begin) * MS)
        told = [whose_at(sent[2:], at) for at in range(begin, end)]
        assert whose_of(one) == told
        parts = Counter(told)
        for name in ("held", "blocked", "lost", "order", "unread", "network", "core"):
            assert getattr(one, f"{name}_ns") == parts[name] * MS, name
        assert one.ran_ns == parts["RAN"] * MS
    # Where both were looking, they saw the same.
    at_ran, at_core = whose_of(ran), whose_of(core)
    apart = first.arrived - first.begin
    shared = min(len(at_ran) - apart, len(at_core))
    assert at_ran[apart : apart + shared] == at_core[:shared]


@pytest.mark.parametrize("seed", range(24))
def test_from_one_end_alone_no_time_is_made_up(seed: int) -> None:
    # What was sent again though it had arrived looks lost, where no answer shows that it was not.
    sent = random_exchange(seed, spurious=0)
    both = registrations(sent, True, False)
    for end, whole in zip((True, False), both, strict=True):
        (one,) = registrations(sent, end)
        assert (one.began_ns, one.total_ns) == (whole.began_ns, whole.total_ns)
        assert one.network_ns is None
        # What this end did itself it knows alone.
        assert whose_alone(one, sent, end) == []


def whose_alone(one: Registration, sent: list[Sent], from_ran: bool) -> list[tuple[int, str, str]]:
    """Instants at which only our own was on its way, where it is not told what that was."""
    begin = (one.began_ns - START_NS) // MS
    found = []
    for at, told in enumerate(whose_of(one), begin):
        here = [(message, message.phase(at)) for message in sent[2:] if message.phase(at) is not None]
        if len(here) != 1:
            continue
        message, phase = here[0]
        ours = ("blocked", "held") if message.said.up == from_ran else ("order", "unread")
        if phase in ours and told != phase:
            found.append((at, str(phase), told))
    return found


def test_a_second_ue_on_the_same_stream_takes_nothing() -> None:
    """What is on its way for another UE is not this one's time."""
    sent = random_exchange(3)
    others = [replace(one, said=replace(one.said, ran=8, amf=12), tsn=one.tsn + 50) for one in sent]
    events = [event for some in (sent, others) for end in (True, False) for event in events_at(some, end)]
    alone = registrations(sent, True, False)
    beside = [one for one in outcomes(events, until_s=20, every_s=5) if one.ran_ue_id == 7]
    assert {one.stages for one in alone} == {one.stages for one in beside}


def test_a_core_that_reads_late_is_known_at_the_radio_node_too() -> None:
    *before, response, complete = exchange((*SETUP, *KINDS[0]), Random(1), Path({}))
    at = response.done
    late = replace(response, read=at + 300), replace(complete, done=at + 80, arrived=at + 81, in_turn=at + 81)
    sent = [*before, late[0], replace(late[1], read=at + 310)]
    for every_s in (5.0, 0.1):
        events = [event for end in (True, False) for event in events_at(sent, end)]
        (ran,) = (one for one in outcomes(events, until_s=10, every_s=every_s) if one.from_ran)
        assert whose_of(ran) == [whose_at(sent[2:], ms) for ms in range(sent[2].begin, at + 80)], every_s
