"""An expression to one test of rows: ``or`` binds least, then ``and`` or nothing between terms, then ``not``.

either: both ("or" both)*
both:   turned (["and"] turned)*
turned: "not"* ("(" either ")" | FIELD OP VALUE | WORD)
"""

from __future__ import annotations

from collections.abc import Sequence

from sctptop.fields.expression.terms import Test, bare, compared
from sctptop.fields.expression.tokens import Token, TokenKind, fail, tokens

DEEPEST = 32
"""Brackets within brackets: each is a call within a call."""

_TERMS = (TokenKind.WORD, TokenKind.QUOTED, TokenKind.OPERATOR, TokenKind.NOT, TokenKind.OPEN)
"""What a term begins with, or what stands where one should."""


def tested(text: str) -> Test:
    """The test of an expression that is not empty. Raises FilterError, and nothing else."""
    return _Reading(text).whole()


def all_of(tests: Sequence[Test]) -> Test:
    """Holds where every one does."""
    if len(tests) == 1:
        return tests[0]
    return lambda row, text_of: all(one(row, text_of) for one in tests)


def any_of(tests: Sequence[Test]) -> Test:
    """Holds where one does."""
    if len(tests) == 1:
        return tests[0]
    return lambda row, text_of: any(one(row, text_of) for one in tests)


def negated(test: Test) -> Test:
    """Holds where the other does not."""
    return lambda row, text_of: not test(row, text_of)


class _Reading:
    """The tokens of a text, and how far they are read."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._place = 0

    def whole(self) -> Test:
        test = self._either(0)
        if self._next.kind is not TokenKind.END:
            fail(self._text, self._next, "nothing opens this )", "( goes before, or ')' in quotes as text")
        return test

    @property
    def _next(self) -> Token:
        return self._tokens[self._place]

    def _take(self) -> Token:
        token = self._next
        self._place += token.kind is not TokenKind.END
        return token

    def _either(self, depth: int) -> Test:
        tests = [self._both(depth)]
        while self._next.kind is TokenKind.OR:
            self._take()
            tests.append(self._both(depth))
        return any_of(tests)

    def _both(self, depth: int) -> Test:
        tests = [self._turned(depth)]
        while self._next.kind in (TokenKind.AND, *_TERMS):
            if self._next.kind is TokenKind.AND:
                self._take()
            tests.append(self._turned(depth))
        return all_of(tests)

    def _turned(self, depth: int) -> Test:
        turned = False
        while self._next.kind is TokenKind.NOT:
            self._take()
            turned = not turned
        test = self._single(depth)
        return negated(test) if turned else test

    def _single(self, depth: int) -> Test:
        token = self._take()
        if token.kind is TokenKind.OPEN:
            return self._bracketed(token, depth)
        if token.kind is TokenKind.OPERATOR:
            fail(self._text, token, f"a field name goes before the operator {token.text}", "as in cwnd<10k")
        if token.kind not in (TokenKind.WORD, TokenKind.QUOTED):
            self._missing(token)
        if self._next.kind is not TokenKind.OPERATOR:
            return bare(self._text, token)
        sign = self._take()
        return compared(self._text, token, sign, self._take())

    def _bracketed(self, opening: Token, depth: int) -> Test:
        if depth == DEEPEST:
            fail(self._text, opening, f"brackets are deeper than {DEEPEST}", "fewer say the same")
        test = self._either(depth + 1)
        if self._next.kind is not TokenKind.CLOSE:
            fail(self._text, opening, "this ( is not closed", "a ) goes behind the terms")
        self._take()
        return test

    def _missing(self, token: Token) -> None:
        """Where a term should stand is something else, or the end."""
        taken = self._place - (token.kind is not TokenKind.END)
        before = self._tokens[taken - 1] if taken else None
        sides = [f"after {before.text}"] if before else []
        if token.kind is not TokenKind.END:
            sides.append(f"before {token.text}")
        fail(self._text, token, f"a term is missing {' and '.join(sides)}", "as in cwnd<10k or 38412")
