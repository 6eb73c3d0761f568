"""Whether the dashboard has the terminal it was made for."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from sctptop.model.check import HINT, MISSING, OK, Check

COLUMNS, LINES = 80, 24


def this_terminal() -> Check:
    """The check of the terminal we are called from; output may go elsewhere."""
    return terminal(_size(), sys.stdout.encoding if sys.stdout is not None else "", os.environ)


def terminal(size: tuple[int, int] | None, encoding: str, environment: Mapping[str, str]) -> Check:
    """``size`` is (columns, lines), None without a terminal; ``encoding`` is that of what we print."""
    if size is None:
        return Check("terminal", HINT, "none here; the dashboard needs one, -b, --json and --csv do not")
    columns, lines = size
    what = f"{columns}x{lines}"
    kind = environment.get("TERM", "")
    if kind in ("", "dumb", "unknown"):
        return Check(
            "terminal",
            MISSING,
            f"{what}, TERM={kind or '(not set)'}: it cannot draw",
            "export TERM=xterm-256color",
        )
    if encoding.lower().replace("-", "").replace("_", "") != "utf8":
        return Check(
            "terminal",
            MISSING,
            f"{what}, {encoding or 'no encoding'}: graphs need UTF-8",
            "export LC_ALL=C.UTF-8",
        )
    found = f"{what}, UTF-8, {_colours(kind, environment)}"
    if columns < COLUMNS or lines < LINES:
        return Check(
            "terminal",
            MISSING,
            f"{found}: it wants {COLUMNS}x{LINES}",
            "make the window larger, or the font smaller",
        )
    return Check("terminal", OK, found)


def _colours(kind: str, environment: Mapping[str, str]) -> str:
    if environment.get("NO_COLOR"):
        return "no colours (NO_COLOR is set)"
    if environment.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "all colours"
    return "256 colours" if "256color" in kind else "16 colours"


def _size() -> tuple[int, int] | None:
    for stream in (sys.stdout, sys.stderr, sys.stdin):
        try:
            columns, lines = os.get_terminal_size(stream.fileno())
        except (OSError, ValueError, AttributeError):
            continue
        if columns and lines:
            return columns, lines
    return None
