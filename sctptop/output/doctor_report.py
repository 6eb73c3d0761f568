"""``sctptop doctor``: a line for each check, the remedy below it, and a verdict."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from textwrap import wrap

from sctptop.errors import FAILED, NOTHING_TO_WATCH
from sctptop.errors import OK as FINE
from sctptop.model.check import BROKEN, MISSING, OK, Check, worst
from sctptop.output.terminal_check import this_terminal
from sctptop.terminal_text import printable

STATUS_WIDTH, NAME_WIDTH = 9, 14


def report_doctor(host: Sequence[Check], as_json: bool) -> int:
    """Print what was found on the host, and of this terminal. Returns the exit code."""
    checks = [*host, this_terminal()]
    if as_json:
        print(json.dumps({"verdict": verdict(host), "checks": [asdict(check) for check in checks]}))
    else:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        sys.stdout.write(
            "".join(f"{printable(line)}\n" for line in [*lines(checks, width), "", verdict(host)])
        )
    return exit_code(host)


def lines(checks: Iterable[Check], width: int | None = None) -> list[str]:
    """One line a check, ``ok       SCTP          module loaded``, and its remedy below what was found.

    What was found goes on below when it is longer than ``width`` columns; a remedy stays whole, to be copied.
    """
    indent = STATUS_WIDTH + NAME_WIDTH
    found = []
    for check in checks:
        text = wrap(check.found, max(width - indent, 20)) if width else [check.found]
        found.append(f"{check.status:<{STATUS_WIDTH}}{check.name:<{NAME_WIDTH}}{text[0] if text else ''}")
        found += [f"{'':<{indent}}{more}" for more in (*text[1:], *([check.remedy] if check.remedy else []))]
    return found


def verdict(host: Sequence[Check]) -> str:
    """The result of the checks of a host in one line; a terminal that is too small does not change it."""
    status = worst(host)
    named = ", ".join(check.name for check in host if check.status == status)
    if status == BROKEN:
        return f"Nothing to watch here until {named} is there; sctptop replay demo shows a recording."
    if status == MISSING:
        return f"sctptop runs here and shows less than it could; to be mended: {named}."
    return "All is there: sctptop shows everything live."


def exit_code(host: Sequence[Check]) -> int:
    """0 when everything will be live, 3 when nothing can be watched, else 1."""
    return {OK: FINE, BROKEN: NOTHING_TO_WATCH}.get(worst(host), FAILED)
