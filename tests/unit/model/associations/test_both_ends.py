"""Two records of one association: found by their tags or addresses, and put in order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sctptop.model.association import Association
from sctptop.model.associations.both_ends import comes_first, listening_sockets, other_ends
from sctptop.model.sample import Endpoint
from tests.unit.model.associations.ends import AMF, GNB, LISTENING, NO_TAGS, OTHER_BENCH, client, server

INSIDE: dict[str, Any] = {
    "local_addresses": ("127.0.0.1",),
    "remote_addresses": ("127.0.0.1",),
    "primary": "127.0.0.1",
}


def paired(*entries: Association) -> bool:
    """Whether the first two of them are ends of one association, and nothing else is claimed."""
    pairs = other_ends(entries)
    assert pairs in ({}, {0: 1, 1: 0})
    return bool(pairs)


@pytest.mark.parametrize("tags", [{}, NO_TAGS], ids=["tags", "addresses"])
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({}, {}),
        (INSIDE, {**INSIDE, "netns": GNB}),
        (
            {"local_addresses": ("fe80::1",), "remote_addresses": ("fe80::2%v0",), "primary": "fe80::2%v0"},
            {"local_addresses": ("fe80::2",), "remote_addresses": ("fe80::1%v1",), "primary": "fe80::1%v1"},
        ),
        (
            {
                "local_addresses": ("10.9.0.1", "10.9.1.1"),
                "remote_addresses": ("10.9.0.2", "10.9.1.2"),
                "primary": "10.9.1.2",
            },
            {
                "local_addresses": ("10.9.0.2", "10.9.1.2"),
                "remote_addresses": ("10.9.0.1", "10.9.1.1"),
                "primary": "10.9.0.1",
            },
        ),
        ({"primary": None}, {"primary": None}),
    ],
    ids=["two namespaces", "loopback", "IPv6 with scopes", "multi-homed", "no primary"],
)
def test_ends_are_found(tags: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert paired(client(**{**ours, **tags}), server(**{**theirs, **tags}))


def test_a_nat_that_rewrote_address_and_port_hides_nothing_from_the_tags() -> None:
    behind = server(remote_addresses=("192.0.2.7",), primary="192.0.2.7", remote_port=1024)
    assert paired(client(), behind)
    assert not paired(client(**NO_TAGS), replace(behind, **NO_TAGS))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"peer_tag": 0, "state": "COOKIE_WAIT"}, {}),
        ({"peer_tag": 0, "state": "COOKIE_WAIT"}, {"peer_tag": 0, "state": "COOKIE_WAIT"}),
        ({"own_tag": 0xA999, "peer_tag": 0, "state": "COOKIE_WAIT"}, NO_TAGS),
        ({"peer_tag": 0xB999}, {}),
        ({**NO_TAGS, "local_port": 1}, NO_TAGS),
        ({**NO_TAGS, "remote_addresses": ("10.9.0.3",), "primary": "10.9.0.3"}, NO_TAGS),
        ({**NO_TAGS, "local_addresses": ()}, NO_TAGS),
        ({**NO_TAGS, "primary": None, "remote_addresses": ()}, NO_TAGS),
        ({**NO_TAGS, **INSIDE}, {**NO_TAGS, **INSIDE}),
        ({**NO_TAGS, "primary": "127.0.0.1"}, {**NO_TAGS, "local_addresses": ("127.0.0.1",)}),
        ({**NO_TAGS, "primary": "::1"}, {**NO_TAGS, "local_addresses": ("::1",)}),
    ],
    ids=[
        "no peer tag yet",
        "both called at once",
        "restarting",
        "another peer tag",
        "other port",
        "other address",
        "no address",
        "no address of the peer",
        "loopback of two namespaces",
        "loopback from one to the other",
        "the same in IPv6",
    ],
)
def test_what_does_not_fit_is_not_claimed(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert not paired(client(**ours), server(**theirs))


def test_addresses_that_several_namespaces_use_prove_nothing() -> None:
    here, there = client(**NO_TAGS), server(**NO_TAGS)
    assert other_ends([here, there, replace(there, netns=OTHER_BENCH)]) == {}
    assert other_ends([here, there, replace(here, netns=OTHER_BENCH)]) == {}


def test_its_own_namespace_is_where_an_address_leads() -> None:
    entries = [
        end(netns=netns, **NO_TAGS, **addresses)
        for netns in (GNB, AMF)
        for addresses in ({}, INSIDE)
        for end in (lambda netns, **facts: replace(client(**facts), netns=netns), server)
    ]
    assert other_ends(entries) == {0: 1, 1: 0, 2: 3, 3: 2, 4: 5, 5: 4, 6: 7, 7: 6}


def test_the_same_tags_twice_prove_nothing() -> None:
    assert other_ends([client(), server(), server(netns=OTHER_BENCH)]) == {}
    mirror = client(own_tag=5, peer_tag=5)
    assert other_ends([mirror]) == other_ends([mirror, server(own_tag=5, peer_tag=5)]) == {}


class Counted(int):
    """A tag that counts how often it is looked at."""

    looks = 0

    def __hash__(self) -> int:
        Counted.looks += 1
        return hash(int(self))

    def __eq__(self, other: object) -> bool:
        Counted.looks += 1
        return int(self) == other


class CountedAddress(str):
    """The same for an address."""

    def __hash__(self) -> int:
        Counted.looks += 1
        return super().__hash__()

    def __eq__(self, other: object) -> bool:
        Counted.looks += 1
        return super().__eq__(other)

    def partition(self, sep: str) -> tuple[Any, str, str]:
        return self, "", ""


def looks(count: int, known: bool) -> int:
    """How often tags or addresses are looked at for that many associations with one port and AMF address."""
    entries: list[Association] = []
    for number in range(count):
        names = [CountedAddress(f"10.{number >> 8}.{number & 255}.1"), CountedAddress("10.255.0.2")]
        for end, (own, peer) in ((client, names), (server, names[::-1])):
            entry = end(number, local_addresses=(own,), remote_addresses=(peer,), primary=peer)
            tags = (Counted(entry.own_tag or 0), Counted(entry.peer_tag or 0)) if known else (None, None)
            ports = (9487, 38412) if end is client else (38412, 9487)
            entries.append(
                replace(entry, own_tag=tags[0], peer_tag=tags[1], local_port=ports[0], remote_port=ports[1])
            )
    Counted.looks = 0
    assert len(other_ends(entries)) == 2 * count
    return Counted.looks


@pytest.mark.parametrize("known", [True, False], ids=["tags", "addresses"])
def test_ten_times_the_associations_take_ten_times_the_looks(known: bool) -> None:
    assert looks(5000, known) < 12 * looks(500, known)


def test_the_client_comes_first() -> None:
    gnb, amf = client(), server()
    at_amf, at_both = listening_sockets(LISTENING), {(GNB, 40001), (AMF, 38412)}
    for sockets in (at_amf, at_both, frozenset[tuple[int, int]]()):
        assert comes_first(gnb, amf, sockets) and not comes_first(amf, gnb, sockets)
    # After a restart (RFC 9260 section 5.2) the server keeps its id, and the client has a new one.
    late = replace(gnb, assoc_id=99)
    assert comes_first(late, amf, at_amf)
    # Neither listens, and both have the port: who has the lower id called.
    same: dict[str, Any] = {"local_port": 36422, "remote_port": 36422}
    assert comes_first(replace(gnb, **same), replace(amf, **same), ())
    # Without both ids who has the higher port did, then who is in the later namespace.
    for ours, theirs in ((None, None), (None, 1), (9, None), (9, 9)):
        one, two = replace(gnb, assoc_id=ours), replace(amf, assoc_id=theirs)
        assert comes_first(one, two, ()) and not comes_first(two, one, ())
    one, two = replace(gnb, assoc_id=None, **same), replace(amf, assoc_id=None, **same)
    assert not comes_first(one, two, ()) and comes_first(two, one, ())
    # Between two addresses of one namespace the tags decide, then the addresses: one end is always the first.
    one, two = replace(one, netns=AMF, own_tag=9), replace(two, own_tag=5)
    assert comes_first(one, two, ()) and not comes_first(two, one, ())
    one, two = replace(one, **NO_TAGS), replace(two, **NO_TAGS)
    assert comes_first(two, one, ()) and not comes_first(one, two, ())


def test_a_bound_socket_that_does_not_listen_is_no_server() -> None:
    bound = Endpoint(GNB, 40001, ("10.9.0.1",), "CLOSED", "one-to-many")
    assert listening_sockets((bound, *LISTENING)) == {(AMF, 38412)}
