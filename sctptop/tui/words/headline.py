"""The lines around the table. Pure: from a reading to lines."""

from __future__ import annotations

from collections.abc import Iterable

from sctptop.model.sample import Sample
from sctptop.model.snapshot import Snapshot
from sctptop.model.source_state import Kind
from sctptop.quantity import counted, milliseconds, short, show, span_text
from sctptop.recording.status import Status
from sctptop.terminal_text import printable
from sctptop.totals_text import ALARM, COUNT, LABEL, VALUE, WORDS, totals_pieces
from sctptop.tui.feeds.reading import Playback, Reading
from sctptop.tui.words.buttons import Button, with_buttons
from sctptop.tui.words.host_state import host_state
from sctptop.tui.words.line import Line, Span, cells, clipped, line, spread, wrapped
from sctptop.tui.words.probes import reason_of, word
from sctptop.views import VIEWS

ALARM_MARK = "▲"
"""Beside a rate that should be zero."""
SHORT_REASON = 40
NOTICE_S, WORD_S = 4.0, 0.3
"""How long any notice stands, and how much longer for each word: some 200 are read in a minute."""
TOTALS_STYLES = {COUNT: "strong", WORDS: "", LABEL: "dim", VALUE: "", ALARM: "warn"}


def interval_text(seconds: float) -> str:
    """0.1s, 0.25s, 1.0s, 30s, 1m30s, 10m."""
    if seconds < 10:
        return f"{seconds:.1f}s" if round(seconds, 2) == round(seconds, 1) else f"{seconds:.2f}s"
    if seconds < 60:
        return f"{round(seconds, 1):g}s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}m{rest:02d}s" if rest else f"{minutes}m"


def lengthened_text(asked_s: float, period_s: float) -> str:
    """1.0→2.5s; the period asked alone where it is the longer one by now."""
    asked, period = interval_text(asked_s), interval_text(period_s)
    if period_s <= asked_s:
        return asked
    return f"{asked if 'm' in asked + period else asked[:-1]}→{period}"


def header(
    reading: Reading | None, asked_s: float, held: Sample | None, recording: Status, width: int
) -> Line:
    """Who and where and what the probes do on the left; how fresh, at what pace and cost on the right.

    ``held`` is the sample of a pause while collection goes on.
    """
    snapshot = reading.snapshot if reading else None
    sample = snapshot.sample if snapshot else None
    # What is the first to go where all does not fit has the highest number. Whole words or nothing: half a
    # kernel version would be read as another one.
    left: list[tuple[int, Line]] = [(0, line((" sctptop", "name")))]
    right: list[tuple[int, Line]] = []
    if sample is not None:
        left += [(1, line((f"  {sample.host}", "strong"))), (5, line((f"  {sample.kernel}", "dim")))]
        namespaces = len(sample.counters.keys() | {entry.netns for entry in sample.associations})
        if namespaces > 1:
            left.append((4, line((f"  {namespaces} netns", "dim"))))
        elif sample.own_netns_only:
            left.append((6, line(("  own netns only", "dim"))))
    if snapshot is not None:
        left += _probes(snapshot)
    playback = reading.playback if reading else None
    if recording.on:
        right += [(1, line(("REC ", "bad"))), (3, line((f"{short(recording.size)}B ", "dim")))]
    if playback is not None:
        right += _playback(playback)
    else:
        right += _pace(reading, asked_s, held)
    if sample is not None:
        if playback is None:
            right.append((6, line(("  read ", "dim"), milliseconds(sample.read_s * 1000))))
        right.append((0, line((f"  {sample.time.astimezone():%H:%M:%S} ", "strong"))))
    while sum(cells(piece) for _, piece in (*left, *right)) >= width:
        last = max(rank for rank, _ in (*left, *right))
        if not last:
            break
        left = [entry for entry in left if entry[0] != last]
        right = [entry for entry in right if entry[0] != last]
    return spread(_joined(left), _joined(right), width)


def _pace(reading: Reading | None, asked_s: float, held: Sample | None) -> list[tuple[int, Line]]:
    """How fresh the picture is, and the interval, asked and real; of a recording that is being opened only that."""
    if not asked_s:
        return [(0, line(("replay ", "good")))]
    fresh = line(("live ", "good"))
    if held is not None:
        fresh = line((f" PAUSED at {held.time.astimezone():%H:%M:%S} ", "badge"), "  ")
    period_s = reading.period_s if reading else None
    text = interval_text(asked_s) if period_s is None else lengthened_text(asked_s, period_s)
    told = [(0, fresh), (0, line(text))]
    if reading and reading.slow_s is not None:
        told.append((0, line((f" real {interval_text(round(reading.slow_s, 1))} {ALARM_MARK}", "warn"))))
    return told


def _playback(playback: Playback) -> list[tuple[int, Line]]:
    """How a recording plays, and how far it is."""
    state = line(("replay ", "good"), f"{playback.speed:g}×")
    if not playback.playing:
        state = line((" END " if playback.ended else " PAUSED ", "badge"))
    at, length = span_text(playback.at_s), span_text(playback.length_s)
    damaged = line((f"  {counted(playback.damaged, 'part')} damaged", "warn")) if playback.damaged else line()
    word = line((f"{playback.word}  " if playback.word else "", "name"))
    return [(1, word), (0, state), (1, line(f"  {at}")), (2, line((f" of {length}", "dim"))), (3, damaged)]


def _joined(pieces: list[tuple[int, Line]]) -> Line:
    return tuple(span for _, piece in pieces for span in piece)


def _probes(snapshot: Snapshot) -> list[tuple[int, Line]]:
    """What the probes do, and what of it may be left out."""
    sample, probes = snapshot.sample, snapshot.sample.probes
    if not probes.ok:
        mark = "…" if probes.kind is Kind.COMPILING else ""
        told = [(2, line((f"  probes {word(probes)}{mark}", "dim")))]
        reason = reason_of(probes)
        return [*told, (7, line((reason, "faint")))] if 0 < len(reason) <= SHORT_REASON else told
    told = [(2, line(("  HB probe ", "dim"), ("●", "good")))]
    if sample.interval_s:
        beats = sum(event.times for event in sample.events if event.kind == "hb_rtt")
        told.append((3, line(f" {show(beats / sample.interval_s, '/s')}/s")))
    if sample.followed is not None and sample.followed < 1:
        told.append((3, line((f" {sample.followed:.0%} followed", "warn"))))
    if snapshot.no_room:
        told.append((2, line((f" no room {', '.join(sorted(snapshot.no_room))}", "warn"))))
    lost = snapshot.events_lost
    if snapshot.events_left_out:
        told.append((2, line((f" left out {show(sum(snapshot.events_left_out.values()), 'n')}", "warn"))))
    return [*told, (2 if lost else 7, line((f" lost {show(lost, 'n')}", "warn" if lost else "dim")))]


def troubles(reading: Reading | None, recording: Status) -> list[Line]:
    """One line for each source that could not be read, for a reading that failed, and for a recording that ended."""
    lines: list[Line] = []
    if recording.trouble is not None:
        lines.append(line((f" {ALARM_MARK} recording stopped: ", "bad"), (printable(recording.trouble), "")))
    if reading is None:
        return lines
    if reading.error is not None:
        lines.append(
            line(
                (f" {ALARM_MARK} reading failed: ", "bad"),
                (reading.error, ""),
                ("" if reading.playback else "; tried again", "dim"),
            )
        )
    sample = reading.snapshot.sample if reading.snapshot else None
    if sample is not None and sample.watchable:
        for name, state in sample.sources.items():
            if not (state.ok or state.off or state.coming):
                lines.append(line((f" {ALARM_MARK} {name}: ", "warn"), (str(state), "")))
    return lines


def totals(reading: Reading | None, both_ends: bool, width: int) -> Line:
    """The whole host in one line: its state in a sentence, then rates, as far as there is room.

    ``both_ends``: a line has both of them.
    """
    if reading is None or reading.snapshot is None:
        return line((" reading…", "dim"))
    snapshot = reading.snapshot
    told = host_state(snapshot, both_ends, width)
    rates = _rates(totals_pieces(snapshot.totals, both_ends))
    kept = sorted(range(len(rates)), key=lambda place: (not _alarming(rates[place]), place))
    room = width - cells(told)
    for place in kept:
        room -= cells(rates[place])
        if room < 0:
            rates[place] = ()
    return (*told, *(span for rate in rates for span in rate))


def _alarming(rate: Line) -> bool:
    return any(span.style == "warn" for span in rate)


def _rates(pieces: Iterable[tuple[str, str]]) -> list[Line]:
    """Of the totals all but what is counted: packets, then each rate that should be zero."""
    found: list[list[Span]] = []
    for kind, text in pieces:
        if kind in (COUNT, WORDS):
            continue
        if kind == LABEL and text.startswith("  "):
            found.append([])
        found[-1].append(Span(text, TOTALS_STYLES[kind]))
        if kind == ALARM:
            found[-1].append(Span(f" {ALARM_MARK}", "warn"))
    return [tuple(one) for one in found]


def filter_line(
    expression: str, shown: int, known: int, unselected: int, netns: str | None = None
) -> Line | None:
    """What is hidden and why; None while everything is shown. ``netns`` is the one namespace that is shown."""
    if not expression and not unselected and netns is None:
        return None
    spans: list[Span] = []
    if netns is not None:
        spans += [Span(" netns ", "dim"), Span(netns, "name"), Span(" only  n next", "faint")]
    if expression:
        spans += [Span(" filter ", "dim"), Span(expression, "name"), Span(f"  {shown} of {known} shown", "")]
        spans.append(Span("  / changes it, Esc clears it", "faint"))
    if unselected:
        spans.append(Span(f"  {counted(unselected, 'other association')} hidden by --assoc", "dim"))
    return tuple(spans)


def notice(text: str, width: int) -> tuple[Line, Line]:
    """Of a notice the line that stands with the tabs; and where it is longer than all of that a second one."""
    if not text or len(text) + 3 <= width:
        return line((f"  {text} " if text else " ", "name")), ()
    first, *rest = wrapped(text, width - 1, "name", 1)
    return first, clipped(tuple(span for one in rest for span in one), width)


def notice_s(text: str) -> float:
    """Seconds until a notice goes: what says more stands longer.

    >>> notice_s(""), notice_s("back to now")
    (4.0, 4.9)
    """
    return NOTICE_S + WORD_S * len(text.split())


def tabs(current: str, width: int) -> tuple[Line, list[Button]]:
    """The views with their digits; where they must closer together, by short names, then by digits alone."""
    every = [(digit, view, view.id == current) for digit, view in enumerate(VIEWS, 1)]
    whole = [view.title for view in VIEWS]
    short = [view.title if chosen else view.tab for _, view, chosen in every]
    shorter = [view.tab for view in VIEWS]
    digits = [view.title if chosen else "" for _, view, chosen in every]
    for gap, names in (("  ", whole), (" ", whole), (" ", short), (" ", shorter), (" ", digits)):
        parts: list[tuple[list[Span], str]] = [([Span(" ")], "")]
        for (digit, view, chosen), title in zip(every, names, strict=True):
            name = f"{digit} {title}".rstrip()
            spans = (
                [Span(f"[{name}]", "tab"), Span(gap[1:] or " ")]
                if chosen
                else [Span(f"{gap[1:]}{name} ", "dim")]
            )
            parts.append((spans[: 2 if gap == " " else 1], f"view('{view.id}')"))
        if sum(len(span.text) for piece, _ in parts for span in piece) < width:
            break
    return with_buttons(parts)
