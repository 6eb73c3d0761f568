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
        ("23:55", 299.6),
        ("23:50:00", -0.4),
        ("0:05:30.5", 930.1),
        ("2026-11-24T00:00:00+00:00", 599.6),
        ("2026-11-24 00:00", 599.6),
    ],
)
def test_moments(text: str, after: float) -> None:
    assert moment_s(text, FIRST, LAST) - FIRST == pytest.approx(after)


@pytest.mark.parametrize(
    "text", ["", "m", "-", "%", "101%", "-5%", "25:00", "12:61", "3x", "1m1h", "yesterday", "1" * 99]
)
def test_anything_else_names_what_was_expected(text: str) -> None:
    with pytest.raises(MomentError):
        moment_s(text, FIRST, LAST)


@pytest.mark.parametrize("text", ["23:49", "0:11", "21m", "-21m", "2026-11-25 00:00"])
def test_what_lies_outside_is_told_with_what_there_is(text: str) -> None:
    with pytest.raises(MomentError, match=r"not in this recording \(2026-11-23 23:50:00 to 00:10:00\)"):
        moment_s(text, FIRST, LAST)


@given(st.text(max_size=30))
def test_no_text_does_worse(text: str) -> None:
    try:
        moment_s(text, FIRST, LAST)
    except MomentError:
        pass
