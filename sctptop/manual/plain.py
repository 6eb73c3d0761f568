"""Blocks as plain text of a width."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap

from sctptop.manual.blocks import Block, Bullets, Code, Heading, Paragraph, TableBlock

LEAST, MOST = 40, 100
"""Columns of text: narrower tables say nothing, longer lines are hard to read."""
BETWEEN = 2
"""Blanks between the columns of a table, and before what stands below a heading."""


def plain(blocks: Iterable[Block], width: int) -> str:
    """The text, no line longer than ``width`` but those of code and words without a blank."""
    room = min(max(width, LEAST), MOST) - BETWEEN
    return "\n\n".join("\n".join(_lines(block, room)) for block in blocks) + "\n"


def _lines(block: Block, room: int) -> list[str]:
    match block:
        case Heading():
            return [block.text.upper() if block.level == 1 else block.text]
        case Paragraph():
            return _indented(_wrapped(block.text, room))
        case Bullets():
            return _indented(line for item in block.items for line in _bullet(item, room))
        case Code():
            return _indented(f"  {line}" if line else "" for line in block.lines)
        case TableBlock():
            return _indented(_table(block, room))


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"{'':{BETWEEN}}{line}" if line else "" for line in lines]


def _bullet(text: str, room: int) -> list[str]:
    first, *more = _wrapped(text, room - 2)
    return [f"- {first}", *(f"  {line}" for line in more)]


def _shown(text: str) -> str:
    return text.replace("**", "")


def _wrapped(text: str, room: int) -> list[str]:
    return wrap(_shown(text), room, break_long_words=False, break_on_hyphens=False) or [""]


def _table(table: TableBlock, room: int) -> list[str]:
    rows = [*([table.head] if table.head else []), *table.rows]
    widths = column_widths(rows, room)
    if sum(widths) + BETWEEN * (len(widths) - 1) > room:
        return [line for row in table.rows for line in _beneath(table.head, row, room)]
    lines = [line for row in rows for line in _row(row, widths)]
    if table.head:
        head = len(_row(table.head, widths))
        lines.insert(head, (" " * BETWEEN).join("-" * width for width in widths))
    return lines


def _beneath(head: Sequence[str], row: Sequence[str], room: int) -> list[str]:
    """A row where the columns have no room beside each other."""
    names = head or ("",) * len(row)
    lines = _wrapped(row[0], room)
    for name, cell in zip(names[1:], row[1:], strict=True):
        text = f"{name}: {cell}" if name else cell
        lines += [f"  {line}" for line in _wrapped(text, room - 2) if cell]
    return lines


def _row(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    columns = [_wrapped(cell, width) for cell, width in zip(cells, widths, strict=True)]
    height = max(map(len, columns))
    filled = [[*column, *[""] * (height - len(column))] for column in columns]
    return [
        (" " * BETWEEN).join(f"{part:<{width}}" for part, width in zip(parts, widths, strict=True)).rstrip()
        for parts in zip(*filled, strict=True)
    ]


def column_widths(rows: Sequence[Sequence[str]], room: int) -> list[int]:
    """What each column gets: all that it wants where there is room, else the widest give, down to their longest words.

    >>> column_widths([("a", "two words of text")], 80), column_widths([("fields", "word " * 20)], 40)
    ([1, 17], [6, 32])
    """
    columns = list(zip(*(map(_shown, row) for row in rows), strict=True))
    widths = [max(map(len, column)) for column in columns]
    least = [max(len(word) for cell in column for word in (cell.split() or [""])) for column in columns]
    surplus = sum(widths) + BETWEEN * (len(widths) - 1) - room
    for _ in range(surplus):
        can_give = [(width, at) for at, width in enumerate(widths) if width > least[at]]
        if not can_give:
            break
        widths[max(can_give)[1]] -= 1
    return widths
