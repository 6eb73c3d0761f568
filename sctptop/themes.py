"""The names of the themes; their colours are in tui/words/colours.py, which only the dashboard loads."""

from __future__ import annotations

SIXTEEN = "terminal"
THEMES = ("dark", "light", SIXTEEN)
"""``terminal`` has the sixteen colours that the terminal itself has, and its ground."""
