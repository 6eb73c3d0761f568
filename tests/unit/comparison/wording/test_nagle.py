"""Where Nagle is off, something else holds messages back."""

from __future__ import annotations

from tests.unit.comparison.recorded import end, ended, judged, summary


def test_where_nagle_is_off_it_is_a_window_that_holds_messages_back() -> None:
    def text(*nodelay: bool) -> str:
        gnb = end("gNB", {"nodelay": nodelay})
        return judged(summary("a", None, gnb), summary("b", ended(held=40.0), gnb)).text

    window = "NODELAY is on there: a window held them back, that of congestion or that of the AMF."
    sack = "The SACK delay of the AMF is not known in a and b: it may be the reason."
    assert window in text(True) and sack not in text(True)
    for nodelay in ((False,), (False, True), ()):
        assert sack in text(*nodelay) and "a window" not in text(*nodelay)
