"""What probes write: records packed here as the C lays them out, and bytes from nowhere."""

from __future__ import annotations

import struct
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sctptop.kernel.host.jiffies import JiffyClock
from sctptop.kernel.probes.events import Clocks, change_event, event
from sctptop.kernel.program.declarations import ASSOC_WINDOWS, PATH_WINDOWS, PROBE_EVENT

WALL = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)


def clocks(hz: int | None = 250) -> Clocks:
    return Clocks(WALL, 5_000_000_000, JiffyClock(hz))


def who(family: int, address: bytes) -> bytes:
    return struct.pack("<IIIIHHHH16s", 4026531840, 7, 0x1001, 0x2001, 38412, 59058, family, 0, address)


def record(
    kind: int, cause: int = 0, *numbers: int, family: int = 2, address: bytes = b"\x0a\x09\x00\x01"
) -> bytes:
    filled = [*numbers, *[0] * (10 - len(numbers))]
    return (
        struct.pack("<Q", 4_999_000_000)
        + who(family, address)
        + struct.pack("<HHIIIIIIIIIQ", kind, cause, *filled)
    )


def test_sizes_are_those_of_the_c() -> None:
    assert (PROBE_EVENT.size, PATH_WINDOWS.size, ASSOC_WINDOWS.size) == (96, 240, 128)


def test_a_heartbeat() -> None:
    found = event(record(0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 7_912_345), clocks())
    assert found is not None
    assert (found.kind, found.address, found.local_port, found.own_tag) == (
        "hb_rtt",
        "10.9.0.1",
        38412,
        0x1001,
    )
    assert found.details == {"rtt_ms": 7.912345, "kernel_rtt_ms": 8.0}
    assert found.time.isoformat() == "2026-11-23T11:59:59.999000+00:00"


def test_jiffies_stay_unknown_without_hz() -> None:
    found = event(record(0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 7_912_345), clocks(None))
    assert found is not None and found.details["kernel_rtt_ms"] is None


@pytest.mark.parametrize(
    ("kind", "cause", "numbers", "details"),
    [
        (
            1,
            0,
            (17520, 1500, 106496, 8760, 9000),
            {"cause": "T3_RTX", "before": 17520, "after": 1500, "times": 1},
        ),
        (1, 3, (17520, 8760), {"cause": "INACTIVE"}),
        (1, 4, (4380, 5840), {"cause": "RAISE"}),
        (1, 99, (1, 2), {"cause": "99"}),
        (2, 1, (106496, 105496), {"cause": "DECREASE", "before": 106496, "after": 105496}),
        (3, 0, (0, 4380, 0, 65536, 1200, 90000), {"cwnd": 4380, "ssthresh": 65536, "peer_rwnd": 90000}),
        (4, 0, (2, 0, 0, 0, 1500, 0, 250), {"rto_ms": 1000.0, "errors": 2, "flight": 1500}),
        (4, 0, (0, 0, 0, 0, 1500, 0, 250, 0xFFFFFFFE, 1400), {"tsn": 0xFFFFFFFE, "chunk_bytes": 1400}),
        (5, 1, (), {"reason": "FAST_RTX"}),
        (6, 0, (2, 0), {"before": "ACTIVE", "after": "INACTIVE"}),
        (7, 1, (0, 3), {"change": "FREED", "state": "ESTABLISHED"}),
    ],
)
def test_every_kind(kind: int, cause: int, numbers: tuple[int, ...], details: dict[str, object]) -> None:
    found = event(record(kind, cause, *numbers), clocks())
    assert found is not None
    assert {name: found.details[name] for name in details} == details


def end(
    reason: int,
    had: int,
    *,
    cause: int = 0,
    path: int = 0,
    signal: int = 0,
    tries: tuple[int, int] = (0, 0),
    state: int = 3,
    change: int = 1,
    comm: bytes = b"",
) -> dict[str, object]:
    """Details of the record of an association that was freed, from 10.9.0.7, with the reason behind it."""
    why = struct.pack("<QHHHBB", 4_998_990_000, reason, had, cause, path, signal)
    why += struct.pack("<IIIHH16s16s", *tries, 312, 2, state, b"\x0a\x09\x00\x07", comm)
    found = event(record(7, change, 0, 0) + why + bytes(4), clocks())
    assert found is not None
    return dict(found.details)


@pytest.mark.parametrize(
    ("told", "details"),
    [
        (
            end(1, 1 | 4, cause=12, path=2),
            {"reason": "abort_received", "by": "peer", "cause": 12, "cause_name": "User-Initiated Abort"}
            | {"from": "10.9.0.7", "t_bit": False, "path_state": "ACTIVE", "before": "ESTABLISHED"},
        ),
        (end(1, 2 | 4, path=3), {"reason": "abort_received", "by": "host", "t_bit": True}),
        (end(1, 2 | 4, path=2), {"by": "peer", "t_bit": True}),
        (end(1, 2 | 4, path=3, state=1), {"reason": "refused", "by": "peer", "before": "COOKIE_WAIT"}),
        (end(2, 8, comm=b"amf\0x"), {"reason": "abort_by_application", "pid": 312, "command": "amf"}),
        (end(2, 8 | 32), {"reason": "closed_unread", "exiting": False}),
        (end(2, 8 | 32 | 64), {"reason": "linger", "by": "this end"}),
        (end(2, 8 | 32, state=2), {"reason": "given_up"}),
        (end(4, 8 | 16 | 32, signal=9), {"reason": "shutdown_here", "exiting": True, "signal": 9}),
        (end(7, 0, tries=(11, 10)), {"reason": "retransmissions", "tries": 11, "allowed": 10}),
        (end(18, 0), {"reason": "abort_sent", "by": "this end"}),
    ],
)
def test_the_end_of_an_association(told: dict[str, object], details: dict[str, object]) -> None:
    assert {name: told.get(name) for name in details} == details


def test_an_end_says_nothing_that_is_not_known() -> None:
    assert not {"cause", "pid", "tries", "t_bit", "signal"} & end(10, 0).keys()
    assert "reason" not in end(0, 0) and "reason" not in end(99, 0)


def test_an_association_comes_up() -> None:
    up = event(record(7, 2, 0, 3, 0, 0, 0, 0, 0, 0, 0, 12_500_000), clocks())
    unseen = event(record(7, 2, 0, 3), clocks())
    assert up is not None and up.details["change"] == "UP" and up.details["handshake_ms"] == 12.5
    assert unseen is not None and unseen.details["handshake_ms"] is None


def test_addresses_of_both_families_and_of_none() -> None:
    six = event(record(5, family=10, address=bytes.fromhex("fd000009000000000000000000000002")), clocks())
    none = event(record(7, family=0), clocks())
    assert six is not None and six.address == "fd00:9::2"
    assert none is not None and none.address is None


def test_a_record_that_is_short_or_of_a_later_kind_is_passed_over() -> None:
    whole = record(0)
    assert event(whole[:-1], clocks()) is None
    assert event(record(8), clocks()) is None
    assert event(whole + bytes(4), clocks()) is not None, "the perf buffer pads to eight bytes"


@given(st.binary(min_size=0, max_size=200))
def test_bytes_from_nowhere_never_raise(data: bytes) -> None:
    event(data, clocks())


@given(st.binary(min_size=PATH_WINDOWS.size, max_size=PATH_WINDOWS.size))
def test_windows_from_nowhere_are_numbers(data: bytes) -> None:
    windows = PATH_WINDOWS.decode(data)
    assert windows.cwnd.now >= 0 and len(windows.changes) == 3


def test_windows_and_a_frequent_change() -> None:
    numbers = (5, 5, 4380, 3000, 8000, 65536, 65536, 65536, 1200, 0, 2400, 0, 1500, 2, 250, 0, 2, 1)
    changes = (4_999_500_000, 9, 3000, 4380, 5, *[0] * 10)
    data = who(2, b"\x0a\x09\x00\x01") + struct.pack(
        "<" + "I" * 18 + "Q8x24x" + "QIIII" * 3 + "16x", *numbers, 1 << 33, *changes
    )
    windows = PATH_WINDOWS.decode(data)
    assert (windows.cwnd.now, windows.cwnd.min, windows.cwnd.max) == (4380, 3000, 8000)
    assert (windows.flight.max, windows.pathmtu, windows.param_flags, windows.hb_expires) == (
        2400,
        1500,
        1,
        1 << 33,
    )
    assert (PATH_WINDOWS.picker("told")(data), PATH_WINDOWS.picker("changes.times")(data)) == (
        (5,),
        (9, 0, 0),
    )
    told = change_event(windows, "RAISE", 4, clocks())
    assert (told.details["before"], told.details["after"], told.details["times"]) == (3000, 4380, 4)
    short = who(2, b"\x0a\x09\x00\x01") + struct.pack(
        "<14I4Q", 5, 5, 90000, 80000, 100000, 1, 2, 3, *[0] * 10
    )
    assert ASSOC_WINDOWS.decode(short).peer_rwnd.min == 80000
    with pytest.raises(struct.error):
        PATH_WINDOWS.decode(data[:-1])
