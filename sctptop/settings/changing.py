"""Settings written back: what stands in the file otherwise stays, comments and order too."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sctptop.errors import USAGE, SctptopError
from sctptop.settings.errors import SettingsError
from sctptop.settings.files import text_of

if TYPE_CHECKING:
    from sctptop.settings.values import Plain

HEAD = "# Configuration of sctptop; sctptop --print-config shows all that can be set.\n"
_ELSEWHERE = "--config FILE names another one"


def changed(text: str, changes: Mapping[str, Plain]) -> str:
    """The text with these settings, by name.

    >>> changed('sort = "cwnd"  # as the screen says\\n', {"sort": "state:asc"})
    'sort = "state:asc"  # as the screen says\\n'
    """
    import tomlkit

    document = tomlkit.parse(text or HEAD)
    for name, value in changes.items():
        section, _, key = name.rpartition(".")
        place = document.setdefault(section, tomlkit.table()) if section else document
        place[key] = value
    return tomlkit.dumps(document)


def keep(file: Path, changes: Mapping[str, Plain]) -> None:
    """Write the settings to the file, which may be missing. Raises SettingsError; then the file is as before."""
    from sctptop.settings.understanding import understood

    text = text_of(file, False) or ""
    # What is wrong in it by now is not made worse.
    understood(file, text)
    after = changed(text, changes)
    understood(file, after)
    try:
        # A link, as of dotfiles kept elsewhere, stays one.
        _write(file.resolve(), after)
    except OSError as error:
        if not file.parent.is_dir():
            # A replay may make none, and what it may write was settled as it began. Short: a notice has one line.
            raise SctptopError(f"mkdir -p {file.parent} first, and start again", USAGE) from None
        why = error.strerror or str(error)
        raise SettingsError(file, 0, f"cannot be written: {why}", _ELSEWHERE) from None


def keeper(file: Path | None) -> Callable[[Mapping[str, Plain]], str] | None:
    """What keeps settings in the file and says where; None without a file."""
    if file is None:
        return None

    def kept(changes: Mapping[str, Plain]) -> str:
        keep(file, changes)
        return str(file)

    return kept


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, made = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        with suppress(FileNotFoundError):
            Path(made).chmod(file.stat().st_mode & 0o777)
        Path(made).replace(file)
    except BaseException:
        Path(made).unlink(missing_ok=True)
        raise
