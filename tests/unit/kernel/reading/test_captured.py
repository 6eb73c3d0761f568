"""The parsers on what real kernels said (tests/lab/scenes/capture.py), with ss as the witness of the same moment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sctptop.kernel.host.jiffies import JiffyClock
from sctptop.kernel.netlink import NLMSG_DONE, messages
from sctptop.kernel.reading.associations import merge_associations
from sctptop.kernel.reading.diag.diag_records import SOCK_DIAG_BY_FAMILY, DiagRecord, decode_record
from sctptop.kernel.reading.endpoints import endpoints
from sctptop.kernel.reading.procfs import parse_assocs, parse_eps, parse_remaddr, parse_snmp
from sctptop.model.association import Association
from tests.lab.witness.other_tools import SsLine, parse_ss

CAPTURES = sorted(Path(__file__).with_name("captured").glob("*.json"))


@pytest.fixture(params=CAPTURES, ids=lambda file: file.stem)
def capture(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(request.param.read_text())
    return found


def records_of(capture: dict[str, Any]) -> list[DiagRecord]:
    return [
        decode_record(message.payload)
        for buffers in capture["buffers"].values()
        for buffer in buffers
        for message in messages(bytes.fromhex(buffer))
        if message.type == SOCK_DIAG_BY_FAMILY
    ]


def associations_of(capture: dict[str, Any]) -> tuple[Association, ...]:
    proc = capture["proc"]
    return merge_associations(
        1, records_of(capture), parse_assocs(proc["assocs"]), parse_remaddr(proc["remaddr"]), JiffyClock()
    )


def test_there_is_a_capture() -> None:
    assert CAPTURES


def test_a_dump_ends_with_done_and_its_associations_carry_no_multi_flag(capture: dict[str, Any]) -> None:
    for buffers in capture["buffers"].values():
        *records, done = (message for buffer in buffers for message in messages(bytes.fromhex(buffer)))
        assert done.type == NLMSG_DONE
        associations = [message for message in records if decode_record(message.payload).is_association]
        assert {message.flags for message in associations} <= {0}


def test_every_association_is_there_once_with_both_sources_joined(capture: dict[str, Any]) -> None:
    found = associations_of(capture)
    witnesses = parse_ss(capture["ss"])
    assert {entry.own_tag for entry in found} == witnesses.keys()
    assert len(found) == len(witnesses) == len(parse_assocs(capture["proc"]["assocs"]))
    assert all(entry.assoc_id and entry.nodelay is not None for entry in found)
    assert {entry.socket_type for entry in found} == {"one-to-one", "one-to-many"}


def test_ss_says_the_same(capture: dict[str, Any]) -> None:
    witnesses = parse_ss(capture["ss"])
    for entry in associations_of(capture):
        line: SsLine = witnesses[entry.own_tag or 0]
        assert (entry.state, entry.recv_queue, entry.send_queue) == (
            line.state,
            line.recv_queue,
            line.send_queue,
        )
        assert (entry.local_port, entry.remote_port) == (line.local_port, line.remote_port)
        assert set(entry.local_addresses) == line.addresses("locals")
        assert set(entry.remote_addresses) == line.addresses("peers")
        assert (entry.local_rwnd, entry.peer_rwnd) == (line.number("rwnd"), line.number("prwnd"))
        assert (entry.inode, entry.cookie) == (line.number("ino"), line.number("sk", 16))


def test_paths_name_every_remote_address_and_detail_the_primary(capture: dict[str, Any]) -> None:
    for entry in associations_of(capture):
        assert {path.address for path in entry.paths} == set(entry.remote_addresses)
        assert all(path.state and path.rto_ms for path in entry.paths)
        (primary,) = (path for path in entry.paths if path.primary)
        assert (primary.address, primary.cwnd, primary.srtt_ms) == (entry.primary, entry.cwnd, entry.srtt_ms)
        assert all(path.cwnd is None for path in entry.paths if not path.primary)


def test_jiffies_are_milliseconds(capture: dict[str, Any]) -> None:
    for entry in associations_of(capture):
        assert entry.hb_interval_ms == 30000.0
        assert entry.srtt_ms is not None
        assert entry.srtt_ms % 4 == 0


def test_endpoints_and_counters(capture: dict[str, Any]) -> None:
    sockets = [record for record in records_of(capture) if not record.is_association]
    found = endpoints(1, parse_eps(capture["proc"]["eps"]), sockets)
    listening = {entry.local_port for entry in found if entry.state == "LISTENING"}
    assert {5002, 5004, 5006, 5009, 38412, 38413} <= listening
    witnesses = [line.split() for line in capture["ss"].splitlines() if line.startswith("LISTEN")]
    queues = {(int(words[3].rpartition(":")[2]), int(words[1]), int(words[2])) for words in witnesses}
    assert {(one.local_port, one.waiting, one.backlog) for one in found if one.state == "LISTENING"} == queues
    assert {(one.waiting, one.backlog) for one in found if one.state != "LISTENING"} <= {(None, None)}
    counters = parse_snmp(capture["proc"]["snmp"])
    assert counters["SctpCurrEstab"] == len(associations_of(capture))


def test_either_source_alone_is_enough(capture: dict[str, Any]) -> None:
    proc = capture["proc"]
    silent = merge_associations(
        1, [], parse_assocs(proc["assocs"]), parse_remaddr(proc["remaddr"]), JiffyClock(250)
    )
    assert {entry.assoc_id for entry in silent} == {entry.assoc_id for entry in associations_of(capture)}
    assert all(entry.cwnd is None and entry.state and entry.paths for entry in silent)
    blind = merge_associations(1, records_of(capture), [], [], JiffyClock())
    assert {entry.own_tag for entry in blind} == {entry.own_tag for entry in associations_of(capture)}
    assert all(entry.assoc_id is None and entry.srtt_ms is None and entry.paths for entry in blind)
