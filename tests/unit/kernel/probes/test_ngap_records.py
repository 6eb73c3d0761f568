"""Messages as the probes write them: packed here as the C lays them out, and bytes from nowhere."""

from __future__ import annotations

import struct
from datetime import datetime, timezone
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sctptop.kernel.host.jiffies import JiffyClock
from sctptop.kernel.probes.events import Clocks
from sctptop.kernel.probes.ngap_records import ngap_events, ngap_record
from sctptop.kernel.program.declarations import NGAP_EVENT
from sctptop.model.event import Event

OUT, IN, AGAIN = range(3)
INITIAL = "000f4020000002005500 02002b 0026001211 7e004179000d0102f839f0ff00001032547698"
CONTEXT_RELEASE = "00294010000002 00720004 0001002b 000f4001 40"


def clocks() -> Clocks:
    return Clocks(datetime(2026, 11, 23, 12, tzinfo=timezone.utc), 5_000_000_000, JiffyClock(250))


def who(local_port: int = 38412) -> bytes:
    return struct.pack(
        "<IIIIHHHH16s", 4026531840, 7, 0x1001, 0x2001, local_port, 59058, 2, 0, b"\x0a\x09\x00\x01"
    )


def record(
    head: str = "",
    *,
    direction: int = OUT,
    ppid: int = 60,
    length: int | None = None,
    tsn: int = 77,
    last_tsn: int = 77,
    fragment: int = 0,
    whole: int = 1,
    at_ns: int = 4_000_000_000,
    blocked_ns: int = 0,
    order_ns: int = 0,
    local_port: int = 38412,
) -> bytes:
    """struct ngap_event of bpf/ngap.c: done 203 ms after ``at_ns``."""
    data = bytes.fromhex(head)
    size = len(data) if length is None else length
    times = struct.pack("<QQQQ", at_ns, at_ns + 203_000_000, blocked_ns, order_ns)
    numbers = struct.pack("<IIIIHBBBBH", tsn, last_tsn, ppid, size, 3, direction, fragment, whole, 1, 0)
    octets = struct.pack("<II64s", min(len(data), 64), 0, data[:64])
    return times + who(local_port) + numbers + octets + b"pad"


def events(*records: bytes) -> list[Event]:
    known = [ngap_record(data) for data in records]
    return list(ngap_events([one for one in known if one is not None], clocks()))


def details(**given: Any) -> dict[str, Any]:
    """Those of the message INITIAL as `record` writes it, but for what is given."""
    return {
        "direction": "out", "at_ns": 4_000_000_000, "wait_ns": 203_000_000, "blocked_ns": 0, "ppid": 60,
        "ppid_swapped": False, "stream": 3, "tsn": 77, "last_tsn": 77, "length": len(bytes.fromhex(INITIAL)),
        "fragment": False, "pdu": "initiatingMessage", "procedure": 15, "amf_ue_id": None, "ran_ue_id": 43,
        "nas": 0x41, "nas_length": 17, "registration_type": "initial", "nas_cause": None, "cause_group": None,
        "cause": None, "ran_node": None, "odd": None, **given,
    }  # fmt: skip


def test_the_size_is_that_of_the_c() -> None:
    assert NGAP_EVENT.size == 168 == len(record()) - len(b"pad")


def test_our_message() -> None:
    (event,) = events(record(INITIAL, blocked_ns=9))
    assert (event.kind, event.netns, event.own_tag, event.local_port) == ("ngap", 4026531840, 0x1001, 38412)
    assert event.time == datetime(2026, 11, 23, 11, 59, 59, tzinfo=timezone.utc)
    assert dict(event.details) == details(blocked_ns=9)


def test_the_peers_message_says_what_order_cost_and_not_what_blocked_it() -> None:
    (event,) = events(record(INITIAL, direction=IN, blocked_ns=9, order_ns=11))
    expected = details(direction="in", order_ns=11)
    del expected["blocked_ns"]
    assert dict(event.details) == expected


def test_a_cause() -> None:
    (event,) = events(record(CONTEXT_RELEASE))
    told = event.details
    assert (told["procedure"], told["cause_group"], told["cause"]) == (41, "nas", 0)


def test_a_ppid_that_says_nothing_or_is_swapped() -> None:
    by_port, s1ap, swapped = events(
        record(INITIAL, ppid=0), record(INITIAL, ppid=0, local_port=36412), record(INITIAL, ppid=0x3C000000)
    )
    assert [event.details["ppid"] for event in (by_port, s1ap, swapped)] == [60, 18, 60]
    assert [event.details["ppid_swapped"] for event in (by_port, s1ap, swapped)] == [False, False, True]


def test_a_message_of_several_chunks() -> None:
    whole, begun = events(
        record(INITIAL, fragment=1, last_tsn=80, length=4000),
        record(INITIAL, fragment=1, whole=0, length=1000),
    )
    assert dict(whole.details) == details(fragment=True, last_tsn=80, length=4000)
    assert dict(begun.details) == details(fragment=True, last_tsn=None, length=1000)


def test_a_chunk_sent_again() -> None:
    (event,) = events(record(direction=AGAIN, length=1452, fragment=1, whole=0))
    assert event.kind == "ngap_rtx"
    assert dict(event.details) == {"at_ns": 4_000_000_000, "ppid": 60, "stream": 3, "tsn": 77}


def test_what_only_looks_like_it_is_told_once_a_reading_with_how_many_there_were() -> None:
    noise = [
        record("01020304", ppid=0, tsn=tsn, last_tsn=tsn, length=900 + tsn, at_ns=4_000_000_000 + tsn)
        for tsn in range(50)
    ]
    found = events(
        *noise,
        record("", ppid=61, length=33),
        record("01020304", ppid=0, direction=IN),
        record("", ppid=61, length=34),
        record(INITIAL),
        record("01020304", ppid=0, local_port=36412),
        record("01020304", direction=AGAIN, ppid=0),
    )
    told = [(event.kind, event.details.get("odd"), event.details.get("times")) for event in found]
    assert told == [
        ("ngap", None, None),
        ("ngap_rtx", None, None),
        ("ngap", "does not begin like NGAP or S1AP", 50),
        ("ngap", "neither NGAP nor S1AP", 2),
        ("ngap", "does not begin like NGAP or S1AP", 1),
        ("ngap", "does not begin like NGAP or S1AP", 1),
    ]
    last = found[2].details
    assert (last["tsn"], last["at_ns"], last["length"]) == (49, 4_000_000_049, 949)
    assert (found[3].details["ppid"], found[3].details["length"]) == (61, 34)


def test_an_oddity_behind_a_good_start_is_told_singly() -> None:
    (event,) = events(record("000f4008000001 00550001 00"))
    assert (event.details["procedure"], event.details["odd"], event.details.get("times")) == (
        15,
        "impossible UE id",
        None,
    )


def test_no_octet_of_a_message_is_in_an_event() -> None:
    for event in events(record(INITIAL), record("01020304"), record(INITIAL, direction=IN)):
        assert not any(isinstance(value, bytes) for value in event.details.values())


def test_a_record_that_is_short_or_of_a_later_direction_is_passed_over() -> None:
    assert ngap_record(record()[: NGAP_EVENT.size - 1]) is None
    assert ngap_record(record(direction=3)) is None


@given(st.binary(min_size=0, max_size=NGAP_EVENT.size + 8))
def test_bytes_from_nowhere_never_raise(data: bytes) -> None:
    found = ngap_record(data)
    if found is not None:
        list(ngap_events([found], clocks()))
