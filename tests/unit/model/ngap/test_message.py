"""From an event of the probes to a message: what is kept of it, and which events are none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sctptop.model.event import Event
from sctptop.model.ngap.dialect import NGAP, S1AP
from sctptop.model.ngap.message import Message, message_of, wire_of
from tests.unit.registering import COMPLETE, CONTEXT, INITIAL, MS, NETNS, RELEASE, SECOND, told

EVENT = told(COMPLETE, "out", SECOND, SECOND + 3 * MS, ue=12)


def changed(**details: Any) -> Event:
    return replace(EVENT, details={**EVENT.details, **details})


def read(event: Event) -> Message:
    message = message_of(event)
    assert message is not None
    return message


def test_all_that_the_event_says_of_it() -> None:
    wire = (NETNS, 1, 1001, 59058, 38412)
    assert wire_of(EVENT) == wire
    assert message_of(EVENT) == Message(
        wire=wire,
        dialect=NGAP,
        out=True,
        at_ns=SECOND,
        done_ns=SECOND + 3 * MS,
        pdu="initiatingMessage",
        procedure=46,
        nas=0x43,
        amf_ue_id=1012,
        ran_ue_id=12,
        ppid=60,
        stream=2,
        length=60,
    )
    assert read(EVENT).wait_ns == 3 * MS


def test_the_other_way_and_the_other_dialect() -> None:
    assert not read(changed(direction="in")).out
    assert read(changed(ppid=18)).dialect is S1AP
    for at_port in (replace(EVENT, local_port=36412), replace(EVENT, remote_port=36412)):
        assert read(at_port).dialect is NGAP
        assert read(replace(at_port, details={**EVENT.details, "ppid": 0})).dialect is S1AP
    assert read(changed(ppid=None)).dialect is NGAP


@pytest.mark.parametrize(
    "event",
    [
        replace(EVENT, kind="cwnd"),
        changed(direction="sideways"),
        changed(direction=None),
        changed(procedure=None),
        changed(at_ns=None),
        changed(at_ns="1"),
        changed(pdu=None),
        changed(pdu="outcome"),
    ],
    ids=["kind", "direction", "no direction", "no procedure", "no instant", "instant", "no PDU", "PDU"],
)
def test_what_is_no_message(event: Event) -> None:
    assert message_of(event) is None


@pytest.mark.parametrize("wait_ns", [None, -1, 0])
def test_it_is_never_through_before_it_came(wait_ns: int | None) -> None:
    assert read(changed(wait_ns=wait_ns)).done_ns == SECOND
    assert read(changed(wait_ns=1)).done_ns == SECOND + 1


def test_numbers_only_are_taken() -> None:
    message = read(changed(nas=True, stream="1", ran_ue_id=7.0, amf_ue_id=None))
    assert (message.nas, message.stream, message.ran_ue_id, message.amf_ue_id) == (None, None, 7, None)


@pytest.mark.parametrize(
    ("step", "name", "nas", "title"),
    [
        (COMPLETE, "UplinkNASTransport", "RegistrationComplete", "RegistrationComplete"),
        (replace(COMPLETE, procedure=4), "DownlinkNASTransport", "RegistrationComplete", "RegistrationComplete"),
        (replace(COMPLETE, nas=None), "UplinkNASTransport", "", "UplinkNASTransport"),
        (INITIAL, "InitialUEMessage", "RegistrationRequest", "InitialUEMessage"),
        (CONTEXT[0], "InitialContextSetupRequest", "RegistrationAccept", "InitialContextSetupRequest"),
        (RELEASE, "UEContextReleaseCommand", "", "UEContextReleaseCommand"),
    ],
)  # fmt: skip
def test_a_transport_is_called_by_what_it_carries(step: Any, name: str, nas: str, title: str) -> None:
    message = read(told(step, "out", SECOND, SECOND))
    assert (message.name, message.nas_name, message.title) == (name, nas, title)
