"""Names of gNBs and AMFs: kept for the association that they were told on, and for no other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sctptop.kernel.probes.node_names import NodeNames
from sctptop.model.event import Detail, Event
from tests.unit.associations import NETNS, START, association

ENTRY = association(1)


def told(direction: str, name: Detail, **facts: Any) -> Event:
    event = Event(START, "ngap", NETNS, 1, 1001, ENTRY.local_port, ENTRY.remote_port)
    return replace(event, details={"direction": direction, "node_name": name}, **facts)


def test_each_end_is_named_by_what_it_said() -> None:
    names = NodeNames()
    names.hear([told("out", "srsgnb01"), told("in", "amf-1")])
    (named,) = names.named((ENTRY,))
    assert (named.own_name, named.peer_name) == ("srsgnb01", "amf-1")
    assert replace(named, own_name=None, peer_name=None) == ENTRY
    names.hear([told("out", "srsgnb02")])
    assert names.named((ENTRY,))[0].own_name == "srsgnb02"
    assert names.named((ENTRY,))[0].peer_name == "amf-1"


def test_the_same_association_is_the_same_object_again() -> None:
    names = NodeNames()
    others = (association(2), association(3))
    assert names.named(others) is others
    names.hear([told("in", "amf-1")])
    first, again = names.named((ENTRY, *others)), names.named((ENTRY, *others))
    assert all(one is other for one, other in zip(first, again, strict=True))
    assert first[1:] == others and first[1] is others[0]
    renewed = replace(ENTRY, cwnd=17)
    assert names.named((renewed,))[0] == replace(renewed, peer_name="amf-1")


def test_no_other_association_and_nothing_without_a_name_is_taken() -> None:
    names = NodeNames()
    names.hear([told("in", None), told("in", 7), told("in", "x", kind="path"), told("in", "y", own_tag=9)])
    assert names.named((ENTRY,)) == (ENTRY,)
