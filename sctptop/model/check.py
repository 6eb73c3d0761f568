"""What was found about one thing that sctptop needs, and the result of all of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

OK, HINT, MISSING, BROKEN = "ok", "hint", "missing", "broken"
"""All well; worth knowing; sctptop runs with less; there is nothing to watch."""


@dataclass(frozen=True, slots=True)
class Check:
    """``status`` is one of the four above; ``remedy`` is a line for a shell, None when none is needed or known."""

    name: str
    status: str
    found: str
    remedy: str | None = None


def worst(checks: Iterable[Check]) -> str:
    """broken, missing, or ok: hints do no harm."""
    statuses = {check.status for check in checks}
    return next((status for status in (BROKEN, MISSING) if status in statuses), OK)
