from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sctptop.model.association import Association, Path, Process
from sctptop.model.model import Model
from sctptop.model.sample import Sample
from sctptop.model.way import Way
from sctptop.output.json_lines import json_line
from sctptop.schema import from_json, to_json
from sctptop.schema_checks import SchemaError
from tests.unit.associations import association, sample

CONTRACT = (
    "netns assoc_id state local_port remote_port local_addresses remote_addresses primary send_queue "
    "recv_queue unacked pending flight cwnd ssthresh peer_rwnd local_rwnd pathmtu srtt_ms rto_ms sack_delay_ms "
    "hb_interval_ms nodelay in_streams out_streams rtx_chunks in_packets out_packets in_sacks out_sacks "
    "in_data_chunks out_data_chunks in_dup_chunks gap_acks inode uid process paths"
).split()
PATH_CONTRACT = "address state primary cwnd ssthresh flight srtt_ms rto_ms errors hb_rtt_ms".split()


def published(read: Sample) -> dict[str, Any]:
    snapshot = Model().advance(read)
    document: dict[str, Any] = json.loads(json_line(snapshot, list(snapshot.rows)))
    return document


def test_the_published_names_are_there_in_their_order() -> None:
    document = published(sample(association(), counters={"SctpCurrEstab": 1}))
    assert list(document)[:3] == ["schema", "time", "interval_s"]
    assert {"host", "kernel", "sources", "associations", "counters", "events"} <= document.keys()
    (entry,) = document["associations"]
    assert list(entry)[: len(CONTRACT)] == CONTRACT
    assert list(entry["paths"][0])[: len(PATH_CONTRACT)] == PATH_CONTRACT
    assert document["time"] == "2026-11-23T12:00:00.000000+00:00"


def test_what_was_not_read_is_null() -> None:
    (entry,) = published(sample(association()))["associations"]
    assert entry["cwnd"] is None
    assert entry["process"] is None
    assert entry["paths"][0]["hb_rtt_ms"] is None
    assert entry["held_ms"] is None


def test_a_sample_comes_back_as_it_went() -> None:
    before = sample(
        association(cwnd=4380, process=Process(812, "nr-gnb"), held_bins=((203_000_000, 2), (40_000, 7))),
        at_s=1,
        counters={"SctpCurrEstab": 1},
    )
    assert from_json(json.loads(json.dumps(to_json(before)))) == before


def test_what_of_messages_was_followed_comes_back_and_is_a_share() -> None:
    before = replace(sample(association(), at_s=1), followed=0.07, no_room={"unread": 3})
    document = json.loads(json.dumps(to_json(before)))
    assert from_json(document) == before
    del document["followed"], document["no_room"]
    old = from_json(document)
    assert old.followed is None and old.no_room == {}
    for wrong in ({"followed": 1.5}, {"followed": "all"}, {"no_room": {"unread": "three"}}, {"no_room": 3}):
        with pytest.raises(SchemaError):
            from_json(document | wrong)


@given(st.dictionaries(st.text(), st.text() | st.sampled_from(["ok", "off: --no-bpf", "off: x (try: y)"])))
def test_states_of_sources_go_through_as_they_stood(sources: dict[str, str]) -> None:
    document = to_json(sample()) | {"sources": sources}
    assert to_json(from_json(document))["sources"] == sources


def test_a_process_as_it_was_told_before_more_was_known_of_it() -> None:
    document = to_json(sample(association()))
    document["associations"][0]["process"] = {"pid": 812, "comm": "nr-gnb", "container": None}
    (entry,) = from_json(document).associations
    assert entry.process == Process(812, "nr-gnb")
    whole = Process(812, "amf", "amf-0", "open5gs", "amf.service", "containerd", "4f797c539e6c", 2)
    published = to_json(sample(association(process=whole)))["associations"][0]["process"]
    assert list(published)[:3] == ["pid", "comm", "container"]
    assert published["shared_by"] == 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(list(to_json(sample(association())))), JSON)
def test_a_document_that_is_no_sample_is_a_schema_error(name: str, value: Any) -> None:
    try:
        from_json({**to_json(sample(association())), name: value})
    except SchemaError:
        pass


def test_a_later_schema_is_named() -> None:
    with pytest.raises(SchemaError, match="schema 2"):
        from_json({**to_json(sample()), "schema": 2})


WAY = Way("unicast", "eth0", "10.9.0.254", "10.9.0.1", 1400, True, 0, 3, 0, 0)


def with_way(way: Way | None) -> Association:
    return association(paths=(Path("10.9.0.2", "ACTIVE", True, way=way), Path("10.9.1.2")))


def test_the_way_of_a_path_is_there_only_where_it_was_looked_up() -> None:
    first, second = to_json(sample(with_way(WAY)))["associations"][0]["paths"]
    assert list(first["way"]) == (
        "route interface gateway source mtu link_up rx_dropped tx_dropped rx_errors tx_errors carrier_changes".split()
    )
    assert first["way"]["tx_dropped"] == 3
    assert "way" not in second
    unknown = to_json(sample(with_way(Way())))["associations"][0]["paths"][0]["way"]
    assert set(unknown.values()) == {None}


@pytest.mark.parametrize("way", [WAY, Way(), Way("none", "eth1", link_up=False), None])
def test_a_way_comes_back_as_it_went(way: Way | None) -> None:
    before = sample(with_way(way), at_s=1)
    assert from_json(json.loads(json.dumps(to_json(before)))) == before


@pytest.mark.parametrize(
    "way",
    [
        5,
        "eth0",
        ["interface"],
        {"interface": 7},
        {"mtu": "1500"},
        {"link_up": 1},
        {"tx_dropped": 1 << 64},
        {"rx_errors": 0.5},
        {"gateway": {"address": "10.9.0.1"}},
        {"source": ["10.9.0.1"]},
    ],
)
def test_a_way_that_is_none_is_a_schema_error(way: Any) -> None:
    document = to_json(sample(with_way(WAY)))
    document["associations"][0]["paths"][0]["way"] = way
    with pytest.raises(SchemaError):
        from_json(document)


def test_of_a_way_what_is_not_known_yet_is_passed_over() -> None:
    document = to_json(sample(with_way(WAY)))
    document["associations"][0]["paths"][0]["way"] = {"interface": "eth0", "vrf": "red"}
    assert from_json(document).associations[0].paths[0].way == Way(interface="eth0")


def test_what_was_left_out_is_told_only_where_something_was() -> None:
    told = to_json(sample(events_left_out={"ngap": 900}))
    assert told["events_left_out"] == {"ngap": 900}
    assert from_json(told).events_left_out == {"ngap": 900}
    usual = to_json(sample())
    assert "events_left_out" not in usual and from_json(usual).events_left_out == {}
    with pytest.raises(SchemaError):
        from_json({**told, "events_left_out": {"ngap": "many"}})


def test_the_same_path_later_is_told_with_less_time_until_its_heartbeat() -> None:
    entry = association(paths=(Path("10.9.0.2", hb_due_ns=31_500_000_000),))
    for at_s, due_ms in ((1, 30_500.0), (2, 29_500.0), (40, 0.0)):
        read = replace(sample(entry), monotonic_ns=at_s * 1_000_000_000)
        document = published(read)
        (path,) = document["associations"][0]["paths"]
        assert path["hb_due_ms"] == due_ms and "hb_due_ns" not in path
        assert document["monotonic_ns"] == read.monotonic_ns
        again = from_json(document).associations[0].paths[0]
        assert again.hb_due_ms(read.monotonic_ns) == due_ms
        assert from_json(to_json(read)) == read


def test_a_line_of_before_has_times_from_the_sample_on_alone() -> None:
    document = published(sample(association(paths=(Path("10.9.0.2", hb_due_ns=12_400_000_000),))))
    assert "monotonic_ns" not in document
    (entry,) = from_json(document).associations
    assert entry.paths[0].hb_due_ms(None) == 12_400.0
