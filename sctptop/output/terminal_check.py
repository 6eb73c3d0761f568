"""Whether the dashboard has the terminal it was made for."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TextIO

from sctptop.errors import USAGE, SctptopError
from sctptop.model.check import HINT, MISSING, OK, Check
from sctptop.terminal_text import printable

COLUMNS, LINES = 80, 24
CANNOT_DRAW = ("", "dumb", "unknown", "emacs", "network", "dialup")
"""Values of TERM that promise no cursor to be moved."""
KIND = "xterm-256color"

FEW = "16 colours"


def need_terminal(instead: str) -> None:
    """Raises SctptopError where the dashboard cannot be; ``instead`` is the command that gives text."""
    for name, stream in (("input", sys.stdin), ("output", sys.stdout)):
        if stream is None or not stream.isatty():
            raise SctptopError(
                f"the dashboard needs a terminal: standard {name} is none (try: {instead})", USAGE
            )
    kind = os.environ.get("TERM", "")
    if kind in CANNOT_DRAW:
        raise SctptopError(
            f"the dashboard needs another terminal: TERM={kind or '(not set)'} cannot draw "
            f"(try: export TERM={KIND} if it can, or {instead})",
            USAGE,
        )


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
    if kind in CANNOT_DRAW:
        return Check(
            "terminal",
            MISSING,
            f"{what}, TERM={kind or '(not set)'}: it cannot draw",
            f"export TERM={KIND}, if it can; -b, --json and --csv need no more",
        )
    what = f"{what}, TERM={printable(kind)}"
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


def few_colours(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal has no more than its own sixteen."""
    return _colours(environment.get("TERM", ""), environment) == FEW


def _colours(kind: str, environment: Mapping[str, str]) -> str:
    if environment.get("NO_COLOR"):
        return "no colours (NO_COLOR is set)"
    if environment.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "all colours"
    # As Rich takes it.
    return "256 colours" if kind.rpartition("-")[2] in ("256color", "kitty") else FEW


def columns_of(stream: TextIO) -> int | None:
    """How wide the terminal is that a stream goes to; None where it goes elsewhere."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or None
    except (OSError, ValueError, AttributeError):
        return None


def _size() -> tuple[int, int] | None:
    for stream in (sys.stdout, sys.stderr, sys.stdin):
        try:
            columns, lines = os.get_terminal_size(stream.fileno())
        except (OSError, ValueError, AttributeError):
            continue
        if columns and lines:
            return columns, lines
    return None
