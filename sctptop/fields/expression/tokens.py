"""The words of a filter, and where each stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import NoReturn

from sctptop.fields.expression.error import FilterError
from sctptop.terminal_text import clip


class TokenKind(Enum):
    """What a token is."""

    WORD = auto()
    QUOTED = auto()
    OPERATOR = auto()
    AND = auto()
    OR = auto()
    NOT = auto()
    OPEN = auto()
    CLOSE = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A word of an expression; ``text`` is without quotes, ``at`` and ``length`` are with them."""

    kind: TokenKind
    text: str
    at: int
    length: int


KEYWORDS = {"and": TokenKind.AND, "or": TokenKind.OR, "not": TokenKind.NOT}
_SIGNS = {"&&": TokenKind.AND, "||": TokenKind.OR, "(": TokenKind.OPEN, ")": TokenKind.CLOSE}
_OPERATORS = ("!=", "<=", ">=", "==", "=", "<", ">", "~")
_MISTAKEN = {
    "===": "= is equal",
    "!==": "!= is not equal",
    "<>": "!= is not equal",
    "=<": "did you mean <=?",
    "=>": "did you mean >=?",
    "=~": "~ alone is contains",
    "~=": "~ alone is contains",
    "!~": "not FIELD~TEXT is contains not",
}


def fail(text: str, token: Token, problem: str, remedy: str = "") -> NoReturn:
    """Raise FilterError about that word."""
    raise FilterError(problem, remedy, text, token.at, token.length)


def quoted(text: str) -> str:
    """As it is cited, on one line and not long."""
    return repr(clip(text, 40))


def tokens(text: str) -> list[Token]:
    """All of the text, END last. Raises FilterError."""
    found: list[Token] = []
    at = 0
    while True:
        while text[at : at + 1].isspace():
            at += 1
        if at == len(text):
            return [*found, Token(TokenKind.END, "", at, 1)]
        value = bool(found) and found[-1].kind is TokenKind.OPERATOR
        found.append(_token(text, at, value))
        at += found[-1].length


def _token(text: str, at: int, value: bool) -> Token:
    """The one that begins there; a ``value`` may be of characters that are signs elsewhere."""
    if text[at] in "\"'":
        return _in_quotes(text, at)
    for sign, remedy in _MISTAKEN.items():
        if text.startswith(sign, at):
            raise FilterError(f"{sign} is no operator", remedy, text, at, len(sign))
    for operator in _OPERATORS:
        if text.startswith(operator, at):
            return Token(TokenKind.OPERATOR, operator, at, len(operator))
    for sign, kind in _SIGNS.items():
        if text.startswith(sign, at) and not (value and sign == "("):
            return Token(kind, sign, at, len(sign))
    if text[at] == "!" and not value:
        return Token(TokenKind.NOT, "!", at, 1)
    return _word(text, at, value)


def _in_quotes(text: str, at: int) -> Token:
    end = text.find(text[at], at + 1)
    if end < 0:
        raise FilterError(
            f"the quote {text[at]} is not closed",
            f"another {text[at]} ends the text",
            text,
            at,
            len(text) - at,
        )
    return Token(TokenKind.QUOTED, text[at + 1 : end], at, end + 1 - at)


def _word(text: str, at: int, value: bool) -> Token:
    end = at
    opened: list[int] = []
    while end < len(text) and not _ends_word(text, at, end):
        one = text[end]
        if one == ")" and not opened:
            break
        if one == "(":
            opened.append(end)
        elif one == ")":
            opened.pop()
        if one in "&|":
            raise FilterError(
                f"one {one} means nothing",
                f"{one * 2} goes between terms, {one} as text in quotes",
                text,
                end,
            )
        end += 1
    word = Token(KEYWORDS.get(text[at:end].lower(), TokenKind.WORD), text[at:end], at, end - at)
    if value and word.kind is not TokenKind.WORD:
        fail(text, word, "a value is missing", f"'{word.text}' as text in quotes")
    if opened:
        problem = f"the ( in {quoted(word.text)} is not closed"
        raise FilterError(problem, "brackets go round terms, and as text in quotes", text, opened[-1])
    return word


def _ends_word(text: str, at: int, end: int) -> bool:
    """Whether a sign stands there, or a blank: brackets within a word are of it, as in ``nr(1)``."""
    one = text[end]
    return (
        one.isspace()
        or one in "=<>~"
        or (one == "!" and text[end + 1 : end + 2] in ("=", "~") and end > at)
        or text.startswith(("&&", "||"), end)
        or (one == "(" and text[at:end].lower() in KEYWORDS)
    )
