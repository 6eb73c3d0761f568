"""What a receiver without room throws away is sent again, with gaps and expiries, and is no loss of the network."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from sctptop.model.advice.signs import window_narrow
from sctptop.model.association import Association
from sctptop.model.event import Event
from tests.unit.model.advice.advised import PROBED, advised, calm, happening, rules

UNPROBED = PROBED | {"bpf": "off: --no-bpf"}
NARROW: dict[str, Any] = {"peer_rwnd": 0, "flight": 1000, "send_queue": 200_000, "out_queue_chunks": 80}


def sending_again(tick: int, during: Iterable[range], narrow: Iterable[range], **facts: Any) -> Association:
    """Three chunks are sent again each second of ``during``, with gaps; the window is shut in those of ``narrow``."""
    many = sum(3 for spell in during for second in spell if second <= tick)
    shut = NARROW if any(tick in spell for spell in narrow) else {}
    return calm(tick, **{"rtx_chunks": many, "gap_acks": 2 * many, **shut, **facts})


def resent(during: Iterable[range]) -> Any:
    def events(tick: int) -> list[Event]:
        here = any(tick in spell for spell in during)
        return [happening(tick, "retransmit", reason="FAST_RTX")] * 3 if here else []

    return events


SHUT = (range(3, 7), range(12, 16), range(21, 25))
AND_BEHIND = tuple(range(spell.start, spell.stop + 2) for spell in SHUT)


@pytest.mark.parametrize("probed", [True, False])
@pytest.mark.parametrize("during", [SHUT, AND_BEHIND], ids=["while it is shut", "and just behind"])
def test_what_is_sent_again_for_want_of_room_is_no_loss(during: tuple[range, ...], probed: bool) -> None:
    known: dict[str, Any] = {"events": resent(during)} if probed else {"sources": UNPROBED}
    for ticks in (16, 25, 30, 40):
        told = advised(lambda tick: sending_again(tick, during, SHUT), ticks, **known)
        assert "lossy_path" not in rules(told), ticks


@pytest.mark.parametrize("probed", [True, False])
def test_loss_with_a_wide_window_is_told(probed: bool) -> None:
    known: dict[str, Any] = {"events": resent(AND_BEHIND)} if probed else {"sources": UNPROBED}
    (advice,) = advised(lambda tick: sending_again(tick, AND_BEHIND, ()), 30, **known)
    assert advice.rule == "lossy_path" and "54 of 675" in advice.seen and "no room" not in advice.seen


def test_a_sender_that_uses_the_window_up_has_room_at_the_peer() -> None:
    full = {"peer_rwnd": 96, "flight": 36_000, "send_queue": 60_000, "out_queue_chunks": 80}
    (advice,) = advised(lambda tick: sending_again(tick, SHUT, (), **full), 30)
    assert advice.rule == "lossy_path" and "36 of 725" in advice.seen


def test_loss_long_after_it_is_wide_again_is_told_and_what_was_before_told_apart() -> None:
    begins = 7 + 12
    during = (range(3, 7), range(begins, begins + 6))
    told = advised(lambda tick: sending_again(tick, during, SHUT[:1]), 26, events=resent(during))
    (advice,) = [one for one in told if one.rule == "lossy_path"]
    assert "18 of 575" in advice.seen and "36 gap acks, 18 fast retransmits" in advice.seen
    assert advice.seen.endswith("; 12 more while the peer had no room: lost or thrown away")


@pytest.mark.parametrize(
    ("rto_ms", "behind_s", "told"),
    [
        (1000, 2, False),
        (1000, 4, True),
        (4000, 7, False),
        (4000, 9, True),
        (60_000, 12, True),
        (None, 3, True),
    ],
)
def test_how_long_it_is_waited_goes_by_the_rto(rto_ms: int | None, behind_s: int, told: bool) -> None:
    shut = range(3, 7)
    begins = shut.stop - 1 + behind_s
    during = (range(begins, begins + 3),)
    said = rules(advised(lambda tick: sending_again(tick, during, (shut,), rto_ms=rto_ms), begins + 3))
    assert ("lossy_path" in said) is told


@pytest.mark.parametrize(
    ("peer_rwnd", "flight", "most", "narrow"),
    [
        (0, 2999, 0, True),
        (0, 3000, 0, False),
        (2000, 2000, 100_000, True),
        (5999, 0, 24_000, True),
        (6000, 0, 100_000, False),
        (3999, 0, 16_000, True),
        (4000, 0, 16_000, False),
        (0, 36_000, 36_000, False),
        (None, 0, 100_000, False),
    ],
)
def test_what_hardly_any_room_is(peer_rwnd: int | None, flight: int, most: int, narrow: bool) -> None:
    entry = calm(1, peer_rwnd=peer_rwnd, flight=flight, paths=())
    assert window_narrow(entry, most) is narrow
