"""The file, understood: what it sets, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sctptop.fields.near import did_you_mean
from sctptop.fields.ordering import Order
from sctptop.model.thresholds import USUAL, Thresholds
from sctptop.settings.catalogue import LIMITS, SECTIONS, settings
from sctptop.settings.errors import PRINT, SettingsError
from sctptop.settings.files import NONE, text_of, usual_file
from sctptop.settings.lines import line_of
from sctptop.settings.toml import TomlError, read_toml
from sctptop.settings.values import cited


@dataclass(frozen=True, slots=True)
class Settings:
    """``file`` is where they are or would be, None where none is to be read. By name: ``values`` what the file sets,
    understood, and ``plain`` as it stands there; ``text`` is all of it, None where there is no file."""

    file: Path | None = None
    text: str | None = None
    plain: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)

    def line(self, name: str) -> int:
        """Where it is set."""
        return line_of(self.text or "", name)

    @property
    def order(self) -> Order | None:
        """That of the table, if set."""
        found: Order | None = self.values.get("sort")
        return found

    @property
    def limits(self) -> Thresholds:
        """From where on advice speaks up."""
        told = {one.limit: self.values[one.name] for one in LIMITS if one.name in self.values}
        return Thresholds(**told) if told else USUAL

    @property
    def keys(self) -> Mapping[str, str]:
        """Keys by what they do."""
        return {
            name.removeprefix("keys."): value
            for name, value in self.values.items()
            if name.startswith("keys.")
        }


def read_settings(asked: str | None) -> Settings:
    """Of the file asked for, else of the usual one, which may be missing. Raises SettingsError."""
    if asked == NONE:
        return Settings()
    file = Path(asked).expanduser() if asked is not None else usual_file()
    text = text_of(file, asked is not None)
    return understood(file, text) if text is not None else Settings(file)


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
