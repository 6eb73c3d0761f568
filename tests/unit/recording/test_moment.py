"""Moments and spans as people write them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sctptop.recording.moment import MomentError, moment_s, span_s

FIRST = datetime(2026, 11, 23, 23, 50, 0, 400_000, tzinfo=timezone.utc).timestamp()
LAST = FIRST + 1200


@pytest.fixture(autouse=True)
def utc() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("3m", 180), ("1h2m3s", 3723), ("2d", 172800), ("0.5s", 0.5), (" 1.5h ", 5400)],
)
def test_spans(text: str, seconds: float) -> None:
    assert span_s(text) == seconds


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("3m", 180),
        ("-30s", 1170),
        ("0%", 0),
        ("50%", 600),
        ("100%", 1200),
        ("99.5%", 1194),
        ("20m1s", 1201),
        ("-1201s", -1),
        ("23:49:59.5", -0.9),
        ("2026-11-23 23:49:59.5", -0.9),
        ("2026-11-23T23:50:01.5Z", 1.1),
        ("2026-11-23T23:50:02.1234567", 1.723456),
        ("23:59:59.9", 599.5),
        ("23:55", 299.6),
        ("23:50:00", -0.4),
        ("0:05:30.5", 930.1),
        ("2026-11-24T00:00:00+00:00", 599.6),
        ("2026-11-24 00:00", 599.6),
    ],
)
def test_moments(text: str, after: float) -> None:
    assert moment_s(text, FIRST, LAST) - FIRST == pytest.approx(after, rel=0, abs=5e-7)


@pytest.mark.parametrize(
    ("text", "after"), [("23:49:59.4", -1.0), ("23:49:59.3", 86398.9), ("23:49", 86339.6), ("25h", 90000)]
)
def test_a_time_of_day_is_the_first_after_the_start_and_to_the_second(text: str, after: float) -> None:
    assert moment_s(text, FIRST, FIRST + 200_000) - FIRST == pytest.approx(after, rel=0, abs=5e-7)


def test_a_span_is_no_longer_than_a_person_writes() -> None:
    assert span_s("1" + " " * 39) == 1
    with pytest.raises(MomentError, match="is not a span of time"):
        span_s("1" + " " * 40)


@pytest.mark.parametrize(
    "text",
    [
        "20261124T000000",
        "24:00",
        "23:60",
        "23:55:60",
        "100.5%",
        "1000%",
        "",
        "m",
        "-",
        "%",
        "101%",
        "-5%",
        "25:00",
        "12:61",
        "3x",
        "1m1h",
        "yesterday",
        "1" * 99,
    ],
)
def test_anything_else_names_what_was_expected(text: str) -> None:
    with pytest.raises(MomentError):
        moment_s(text, FIRST, LAST)


@pytest.mark.parametrize(
    "text", ["23:49", "0:11", "20m2s", "21m", "-21m", "-1202s", "2026-11-25 00:00", "2026-11-23 23:49:59.3"]
)
def test_what_lies_outside_is_told_with_what_there_is(text: str) -> None:
    with pytest.raises(MomentError, match=r"not in this recording \(2026-11-23 23:50:00 to 00:10:00\)"):
        moment_s(text, FIRST, LAST)


@given(st.text(max_size=30))
def test_no_text_does_worse(text: str) -> None:
    try:
        moment_s(text, FIRST, LAST)
    except MomentError:
        pass
