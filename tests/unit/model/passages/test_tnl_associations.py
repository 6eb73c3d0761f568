"""Associations as lines between two nodes: by name, by addresses, gone, in the place of another, and both ends here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sctptop.model.ngap.message import Message, Wire, message_of
from sctptop.model.passages import tnl_associations as module
from sctptop.model.passages.tnl_associations import Place, TnlAssociation, TnlAssociations, from_radio_node
from tests.unit.model.registrations.flow_steps import (
    context,
    down,
    lte,
    release,
    release_request,
    request,
    up,
)
from tests.unit.model.registrations.flows import Said, event_of
from tests.unit.registering import NETNS, SUCCESSFUL, UNSUCCESSFUL, kept

SETUP = Said(0, True, 21, ran=None, amf=None)
RAN, CORE, OTHER_CORE = "10.9.0.1", "10.9.0.2", "10.9.0.3"
HERE: Place = (RAN, CORE)


def message(said: Said, from_ran: bool = True, netns: int = NETNS, **wired: Any) -> Message:
    found = message_of(replace(event_of(said, from_ran, 1, netns), **wired))
    assert found is not None
    return found


def setup(on: int, node: int | None = None, from_ran: bool = True, **wired: Any) -> Message:
    """An NGSetup on an association; without a node the radio node does not name itself."""
    return message(replace(SETUP, on=on, node=b"" if node is None else bytes((node,))), from_ran, **wired)


class Known:
    """TnlAssociations that know where the associations of these tags of ours are."""

    def __init__(self, **places: Place) -> None:
        self.places = places
        self.lines = TnlAssociations(lambda key: self.places.get(f"on{key[1]}"))
        self.met: dict[Wire, TnlAssociation] = {}

    def meet(self, one: Message) -> TnlAssociation:
        return self.met.setdefault(one.wire, self.lines.meet(one, one.wire))

    def others(self, line: TnlAssociation) -> list[Wire]:
        """Those alive of its radio node, if that has named itself; else of its two addresses."""
        name = line.named or line.between
        known = [one for wire, one in self.met.items() if self.lines.get(wire) is one]
        alive = [one for one in known if one is not line and one.gone_ns is None]
        return sorted(one.wire for one in alive if name is not None and name in (one.named, one.between))

    def beside(self, line: TnlAssociation) -> list[Wire]:
        return sorted(one.wire for one in self.lines.beside(line))


def test_by_name_wherever_they_go() -> None:
    known = Known(on1=HERE, on2=(RAN, OTHER_CORE), on3=HERE)
    one, two, three = (known.meet(setup(on, node)) for on, node in ((1, 1), (2, 1), (3, 2)))
    assert known.others(one) == [two.wire] and known.others(two) == [one.wire]
    assert known.others(three) == [], "another radio node behind the same address"
    assert known.beside(one) == [three.wire] and known.beside(two) == []


def test_by_address_while_it_has_no_name() -> None:
    known = Known(on1=HERE, on2=HERE, on3=(RAN, OTHER_CORE), on4=("10.9.0.7", CORE))
    one, two, *others = (known.meet(setup(on)) for on in (1, 2, 3, 4, 5))
    assert known.others(one) == known.beside(one) == [two.wire]
    assert [known.others(other) for other in others] == [[], [], []], "the last has no place at all"


def test_two_ends_and_two_namespaces_are_not_one() -> None:
    known = Known(on1=HERE, on1001=(CORE, RAN), on2=HERE, on3=HERE)
    ran, core = known.meet(setup(1, 1)), known.meet(setup(1, 1, from_ran=False))
    elsewhere = known.meet(setup(2, 1, netns=NETNS + 1))
    lte_one = known.meet(message(lte(request(on=3))))
    for line in (ran, core, elsewhere, lte_one):
        assert known.others(line) == known.beside(line) == []
    assert (ran.from_ran, core.from_ran) == (True, False)


def test_a_place_and_a_name_may_be_told_later() -> None:
    known = Known(on2=HERE)
    one, two = known.meet(setup(1)), known.meet(setup(2))
    assert known.others(one) == []
    known.places["on1"] = HERE
    known.meet(message(request(on=1)))
    assert known.others(one) == [two.wire] and known.others(two) == [one.wire]
    known.meet(setup(1, 7))
    known.meet(setup(2, 7))
    assert known.others(one) == [two.wire]
    # A new name: RANConfigurationUpdate.
    known.meet(message(replace(SETUP, procedure=35, node=b"\x08")))
    assert known.others(one) == known.others(two) == [] and known.beside(one) == [two.wire]
    # The name stays with a message that has none.
    known.meet(message(request(on=2)))
    assert two.node == "07"


def test_what_is_gone_is_no_other() -> None:
    known = Known(on1=HERE, on2=HERE)
    one, two = known.meet(setup(1, 1)), known.meet(setup(2, 1))
    assert known.lines.freed(two.wire, 500) is two and two.gone_ns == 500
    assert known.others(one) == known.beside(one) == []
    # The peer's tag may not be known when it is told.
    netns, own, _, local, remote = one.wire
    assert known.lines.freed((netns, own, 0, local, remote), 600) is one
    assert known.lines.freed((netns, 99, 1001, local, remote), 700) is None
    assert known.lines.freed((netns + 1, own, 1001, local, remote), 700) is None


def test_in_the_place_of_another() -> None:
    known = Known(on1=HERE, on2=HERE, on3=HERE, on4=("10.9.0.7", CORE))
    one, two = known.meet(setup(1)), known.meet(setup(2))
    assert known.lines.replaced(two) is None, "from another port"
    again = known.meet(setup(3, local_port=50_001))
    assert known.lines.replaced(again) is one
    elsewhere = known.meet(setup(4, local_port=50_001))
    assert known.lines.replaced(elsewhere) is None
    known.lines.freed(one.wire, 500)
    assert known.lines.replaced(again) is None, "it was gone before"


def test_both_ends_here() -> None:
    known = Known()
    ran = known.meet(setup(1))
    assert not ran.mirrored
    other = known.meet(setup(2, from_ran=False))
    assert not other.mirrored
    # In another namespace of this host it is the same association.
    core = known.meet(setup(1, from_ran=False, netns=NETNS + 1))
    assert core.mirrored and ran.mirrored and not other.mirrored


SAYS = {
    "InitialUEMessage": (request(), True),
    "UplinkNASTransport": (up(0, 10), True),
    "NGSetupRequest": (SETUP, True),
    "NGSetupResponse": (replace(SETUP, up=False, pdu=SUCCESSFUL), False),
    "NGSetupFailure": (replace(SETUP, up=False, pdu=UNSUCCESSFUL), False),
    "UEContextReleaseRequest": (release_request(0, 21), True),
    "DownlinkNASTransport": (down(0, 10), False),
    "InitialContextSetupRequest": (context(0, 5)[0], False),
    "InitialContextSetupResponse": (context(0, 5)[1], True),
    "UEContextReleaseCommand": (release(0), False),
    "UEContextReleaseComplete": (replace(release(0), up=True, pdu=SUCCESSFUL), True),
    "attach": (lte(request()), True),
}


@pytest.mark.parametrize("name", SAYS)
def test_which_end_we_are_is_read_from_what_is_said(name: str) -> None:
    said, up_ = SAYS[name]
    assert said.up is up_
    for from_ran in (True, False):
        # Whatever the ports.
        for ports in ((38412, 38412), (9999, 9999), (50_001, 38412), (38412, 50_001)):
            one = message(said, from_ran, local_port=ports[0], remote_port=ports[1])
            assert from_radio_node(one) is from_ran


@pytest.mark.parametrize(
    ("local", "remote", "from_ran"),
    [(50_001, 38412, True), (38412, 50_001, False), (50_001, 36412, True), (36412, 50_001, False)],
)
def test_which_end_we_are_is_else_said_by_the_ports(local: int, remote: int, from_ran: bool) -> None:
    paging = replace(SETUP, procedure=24)
    for ours in (True, False):
        assert from_radio_node(message(paging, ours, local_port=local, remote_port=remote)) is from_ran


def test_of_equal_ports_neither_is_the_radio_s() -> None:
    paging = replace(SETUP, procedure=24)
    ends = [from_radio_node(message(paging, local_port=ours, remote_port=9)) for ours in (8, 9, 10)]
    assert ends == [False, False, True]


def test_a_radio_node_is_where_it_is_or_somewhere_here() -> None:
    known = Known(on1=HERE, on1001=(CORE, RAN))
    ran, core, somewhere = (known.meet(one) for one in (setup(1), setup(1, from_ran=False), setup(2)))
    assert (ran.radio, core.radio, somewhere.radio) == (RAN, RAN, NETNS)


def test_the_radio_node_s_port_does_not_matter_but_the_core_s_does() -> None:
    known = Known(on1=HERE, on2=HERE, on3=HERE, on4=HERE)
    one, two = known.meet(setup(1)), known.meet(setup(2, local_port=7))
    assert known.beside(one) == [two.wire]
    for on, ports in ((3, (50_003, 9000)), (4, (50_004, 36412))):
        other = known.meet(setup(on, local_port=ports[0], remote_port=ports[1]))
        assert known.beside(other) == []


def test_heartbeats_of_late_count_by_the_middle_one() -> None:
    known = TnlAssociations()
    wire, other = setup(1).wire, setup(2).wire
    assert known.rtt_ns(wire) is None
    for rtt_ns in (5, 90, 7):
        known.heartbeat(wire, rtt_ns)
    assert (known.rtt_ns(wire), known.rtt_ns(other)) == (7, None)
    for rtt_ns in [400] * 5:
        known.heartbeat(wire, rtt_ns)
    assert known.rtt_ns(wire) == 400
    for rtt_ns in [1] * 9:
        known.heartbeat(wire, rtt_ns)
    assert known.rtt_ns(wire) == 1, "older ones are forgotten"


def test_the_oldest_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ASSOCIATIONS", 3)
    known = Known(**{f"on{on}": HERE for on in range(1, 50)})
    for on in range(1, 50):
        line = known.meet(setup(on, 1))
        known.lines.heartbeat(line.wire, 5)
        assert len(known.others(line)) == min(on - 1, 2)
    assert kept(known.lines) == {"known": 3, "by_tags": 6, "together": 1, "rtts": 3}
    assert known.lines.get(setup(1).wire) is None and known.lines.get(setup(49).wire) is line
    known.lines.clear()
    assert kept(known.lines) == {}
