"""The C of bpf/ read as text: just enough of the language for what its structs and tables are declared with."""

from __future__ import annotations

import re
from pathlib import Path

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_STRUCT = re.compile(r"^struct (\w+) \{(.*?)^\};", re.DOTALL | re.MULTILINE)
_MEMBERS = re.compile(r"((?:struct )?\w+)\s+(.+)", re.DOTALL)
_TABLE = re.compile(r'^BPF_TABLE\("\w+", (.+), (.+), (\w+), \w+\);', re.MULTILINE)
_ARRAY = re.compile(r"^BPF_ARRAY\((\w+), (.+), \w+\);", re.MULTILINE)
_DEFINE = re.compile(r"^#define (\w+) (\d+)$", re.MULTILINE)
_ENUM = re.compile(r"^enum \{(.*?)\};", re.DOTALL | re.MULTILINE)


class CText:
    """What one file declares; it may use the numbers of those beside it."""

    def __init__(self, file: Path) -> None:
        text = _COMMENT.sub("", file.read_text())
        beside = (one.read_text() for one in file.parent.glob("*.[ch]"))
        self.numbers = {name: int(value) for one in beside for name, value in _DEFINE.findall(one)}
        for members in _ENUM.findall(text):
            self._count(members)
        self.structs = {name: self._members(body) for name, body in _STRUCT.findall(text)}
        self.tables = {name: (key, value) for key, value, name in _TABLE.findall(text)}
        self.tables |= {name: ("int", value) for name, value in _ARRAY.findall(text)}

    def _count(self, members: str) -> None:
        number = 0
        for member in filter(None, (part.strip() for part in members.split(","))):
            name, _, value = member.partition(" = ")
            number = int(value, 0) if value else number
            self.numbers[name] = number
            number += 1

    def _members(self, body: str) -> list[tuple[str, str]]:
        """(type, name) of each, an array's type with the count in brackets."""
        found = []
        for declaration in filter(None, (part.strip() for part in body.split(";"))):
            match = _MEMBERS.fullmatch(declaration)
            assert match, f"not understood: {declaration}"
            for name in re.split(r",\s*", match[2]):
                bare, _, count = name.rstrip("]").partition("[")
                found.append((f"{match[1]}[{self.numbers.get(count, count)}]" if count else match[1], bare))
        return found
