"""Advice on peers: what fails, aborts, flaps, storms or is refused is told once a peer, and neighbours stay silent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from math import inf
from typing import Any

import pytest

from sctptop.model.advice.given import Advice
from sctptop.model.event import Event
from sctptop.model.model import Model
from sctptop.model.sample import Endpoint
from sctptop.model.snapshot import Snapshot
from sctptop.output.json_lines import json_line
from sctptop.output.text import advice_lines
from tests.unit.associations import NETNS, START, sample
from tests.unit.model.advice.advised import calm, pictures
from tests.unit.model.peers.meetings import (
    ABORTED,
    AMF,
    GNB,
    REFUSED,
    SHUT_BY_PEER,
    SHUT_HERE,
    called,
    came_up,
    setup,
    taken,
    tried,
)

Script = Callable[[int], Iterable[Event]]


def seen(script: Script, seconds: int) -> Snapshot:
    """The last picture, with nothing but these events."""
    return all_seen(script, seconds)[-1]


def all_seen(script: Script, seconds: int) -> list[Snapshot]:
    """Each second's."""

    def stamped(tick: int) -> list[Event]:
        return [replace(event, time=START + timedelta(seconds=tick)) for event in script(tick)]

    return pictures(lambda tick: (), seconds, events=stamped)


def only(script: Script, seconds: int) -> Advice:
    (one,) = seen(script, seconds).advice
    assert one.association is None and one.peer is not None
    return one


def refused(tick: int) -> list[Event]:
    """Every two seconds."""
    return tried(tick + 1, **REFUSED) if tick % 2 == 0 else []


def again_and_again(end: dict[str, Any], every: int = 4) -> Script:
    """Up for two seconds, ended, and up again."""

    def events(tick: int) -> list[Event]:
        number = tick // every + 1
        if tick % every == 0:
            return came_up(number)
        return [called(number, "FREED", **end)] if tick % every == 2 else []

    return events


def rejected(tick: int) -> list[Event]:
    """NGSetup refused on an association of its own every three seconds."""
    number = tick // 3 + 1
    if tick % 3 == 0:
        return came_up(number)
    if tick % 3 == 1:
        refusal = setup(number, "unsuccessfulOutcome", cause_group="misc", cause=4)
        return [setup(number, "initiatingMessage", direction="out"), refusal]
    return [called(number, "FREED", **SHUT_HERE)]


def many(tick: int) -> list[Event]:
    """A thousand a second, of two peers."""
    first = 1 + 1000 * tick
    numbers = range(first, first + 1000)
    begun = [taken(number, "NEW", address=GNB if number % 4 else "10.9.0.7") for number in numbers]
    return begun + [taken(number, "FREED", **SHUT_BY_PEER) for number in numbers]


def test_refused_connects_are_one_piece_of_advice_with_count_and_reason() -> None:
    advice = only(refused, 30)
    assert (advice.rule, advice.severity, advice.cost) == ("failing_peer", "problem", inf)
    assert advice.seen == f"15 attempts in a row failed in 29s, 15 times refused by {AMF} (ABORT to INIT)"
    assert advice.remedy.startswith("its host answers")


def test_a_handshake_of_before_is_told_beside_them() -> None:
    advice = only(lambda tick: came_up(900, 3.25) if tick == 0 else refused(tick), 9)
    assert advice.seen.endswith("; its last handshake took 3.2ms")
    assert advice.cost == 0.0


def test_two_failures_are_none_yet_nor_are_those_before_one_came_up() -> None:
    assert not seen(refused, 4).advice
    assert not seen(
        lambda tick: came_up(900) if tick == 20 else refused(tick) if tick < 20 else [], 40
    ).advice


def test_what_is_over_for_a_minute_is_no_trouble() -> None:
    assert seen(lambda tick: refused(tick) if tick < 10 else [], 60).advice
    assert not seen(lambda tick: refused(tick) if tick < 10 else [], 90).advice


def test_one_that_tries_seldom_stays_in_trouble_between_its_tries() -> None:
    script: Script = lambda tick: tried(tick + 1, **REFUSED) if tick % 100 == 0 else []  # noqa: E731
    assert seen(script, 290).advice


def test_a_peer_that_aborts_at_once_again_and_again() -> None:
    advice = only(again_and_again(ABORTED), 20)
    assert (advice.rule, advice.severity) == ("aborting_peer", "problem")
    assert advice.seen == (
        "aborted 5 times in the last hour within 30 s after it came up: "
        f"5 times ABORT from {AMF}: User-Initiated Abort (12)"
    )


def test_one_that_lived_longer_makes_no_flapping_of_those_aborted_at_once() -> None:
    def script(tick: int) -> Iterable[Event]:
        if tick < 40:
            return came_up(900) if tick == 0 else []
        return [called(900, "FREED", **ABORTED)] if tick == 40 else again_and_again(ABORTED)(tick)

    said = [advice.rule for picture in all_seen(script, 80) for advice in picture.advice]
    assert set(said) == {"aborting_peer"}


def test_whoever_calls_and_hangs_up_is_no_trouble() -> None:
    assert not seen(again_and_again(SHUT_HERE), 60).advice


def test_a_core_that_hangs_up_again_and_again_flaps() -> None:
    advice = only(again_and_again(SHUT_BY_PEER), 40)
    assert (advice.rule, advice.severity) == ("flapping_peer", "warning")
    assert advice.seen == (
        "went down 10 times in the last hour: 10 times shut down by the peer; the longest time without any 2s"
    )


def test_twice_is_no_flapping_and_after_a_quarter_of_an_hour_it_is_over() -> None:
    assert not seen(again_and_again(SHUT_BY_PEER), 8).advice
    flaps = again_and_again(SHUT_BY_PEER)
    assert seen(lambda tick: flaps(tick) if tick < 12 else [], 900).advice
    assert not seen(lambda tick: flaps(tick) if tick < 12 else [], 930).advice


def test_a_refused_set_up_is_told_with_its_cause_and_nothing_else() -> None:
    advice = only(rejected, 30)
    assert (advice.rule, advice.severity) == ("refused_setup", "problem")
    assert advice.seen.startswith(
        "the core refused 10 of 10 set-ups of NGAP or S1AP in 28s: 10 times NGAP misc 4 "
    )


def test_a_granted_set_up_is_no_trouble() -> None:
    granted = [setup(1, "initiatingMessage"), setup(1, "successfulOutcome")]
    assert not seen(lambda tick: came_up(1) if tick == 0 else granted if tick == 1 else [], 30).advice


def test_a_storm_has_its_rate_and_its_top_peers() -> None:
    (storm,) = (one for one in seen(many, 8).advice if one.rule == "storm")
    assert storm.seen == (
        f"1000 associations begin a second for 6s; most: {GNB} (to port 38412 here) 750/s, "
        "10.9.0.7 (to port 38412 here) 250/s"
    )


def waiting(
    count: int | None, backlog: int | None = 5, since: int = 3, seconds: int = 20
) -> Iterable[Advice]:
    """So many associations wait to be accepted from a second on."""

    def socket(tick: int) -> Endpoint:
        return Endpoint(
            NETNS, 5000, (AMF,), "LISTENING", "one-to-one", 7, 0, count if tick >= since else 0, backlog
        )

    model = Model()
    given = [model.advance(sample(at_s=tick, endpoints=(socket(tick),))).advice for tick in range(seconds)]
    return given[-1]


def test_a_full_backlog_is_told_with_what_waits() -> None:
    (advice,) = waiting(6)
    assert (advice.rule, advice.severity, advice.cost) == ("full_backlog", "problem", inf)
    assert advice.seen == (
        "6 associations came up and were not accepted for 16s, and its backlog is 5: more are refused "
        "(ABORT to COOKIE ECHO)"
    )
    assert advice.peer == (NETNS, "*", 5000, False)


def test_what_waits_long_is_told_and_what_waits_a_moment_is_not() -> None:
    (advice,) = waiting(1)
    assert advice.severity == "warning" and "backlog" not in advice.seen
    assert not waiting(5, seconds=12) and not waiting(6, seconds=6)
    assert not waiting(0) and not waiting(None, None)


def test_clients_that_come_and_go_in_peace_are_no_trouble() -> None:
    script: Script = lambda tick: [taken(tick + 1, "NEW"), taken(tick + 1, "FREED", **SHUT_BY_PEER)]  # noqa: E731
    assert not seen(script, 60).advice


def test_without_probes_nothing_is_claimed() -> None:
    off = {"sock_diag": "ok", "procfs": "ok", "bpf": "off"}
    assert not pictures(lambda tick: calm(tick), 30, events=refused, sources=off)[-1].advice


def test_batch_and_json_name_the_peer_beside_no_association() -> None:
    snapshot = seen(refused, 30)
    assert advice_lines(snapshot, [])[0].startswith(f"advice: Failing connects, {AMF}:38412: 15 attempts")
    told = json.loads(json_line(snapshot, []))
    (advice,) = told["advice"]
    key = {"netns": NETNS, "address": AMF, "port": 38412, "called_by_us": True}
    assert (advice["rule"], advice["peer"], advice["messages"]) == ("failing_peer", key, None)
    assert "assoc_id" not in advice


def test_json_tells_a_peer_in_the_sample_that_met_it() -> None:
    last = all_seen(refused, 30)[-2:]
    met, quiet = (json.loads(json_line(snapshot, []))["peers"] for snapshot in last)
    assert not quiet
    (peer,) = met
    assert (peer["address"], peer["attempts"], peer["came_up"]) == (AMF, 15, 0)
    assert peer["failures"] == {f"refused by {AMF} (ABORT to INIT)": 15}


def test_an_alarm_is_raised_on_a_peer_and_cleared() -> None:
    every = all_seen(lambda tick: refused(tick) if tick < 10 else [], 100)
    (alarm,) = every[-1].alarms
    assert (alarm.peer, alarm.entry, alarm.count) == ((NETNS, AMF, 38412, True), None, 1)
    assert alarm.raised == START + timedelta(seconds=4) and alarm.cleared is not None
    told = [one for snapshot in every for one in json.loads(json_line(snapshot, []))["alarms"]]
    assert [one["peer"]["address"] for one in told] == [AMF, AMF]


@pytest.mark.parametrize(("netns", "there"), [(NETNS, 1), (NETNS + 1, 0)])
def test_a_namespace_shows_its_own_peers(netns: int, there: int) -> None:
    part = seen(refused, 30).within(netns)
    assert (len(part.peers), len(part.advice), len(part.alarms)) == (there, there, there)
