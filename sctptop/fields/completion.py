"""How an expression that is being typed may go on: names of fields, and the values they can have or rows have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from sctptop.fields.catalogue import BY_ID, UnknownFieldError, field
from sctptop.fields.default_columns import COLUMNS
from sctptop.fields.expression.error import FilterError
from sctptop.fields.expression.terms import OFF, ON
from sctptop.fields.expression.tokens import Token, TokenKind, tokens
from sctptop.fields.field import SWITCH, Field
from sctptop.model.associations.row import Row
from sctptop.quantity import show

MOST_ROWS, MOST = 2000, 20
"""Rows that are asked for their values, and ways to go on."""


def ways_on(text: str, rows: Sequence[Row] = ()) -> list[str]:
    """Words that the last one may become, the likeliest first; none where it is whole, or is no name or value.

    >>> ways_on("cwn"), ways_on("cwnd<5 and state=esta"), ways_on("nodelay=o")
    (['cwnd'], ['ESTABLISHED'], ['on', 'off'])
    """
    try:
        *found, _ = tokens(text.lstrip())
    except FilterError:
        return []
    if not found or text[-1:].isspace():
        return []
    last = found[-1]
    before = found[-2] if len(found) > 1 else None
    if last.kind is TokenKind.OPERATOR:
        return _of_values(before, "", rows) if last.text in ("=", "==", "!=", "~") else []
    if last.kind is not TokenKind.WORD:
        return []
    if before is not None and before.kind is TokenKind.OPERATOR:
        return _of_values(found[-3], last.text, rows) if len(found) > 2 else []
    spelled = last.text.lower().replace("-", "_")
    return _begun(spelled, dict.fromkeys((*COLUMNS, *BY_ID)))


def _of_values(name: Token | None, begun: str, rows: Sequence[Row]) -> list[str]:
    try:
        chosen = field(name.text) if name is not None and name.kind is TokenKind.WORD else None
    except UnknownFieldError:
        return []
    return _begun(begun, _values(chosen, rows)) if chosen is not None else []


def _values(chosen: Field, rows: Sequence[Row]) -> Iterable[str]:
    if chosen.unit == SWITCH:
        return ON[0], OFF[0]
    if chosen.values:
        return (*chosen.values, *chosen.abbreviations)
    if chosen.numeric:
        return ()
    had = (chosen.get(row) for row in islice(rows, MOST_ROWS))
    return sorted({show(value) for value in had if value is not None})


def _begun(begun: str, words: Iterable[str]) -> list[str]:
    """Those that begin so, and are more; a blank or a sign in one would end it."""
    wanted = begun.casefold()
    longer = (one for one in words if one.casefold().startswith(wanted) and len(one) > len(begun))
    return list(islice((one for one in longer if not set(one) & set(" \t\"'()&|=<>~")), MOST))
