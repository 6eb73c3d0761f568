"""A comparison for the terminal: at most WIDTH columns, colours only there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap

from sctptop.comparison.compare import Comparison
from sctptop.comparison.significance import FASTER, RESAMPLES, SAME, SLOWER, SMALLEST
from sctptop.comparison.verdict import Verdict, ranking
from sctptop.output.compare_cells import Table
from sctptop.output.compare_plot import overlaid
from sctptop.output.compare_tables import tables
from sctptop.quantity import milliseconds

WIDTH = 100
NAME = 18
LABEL = 42
GAP = "  "
BOLD, DIM, RED, GREEN, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[0m"
COLOURS = {FASTER: GREEN, SLOWER: RED, SAME: BOLD}
PARTS = (("total", "total"), ("sctp", "SCTP"), ("core", "core"), ("ran", "RAN"))
CERTAINTY = (
    f"Intervals: 95 % of {RESAMPLES:,} bootstrap resamples; * is a difference of more than {SMALLEST:.0%} for certain. "
    "They tell the spread within a recording, not from run to run: record each set-up twice, and compare those first."
)


def text_report(comparison: Comparison, verdicts: Sequence[Verdict], colours: bool) -> str:
    """All of it, the verdict last: there it is seen."""
    paint = _painted if colours else _bare
    names = short_names(comparison)
    lines: list[str] = []
    if comparison.caveats:
        lines += [paint("Mind first", BOLD)]
        for caveat in comparison.caveats:
            lines += wrap(caveat, WIDTH, initial_indent="  ", subsequent_indent="    ")
        lines.append("")
    for table in tables(comparison):
        lines += [*_table(table, names, paint), ""]
    advice = list(_advice(comparison, names))
    if advice:
        lines += [paint("Advice given", BOLD), *advice, ""]
    plot = overlaid(plot_groups(comparison, names), WIDTH)
    if plot:
        lines += [paint("Distribution of registrations", BOLD), *plot, ""]
    lines += [paint(text, DIM) for text in wrap(CERTAINTY, WIDTH)]
    if ranked := ranking(comparison):
        lines += ["", *wrap(ranked, WIDTH)]
    for verdict in verdicts:
        head, *rest = wrap(f"Verdict: {verdict.text}", WIDTH)
        lines += ["", paint(head, BOLD + COLOURS.get(verdict.result, "")), *rest]
    return "\n".join(lines) + "\n"


def short_names(comparison: Comparison) -> list[str]:
    """Names of at most NAME columns, each another: of a long one the middle gives way."""
    found = []
    for place, one in enumerate(comparison.summaries):
        name = one.name if len(one.name) <= NAME else f"{one.name[: NAME // 2]}…{one.name[1 - NAME // 2 :]}"
        found.append(name if name not in found else f"{name[: NAME - 3]}#{place + 1}")
    return found


def plot_groups(
    comparison: Comparison, names: Sequence[str]
) -> dict[str, list[tuple[str, tuple[float, ...]]]]:
    """Times of the registrations by part, as far as there are any."""
    seen = [comparison.seen(place) for place in range(len(names))]
    return {
        label: [(name, one.times[part]) for name, one in zip(names, seen, strict=True)]
        for part, label in PARTS
        if any(any(one.times[part]) for one in seen)
    }


def _advice(comparison: Comparison, names: Sequence[str]) -> Iterable[str]:
    for one, name in zip(comparison.summaries, names, strict=True):
        if not one.advice:
            yield f"  {name}: none"
        for fired in one.advice:
            where = f"{fired.role}{f', {fired.associations} associations' if fired.associations > 1 else ''}"
            told = f"{name}: {fired.severity}, {fired.title} ({where}, for {milliseconds(fired.lasted_s * 1000)}): "
            yield from wrap(
                f"{told}{fired.seen}. Try: {fired.remedy}",
                WIDTH,
                initial_indent="  ",
                subsequent_indent="    ",
            )


def _table(table: Table, names: Sequence[str], paint: object) -> Iterable[str]:
    """As many recordings beside the baseline as there is room for; the others below, under the baseline again."""
    assert callable(paint)
    yield paint(table.title, BOLD)
    label = min(max(len(line.label) for line in table.lines), LABEL)
    value = [
        max(len(name), *(len(line.cells[place]) for line in table.lines)) for place, name in enumerate(names)
    ]
    remark = [
        max((len(line.remarks[place]) for line in table.lines if line.remarks), default=0)
        for place in range(len(names) - 1)
    ]
    for places in _chunks(label + 2 * len(GAP) + value[0], value, remark):
        heads = [f"{names[0]:>{value[0]}}"]
        heads += [f"{names[one]:>{value[one]}}{GAP}{'':<{remark[one - 1]}}" for one in places]
        yield paint(f"  {'':<{label}}{GAP}{GAP.join(heads)}".rstrip(), DIM)
        for line in table.lines:
            cells = [f"{line.cells[0]:>{value[0]}}"]
            for one in places:
                told = line.remarks[one - 1] if line.remarks else ""
                cells.append(f"{line.cells[one]:>{value[one]}}{GAP}{told:<{remark[one - 1]}}")
            yield f"  {line.label[:label]:<{label}}{GAP}{GAP.join(cells)}".rstrip()
    if table.note:
        yield from (paint(f"  {text}", DIM) for text in wrap(table.note, WIDTH - 2))


def _chunks(used: int, value: Sequence[int], remark: Sequence[int]) -> Iterable[list[int]]:
    places: list[int] = []
    room = WIDTH - used
    for one in range(1, len(value)):
        needs = 2 * len(GAP) + value[one] + remark[one - 1]
        if places and needs > room:
            yield places
            places, room = [], WIDTH - used
        places.append(one)
        room -= needs
    yield places


def _painted(text: str, style: str) -> str:
    return f"{style}{text}{PLAIN}"


def _bare(text: str, style: str) -> str:
    return text
