"""The file of settings, where there is one. What it is understood with is loaded only then."""

from __future__ import annotations

from pathlib import Path

from sctptop.settings.files import NONE, text_of, usual_file
from sctptop.settings.settings import Settings


def read_settings(asked: str | None) -> Settings:
    """Of the file asked for, else of the usual one, which may be missing. Raises SettingsError."""
    if asked == NONE:
        return Settings()
    file = Path(asked).expanduser() if asked is not None else usual_file()
    text = text_of(file, asked is not None)
    if text is None:
        return Settings(file)
    from sctptop.settings.understanding import understood

    return understood(file, text)
