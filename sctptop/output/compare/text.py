"""A comparison for the terminal: as wide as that is, but at most WIDTH columns; colours only there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap

from sctptop.comparison.kinds import UNTOLD, words
from sctptop.comparison.load_curves.curves import load_curves
from sctptop.comparison.result import Comparison
from sctptop.comparison.statistics.ratio import FASTER, SAME, SLOWER
from sctptop.comparison.wording.method import method
from sctptop.comparison.wording.verdict import Verdict, ranking
from sctptop.output.compare.columns import table_lines
from sctptop.output.compare.plot import overlaid
from sctptop.output.compare.tables import tables
from sctptop.quantity import milliseconds
from sctptop.terminal_text import clip

WIDTH, LEAST_WIDTH = 100, 60
NAME = 18
BOLD, DIM, RED, GREEN, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[0m"
COLOURS = {FASTER: GREEN, SLOWER: RED, SAME: BOLD}
PLOTTED = {
    "total": "total",
    "sctp": "SCTP",
    "unread": "unread",
    "network": "network",
    "core": "core",
    "ran": "RAN",
}


def text_report(
    comparison: Comparison,
    verdicts: Sequence[Verdict],
    colours: bool,
    width: int = WIDTH,
    pictures: bool = False,
) -> str:
    """All of it, the verdict last: there it is seen. A ``width`` below LEAST_WIDTH counts as that.

    ``pictures``: with charts by plotext, instead of the distributions of the parts in a line each.
    """
    width = min(max(width, LEAST_WIDTH), WIDTH)
    paint = _painted if colours else _bare
    names = short_names(comparison)
    lines: list[str] = []
    curves = load_curves(comparison)
    if comparison.caveats:
        lines += [paint("Caveats", BOLD)]
        for caveat in comparison.caveats:
            lines += wrap(caveat, width, initial_indent="  ", subsequent_indent="    ")
        lines.append("")
    for table in tables(comparison, curves):
        lines += [
            paint(table.title, BOLD),
            *table_lines(table, names, width, lambda text: paint(text, DIM)),
            *(paint(f"  {text}", DIM) for text in wrap(table.note, width - 2)),
            "",
        ]
    advice = list(_advice(comparison, names, width))
    if advice:
        lines += [paint("Advice given", BOLD), *advice, ""]
    if pictures:
        from sctptop.output.compare.pictures.charts import charts
        from sctptop.output.compare.pictures.terminal import drawn

        for chart in charts(comparison, curves):
            lines += [paint(chart.title, BOLD), *drawn(chart, names, width), ""]
    elif plot := overlaid(plot_groups(comparison, names), width):
        lines += [paint(plot_title(comparison), BOLD), *plot, ""]
    lines += [paint(text, DIM) for text in wrap(method(comparison), width)]
    if ranked := ranking(comparison):
        lines += ["", *wrap(ranked, width)]
    for verdict in verdicts:
        head, *rest = wrap(f"{verdict_title(verdict)} {verdict.text}", width)
        lines += ["", paint(head, BOLD + COLOURS.get(verdict.result, "")), *rest]
    return "\n".join(lines) + "\n"


def short_names(comparison: Comparison) -> list[str]:
    """Names of at most NAME columns, each another: of a long one the middle gives way."""
    found = []
    for place, one in enumerate(comparison.summaries):
        name = clip(one.name, NAME, one.name[1 - NAME // 2 :])
        found.append(name if name not in found else f"{name[: NAME - 3]}#{place + 1}")
    return found


def plot_groups(
    comparison: Comparison, names: Sequence[str]
) -> dict[str, list[tuple[str, tuple[float, ...]]]]:
    """Times of the registrations by part, as far as there are any."""
    return {
        label: [(name, one.times[part]) for name, one in zip(names, comparison.seen, strict=True)]
        for part, label in PLOTTED.items()
        if any(any(one.times[part]) for one in comparison.seen)
    }


def plot_title(comparison: Comparison) -> str:
    """What is drawn."""
    return f"Distribution of {words(comparison.kind or UNTOLD).full}"


def verdict_title(verdict: Verdict) -> str:
    """What stands before its text: "Verdict on initial registrations:"."""
    return f"Verdict on {verdict.about}:" if verdict.about else "Verdict:"


def _advice(comparison: Comparison, names: Sequence[str], width: int) -> Iterable[str]:
    for one, name in zip(comparison.summaries, names, strict=True):
        if not one.advice:
            yield f"  {name}: none"
        for fired in one.advice:
            where = f"{fired.role}{f', {fired.associations} associations' if fired.associations > 1 else ''}"
            told = f"{name}: {fired.severity}, {fired.title} ({where}, for {milliseconds(fired.lasted_s * 1000)}): "
            yield from wrap(
                f"{told}{fired.seen}. Try: {fired.remedy}",
                width,
                initial_indent="  ",
                subsequent_indent="    ",
            )


def _painted(text: str, style: str) -> str:
    return f"{style}{text}{PLAIN}"


def _bare(text: str, style: str) -> str:
    return text
