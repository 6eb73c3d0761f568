"""The C of the probes compared with what is read of it, by the compiler that lays it out as they are loaded.

Statements of bpf/read.h at the end of the program do it: any clang knows them, and no types of our program need to be
asked for.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from sctptop.kernel.layout import CType, Member
from sctptop.kernel.program.declarations import ENUMS, STRUCTS, TABLES, CStruct

# clang quotes the text up to version 15.
_FALSE = re.compile(r'error: static.*?sctptop reads: (.*?)"?$', re.MULTILINE)
_NO_MEMBER = re.compile(r"error: no member named '(\w+)' in '(?:struct )?(\w+)'")
_NAMES = {struct.layout.record: struct.name for struct in STRUCTS}


def statements(files: Container[str]) -> str:
    """Of all that those files of bpf/ hold and we read."""
    lines = [line for struct in STRUCTS if struct.file in files for line in _of_struct(struct)]
    lines += [
        f"READS_TABLE({table.name}, {table.key_size}, {table.value_size});"
        for table in TABLES
        if table.file in files
    ]
    lines += [
        f"READS_NUMBER({enum.prefix}_{word.upper()}, {number});"
        for enum in ENUMS
        if enum.file in files
        for number, word in enumerate(enum.words, enum.first)
    ]
    return "\n".join(lines) + "\n"


def mismatch(errors: str) -> str | None:
    """What differs, from what the compiler printed; None when it stopped for another reason."""
    if found := _FALSE.search(errors):
        return found[1]
    for name, struct in _NO_MEMBER.findall(errors):
        if any(
            name == member.name
            for known in STRUCTS
            if known.name == struct
            for member in known.layout.members
        ):
            return f"no {name} in struct {struct}"
    return None


def _of_struct(struct: CStruct) -> Iterator[str]:
    members = struct.layout.members
    for member in members:
        yield f"READS_MEMBER(struct {struct.name}, {c_type(member)}, {member.name}, {member.offset});"
    yield f"READS_SIZE(struct {struct.name}, {struct.layout.size}, {members[-1].name});"


def c_type(member: Member) -> str:
    """The type of a member, as C writes it where there is no name."""
    kind = member.type.name if isinstance(member.type, CType) else f"struct {_NAMES[member.type]}"
    return kind if member.count is None else f"{kind}[{member.count}]"
