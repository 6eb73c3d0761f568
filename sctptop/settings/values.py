"""What a value of the file may be: each makes of it what it means, or says in one clause what is wrong."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

from sctptop.fields.near import did_you_mean
from sctptop.terminal_text import clip

Plain: TypeAlias = "str | bool | int | float | list[str]"
"""As it stands in TOML."""
Read: TypeAlias = Callable[[object], object]
"""Raises ValueError."""


def switch(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        remedy = "without quotes" if value in ("true", "false") else "true or false goes here"
        raise ValueError(f"{cited(value)} is neither true nor false; {remedy}")
    return value


def amount(least: float, most: float, unit: str) -> Read:
    """A number within these bounds."""

    def read(value: object) -> float:
        number = value if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
        if not least <= number <= most:
            quotes = ", without quotes" if isinstance(value, str) else ""
            raise ValueError(f"{cited(value)} is not a number of {least:g} to {most:g}{unit}{quotes}")
        return float(number)

    return read


def whole(least: int, most: int) -> Read:
    """A whole number within these bounds."""

    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"{cited(value)} is not a whole number of {least} to {most}")
        return value

    return read


def one_of(names: Sequence[str]) -> Read:
    """One of these names, any case."""

    def read(value: object) -> str:
        word = text(value)
        if word.lower() in names:
            return word.lower()
        listed = ", ".join(name or "''" for name in names)
        told = did_you_mean(word, names) or f"it is one of {listed}"
        raise ValueError(f"{cited(value)} is none; {told}")

    return read


def several(names: Callable[[], Sequence[str]]) -> Read:
    """A list of some of these names."""

    def read(value: object) -> frozenset[str]:
        among = names()
        for word in texts(value):
            if word not in among:
                near = did_you_mean(word, among) or "sctptop help advice lists them"
                raise ValueError(f"{cited(word)} is none; {near}")
        return frozenset(texts(value))

    return read


def text(value: object) -> str:
    """A text."""
    if not isinstance(value, str):
        raise ValueError(f'{cited(value)} is no text; "in quotes" it would be')
    return value


def texts(value: object) -> list[str]:
    """A list of texts."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError(f'{cited(value)} is no list of texts; it looks like ["one", "two"]')
    return value


def cited(value: object) -> str:
    """As it is written in the file, on one line and not long."""
    told = {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value)
    return clip("a table" if isinstance(value, dict) else told, 40)
