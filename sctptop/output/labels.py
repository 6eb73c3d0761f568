"""The labels that a recording was given, as far as they are some: a file may come from anybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sctptop.terminal_text import REPLACEMENT, printable

MOST = 32


def labels_of(facts: Mapping[str, Any]) -> dict[str, str]:
    """By name, printable."""
    found = facts.get("labels")
    if not isinstance(found, dict):
        return {}
    return {
        printable(str(name), REPLACEMENT): printable(str(value), REPLACEMENT)
        for name, value in list(found.items())[:MOST]
    }
