"""What in one reading may be a sign of trouble, at its bounds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sctptop.model.advice.signs import (
    failing,
    gives_cause,
    outstanding,
    peer_sack_delay,
    slow_limit_ms,
    stall_limits_ms,
    window_bound,
    window_closed,
)
from sctptop.model.association import Association, Path, Process
from sctptop.model.associations.row import Row
from sctptop.model.model import Model
from tests.unit.associations import sample
from tests.unit.model.advice.advised import FAR, NEAR, PROBED, calm


def read(entry: Association) -> Row:
    (row,) = Model().advance(sample(entry, sources=PROBED)).rows
    return row


@pytest.mark.parametrize(
    ("facts", "cause"),
    [
        ({}, False),
        ({"peer_rwnd": 2999}, True),
        ({"peer_rwnd": 3000}, False),
        ({"peer_rwnd": None}, False),
        ({"state": "COOKIE_WAIT"}, True),
        ({"state": "COOKIE_ECHOED"}, True),
        ({"state": "SHUTDOWN_SENT"}, True),
        ({"state": "SHUTDOWN_PENDING"}, True),
        ({"recv_queue": 1}, True),
        ({"rcvbuf": 2304}, True),
        ({"send_queue": 4608, "sndbuf": 4608}, True),
        ({"send_queue": 4607, "sndbuf": 4608}, False),
        ({"recv_queue": 0}, False),
        ({"process": Process(7, "amf", stopped=True)}, True),
        ({"process": Process(7, "amf")}, False),
        ({"recv_queue": None}, False),
        ({"held_bins": ((1_000_000, 1),)}, True),
        ({"held_bins": ((999_999, 9),)}, False),
        ({"held_bins": ()}, False),
        ({"read_wait_bins": ((1_000_000, 1),)}, True),
        ({"read_wait_bins": ((999_999, 9),)}, False),
        ({"read_wait_bins": ()}, False),
        ({"paths": ()}, False),
        ({"paths": (Path(NEAR, "ACTIVE", True), Path(FAR, "PF", False))}, True),
        ({"paths": (Path(NEAR, "INACTIVE", True),)}, True),
        ({"paths": (Path(NEAR, None, True, errors=2),)}, False),
        ({"paths": (Path(NEAR, "ACTIVE", True, errors=2),)}, False),
        ({"paths": (Path(NEAR, "ACTIVE", True, errors=3),)}, True),
        ({"paths": (Path(NEAR, None, True, errors=3),)}, True),
    ],
    ids=str,
)
def test_what_gives_cause_to_look(facts: dict[str, Any], cause: bool) -> None:
    assert gives_cause(read(calm(0, **facts))) == cause


def test_retransmissions_give_cause_while_they_happen() -> None:
    row = read(calm(0))
    for name in ("rtx_chunks", "rtx_marked_chunks"):
        assert gives_cause(replace(row, rates={name: 0.5}))
        assert not gives_cause(replace(row, rates={name: 0.0}))
    assert not gives_cause(replace(row, rates={"out_data_chunks": 25.0, "gap_acks": 3.0}))


@pytest.mark.parametrize(
    ("state", "errors", "fails"),
    [
        ("ACTIVE", 2, False),
        ("ACTIVE", 3, True),
        ("ACTIVE", None, False),
        ("PF", 0, False),
        ("PF", None, False),
        ("PF", 1, True),
        ("INACTIVE", 0, True),
        ("UNCONFIRMED", None, True),
        (None, 2, False),
        (None, 3, True),
    ],
)
def test_a_path_that_fails(state: str | None, errors: int | None, fails: bool) -> None:
    assert failing(state, errors) == fails


def flying(*flights: int | None, **facts: Any) -> Association:
    return calm(
        0, paths=tuple(Path(f"10.9.{place}.1", flight=one) for place, one in enumerate(flights)), **facts
    )


def test_bytes_in_flight_are_those_of_the_paths_where_these_are_known() -> None:
    assert outstanding(flying(100, 50, flight=7)) == 150
    assert outstanding(flying(None, 50, flight=7)) == 50
    assert outstanding(flying(None, flight=7)) == outstanding(flying(flight=7)) == 7
    assert outstanding(flying(None, flight=None)) == outstanding(flying(0, flight=0)) == 0


@pytest.mark.parametrize(
    ("facts", "closed"),
    [
        ({"peer_rwnd": 0, "flight": 1000, "out_queue_chunks": 1}, True),
        ({"peer_rwnd": 0, "flight": 1000, "out_queue_chunks": 0}, False),
        ({"peer_rwnd": 1000, "flight": 1999, "out_queue_chunks": 1}, True),
        ({"peer_rwnd": 1000, "flight": 2000, "out_queue_chunks": 1}, False),
        ({"peer_rwnd": None, "flight": 1000, "out_queue_chunks": 1}, False),
        ({"peer_rwnd": 0, "flight": 1000, "out_queue_chunks": 1, "state": "SHUTDOWN_PENDING"}, True),
        ({"peer_rwnd": 0, "flight": 1000, "out_queue_chunks": 1, "state": "SHUTDOWN_SENT"}, False),
        # Where chunks are not counted, what of the send queue is not in flight waits.
        ({"peer_rwnd": 0, "flight": 1000, "out_queue_chunks": None, "send_queue": 1001}, True),
        ({"peer_rwnd": 0, "flight": 1000, "out_queue_chunks": None, "send_queue": 1000}, False),
        ({"peer_rwnd": 0, "flight": 0, "out_queue_chunks": None, "send_queue": 1}, True),
        ({"peer_rwnd": 0, "flight": 0, "out_queue_chunks": None, "send_queue": None}, False),
    ],
    ids=str,
)
def test_a_closed_window(facts: dict[str, Any], closed: bool) -> None:
    assert window_closed(flying(None, **facts)) == closed


@pytest.mark.parametrize(
    ("path", "facts", "bound"),
    [
        ({}, {}, False),
        ({}, {"peer_rwnd": 1499}, True),
        ({}, {"peer_rwnd": 1500}, False),
        ({}, {"peer_rwnd": None}, False),
        ({}, {"peer_rwnd": 1499, "peer_rwnd_min": 1500}, False),
        ({}, {"peer_rwnd": 1500, "peer_rwnd_min": 1499}, True),
        ({"flight": 4380, "cwnd": 4380}, {}, True),
        ({"flight": 4379, "cwnd": 4380}, {}, False),
        ({"flight": None, "cwnd": 4380}, {}, False),
        ({"flight": 0, "cwnd": 0}, {}, False),
        ({"flight": 4380, "cwnd": None}, {}, False),
        ({"flight": 9000, "cwnd": 4380, "flight_max": 4379}, {}, False),
        ({"flight": 0, "cwnd": 4380, "flight_max": 4380}, {}, True),
        ({"flight": 3000, "cwnd": 4380, "cwnd_min": 3000}, {}, True),
        ({"flight": 3000, "cwnd": 3000, "cwnd_min": 3001}, {}, False),
    ],
    ids=str,
)
def test_a_window_that_held_messages(path: dict[str, Any], facts: dict[str, Any], bound: bool) -> None:
    paths = (Path(FAR, "ACTIVE", False), Path(NEAR, "ACTIVE", True, **path))
    assert window_bound(calm(0, paths=paths, **facts)) == bound


@pytest.mark.parametrize(
    ("delay_ms", "known_ms", "stall_ms"),
    [
        (None, 200.0, (100.0, 600.0)),
        (200, 200.0, (100.0, 600.0)),
        (20, 20.0, (10.0, 60.0)),
        (3, 3.0, (2.0, 9.0)),
        (4, 4.0, (2.0, 12.0)),
        (0, 0.0, (0.0, 0.0)),
    ],
)
def test_the_peer_s_sack_delay_and_from_when_a_hold_looks_like_it(
    delay_ms: int | None, known_ms: float, stall_ms: tuple[float, float]
) -> None:
    other = read(calm(0, sack_delay_ms=delay_ms))
    assert (peer_sack_delay(other), stall_limits_ms(other)) == (known_ms, stall_ms)
    assert (peer_sack_delay(None), stall_limits_ms(None)) == (200.0, (100.0, 600.0)), "Linux's default"


@pytest.mark.parametrize(
    ("usual_ms", "limit_ms"), [(None, 50.0), (0.05, 1.0), (0.1, 1.0), (0.3, 3.0), (5.0, 50.0), (7.0, 50.0)]
)
def test_slow_is_ten_times_what_is_usual_within_bounds(usual_ms: float | None, limit_ms: float) -> None:
    assert slow_limit_ms(usual_ms) == pytest.approx(limit_ms)
