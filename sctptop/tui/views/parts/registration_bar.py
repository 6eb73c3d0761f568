"""Where the time of registrations goes, as one stacked bar with its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise

from sctptop.quantity import milliseconds
from sctptop.tui.words.line import Line, Span, cells, clipped, line

SIDES = (
    ("SCTP", "█", "warn"),
    ("unread", "▓", "bad"),
    ("network", "─", "dim"),
    ("core", "▒", "graph"),
    ("RAN", "░", "good"),
)
"""Name, mark and style of each share, in the order of the bar: each is recognisable without its colour."""
DETAILS = ("held", "blocked", "lost", "order")
"""What the share of SCTP is made of."""
LEAST_DETAIL = 0.01
"""Less than this of it is not worth telling."""
LEAST_BAR = 12


def split_bar(parts_ms: Sequence[float], width: int) -> Line:
    """A bar of exactly ``width`` columns for the times of SIDES; what is not 0 has a column where there is room."""
    total = sum(parts_ms)
    if total <= 0 or width < len(SIDES):
        return line((" " * max(width, 0), ""))
    least = [int(part > 0) for part in parts_ms]
    spare = width - sum(least)
    ends = [0, *(round(spare * sofar / total) for sofar in accumulate(parts_ms))]
    sizes = [end - begin + one for (begin, end), one in zip(pairwise(ends), least, strict=True)]
    return tuple(
        Span(mark * size, style) for (_, mark, style), size in zip(SIDES, sizes, strict=True) if size
    )


def figures(split: Mapping[str, float | None], from_ran: bool) -> list[Line]:
    """What each share is, none that is 0, in ever less detail: what SCTP's is made of goes last but the gaps."""
    least = (split.get("sctp") or 0.0) * LEAST_DETAIL
    known = [(value, name) for name in DETAILS if (value := split.get(name)) and value >= least]
    details = [f"{name} {milliseconds(value)}" for value, name in sorted(known, reverse=True)]
    if len(details) == 1:
        details = [known[0][1]]
    forms = ((True, details), (False, details), (True, ()), (False, ()))
    found = [_figures(split, from_ran, in_ms, told) for in_ms, told in forms]
    return [*found, _closer(found[-1])]


def _closer(form: Line) -> Line:
    return tuple(Span(span.text.replace("  ", " "), span.style) for span in form)


def sides_ms(split: Mapping[str, float | None]) -> list[float]:
    """The times of SIDES; 0 where one is not known."""
    return [split.get(name.lower()) or 0.0 for name, _, _ in SIDES]


def _figures(
    split: Mapping[str, float | None],
    from_ran: bool,
    in_ms: bool,
    details: Sequence[str],
    least: float = 0.0,
) -> Line:
    parts_ms = sides_ms(split)
    total = sum(parts_ms)
    spans: list[Span] = []
    for (name, mark, style), part in zip(SIDES, parts_ms, strict=True):
        if part < least * total or (not part and (total or name in ("unread", "network"))):
            continue
        # Who does not answer from here has the network in its time, where that is not known.
        apart = split.get("network") is not None or name != ("core" if from_ran else "RAN")
        spans += [Span(f"  {mark}", style), Span(f" {name}{'' if apart else '+network'} ", "dim")]
        if in_ms:
            spans += [Span(f"{milliseconds(part)} ", "strong")]
        spans.append(Span(percent(part / total if total else 0.0), "dim" if in_ms else "strong"))
        if name == "SCTP" and details:
            spans.append(Span(f" ({', '.join(details)})", "warn"))
    return tuple(spans)


def percent(share: float) -> str:
    """Two figures where they matter: <0.1%, 7.3%, 98%; 100% only for all."""
    if 0.995 <= share < 1:
        return ">99%"
    if 0 < share < 0.0005:
        return "<0.1%"
    return f"{share:.1%}" if 0 < share < 0.0995 else f"{share:.0%}"


def bar_lines(
    label: str, split: Mapping[str, float | None], from_ran: bool, width: int, tall: bool
) -> list[Line]:
    """The bar and its figures in one line, or where they do not fit or there is room to spare in two.

    ``split``: times in ms by the names of the parts of a tally; network is None where it is not known.
    """
    parts_ms = sides_ms(split)
    lead = line((f"{label} ", "dim"), (milliseconds(sum(parts_ms)), "strong"))
    room = width - cells(lead) - 1
    forms = figures(split, from_ran)
    beside = next((form for form in forms if cells(form) <= room - LEAST_BAR), None)
    if beside is not None and not tall:
        return [(*lead, Span(" "), *split_bar(parts_ms, room - cells(beside)), *beside)]
    # Whole figures of what matters are better than a line that is cut off.
    large = _figures(split, from_ran, False, (), LEAST_DETAIL)
    forms += [large, _closer(large)]
    told = next((form for form in forms if cells(form) <= room + 1), forms[-1])
    return [clipped((*lead, *told), width), split_bar(parts_ms, width)]
