"""What of a message leaves the kernel: all that is read of it, and nothing that identifies a subscriber, nor a key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sctptop.kernel.probes import session
from sctptop.kernel.probes.ngap_records import NgapRecord, ngap_record
from sctptop.kernel.probes.records import DIRECTIONS, NGAP_EVENT, NgapHead
from sctptop.model.ngap.header import decode
from tests.lab.guest.probes.talk import talk
from tests.lab.traffic import sctp_sockets as sctp
from tests.lab.witness.watching import Watch

TRIES = 3
"""A kprobe is skipped while another runs on that processor, which an emulated one makes likely: of each message one
of so many must be told."""
AT_ONCE = 20

Place = tuple[bool, int, str]
"""Whether it went up, which message, and whether its sender or its receiver told of it."""


@pytest.fixture
def raw(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """All records of messages as they leave the kernel."""
    found: list[bytes] = []

    def listened(data: bytes) -> NgapRecord | None:
        found.append(bytes(data))
        return ngap_record(data)

    monkeypatch.setattr(session, "ngap_record", listened)
    yield found


def heads(watch: Watch, raw: list[bytes], sent: list[tuple[int, bytes]], up: bool) -> dict[Place, NgapHead]:
    """What the probes copy of messages, each with its PPID, as they go in one direction."""
    raw.clear()
    with talk(watch) as both:
        sender, receiver = (both.client, both.server) if up else (both.server, both.client)
        for start in range(0, len(sent), AT_ONCE):
            part = sent[start : start + AT_ONCE]
            for ppid, data in part:
                sctp.send(sender, data, ppid=ppid)
            for _, data in part:
                assert sctp.receive(receiver).data == data
            watch.read()
    assert watch.lost == 0
    records = [NGAP_EVENT.decode(data) for data in raw]
    first = min(record.tsn for record in records)
    found = {}
    for record in records:
        place = record.tsn - first
        # If the first was told at neither end, this is another one.
        assert (record.ppid, record.length) == (sent[place][0], len(sent[place][1]))
        found[up, place, DIRECTIONS[record.direction]] = record.head
    return found


def test_what_identifies_a_subscriber_changes_nothing_of_what_leaves_the_kernel(
    watch: Watch, raw: list[bytes]
) -> None:
    # pycrate needs long to be imported here.
    from tests.unit.model.ngap.identities import messages

    carrying = messages()
    as_they_are = [(one.ppid, one.data) for one in carrying]
    others = [
        (one.ppid, one.data.replace(one.secret, bytes(255 - octet for octet in one.secret)))
        for one in carrying
    ]
    told: list[dict[Place, NgapHead]] = [{}, {}]
    everything = {
        (up, place, end) for up in (True, False) for place in range(len(carrying)) for end in ("OUT", "IN")
    }
    for _ in range(TRIES):
        for up in {up for known in told for up, _, _ in everything - known.keys()}:
            for known, sent in zip(told, (as_they_are, others), strict=True):
                known |= heads(watch, raw, sent, up)
    for known in told:
        assert known.keys() == everything, [carrying[at].title for _, at, _ in everything - known.keys()]
    for up, at, end in sorted(everything):
        one, head = carrying[at], told[0][up, at, end]
        octets = head.octets[: head.captured]
        assert head == told[1][up, at, end], (one.title, end)
        assert one.secret not in octets and not any(head.octets[head.captured :]), one.title
        assert decode(octets, one.ppid, len(one.data)) == decode(one.data, one.ppid, len(one.data)), one.title
