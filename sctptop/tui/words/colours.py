"""The colours of the themes: of text by style, and of the ground by name, as theme.tcss has them."""

from __future__ import annotations

from collections.abc import Mapping

from rich.style import Style

from sctptop.options import SIXTEEN, THEMES

TIMED = "timed"
"""A style that changes nothing: of what stands along the time axis, one character a reading."""

_INKS: Mapping[str, tuple[str, str, str]] = {
    "text": ("#cdd6e0", "#24292f", "default"),
    "dim": ("#7f8b99", "#59636e", "default"),
    "faint": ("#566270", "#818b98", "bright_black"),
    "strong": ("#f2f6fa", "#0b0e11", "default"),
    "title": ("#a3b1c2", "#3d4752", "default"),
    "name": ("#5fd7d7", "#0a6b74", "cyan"),
    "graph": ("#4fb8c4", "#0f7d88", "cyan"),
    "good": ("#7fc98f", "#1a7f37", "green"),
    "warn": ("#e8b45a", "#8a5a00", "yellow"),
    "bad": ("#f0766e", "#c21f17", "red"),
    "ink": ("#10151c", "#ffffff", "black"),
    "ground": ("#0e1319", "#fbfcfd", "default"),
    "bar": ("#17202b", "#e6ebf0", "default"),
    "edge": ("#33414f", "#b6c0ca", "bright_black"),
    "cursor": ("#213a55", "#cfe3f7", "blue"),
    "idle": ("#1b2430", "#e9edf1", "default"),
    "pointed": ("#2f5a82", "#a9cdf0", "blue"),
}
"""In each theme, in their order."""


def styles(theme: str) -> dict[str, Style]:
    """Those of text, by name."""
    ink = _inks(theme)
    bold = ("strong", "title", "name", "warn", "bad")
    found = {
        name: Style(color=ink[name], bold=True if name in bold else None)
        for name in ("dim", "faint", "strong", "title", "name", "graph", "good", "warn", "bad")
    }
    # The sixteen colours of a terminal may be any: of a ground on which all of them show none is known.
    cursor = Style(reverse=True) if theme == SIXTEEN else Style(bgcolor=ink["cursor"])
    return found | {
        "strike": Style(strike=True),
        "cursor": cursor,
        "idle": Style(underline=True) if theme == SIXTEEN else Style(bgcolor=ink["idle"]),
        "badge": Style(color=ink["ink"], bgcolor=ink["warn"], bold=True),
        "tab": Style(color=ink["ink"], bgcolor=ink["name"], bold=True),
        "under": Style(underline=True),
        "pointed": Style(reverse=True) if theme == SIXTEEN else Style(bgcolor=ink["pointed"], bold=True),
        TIMED: Style(),
    }


def variables(theme: str) -> dict[str, str]:
    """Colours for theme.tcss."""
    return {f"ink-{name}": f"ansi_{ink}" if ink[0] != "#" else ink for name, ink in _inks(theme).items()}


def _inks(theme: str) -> Mapping[str, str]:
    return {name: colours[THEMES.index(theme)] for name, colours in _INKS.items()}
