"""TOML as Python reads it, with one error for all that it finds wrong."""

from __future__ import annotations

import re
import sys
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


class TomlError(ValueError):
    """What is wrong, and on which line; 0 where that is not known."""

    def __init__(self, problem: str, line: int) -> None:
        super().__init__(problem)
        self.line = line


def read_toml(text: str) -> dict[str, Any]:
    """The document. Raises TomlError."""
    try:
        document: dict[str, Any] = tomllib.loads(text)
        return document
    except RecursionError:
        raise TomlError("brackets are too deep", 0) from None
    except ValueError as error:
        # tomllib has the place in its text alone; a number of thousands of digits has none.
        found = re.fullmatch(
            r"(.*?) \(at (?:line (\d+), column (\d+)|(end of document))\)", str(error), re.DOTALL
        )
        if found is None:
            raise TomlError(str(error).partition(";")[0], 0) from None
        problem = found[1][:1].lower() + found[1][1:]
        if found[4]:
            raise TomlError(f"{problem} at the end", text.rstrip("\n").count("\n") + 1) from None
        raise TomlError(f"{problem}, at column {found[3]}", int(found[2])) from None


def parsed(text: str) -> dict[str, Any] | None:
    """The document; None for what is none."""
    try:
        return read_toml(text)
    except TomlError:
        return None
