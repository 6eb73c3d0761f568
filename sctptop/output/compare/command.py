"""``sctptop compare``: sides of recordings beside each other, the first being the baseline."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from sctptop.comparison.compare import compare
from sctptop.comparison.statistics.ratio import MARGIN
from sctptop.comparison.wording.verdict import verdict
from sctptop.output.compare.given import Given
from sctptop.output.compare.reading import read_sides


@dataclass(frozen=True, slots=True)
class Wanted:
    """How it is to be told: ``form`` is "text", "markdown" or "json"; ``margin`` the smallest difference that
    matters."""

    form: str = "text"
    margin: float = MARGIN


def report_compare(sides: Sequence[Given], wanted: Wanted) -> int:
    """Print it. Returns the exit code. Raises SctptopError."""
    comparison = compare(read_sides(sides), wanted.margin)
    verdicts = [verdict(comparison, pair) for pair in comparison.pairs]
    if wanted.form == "json":
        from sctptop.output.compare.json import comparison_to_json

        print(json.dumps(comparison_to_json(comparison, verdicts), allow_nan=False))
    elif wanted.form == "markdown":
        from sctptop.output.compare.markdown import markdown_report

        sys.stdout.write(markdown_report(comparison, verdicts))
    else:
        from sctptop.output.compare.text import WIDTH, text_report

        terminal = sys.stdout.isatty()
        colours = terminal and not os.environ.get("NO_COLOR")
        width = shutil.get_terminal_size().columns if terminal else WIDTH
        sys.stdout.write(text_report(comparison, verdicts, colours, width))
    return 0
