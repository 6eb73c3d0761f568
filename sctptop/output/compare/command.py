"""``sctptop compare``: sides of recordings beside each other, the first being the baseline."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from sctptop.comparison.compare import compare
from sctptop.comparison.gate import NO_WORSE, UNSURE, WORSE, gate, worst
from sctptop.comparison.remarks import runs_apart
from sctptop.comparison.result import Comparison
from sctptop.comparison.statistics.ratio import MARGIN
from sctptop.comparison.wording.verdict import Verdict, verdict
from sctptop.output.compare.given import Given
from sctptop.output.compare.reading import Excerpt, read_sides
from sctptop.standard_streams import complain

CODES = {NO_WORSE: 0, WORSE: 1, UNSURE: 4}
"""Exit codes of ``--verdict``."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How it is to be told, and of what.

    ``form``: "text", "plot", "verdict", "markdown", "json" or "csv". ``margin``: the smallest difference that matters;
    ``limit``: by how much slower is worse, None for the margin.
    """

    form: str = "text"
    margin: float = MARGIN
    limit: float | None = None
    part: Excerpt = field(default_factory=Excerpt)


def report_compare(sides: Sequence[Given], wanted: Wanted, svg: BinaryIO | None = None) -> int:
    """Print it, and draw its charts to ``svg``. Returns the exit code. Raises SctptopError."""
    comparison = compare(read_sides(sides, wanted.part), wanted.margin)
    verdicts = [verdict(comparison, pair) for pair in comparison.pairs]
    limit = wanted.margin if wanted.limit is None else wanted.limit
    if svg is not None:
        from sctptop.comparison.load_curves.curves import load_curves
        from sctptop.output.compare.pictures.charts import charts
        from sctptop.output.compare.pictures.svg import write_svg

        drawn = charts(comparison, load_curves(comparison))
        write_svg(svg, drawn, [one.name for one in comparison.summaries])
    if wanted.form == "verdict":
        # Elsewhere it is among the caveats.
        for text in runs_apart(comparison.summaries):
            complain(f"note: {text}")
    sys.stdout.write(_text(comparison, verdicts, wanted.form, limit))
    if wanted.form == "verdict" or wanted.limit is not None:
        return CODES[worst([gate(pair, limit) for pair in comparison.pairs])]
    return 0


def _text(comparison: Comparison, verdicts: Sequence[Verdict], form: str, limit: float) -> str:
    if form == "verdict":
        from sctptop.comparison.wording.one_line import one_line

        return "".join(f"{one_line(comparison, one, limit)}\n" for one in verdicts)
    if form == "json":
        from sctptop.output.compare.json import comparison_to_json

        return json.dumps(comparison_to_json(comparison, verdicts), allow_nan=False) + "\n"
    if form == "csv":
        from sctptop.output.compare.csv import comparison_to_csv

        return comparison_to_csv(comparison)
    if form == "markdown":
        from sctptop.output.compare.markdown import markdown_report

        return markdown_report(comparison, verdicts)
    from sctptop.output.compare.text import WIDTH, text_report

    terminal = sys.stdout.isatty()
    colours = terminal and not os.environ.get("NO_COLOR")
    width = shutil.get_terminal_size().columns if terminal else WIDTH
    return text_report(comparison, verdicts, colours, width, form == "plot")
