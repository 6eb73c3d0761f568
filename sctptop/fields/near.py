"""The names near to one that does not exist."""

from __future__ import annotations

from collections.abc import Iterable

CLOSE_ENOUGH = 0.5
"""Of difflib's ratio, which is 1 for the same."""
MOST = 3


def near(name: str, among: Iterable[str]) -> tuple[str, ...]:
    """At most three, the nearest first, told apart without upper and lower case.

    >>> near("cwdn", ["cwnd", "rwnd", "state"]), near("estb", ["ESTAB", "CLOSED"])
    (('cwnd', 'rwnd'), ('ESTAB',))
    """
    from difflib import get_close_matches

    spelled = {one.casefold(): one for one in among}
    return tuple(
        spelled[one] for one in get_close_matches(name.casefold(), spelled, n=MOST, cutoff=CLOSE_ENOUGH)
    )


def did_you_mean(name: str, among: Iterable[str]) -> str:
    """The question that names them; empty where none is near.

    >>> did_you_mean("cwdn", ["cwnd", "rwnd", "state"]), did_you_mean("x", ["cwnd"])
    ('did you mean cwnd or rwnd?', '')
    """
    found = near(name, among)
    return f"did you mean {' or '.join(found)}?" if found else ""
