"""``--print-config``: all settings as a file, with what each is for, what is in force, and who says so."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sctptop.settings.catalogue import SECTIONS, FileSetting, settings
from sctptop.settings.settings import Settings
from sctptop.settings.values import Plain
from sctptop.terminal_text import printable


def printed(read: Settings, given: Mapping[str, Plain]) -> str:
    """The text. ``given``: what flags of the command line say, by the name of the setting."""
    lines = [
        f"# Configuration of sctptop: {_where(read)}",
        "# A line that begins with # shows what holds as long as it is not set. Flags win over this file.",
    ]
    section = ""
    for one in settings(keys=True).values():
        if one.section != section:
            section = one.section
            lines += ["", f"# {SECTIONS[section]}", f"[{section}]"]
        lines += ["", f"# {one.help}"] if section != "keys" else []
        lines.append(_line(one, read, given))
    return "\n".join(lines) + "\n"


def _where(read: Settings) -> str:
    if read.file is None:
        return "none is read"
    return printable(str(read.file)) + ("" if read.text is not None else " (not there)")


def _line(one: FileSetting, read: Settings, given: Mapping[str, Plain]) -> str:
    key = one.name.rpartition(".")[2]
    set_here = f"line {read.line(one.name)}" if one.name in read.plain else ""
    if one.name in given:
        return f"{key} = {written(given[one.name])}  # {one.flag}" + (
            f" wins over {set_here}" if set_here else ""
        )
    if set_here:
        return f"{key} = {written(read.plain[one.name])}  # {set_here}"
    tail = f"  # {one.help}" if one.section == "keys" else ""
    return f"#{key} = {written(one.default)}{tail}"


def written(value: Plain) -> str:
    """A value in TOML.

    >>> written(True), written(["a", "b"]), written(1.0), written('say "x"')
    ('true', '["a", "b"]', '1.0', '"say \\\\"x\\\\""')
    """
    # The escapes of JSON are TOML's too, but for DEL, which JSON does not escape.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
