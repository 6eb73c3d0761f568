"""On which line of a TOML text a setting stands, which its parser does not tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sctptop.settings.toml import parsed

LONGEST = 400
"""Lines of one value: each further line has all of it parsed again."""


def line_of(text: str, name: str) -> int:
    """The line where the setting ``section.key`` begins, or its section; 1 where neither is found."""
    found = 0
    for line, names in _statements(text):
        if name in names:
            return line
        if not found and any(name.startswith(f"{one}.") for one in names):
            found = line
    return found or 1


def _statements(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each statement's line and the names in it: one that does not parse by itself goes on on the next line."""
    section, begun, statement = "", 0, ""
    for number, line in enumerate(text.split("\n"), 1):
        if not statement:
            begun = number
        statement += line + "\n"
        told = parsed(statement)
        if told is None:
            if number - begun < LONGEST:
                continue
            told = {}
        if line.lstrip().startswith("[") and begun == number:
            section = next(iter(_names(told, "")), "")
            yield begun, [section]
        else:
            yield begun, list(_names(told, section))
        statement = ""


def _names(told: Mapping[str, object], within: str) -> Iterator[str]:
    for key, value in told.items():
        name = f"{within}.{key}" if within else key
        if isinstance(value, Mapping) and value:
            yield from _names(value, name)
        else:
            yield name
