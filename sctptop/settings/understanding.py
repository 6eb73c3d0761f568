"""The text of the file, understood: what it sets, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sctptop.fields.near import did_you_mean
from sctptop.settings.catalogue import SECTIONS, settings
from sctptop.settings.errors import PRINT, SettingsError
from sctptop.settings.lines import line_of
from sctptop.settings.settings import Settings
from sctptop.settings.toml import TomlError, read_toml
from sctptop.settings.values import cited


def understood(file: Path, text: str) -> Settings:
    """What a text sets. Raises SettingsError."""
    try:
        told = read_toml(text)
    except TomlError as error:
        raise SettingsError(file, error.line, str(error)) from None
    known = settings(keys="keys" in told)
    plain: dict[str, Any] = {}
    for key, value in told.items():
        if isinstance(value, dict) and key in SECTIONS:
            plain |= {f"{key}.{name}": one for name, one in value.items()}
        else:
            plain[key] = value
    values: dict[str, Any] = {}
    for name, value in plain.items():
        one = known.get(name)
        if one is None:
            raise SettingsError(file, line_of(text, name), *_unknown(name, value, known))
        try:
            values[name] = one.read(value)
        except ValueError as error:
            raise SettingsError(file, line_of(text, name), f"{name}: {error}") from None
    found = Settings(file, text, plain, values)
    if found.keys:
        from sctptop.tui.keymap import clash

        clashing = clash(found.keys)
        if clashing is not None:
            name, why = clashing
            raise SettingsError(file, line_of(text, f"keys.{name}"), f"keys.{name}: {why}")
    return found


def _unknown(name: str, value: object, known: Mapping[str, object]) -> tuple[str, str]:
    section, _, key = name.rpartition(".")
    if name in SECTIONS:
        return f"{name}: {cited(value)} is no table; [{name}] begins one", PRINT
    elsewhere = [one for one in known if one.rpartition(".")[2] == key]
    if elsewhere:
        home = elsewhere[0].rpartition(".")[0]
        where = f"it goes below [{home}]" if home else "it goes above all [tables]"
        return f"unknown setting {name}; {where}", PRINT
    among = [one for one in known if one.rpartition(".")[0] == section]
    if not section:
        among += SECTIONS
    near = did_you_mean(key, [one.rpartition(".")[2] for one in among])
    what = "table" if isinstance(value, dict) else "setting"
    return f"unknown {what} {name}{'; ' if near else ''}{near}", PRINT
