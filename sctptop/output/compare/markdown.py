"""A comparison in Markdown, to be pasted into an issue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sctptop.comparison.load_curves.curves import load_curves
from sctptop.comparison.result import Comparison
from sctptop.comparison.wording.method import method
from sctptop.comparison.wording.verdict import Verdict, ranking
from sctptop.output.compare.cells import Table
from sctptop.output.compare.plot import overlaid
from sctptop.output.compare.tables import tables
from sctptop.output.compare.text import WIDTH, plot_groups, plot_title, short_names, verdict_title
from sctptop.quantity import milliseconds


def markdown_report(comparison: Comparison, verdicts: Sequence[Verdict]) -> str:
    """All of it, in the order of the terminal."""
    names = short_names(comparison)
    title = " against ".join(escaped(name) for name in (", ".join(names[1:]), names[0]))
    lines = [f"## SCTP and registrations: {title}", ""]
    if comparison.caveats:
        lines += ["Caveats:", "", *(f"- {escaped(caveat)}" for caveat in comparison.caveats), ""]
    for table in tables(comparison, load_curves(comparison)):
        lines += [*_table(table, names), ""]
    lines += ["### Advice given", "", *_advice(comparison, names), ""]
    plot = overlaid(plot_groups(comparison, names), WIDTH)
    if plot:
        lines += [f"### {escaped(plot_title(comparison))}", "", "```", *plot, "```", ""]
    lines += [escaped(method(comparison)), ""]
    if ranked := ranking(comparison):
        lines += [escaped(ranked), ""]
    for verdict in verdicts:
        lines += [f"**{escaped(verdict_title(verdict))}** {escaped(verdict.text)}", ""]
    return "\n".join(lines)


def escaped(text: str) -> str:
    """Without what Markdown or HTML would act on: a name in a recording may come from anybody."""
    return "".join(
        f"\\{letter}" if letter in "\\`*_[]|#" else _ENTITIES.get(letter, letter) for letter in text
    )


_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "@": "&#64;"}


def _table(table: Table, names: Sequence[str]) -> Iterable[str]:
    yield f"### {escaped(table.title)}"
    yield ""
    told = [
        any(line.remarks and line.remarks[place] for line in table.lines) for place in range(len(names) - 1)
    ]
    heads = ["", names[0]]
    for name, has in zip(names[1:], told, strict=True):
        heads += [name, "against it"] if has else [name]
    yield _row(heads)
    yield f"| --- {'| ---: ' * (len(heads) - 1)}|"
    for line in table.lines:
        cells = [line.label.strip(), line.cells[0]]
        for place, cell in enumerate(line.cells[1:]):
            cells.append(cell)
            if told[place]:
                cells.append(line.remarks[place] if line.remarks else "")
        yield _row(cells)
    if table.note:
        yield ""
        yield escaped(table.note)


def _advice(comparison: Comparison, names: Sequence[str]) -> Iterable[str]:
    for one, name in zip(comparison.summaries, names, strict=True):
        if not one.advice:
            yield f"- {escaped(name)}: none"
        for fired in one.advice:
            yield (
                f"- {escaped(name)}: {fired.severity}, **{escaped(fired.title)}** ({escaped(fired.role)}, for "
                f"{milliseconds(fired.lasted_s * 1000)}): {escaped(fired.seen)}. Try: {escaped(fired.remedy)}"
            )


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(escaped(cell) for cell in cells)} |"
