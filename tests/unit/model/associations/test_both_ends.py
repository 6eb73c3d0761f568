"""Two records of one association: found by their tags or addresses, put in order, folded into one line."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from sctptop.fields.catalogue import BY_ID
from sctptop.fields.filter import parse_filter
from sctptop.fields.ordering import parse_order
from sctptop.model.association import Association, Process
from sctptop.model.associations.both_ends import comes_first, listening_sockets, other_ends
from sctptop.model.model import Model
from sctptop.model.sample import Endpoint
from sctptop.model.selection import parse_selector
from sctptop.model.snapshot import Snapshot
from sctptop.options import Options
from sctptop.output.csv_rows import CsvWriter
from sctptop.output.text import TextWriter
from tests.unit.associations import NETNS, association, sample

GNB, AMF, OTHER_BENCH = NETNS, NETNS + 1, NETNS + 2
LISTENING = (Endpoint(AMF, 38412, ("10.9.0.2",), "LISTENING", "one-to-many"),)


def client(number: int = 1, **facts: Any) -> Association:
    """A gNB's end."""
    told: dict[str, Any] = {
        "own_tag": 0xA000 + number,
        "peer_tag": 0xB000 + number,
        "local_port": 40000 + number,
        "remote_port": 38412,
        "local_addresses": ("10.9.0.1",),
        "remote_addresses": ("10.9.0.2",),
        "primary": "10.9.0.2",
        "assoc_id": 2 * number + 1,
    }
    return replace(association(), netns=GNB, paths=(), **{**told, **facts})


def server(number: int = 1, **facts: Any) -> Association:
    """The AMF's end of the same association."""
    told: dict[str, Any] = {
        "own_tag": 0xB000 + number,
        "peer_tag": 0xA000 + number,
        "local_port": 38412,
        "remote_port": 40000 + number,
        "local_addresses": ("10.9.0.2",),
        "remote_addresses": ("10.9.0.1",),
        "primary": "10.9.0.1",
        "assoc_id": 2 * number + 2,
    }
    return replace(association(), **{"netns": AMF, "paths": (), **told, **facts})


NO_TAGS: dict[str, Any] = {"own_tag": None, "peer_tag": None}
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
        ({**NO_TAGS, **INSIDE}, {**NO_TAGS, **INSIDE}),
    ],
    ids=[
        "no peer tag yet",
        "both called at once",
        "restarting",
        "another peer tag",
        "other port",
        "other address",
        "no address",
        "loopback of two namespaces",
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
    gnb, amf = replace(gnb, assoc_id=None), replace(amf, assoc_id=None)
    assert comes_first(gnb, amf, ()) and not comes_first(amf, gnb, ())


def test_a_bound_socket_that_does_not_listen_is_no_server() -> None:
    bound = Endpoint(GNB, 40001, ("10.9.0.1",), "CLOSED", "one-to-many")
    assert listening_sockets((bound, *LISTENING)) == {(AMF, 38412)}


def lines(snapshot: Snapshot) -> list[int]:
    return [row.association.local_port for row in snapshot.lines(both_ends=True)]


def test_one_line_is_the_clients_and_knows_both_queues() -> None:
    snapshot = Model().advance(
        sample(
            server(1, recv_queue=2304, nodelay=True, process=Process(900, "amf")),
            client(1, send_queue=512, nodelay=False),
            client(2),
            endpoints=LISTENING,
        )
    )
    assert len(snapshot.lines(both_ends=False)) == 3
    assert lines(snapshot) == [40001, 40002]
    both, alone = snapshot.lines(both_ends=True)
    told = {
        name: BY_ID[name].get(both)
        for name in ("send_queue", "peer_recv_queue", "peer_nodelay", "peer_netns")
    }
    assert told == {"send_queue": 512, "peer_recv_queue": 2304, "peer_nodelay": True, "peer_netns": AMF}
    assert BY_ID["peer_process"].get(both) == "amf[900]"
    assert BY_ID["peer_recv_queue"].get(alone) is None
    assert (snapshot.totals.associations, snapshot.totals.distinct) == (3, 2)
    assert both.other_end is not None
    other = snapshot.row(both.other_end.key)
    assert other is not None and other.other_end is not None
    assert (other.association.local_port, other.other_end.key) == (38412, both.key)


def test_one_namespace_alone_has_a_line_for_its_end() -> None:
    snapshot = Model().advance(sample(client(nodelay=True), server(), endpoints=LISTENING)).within(AMF)
    assert lines(snapshot) == [38412]
    assert BY_ID["peer_nodelay"].get(snapshot.rows[0]) is True
    assert (snapshot.totals.associations, snapshot.totals.distinct) == (1, 1)


def test_filter_and_order_know_the_other_end() -> None:
    entries = [end(number) for number in (1, 2, 3) for end in (client, server)]
    entries = [replace(one, recv_queue=one.remote_port % 10 * 100) for one in entries]
    snapshot = Model().advance(sample(*entries, client(4), endpoints=LISTENING))
    shown = snapshot.lines(both_ends=True)
    ordered = parse_order("peer_recv_queue").apply(shown)
    assert [row.association.local_port for row in ordered] == [40003, 40002, 40001, 40004]
    chosen = parse_filter("peer_recv_queue>=200")
    assert [row.association.local_port for row in shown if chosen.accepts(row)] == [40002, 40003]


def test_the_side_is_kept_when_the_server_no_longer_listens() -> None:
    model = Model()
    late = client(1, assoc_id=99)
    assert lines(model.advance(sample(server(), late, endpoints=LISTENING))) == [40001]
    assert lines(model.advance(sample(server(), late, at_s=1))) == [40001]
    # Not even when for one reading the tags could not be told.
    blind = replace(late, **NO_TAGS)
    assert len(lines(model.advance(sample(server(), blind, at_s=2)))) == 2
    assert lines(model.advance(sample(server(), late, at_s=3))) == [40001]


def test_of_an_association_that_lost_one_end_both_lines_are_shown() -> None:
    model = Model()
    model.advance(sample(client(), server(), endpoints=LISTENING))
    snapshot = model.advance(sample(server(), at_s=1, endpoints=LISTENING))
    gone, alive = snapshot.lines(both_ends=True)
    assert gone.ended and not alive.ended
    assert gone.other_end is None and alive.other_end is None
    assert snapshot.totals.distinct == 1


def test_ends_that_went_together_linger_on_one_line() -> None:
    model = Model()
    model.advance(sample(client(), server(recv_queue=7), endpoints=LISTENING))
    for at in range(1, 6):
        (gone,) = model.advance(sample(at_s=at)).lines(both_ends=True)
        assert gone.ended and BY_ID["peer_recv_queue"].get(gone) == 7
    assert model.advance(sample(at_s=6)).rows == ()


def test_a_restart_gives_both_ends_new_tags_and_they_find_each_other_again() -> None:
    model = Model()
    model.advance(sample(client(), server(), endpoints=LISTENING))
    calling = client(own_tag=0xA777, peer_tag=0, state="COOKIE_WAIT", assoc_id=50)
    snapshot = model.advance(sample(calling, server(), at_s=1, endpoints=LISTENING))
    assert all(row.other_end is None for row in snapshot.rows if not row.ended)
    again = (
        client(own_tag=0xA777, peer_tag=0xB777, assoc_id=50),
        server(own_tag=0xB777, peer_tag=0xA777),
    )
    snapshot = model.advance(sample(*again, at_s=2, endpoints=LISTENING))
    alive = [row for row in snapshot.lines(both_ends=True) if not row.ended]
    assert [row.association.own_tag for row in alive] == [0xA777]


def test_an_end_that_was_not_selected_is_known_and_has_no_line() -> None:
    chosen = [parse_selector("4")]
    snapshot = Model(chosen).advance(sample(client(nodelay=True), server(), endpoints=LISTENING))
    (row,) = snapshot.lines(both_ends=True)
    assert (row.association.assoc_id, snapshot.hidden) == (4, 1)
    assert BY_ID["peer_nodelay"].get(row) is True
    assert row.other_end is not None and row.other_end.key is None


def test_a_plain_table_and_csv_have_one_line_for_both() -> None:
    options = Options(both_ends=True)
    snapshot = Model().advance(sample(server(recv_queue=2304), client(send_queue=512), endpoints=LISTENING))
    rows = list(snapshot.lines(options.both_ends))
    text = TextWriter(options)(snapshot, rows).splitlines()
    assert text[1].startswith("1 assoc, 2 ends (2 est)")
    place = next(place for place, line in enumerate(text) if line.startswith("LOCAL"))
    titles, line = (re.split(r"  +", found) for found in text[place : place + 2])
    told = dict(zip(titles, line, strict=True))
    assert (told["LOCAL"], told["SEND-Q"], told["PEER-RCVQ"]) == ("10.9.0.1:40001", "512", "2.3k")
    columns = tuple(BY_ID[name] for name in ("local_port", "peer_recv_queue", "peer_nodelay"))
    assert CsvWriter(columns)(snapshot, rows).splitlines()[1].split(",")[1:] == ["40001", "2304", ""]
