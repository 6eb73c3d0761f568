"""Moments of a recording as flags say them: their seconds, and what is told of words that mean none."""

from __future__ import annotations

import pytest

from sctptop.errors import USAGE, SctptopError
from sctptop.recording.playing.asked import MomentsAsked

ASKED = MomentsAsked(1000.0, 1100.0, "replay", ", amf.sctp")


@pytest.mark.parametrize(
    ("begin", "end", "span"),
    [
        (None, None, (None, None)),
        ("10s", None, (1010.0, None)),
        (None, "-10s", (None, 1090.0)),
        ("10%", "1m", (1010.0, 1060.0)),
        ("10s", "10s", (1010.0, 1010.0)),
    ],
)
def test_a_span(begin: str | None, end: str | None, span: tuple[float | None, float | None]) -> None:
    assert ASKED.span(begin, end) == span


@pytest.mark.parametrize(
    ("begin", "end", "told"),
    [
        ("20s", "10s", "argument --from: 20s is after --to 10s, amf.sctp (try: them the other way round)"),
        ("noon", None, "argument --from: 'noon' is not a moment"),
        (None, "9h", "argument --to: '9h' is not in this recording"),
    ],
)
def test_a_span_that_there_is_not(begin: str | None, end: str | None, told: str) -> None:
    with pytest.raises(SctptopError) as raised:
        ASKED.span(begin, end)
    assert str(raised.value).startswith(told) and raised.value.code == USAGE


def test_the_recording_and_the_help_are_named() -> None:
    with pytest.raises(SctptopError, match=r"^argument --at: .*, amf\.sctp \(try: sctptop replay --help\)$"):
        ASKED.moment("--at", "2h")
