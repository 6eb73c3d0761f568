"""Text made fit for a terminal: without what it would act on, and no longer than there is room."""

from __future__ import annotations

ELLIPSIS = "…"
REPLACEMENT = "\ufffd"
"""Stands for what does not print in a file that came from elsewhere."""


def printable(text: str, stand_in: str = "?") -> str:
    """The text with ``stand_in`` for every character that does not print: names and files come from anybody.

    >>> printable("nr-gnb\\x1b[2J"), printable("a b")
    ('nr-gnb?[2J', 'a b')
    """
    return text if text.isprintable() else "".join(one if one.isprintable() else stand_in for one in text)


def clip(text: str, width: int, tail: str = "") -> str:
    """The text in at most ``width`` characters, an ellipsis for what is cut off before ``tail``, its end.

    Where there is no room for the tail the end is cut off as well.

    >>> clip("InitialContextSetup", 8), clip("10.9.0.11:38412", 10, ":38412"), clip("rtt", 8)
    ('Initial…', '10.…:38412', 'rtt')
    """
    if len(text) <= width:
        return text
    keep = width - len(tail) - 1
    return text[:keep] + ELLIPSIS + tail if keep > 0 else text[: width - 1] + ELLIPSIS
