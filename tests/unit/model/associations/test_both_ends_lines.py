"""Both ends of an association on one line: what it knows, how it is filtered and ordered, and how it ends."""

from __future__ import annotations

import re
from dataclasses import replace

from sctptop.fields.catalogue import BY_ID
from sctptop.fields.filter import parse_filter
from sctptop.fields.ordering import parse_order
from sctptop.model.association import Process
from sctptop.model.model import Model
from sctptop.model.selection import parse_selector
from sctptop.model.snapshot import Snapshot
from sctptop.options import Options
from sctptop.output.csv_rows import CsvWriter
from sctptop.output.text import TextWriter
from tests.unit.associations import sample
from tests.unit.model.associations.ends import AMF, LISTENING, NO_TAGS, client, server


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
