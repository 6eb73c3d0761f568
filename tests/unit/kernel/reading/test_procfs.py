from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sctptop.kernel.reading.procfs import parse_assocs, parse_eps, parse_remaddr, parse_snmp

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
