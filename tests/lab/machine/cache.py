"""Where the lab keeps what it fetched and what it exchanges with its guests."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """The lab's own cache folder, created when missing; safe to delete at any time the lab is not running."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    # A guest is told: root's home there need not be that of the user here.
    folder = Path(os.environ.get("SCTPTOP_LAB_CACHE") or Path(base, "sctptop", "lab"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
