"""Text made fit for a terminal."""

from __future__ import annotations

import pytest

from sctptop.terminal_text import REPLACEMENT, clip, printable


def test_names_are_made_harmless() -> None:
    assert printable("\ufffd\x1b[2Jamf\n") == "\ufffd?[2Jamf?"
    assert printable("amf\u202e\ud800 1") == "amf?? 1"
    assert printable("a\tb", REPLACEMENT) == "a\ufffdb"
    assert printable("nr-gnb é") == "nr-gnb é"


@pytest.mark.parametrize(
    ("text", "width", "tail", "shown"),
    [
        ("heartbeat", 9, "", "heartbeat"),
        ("heartbeat", 8, "", "heartbe…"),
        ("heartbeat", 1, "", "…"),
        ("10.9.0.11:38412", 15, ":38412", "10.9.0.11:38412"),
        ("10.9.0.11:38412", 14, ":38412", "10.9.0.…:38412"),
        ("10.9.0.11:38412", 8, ":38412", "1…:38412"),
        ("10.9.0.11:38412", 7, ":38412", "10.9.0…"),
    ],
)
def test_what_is_too_long_is_clipped(text: str, width: int, tail: str, shown: str) -> None:
    assert clip(text, width, tail) == shown
