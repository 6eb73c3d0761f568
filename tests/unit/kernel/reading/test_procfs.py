from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sctptop.kernel.reading.procfs import (
    SOCKET_STATES,
    SOCKET_TYPES,
    parse_assocs,
    parse_eps,
    parse_remaddr,
    parse_snmp,
    read_text,
)

ASSOCS = """\
 ASSOC     SOCK   STY SST ST HBKT ASSOC-ID TX_QUEUE RX_QUEUE UID INODE LPORT RPORT LADDRS <-> RADDRS HBINT INS OUTS MAXRT T1X T2X RTXC wmema wmemq sndbuf rcvbuf
000000001 00000002 2   1   3  0          7     1024        5    1000 12194 59058 38412  10.9.1.1 *10.9.0.1 <-> *10.9.0.2 fd00:0009:0000:0000:0000:0000:0000:0002 	    7500    10    11   10    1    2        3        4        5   212992   106496
"""
"""In the form of sctp_assocs_seq_show; the captured files beside this are read in test_captured.py."""

PARSERS = [parse_assocs, parse_remaddr, parse_eps, parse_snmp]


def test_an_association_line() -> None:
    (line,) = parse_assocs(ASSOCS)
    assert (line.assoc_id, line.state, line.local_port, line.remote_port) == (7, 3, 59058, 38412)
    assert line.local_addresses == ("10.9.0.1", "10.9.1.1")
    assert line.remote_addresses == ("10.9.0.2", "fd00:9::2")
    assert line.primary == "10.9.0.2"
    assert (line.send_queue, line.recv_queue, line.uid, line.inode) == (1024, 5, 1000, 12194)
    assert (line.hb_interval, line.in_streams, line.out_streams) == (7500, 10, 11)
    assert (line.assoc_max_retrans, line.init_retries, line.shutdown_retries, line.rtx_marked_chunks) == (
        10,
        1,
        2,
        3,
    )
    assert (line.sndbuf, line.rcvbuf) == (212992, 106496)


def test_columns_that_are_missing_are_none_and_new_ones_do_no_harm() -> None:
    older = ASSOCS.replace(" sndbuf rcvbuf", "").replace("   212992   106496", "")
    (line,) = parse_assocs(older)
    assert (line.sndbuf, line.rtx_marked_chunks) == (None, 3)
    newer = ASSOCS.replace("rcvbuf\n", "rcvbuf shiny\n").replace("106496\n", "106496 9\n")
    (line,) = parse_assocs(newer)
    assert line.rcvbuf == 106496


def test_a_heading_without_addresses_and_an_empty_file_hold_nothing() -> None:
    assert parse_assocs("") == [] and parse_eps("") == [] and parse_remaddr("") == [] and parse_snmp("") == {}
    assert parse_assocs(ASSOCS.replace("LADDRS", "X")) == parse_assocs(ASSOCS.replace("RADDRS", "X")) == []
    assert parse_eps("ENDPT STY LPORT\n 1 2 38412\n") == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("59058 38412", "65536 38412"),
        ("59058 38412", "59058 -1"),
        ("59058 38412", "x 38412"),
        ("*10.9.0.1 <->", "*10.9.0.1 <>"),
        (ASSOCS.splitlines()[1], "00000001 00000002 2 1 3 0 7 1024 5 1000 12194 59058 <-> 10.9.0.2"),
    ],
)
def test_a_line_without_its_ports_or_its_arrow_is_left_out(old: str, new: str) -> None:
    good = ASSOCS.splitlines()[1]
    assert len(parse_assocs(ASSOCS.replace(old, new) + good)) == 1
    assert len(parse_assocs(ASSOCS + good)) == 2


def test_ports_reach_from_0_to_65535() -> None:
    (line,) = parse_assocs(ASSOCS.replace("59058 38412", "0 65535"))
    assert (line.local_port, line.remote_port) == (0, 65535)


def test_an_association_without_an_id_has_none_and_words_that_are_no_numbers_are_none() -> None:
    (line,) = parse_assocs(ASSOCS.replace("3  0          7 ", "3  0          0 ").replace("1024", "many"))
    assert (line.assoc_id, line.send_queue, line.socket_type) == (None, None, 2)


def test_an_association_without_addresses_is_read_and_so_is_one_without_a_star() -> None:
    bare = ASSOCS.replace("10.9.1.1 *10.9.0.1", "").replace(
        "*10.9.0.2 fd00:0009:0000:0000:0000:0000:0000:0002", ""
    )
    (line,) = parse_assocs(bare)
    assert (line.local_addresses, line.remote_addresses, line.hb_interval) == ((), (), 7500)
    (line,) = parse_assocs(ASSOCS.replace("*", ""))
    assert (line.local_addresses, line.primary) == (("10.9.1.1", "10.9.0.1"), None)


def test_addresses_are_in_their_short_form_and_others_are_left_out() -> None:
    mapped = ASSOCS.replace(
        "fd00:0009:0000:0000:0000:0000:0000:0002", "0000:0000:0000:0000:0000:ffff:0a09:0103"
    )
    assert parse_assocs(mapped)[0].remote_addresses == ("10.9.0.2", "10.9.1.3")
    assert parse_assocs(ASSOCS.replace("fd00:", "fd00:x:"))[0].remote_addresses == ("10.9.0.2",)
    assert parse_assocs(ASSOCS.replace("10.9.1.1 ", "10.9.1.256 "))[0].local_addresses == ("10.9.0.1",)


@pytest.mark.parametrize(("timer", "running"), [("0", False), ("1", True), ("-", None)])
def test_a_transport_tells_whether_its_heartbeat_timer_runs(timer: str, running: bool | None) -> None:
    (transport,) = parse_remaddr(f"ADDR ASSOC_ID HB_ACT\n10.9.0.2 7 {timer}\n")
    assert (transport.hb_timer, transport.rto) == (running, None)


def test_transports_without_an_address_or_an_id_are_left_out_and_further_ones_read() -> None:
    lines = ("x 7 1", "10.9.0.2 x 1", "10.9.0.3 7", "10.9.0.4 0 1 9")
    (transport,) = parse_remaddr("\n".join(["ADDR ASSOC_ID HB_ACT", *lines]))
    assert (transport.address, transport.assoc_id) == ("10.9.0.4", 0)


def test_endpoints_on_no_address_are_read_and_torn_ones_left_out() -> None:
    heading = " ENDPT     SOCK   STY SST HBKT LPORT   UID INODE LADDRS\n"
    torn, without_port, bare = "1 2 2 10 51 38412 7", "1 2 2 10 51 none 7 12056", "1 2 0 7 51 38413 7 12056"
    (endpoint,) = parse_eps(heading + "\n".join([torn, without_port, bare]))
    assert (endpoint.local_port, endpoint.local_addresses) == (38413, ())
    assert (endpoint.socket_type, endpoint.state, endpoint.uid, endpoint.inode) == (0, 7, 7, 12056)


def test_counters_are_a_name_and_a_number_and_nothing_else() -> None:
    assert parse_snmp("SctpA 1 2\n7 8\nSctpB\n\nSctpC 3\n") == {"SctpC": 3}


def test_types_and_states_of_sockets_are_those_of_the_kernel() -> None:
    # SCTP_SOCKET_UDP, _UDP_HIGH_BANDWIDTH, _TCP; SCTP_SS_ values are those of TCP.
    assert SOCKET_TYPES == {0: "one-to-many", 1: "one-to-many", 2: "one-to-one"}
    assert SOCKET_STATES == {1: "ESTABLISHED", 7: "CLOSED", 8: "CLOSING", 10: "LISTENING"}


def test_a_file_longer_than_what_one_call_reads_is_read_whole_and_closed(tmp_path: Path) -> None:
    text = "SctpX 1\n" * 70_000 + "é"
    (tmp_path / "snmp").write_text(text, "utf-8")
    before = list(Path("/proc/self/fd").iterdir())
    assert read_text(tmp_path, "snmp") == text[:-1] + "\ufffd" * 2
    assert len(list(Path("/proc/self/fd").iterdir())) == len(before)
    with pytest.raises(FileNotFoundError):
        read_text(tmp_path, "none")


@pytest.mark.parametrize("cut", range(0, len(ASSOCS), 7))
def test_a_torn_file_gives_what_it_holds_and_no_more(cut: int) -> None:
    for line in parse_assocs(ASSOCS[:cut]):
        assert (line.local_port, line.remote_port) == (59058, 38412)


def test_remaddr_eps_and_snmp() -> None:
    (transport,) = parse_remaddr(
        "ADDR ASSOC_ID HB_ACT RTO MAX_PATH_RTX REM_ADDR_RTX START STATE\n10.9.0.2  7 1 750 5 0 0 2\nfd00: 7 1 2\n"
    )
    assert (transport.address, transport.assoc_id, transport.hb_timer) == ("10.9.0.2", 7, True)
    assert (transport.rto, transport.max_retrans, transport.state) == (750, 5, 2)
    (endpoint,) = parse_eps(
        " ENDPT     SOCK   STY SST HBKT LPORT   UID INODE LADDRS\n 1 2 2 10 51 38412 0 12056 10.9.0.2 10.9.1.2 \n x\n"
    )
    assert (endpoint.local_port, endpoint.state) == (38412, 10)
    assert endpoint.local_addresses == ("10.9.0.2", "10.9.1.2")
    assert parse_snmp("SctpCurrEstab  \t2\nSctpOutSCTPPacks\t-5\nbroken\nSctpX\tfoo\n") == {
        "SctpCurrEstab": 2,
        "SctpOutSCTPPacks": -5,
    }


@pytest.mark.parametrize("parse", PARSERS)
@given(text=st.text(max_size=200), cut=st.integers(0, len(ASSOCS)), noise=st.text(max_size=20))
def test_any_text_is_read_without_harm(parse: Callable[[str], Any], text: str, cut: int, noise: str) -> None:
    parse(text)
    parse(ASSOCS[:cut] + noise + ASSOCS[cut:])
