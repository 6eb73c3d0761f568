"""What is remembered of peers: tries, failures by reason, handshakes, ups and downs, set-ups refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from sctptop.model.association import Association, Process
from sctptop.model.event import Event
from sctptop.model.peers import book as room
from sctptop.model.peers.book import Peers
from sctptop.model.peers.peer import Peer
from tests.unit.associations import NETNS, START, association
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

HERE = {(NETNS, 38412)}


def fed(*ticks: Iterable[Event]) -> Peer:
    """The only peer after these samples, one a second."""
    peers = Peers()
    for tick, events in enumerate(ticks):
        met(peers, float(tick), events)
    (peer,) = peers.now.values()
    return peer


def met(peers: Peers, now_s: float, events: Iterable[Event] = (), **more: list[object]) -> None:
    born: list[Association] = more.get("born", [])  # type: ignore[assignment]
    gone: list[tuple[Association, str]] = more.get("gone", [])  # type: ignore[assignment]
    time = START + timedelta(seconds=now_s)
    peers.advance([replace(event, time=time) for event in events], born, gone, HERE, now_s, time)


def test_each_try_counts_once_and_by_its_reason() -> None:
    no_answer = {"reason": "no_init_ack", "by": "network", "before": "COOKIE_WAIT", "tries": 8}
    peer = fed(tried(1, **REFUSED), tried(2, **REFUSED), tried(3, **no_answer))
    assert peer.key == (NETNS, AMF, 38412, True)
    assert peer.failures == {
        f"refused by {AMF} (ABORT to INIT)": 2,
        "no answer to INIT (8 tries)": 1,
    }
    assert (peer.attempts, peer.failed, peer.ups, peer.failed_since_s, peer.every_s) == (3, 3, 0, 0.0, 1.0)


def test_one_that_comes_up_ends_a_row_of_failures() -> None:
    peer = fed(tried(1, **REFUSED), came_up(2, handshake_ms=7.5), came_up(3, handshake_ms=2.0))
    assert (peer.failed, peer.in_a_row, peer.failed_since_s) == (1, {}, None)
    assert (peer.ups, peer.up, peer.handshake_ms, peer.longest_handshake_ms) == (2, 2, 2.0, 7.5)


def test_the_time_without_any_lasts_from_the_last_end_to_the_next_that_is_up() -> None:
    one = [called(1, "FREED", **ABORTED)]
    peer = fed(came_up(1), [], one, tried(2, **REFUSED), [], came_up(3))
    assert (peer.downs, peer.broken, peer.brief, peer.longest_gap_s) == (1, 1, 1, 3.0)
    assert peer.ends == {f"ABORT from {AMF}: User-Initiated Abort (12)": 1}


def test_times_are_those_of_the_events_between_two_samples() -> None:
    peers, time = Peers(), START + timedelta(seconds=60)
    peers.advance(came_up(1), (), (), HERE, 0.0, START)
    down, up = called(1, "FREED", **ABORTED), came_up(2)
    events = [
        replace(down, time=time - timedelta(seconds=50)),
        *(replace(one, time=time - timedelta(seconds=47)) for one in up),
    ]
    (peer,) = peers.advance(events, (), (), HERE, 60.0, time).values()
    assert (peer.longest_gap_s, peer.last_down_s, peer.last_at_s) == (3.0, 10.0, 13.0)


def test_a_peer_with_another_association_is_not_down() -> None:
    peer = fed(came_up(1), came_up(2), [called(1, "FREED", **ABORTED)])
    assert (peer.up, peer.downs, sum(peer.ends.values())) == (1, 0, 1)


def test_who_called_may_hang_up() -> None:
    ours = fed(came_up(1), [called(1, "FREED", **SHUT_HERE)])
    theirs = fed([taken(1, "NEW")], [taken(1, "FREED", **SHUT_BY_PEER)])
    assert theirs.key == (NETNS, GNB, 38412, False)
    assert (ours.downs, ours.broken, theirs.downs, theirs.broken) == (1, 0, 1, 0)


def test_who_was_called_may_not_nor_may_a_signal_do_it() -> None:
    by_core = fed(came_up(1), [called(1, "FREED", **SHUT_BY_PEER)])
    here = fed([taken(1, "NEW")], [taken(1, "FREED", **SHUT_HERE)])
    killed = fed(came_up(1), [called(1, "FREED", pid=7, exiting=True, signal=9, **SHUT_HERE)])
    assert (by_core.broken, here.broken, killed.broken) == (1, 1, 1)


def test_an_abort_long_after_is_no_brief_one() -> None:
    peers = Peers()
    met(peers, 0.0, came_up(1))
    met(peers, room.BRIEF_S, [called(1, "FREED", **ABORTED)])
    (peer,) = peers.now.values()
    assert (peer.broken, peer.brief) == (1, 0)


def test_downs_of_more_than_an_hour_ago_are_forgotten() -> None:
    peers = Peers()
    met(peers, 0.0, came_up(1))
    met(peers, 1.0, [called(1, "FREED", **ABORTED)])
    met(peers, 1.0 + room.HOUR_S)
    before = next(iter(peers.now.values()))
    met(peers, 2.0 + room.HOUR_S)
    after = next(iter(peers.now.values()))
    assert (before.downs, after.downs, after.last_down_s) == (1, 0, None)


def test_one_that_was_there_before_counts_when_it_goes() -> None:
    old = association(1)
    peers = Peers()
    met(peers, 0.0, born=[old])
    met(peers, 5.0, [taken(1, "FREED", **ABORTED)], gone=[(old, "ABORT received")])
    (peer,) = peers.now.values()
    assert (peer.attempts, peer.up, peer.broken, peer.brief) == (0, 0, 1, 0)


def test_one_that_is_gone_waits_for_its_event_and_ends_without() -> None:
    one = association(1)
    peers = Peers()
    met(peers, 0.0, [taken(1, "NEW")], born=[one])
    met(peers, 1.0, gone=[(one, "ended")])
    assert not next(iter(peers.now.values())).ends
    met(peers, 2.0)
    (peer,) = peers.now.values()
    assert (peer.ends, peer.broken, peer.up) == ({"ended": 1}, 0, 0)


def test_one_read_as_it_ended_is_not_begun_anew() -> None:
    peers = Peers()
    met(peers, 0.0, [taken(1, "NEW"), taken(1, "FREED", **ABORTED)], born=[association(1)])
    (peer,) = peers.now.values()
    assert (peer.attempts, peer.up, peer.downs) == (1, 0, 1)


def test_a_restart_of_the_peer_is_a_break() -> None:
    before, after = association(1), association(2, remote_port=50001)
    peers = Peers()
    met(peers, 0.0, born=[before])
    met(peers, 1.0, born=[after], gone=[(before, "restarted")])
    (peer,) = peers.now.values()
    assert (peer.ends, peer.broken, peer.up) == ({"restarted": 1}, 1, 1)


def test_a_set_up_refused_is_told_with_its_cause_until_it_is_granted() -> None:
    refusal = setup(1, "unsuccessfulOutcome", cause_group="misc", cause=4)
    tries = [setup(1, "initiatingMessage", direction="out"), refusal] * 2
    peer = fed(came_up(1), tries, [])
    assert (peer.set_ups, peer.rejected_since_s) == (2, 1.0)
    (cause,) = peer.rejected
    assert peer.rejected[cause] == 2 and cause.startswith("NGAP misc 4 ")
    granted = fed(came_up(1), tries, [setup(1, "successfulOutcome")])
    assert (granted.set_ups, granted.rejected, granted.rejected_since_s) == (0, {}, None)


def test_a_failure_of_another_procedure_is_no_refused_set_up() -> None:
    other = setup(1, "unsuccessfulOutcome", procedure=17, cause_group="misc", cause=4)
    assert not fed(came_up(1), [other]).rejected


def test_of_many_peers_those_met_long_ago_give_way() -> None:
    peers = Peers()
    for number in range(room.MOST + 3):
        address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        met(peers, float(number), [taken(number, "NEW", address=address), taken(number, "FREED", **ABORTED)])
    assert len(peers.now) == room.MOST
    assert min(peer.last_at_s for peer in peers.now.values()) == 3.0


def test_many_reasons_are_one() -> None:
    ends = [{**REFUSED, "from": f"10.9.1.{number}"} for number in range(20)]
    peer = fed(*(tried(number + 1, **end) for number, end in enumerate(ends)))
    assert len(peer.failures) == 9 and peer.failed == 20


def test_a_reset_forgets_all_but_those_that_are_up() -> None:
    peers = Peers()
    met(peers, 0.0, [*tried(1, **REFUSED), *came_up(2)])
    peers.reset()
    assert peers.now == {}
    met(peers, 1.0, [called(2, "FREED", **ABORTED)])
    (peer,) = peers.now.values()
    assert (peer.attempts, peer.failed, peer.downs, peer.up) == (0, 0, 1, 0)


def test_the_process_is_that_of_the_last_attempt_that_was_read() -> None:
    """Most are over before they can be: it is remembered of the peer."""
    peers, shell, gnb = Peers(), Process(7, "sh"), Process(192, "nr-gnb")

    def process() -> Process | None:
        (peer,) = peers.now.values()
        return peer.process

    met(peers, 0, tried(1, **REFUSED))
    assert process() is None
    entries = [opening(number, held) for number, held in ((2, shell), (3, gnb), (4, None))]
    met(peers, 1, tried(2, **REFUSED)[:1], born=[entries[0]])
    assert process() is None, "it is not over yet"
    met(peers, 2, tried(2, **REFUSED)[1:], gone=[(entries[0], "gone")])
    assert process() is shell
    # Its owner was found only later.
    unowned = replace(entries[1], process=None)
    met(peers, 3, tried(3, **REFUSED)[:1], born=[unowned])
    met(peers, 4, tried(3, **REFUSED)[1:], gone=[(entries[1], "gone")])
    assert process() is gnb
    met(peers, 5, tried(4, **REFUSED)[:1], born=[entries[2]])
    met(peers, 6, [*tried(4, **REFUSED)[1:], *tried(5, **REFUSED)], gone=[(entries[2], "gone")])
    assert process() is gnb, "those of nobody tell nothing"
    peers.reset()
    met(peers, 7, tried(6, **REFUSED))
    assert process() is gnb, "a reset begins counts anew, and not whose they are"
    peers.undo_reset()
    assert process() is gnb


def opening(number: int, process: Process | None) -> Association:
    """What is read of an attempt of `tried` that nobody has answered yet."""
    return replace(
        association(number),
        own_tag=number,
        local_port=50_000 + number,
        remote_port=38412,
        state="COOKIE_WAIT",
        process=process,
    )
