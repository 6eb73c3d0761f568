"""What a recorder does, for those who only show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Status:
    """What the recorder does. ``trouble`` is why the last recording stopped by itself."""

    path: Path | None = None
    samples: int = 0
    size: int = 0
    since: datetime | None = None
    until: datetime | None = None
    trouble: str | None = None

    @property
    def on(self) -> bool:
        """Whether samples are being kept."""
        return self.path is not None and self.trouble is None
