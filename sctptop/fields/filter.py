"""Which rows are shown: ``--filter EXPR`` and the line that ``/`` opens.

Terms side by side must all hold; ``or`` separates alternatives; ``not`` turns a term round. A term is
``FIELD OP VALUE`` (``=`` ``!=`` ``<`` ``<=`` ``>`` ``>=`` ``~`` contains), or a bare word that is looked
for in the ends, the addresses, the state, the processes and their containers. Values take k, M, G (1000s);
durations ms, s.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

from sctptop.fields.catalogue import UnknownFieldError, field
from sctptop.fields.field import Field
from sctptop.fields.search import search_text
from sctptop.model.associations.row import Row
from sctptop.quantity import Value, show

TextOf = Callable[[Row], str]
Test = Callable[[Row, TextOf], bool]
"""Whether a row passes; the second makes what bare words are looked for in."""

_TERM = re.compile(r"^(?P<name>[A-Za-z0-9_-]+)(?P<op>!=|<=|>=|==|=|<|>|~)(?P<value>.*)$", re.DOTALL)
_NUMBER = re.compile(r"^(-?[0-9]+(?:\.[0-9]+)?)(k|M|G|us|µs|ms|s)?$")
_SCALES = {None: 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "us": 1e-3, "µs": 1e-3, "ms": 1.0, "s": 1e3}
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class FilterError(ValueError):
    """An expression that cannot be understood; the text says which term and what was expected."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed expression: alternatives of terms that must all hold."""

    text: str
    alternatives: tuple[tuple[Test, ...], ...] = ()

    def accepts(self, row: Row, text_of: TextOf | None = None) -> bool:
        """Whether the row is shown. An empty filter shows all. ``text_of``: SearchTexts, where it is asked again."""
        if not self.alternatives:
            return True
        text_of = text_of or search_text
        for tests in self.alternatives:
            for test in tests:
                if not test(row, text_of):
                    break
            else:
                return True
        return False


EVERYTHING = Filter("")


def parse_filter(text: str) -> Filter:
    """Read an expression. Raises FilterError with one clear line."""
    spaced = re.sub(r"\s*(!=|<=|>=|==|=|<|>|~)\s*", r"\1", text.strip())
    if not spaced:
        return EVERYTHING
    alternatives: list[tuple[Test, ...]] = []
    tests: list[Test] = []
    negate = False
    for word in [*spaced.split(), "or"]:
        if word == "not":
            negate = not negate
        elif word == "or":
            if not tests or negate:
                raise FilterError(f"{text.strip()!r}: a term is missing beside 'or' or after 'not'")
            alternatives.append(tuple(tests))
            tests = []
        elif word != "and":
            test = _term(word)
            tests.append(_negated(test) if negate else test)
            negate = False
    return Filter(text.strip(), tuple(alternatives))


def _term(word: str) -> Test:
    match = _TERM.match(word)
    if match is None:
        if re.search(r"[=<>~]", word):
            raise FilterError(f"{word!r}: a field name goes before the operator, as in cwnd<10k")
        needle = word.casefold()
        return lambda row, text_of: needle in text_of(row)
    try:
        chosen = field(match["name"])
    except UnknownFieldError as error:
        raise FilterError(str(error)) from None
    if not match["value"]:
        raise FilterError(f"{word!r}: a value goes after {match['op']}")
    return _comparison(chosen, match["op"], match["value"])


def _comparison(chosen: Field, op: str, text: str) -> Test:
    if op == "~":
        return lambda row, _: text.casefold() in _text(chosen.get(row)).casefold()
    number = _number(text)
    if op in ("=", "==", "!="):
        return lambda row, _: _equal(chosen.get(row), text, number) == (op != "!=")
    if not chosen.numeric:
        raise FilterError(f"{chosen.id}{op}{text}: {op} compares numbers, and {chosen.id} takes = != ~")
    if number is None:
        raise FilterError(f"{chosen.id}{op}{text}: {text!r} is no number (8, 1.5k, 200ms)")
    holds = _COMPARISONS[op]
    return lambda row, _: isinstance(value := chosen.get(row), int | float) and holds(value, number)


def _equal(value: Value, text: str, number: float | None) -> bool:
    if value is None:
        return text in ("null", "-", "–")
    if isinstance(value, bool):
        return text.lower() in (("on", "true", "yes", "1") if value else ("off", "false", "no", "0"))
    if isinstance(value, (int, float)):
        return number is not None and value == number
    if isinstance(value, tuple):
        return text in value
    return value.casefold() == text.casefold()


def _text(value: Value) -> str:
    return "" if value is None else show(value)


def _number(text: str) -> float | None:
    if text.lower().startswith("0x"):
        try:
            return float(int(text, 16))
        except ValueError:
            return None
    match = _NUMBER.match(text)
    return float(match[1]) * _SCALES[match[2]] if match else None


def _negated(test: Test) -> Test:
    return lambda row, text_of: not test(row, text_of)
