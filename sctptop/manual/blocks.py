"""The topics are written in a little of Markdown: headings, paragraphs, lists, tables, code, ``{{made}}`` blocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Heading:
    """``level`` 1 is the title of a topic."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text to be wrapped, code between backticks."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, a text each."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Lines as they are."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableBlock:
    """Cells; ``head`` is empty where the columns speak for themselves."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block: TypeAlias = Heading | Paragraph | Bullets | Code | TableBlock

_HEADING = re.compile(r"(#+) (.+)")
_MADE = re.compile(r"\{\{(.+)\}\}")
_BETWEEN_CELLS = re.compile(r"(?<!\\)\|")


def blocks(text: str, make: Callable[[str], Sequence[Block]]) -> list[Block]:
    """The blocks of a text; ``make`` has those that a name between double braces stands for.

    >>> blocks("# Fields\\n\\nAll\\nof them.\\n", lambda name: [])
    [Heading(level=1, text='Fields'), Paragraph(text='All of them.')]
    """
    found: list[Block] = []
    for piece in _pieces(text):
        first = piece[0]
        heading, made = _HEADING.fullmatch(first), _MADE.fullmatch(first)
        if first.startswith("```"):
            found.append(Code(tuple(piece[1:-1])))
        elif heading:
            found.append(Heading(len(heading[1]), heading[2]))
        elif made:
            found += make(made[1])
        elif first.startswith("| "):
            found.append(_table(piece))
        elif first.startswith("- "):
            joined = " ".join(line.strip() if line.startswith("  ") else f"\n{line}" for line in piece)
            found.append(Bullets(tuple(item.strip().removeprefix("- ") for item in joined.split("\n")[1:])))
        else:
            found.append(Paragraph(" ".join(piece)))
    return found


def _pieces(text: str) -> list[list[str]]:
    """Lines that belong together: blank ones are between, but within code."""
    pieces: list[list[str]] = [[]]
    in_code = False
    for line in text.splitlines():
        if line.startswith("```"):
            if not in_code:
                pieces.append([])
            in_code = not in_code
        if line or in_code:
            pieces[-1].append(line)
        else:
            pieces.append([])
    return [piece for piece in pieces if piece]


def _table(lines: Sequence[str]) -> TableBlock:
    head, _, *rows = (
        [_unescaped(cell) for cell in _BETWEEN_CELLS.split(line.strip()[1:-1])] for line in lines
    )
    return TableBlock(tuple(head) if any(head) else (), tuple(map(tuple, rows)))


def _unescaped(cell: str) -> str:
    return cell.strip().replace("\\|", "|")


def markdown(table: TableBlock) -> str:
    """The table as Markdown has it.

    >>> print(markdown(TableBlock(("key", "view"), (("1", "a | b"),))))
    | key | view |
    | --- | --- |
    | 1 | a \\| b |
    """
    head = table.head or ("",) * len(table.rows[0])
    lines = [head, ("---",) * len(head), *table.rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in lines)
