"""What of a message leaves the kernel: all that is read of it, and nothing that identifies a subscriber, nor a key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sctptop.kernel.probes import arrivals
from sctptop.kernel.probes.ngap_records import NgapRecord, ngap_record
from sctptop.kernel.program.declarations import NGAP_EVENT
from sctptop.kernel.program.records import DIRECTIONS, NgapHead
from sctptop.model.ngap.header import BAD_SIZE, BAD_START, NOT_NGAP, decode
from tests.lab.guest.probes.talk import talk, uplink
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

    monkeypatch.setattr(arrivals, "ngap_record", listened)
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
        watch.read_for(1)
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
    # The systems of the kernel matrix have none; where there is one, it needs long to be imported.
    pytest.importorskip("pycrate_asn1dir")
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


def test_a_node_is_named_and_a_name_too_long_hides_nothing_behind_it(watch: Watch, raw: list[bytes]) -> None:
    pytest.importorskip("pycrate_asn1dir")
    from sctptop.model.ngap.ppid import NGAP
    from tests.unit.model.ngap.ngap_pdus import encode, ie, kind

    node = ("globalGNB-ID", {"pLMNIdentity": b"\0\xf1\x10", "gNB-ID": ("gNB-ID", (0xABCDEF, 24))})
    told = [
        ("NGSetupRequest", [ie(27, "GlobalRANNodeID", node), ie(82, "RANNodeName", "srs-gnb 01")]),
        ("NGSetupResponse", [ie(1, "AMFName", "open5gs-amf0")]),
        ("RANConfigurationUpdate", [ie(82, "RANNodeName", "x" * 150), ie(27, "GlobalRANNodeID", node)]),
    ]
    sent = [(NGAP, encode(kind(NGAP, name), ies)) for name, ies in told]
    found: dict[Place, NgapHead] = {}
    for _ in range(TRIES):
        found |= heads(watch, raw, sent, True)
    read = {
        at: decode(head.octets[: head.captured], NGAP, len(sent[at][1])) for (_, at, _), head in found.items()
    }
    assert read[0].node_name == "srs-gnb 01" and read[1].node_name == "open5gs-amf0"
    assert read[2].node_name is None and read[2].ran_node == read[0].ran_node is not None


def test_what_only_looks_like_it_is_counted_and_not_copied(watch: Watch, raw: list[bytes]) -> None:
    gnb, amf = watch.hosts
    junk = {0: b"\x01" + bytes(range(99)), 60: b"\x00\x0f\x80\x99" + bytes(20), 46: uplink(9), 61: bytes(7)}
    raw.clear()
    readings, many = 4, 100
    with talk(watch) as both:
        for place in range(readings):
            for _ in range(many // readings):
                for ppid, data in junk.items():
                    sctp.send(both.client, data, ppid=ppid)
                    sctp.receive(both.server)
            sctp.send(both.client, uplink(place))
            sctp.receive(both.server)
            watch.read_for(1)
        told = {host.name: both.told(host) for host in (gnb, amf)}
    assert watch.lost == 0
    for events in told.values():
        odd = [event for event in events if event.details.get("times") is not None]
        assert len(events) - len(odd) >= readings - 1, "messages among it are told singly"
        # The reading in a round, the one after it, and for each of them three oddities.
        assert len(odd) <= readings * 2 * 3
        for text, kinds in ((BAD_START, 1), (BAD_SIZE, 1), (NOT_NGAP, 2)):
            times = sum(int(event.number("times") or 0) for event in odd if event.text("odd") == text)
            assert 0.95 * kinds * many <= times <= kinds * many, (text, times)
    records = [NGAP_EVENT.decode(data) for data in raw]
    captured = {record.ppid: record.head.octets[: record.head.captured] for record in records}
    assert {ppid: captured[ppid] for ppid in (0, 46, 61)} == {0: junk[0][:4], 46: b"", 61: b""}
