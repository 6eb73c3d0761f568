"""Blocks as a man page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sctptop.manual.blocks import Block, Bullets, Code, Heading, Paragraph, TableBlock

_BOLD = re.compile(r"`([^`]+)`|\*\*(.+?)\*\*")


def page(name: str, section: int, summary: str, source: str, blocks: Iterable[Block]) -> str:
    """A whole page in the language of man(7); ``source`` is the program with its version."""
    head = [f'.TH "{name.upper()}" "{section}" "" "{source}" "sctptop"', ".nh", ".SH NAME"]
    lines = [*head, f"{escaped(name)} \\- {escaped(summary)}"]
    for block in blocks:
        lines += _lines(block)
    return "\n".join(lines) + "\n"


def _lines(block: Block) -> list[str]:
    match block:
        case Heading():
            return [f".SH {escaped(block.text.upper())}" if block.level < 3 else f".SS {escaped(block.text)}"]
        case Paragraph():
            return [".PP", formatted(block.text)]
        case Bullets():
            return [line for item in block.items for line in (".IP \\(bu 2", formatted(item))]
        case Code():
            return [".PP", ".in +2n", ".nf", *map(escaped, block.lines), ".fi", ".in -2n"]
        case TableBlock():
            return _table(block)


def _table(table: TableBlock) -> list[str]:
    """A row an entry: what stands first, and below it the rest."""
    names = table.head or ("",) * len(table.rows[0])
    return [line for row in table.rows for line in _entry(names, row)]


def _entry(names: Sequence[str], row: Sequence[str]) -> list[str]:
    *others, last = row[1:]
    told = ", ".join(f"{name} {cell}" for name, cell in zip(names[1:], others, strict=False) if cell)
    text = f"{told}: {last}" if told else last
    return [".TP", f"\\fB{escaped(row[0].replace('`', ''))}\\fR", formatted(text) or "\\&"]


def formatted(text: str) -> str:
    """A paragraph; what is between backticks or pairs of stars is bold.

    >>> print(formatted("`-b` is **plain** text"))
    \\fB\\-b\\fR is \\fBplain\\fR text
    """
    pieces, at = [], 0
    for found in _BOLD.finditer(text):
        pieces += [escaped(text[at : found.start()]), f"\\fB{escaped(found[1] or found[2])}\\fR"]
        at = found.end()
    return _begun("".join([*pieces, escaped(text[at:])]))


def escaped(text: str) -> str:
    """The text with nothing in it that roff would act on."""
    return _begun(text.replace("\\", "\\e").replace("-", "\\-"))


def _begun(line: str) -> str:
    return f"\\&{line}" if line.startswith((".", "'")) else line
