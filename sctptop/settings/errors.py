"""What is said of settings that cannot be read, understood or kept."""

from __future__ import annotations

from pathlib import Path

from sctptop.errors import USAGE, SctptopError

PRINT = "sctptop --print-config shows all settings"


class SettingsError(SctptopError):
    """Trouble with the file: ``FILE:LINE: WHY (try: FIX)``; ``line`` 0 where it is the file's as a whole."""

    def __init__(self, file: Path, line: int, why: str, remedy: str = PRINT) -> None:
        place = f"{file}:{line}" if line else str(file)
        super().__init__(f"{place}: {why} (try: {remedy})", USAGE)
