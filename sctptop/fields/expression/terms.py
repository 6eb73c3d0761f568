"""One term of a filter, ``FIELD OP VALUE`` or a bare word, to a test of rows."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TypeAlias

from sctptop.fields.catalogue import BY_ID, UnknownFieldError, field
from sctptop.fields.expression.amounts import AmountError, amount
from sctptop.fields.expression.error import FieldNameError
from sctptop.fields.expression.tokens import Token, TokenKind, fail, quoted
from sctptop.fields.field import SWITCH, Field
from sctptop.fields.near import did_you_mean
from sctptop.model.associations.row import Row
from sctptop.quantity import Value, show

TextOf: TypeAlias = Callable[[Row], str]
Test: TypeAlias = Callable[[Row, TextOf], bool]
"""Whether a row passes; the second makes what bare words are looked for in."""

MISSING = ("null", "-", "–")
"""What equals a value that is not known."""
ON, OFF = ("on", "true", "yes", "1"), ("off", "false", "no", "0")

ENDS = {"local": "local_port", "remote": "remote_port"}
"""Fields that are an address with a port, and where the port is alone."""

_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def bare(text: str, word: Token) -> Test:
    """Looks for the word in what is searched. Raises FilterError for a field without operator and value."""
    if word.kind is TokenKind.WORD:
        name, colon, value = word.text.partition(":")
        if name.lower() in BY_ID:
            said = f"{name} is a field, and what it is compared with is missing"
            example = f"{name}={value}" if value else f"{name}=VALUE"
            fail(text, word, said, f"{example}, or '{name}{colon}{value}' in quotes as text")
    needle = word.text.casefold()
    if not needle:
        fail(text, word, "nothing is between the quotes", "a word to look for goes there")
    return lambda row, text_of: needle in text_of(row)


def compared(text: str, name: Token, sign: Token, value: Token) -> Test:
    """Compares a field with a value; raises FilterError, also where no value but another token follows the sign."""
    if name.kind is TokenKind.QUOTED:
        fail(text, name, f"a field name goes before {sign.text}, without quotes")
    try:
        chosen = field(name.text)
    except UnknownFieldError as error:
        problem, _, near = str(error).partition("; ")
        raise FieldNameError(problem, near, text, name.at, name.length) from None
    if value.kind not in (TokenKind.WORD, TokenKind.QUOTED):
        fail(text, value, f"a value goes after {sign.text}", f"as in {chosen.id}{sign.text}VALUE")
    if sign.text == "~":
        needle = value.text.casefold()
        if not needle:
            fail(text, value, "nothing is between the quotes", "a text to look for goes there")
        return lambda row, _: needle in _text(chosen.get(row)).casefold()
    if sign.text in _COMPARISONS:
        if not chosen.numeric:
            takes = f"{sign.text} compares numbers, and {chosen.id} takes = != ~"
            fail(text, sign, takes, f"{chosen.id}={value.text}, {chosen.id}!={value.text}")
        return _measured(chosen, _COMPARISONS[sign.text], _number(text, value, chosen))
    equal = _equal(text, value, chosen)
    if sign.text != "!=":
        return lambda row, _: equal(chosen.get(row))
    return lambda row, _: not equal(chosen.get(row))


def _measured(chosen: Field, holds: Callable[[float, float], bool], number: float) -> Test:
    return lambda row, _: isinstance(value := chosen.get(row), int | float) and holds(value, number)


def _equal(text: str, value: Token, chosen: Field) -> Callable[[Value], bool]:
    """Whether what a field has is the value. Raises FilterError where it never can be."""
    if value.kind is not TokenKind.QUOTED and value.text.lower() in MISSING:
        return lambda found: found is None
    if chosen.unit == SWITCH:
        wanted = _switch(text, value, chosen)
        return lambda found: found is not None and bool(found) is wanted
    if chosen.numeric:
        number = _number(text, value, chosen)
        return lambda found: isinstance(found, int | float) and found == number
    if chosen.id in ENDS:
        end = _end(text, value, chosen)
        return lambda found: show(found).casefold().partition("+")[0] == end
    folded = _known(text, value, chosen).casefold()
    return lambda found: _is_text(found, folded)


def _end(text: str, value: Token, chosen: Field) -> str:
    """An address and its port. Raises FilterError for what no end can be."""
    end = value.text.casefold().partition("+")[0]
    _, colon, port = end.rpartition(":")
    if not colon or not (port.isascii() and port.isdigit()):
        fields = ENDS[chosen.id]
        number = value.text.isascii() and value.text.isdigit()
        remedy = f"{fields}={value.text}" if number else f"{chosen.id}~{value.text}"
        fail(
            text,
            value,
            f"{chosen.id} is an address with its port, so nothing is {quoted(value.text)}",
            remedy,
        )
    return end


def _is_text(found: Value, folded: str) -> bool:
    if isinstance(found, tuple):
        return any(one.casefold() == folded for one in found)
    return found is not None and show(found).casefold() == folded


def _number(text: str, value: Token, chosen: Field) -> float:
    try:
        return amount(value.text, chosen)
    except AmountError as error:
        fail(text, value, str(error), error.remedy)


def _switch(text: str, value: Token, chosen: Field) -> bool:
    word = value.text.lower()
    if word not in (*ON, *OFF):
        fail(text, value, f"{quoted(value.text)} is neither on nor off", f"{chosen.id}=on, {chosen.id}=off")
    return word in ON


def _known(text: str, value: Token, chosen: Field) -> str:
    """The value in full, where all values of the field are known."""
    if not chosen.values:
        return value.text
    full = {one.casefold(): one for one in chosen.values}
    full |= {short.casefold(): one for one, short in chosen.abbreviations.items()}
    found = full.get(value.text.casefold())
    if found is None:
        remedy = did_you_mean(value.text, (*chosen.values, *chosen.abbreviations.values()))
        told = f"{chosen.id} is one of {', '.join(chosen.values)}"
        fail(text, value, f"{quoted(value.text)} is no value of {chosen.id}", remedy or told)
    return found


def _text(value: Value) -> str:
    return "" if value is None else show(value)
