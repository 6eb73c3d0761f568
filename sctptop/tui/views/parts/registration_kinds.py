"""The head of the Registration view: a line a kind of registration, why those failed that did, and what is in doubt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from sctptop.model.associations.identity import Key
from sctptop.model.registrations.standard import standard_counts
from sctptop.model.registrations.summary import Registered
from sctptop.model.registrations.tally import ACCEPTED, Tally
from sctptop.model.registrations.words import COMPLETED
from sctptop.quantity import UNKNOWN, counted, milliseconds, short, show
from sctptop.tui.views.parts.registration_bar import percent
from sctptop.tui.views.parts.registration_words import BRIEF, kind_text, of_kind
from sctptop.tui.words.line import Line, Span, cells, clipped, fitting, line, spread

COUNT, DONE, TIME, SHARE = 8, 7, 7, 9
WITH_SUCCESS = 90
"""From here on there is a column for the share that was completed."""
TIMES = {"P50": 0.5, "P95": 0.95, "P99": 0.99}


def kind_lines(
    tallies: Sequence[Tally], chosen: Tally, width: int, right: Sequence[Line] = (), elsewhere: int = 0
) -> list[Line]:
    """A title and a line a kind for each end; of several the ``chosen`` one is marked. Pieces of ``right`` stand beside
    the first title where they fit. ``elsewhere``: how many kinds are not among these."""
    several = len(tallies) + elsewhere > 1
    ends = list(dict.fromkeys(tally.end for tally in tallies))
    first = max(len(kind_text(tally.kind)) for tally in tallies)
    first = max(first + 2, *(len(_at(end)) for end in ends)) + 1
    lines: list[Line] = []
    for end in ends:
        success = f"{'SUCCESS':>{SHARE}}" if width >= WITH_SUCCESS else ""
        counts = f"{'STARTED':>{COUNT}}{'DONE':>{DONE}}{success}"
        times = "".join(f"{name:>{TIME}}" for name in TIMES)
        title = line((f"{_at(end):<{first}}{counts}{times}  FAILED", "title"))
        beside = () if lines else fitting(right, width - cells(title) - 1)
        lines.append(spread(title, beside, width) if beside else title)
        lines += [
            _kind(tally, first, width, several and tally is chosen) for tally in tallies if tally.end == end
        ]
    return lines


def by_end(tallies: Iterable[Tally], leading: Tally) -> list[Tally]:
    """Those of the leading end first; of each end the most frequent kind first."""
    return sorted(
        tallies,
        key=lambda tally: (
            tally.from_ran != leading.from_ran,
            tally.end,
            -tally.started,
            -sum(tally.ended.values()),
        ),
    )


def cause_lines(tallies: Iterable[Tally], width: int, most: int) -> list[Line]:
    """Why registrations failed, the most frequent cause first, in ``most`` lines; none where no cause is known."""
    found: Counter[str] = Counter()
    for tally in tallies:
        found.update(tally.by_cause)
    if not found:
        return []
    lead = line(("WHY", "title"))
    lines: list[Line] = [lead]
    for place, (cause, times) in enumerate(found.most_common()):
        piece = line((f"  {times:,} × ", "dim"), (cause, "bad"))
        left = len(found) - place
        more = f"  and {left} more"
        if cells(lines[-1]) + cells(piece) > _room(width, lines, most, left) and lines[-1] != lead:
            if len(lines) == most:
                lines[-1] = (*lines[-1], Span(more, "dim"))
                break
            lines.append((Span(" " * cells(lead)),))
        lines[-1] = clipped((*lines[-1], *piece), _room(width, lines, most, left))
    return lines


def _room(width: int, lines: Sequence[Line], most: int, left: int) -> int:
    """Columns of the last line; where there will be no other it must also tell how many are left."""
    return width - (len(f"  and {left} more") if left > 1 and len(lines) == most else 0)


def doubt_pieces(registered: Registered, key: Key | None) -> list[Line]:
    """What may be missing or wrong in the counts; none where all is well."""
    unseen, strange = registered.unseen.get(key, 0), registered.strange.get(key, 0)
    pieces: list[Line] = []
    if registered.unfollowed:
        pieces.append(line((f"  ▲ {registered.unfollowed:,} not followed: too many at once", "warn")))
    if unseen:
        pieces.append(line((f"  ▲ {counted(unseen, 'message')} unseen", "warn")))
    if strange:
        pieces.append(line((f"  ▲ {counted(strange, 'message')} not NGAP", "warn")))
        pieces.append(line((": Events (6, e) shows them", "dim")))
    return pieces


def state_pieces(registered: Registered, started: float | None) -> list[Line]:
    """How many are under way; ``started`` a second."""
    running = line(("  running ", "dim"), (f"{registered.running:,}", "strong"))
    pieces: list[Line] = [(*running, Span(f" most {registered.most_running:,}", "dim"))]
    if started is not None:
        pieces.append(line((f"  started {short(started)}/s", "dim")))
    return pieces


def standard_line(tallies: Iterable[Tally], leading: Tally, width: int) -> Line:
    """The counters of TS 28.552 by their names, and the mean time to the accept of the leading kind; blank where we are
    not the AMF."""
    names = standard_counts(tallies)
    pieces = [
        line((f"{name} ", "faint"), (f"{value:,}", "dim"), (f" Succ {names[f'{name[:-3]}Succ']:,}  ", "dim"))
        for name, value in names.items()
        if name.endswith("Req")
    ]
    mean_ms = leading.parts[ACCEPTED].mean_ms
    if names and mean_ms is not None:
        mean = line((f"{of_kind(leading.kind)}mean to the accept ", "faint"), (milliseconds(mean_ms), "dim"))
        pieces.append(mean)
    return fitting(pieces, width)


def _at(end: str) -> str:
    return f"AT THE {end}"


def _kind(tally: Tally, first: int, width: int, chosen: bool) -> Line:
    ended = sum(tally.ended.values())
    spans = [
        Span("▸ " if chosen else "  ", "name"),
        Span(f"{kind_text(tally.kind):<{first - 2}}", "name"),
        Span(f"{short(tally.started):>{COUNT}}", "strong"),
        Span(f"{short(tally.completed):>{DONE}}", "good" if tally.completed else "faint"),
    ]
    if width >= WITH_SUCCESS:
        share = UNKNOWN if tally.success is None else percent(tally.success)
        spans.append(Span(f"{share:>{SHARE}}", "warn" if tally.failed else "dim" if ended else "faint"))
    for place in TIMES.values():
        value = tally.parts["total"].times.percentile(place)
        spans.append(Span(f"{show(value, 'ms'):>{TIME}}", "strong" if value is not None else "faint"))
    begin = (*spans, Span("  "))
    return (*begin, *_failures(tally, width - cells(begin)))


def _failures(tally: Tally, width: int) -> Line:
    """How many failed and how, in the longest form that fits; then how many outcomes are inferred."""
    counts = sorted(
        ((count, outcome) for outcome, count in tally.ended.items() if count and outcome != COMPLETED),
        key=lambda told: -told[0],
    )
    full = [f"{count:,} {outcome}" for count, outcome in counts]
    brief = [f"{count:,} {BRIEF.get(outcome, outcome)}" for count, outcome in counts]
    forms = [", ".join(full), ", ".join(brief)]
    for most in range(len(brief) - 1, -1, -1):
        forms.append(f"{tally.failed:,}: {', '.join([*brief[:most], '…'])}")
    text = next((form for form in forms if len(form) <= width), f"{tally.failed:,}")
    told = line((text, "bad")) if counts else line((UNKNOWN, "faint"))
    inferred = line((f"  {tally.inferred:,} inferred" if tally.inferred else "", "faint"))
    return (*told, *fitting([inferred], width - cells(told)))
