"""The names near to one that does not exist."""

from __future__ import annotations

from collections.abc import Iterable

CLOSE_ENOUGH = 0.5
"""Of difflib's ratio, which is 1 for the same."""
MOST = 3


def near(name: str, among: Iterable[str]) -> tuple[str, ...]:
    """At most three, those that begin with it and then the nearest, told apart without upper and lower case.

    >>> near("cwdn", ["cwnd", "rwnd", "state"]), near("rtx", ["route", "rtx_chunks"]), near("estb", ["ESTAB"])
    (('cwnd', 'rwnd'), ('rtx_chunks', 'route'), ('ESTAB',))
    """
    from difflib import get_close_matches

    spelled = {one.casefold(): one for one in among}
    wanted = name.casefold()
    begin = [one for one in spelled if len(wanted) > 1 and one.startswith(wanted)]
    found = dict.fromkeys((*begin, *get_close_matches(wanted, spelled, n=MOST, cutoff=CLOSE_ENOUGH)))
    return tuple(spelled[one] for one in list(found)[:MOST])


def did_you_mean(name: str, among: Iterable[str]) -> str:
    """The question that names them; empty where none is near.

    >>> did_you_mean("cwdn", ["cwnd", "rwnd", "state"]), did_you_mean("x", ["cwnd"])
    ('did you mean cwnd or rwnd?', '')
    """
    found = near(name, among)
    return f"did you mean {' or '.join(found)}?" if found else ""
