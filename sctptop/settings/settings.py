"""Settings as they are found in a file, or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sctptop.model.thresholds import USUAL, Thresholds

if TYPE_CHECKING:
    from sctptop.fields.ordering import Order


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
        from sctptop.settings.lines import line_of

        return line_of(self.text or "", name)

    @property
    def order(self) -> Order | None:
        """That of the table, if set."""
        found: Order | None = self.values.get("sort")
        return found

    @property
    def limits(self) -> Thresholds:
        """From where on advice speaks up."""
        if not self.values:
            return USUAL
        from sctptop.settings.catalogue import LIMITS

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
