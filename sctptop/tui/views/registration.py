"""Registration: how many UEs register, why those fail that do, where the time goes, and which UEs to look at."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from sctptop.model.associations.distribution import NANOSECONDS
from sctptop.model.associations.identity import Key
from sctptop.model.ngap.dialect import CORE_PORTS
from sctptop.model.registrations.attempt import Registration
from sctptop.model.registrations.summary import SERIES_KEY, Registered, time_of
from sctptop.model.registrations.tally import PARTS, Tally
from sctptop.model.registrations.words import COMPLETED
from sctptop.model.source_state import OK
from sctptop.quantity import counted
from sctptop.tui.views.parts.histogram_plot import histogram
from sctptop.tui.views.parts.marks import mark_line
from sctptop.tui.views.parts.registration_bar import bar_lines
from sctptop.tui.views.parts.registration_kinds import (
    by_end,
    cause_lines,
    doubt_pieces,
    kind_lines,
    standard_line,
    state_pieces,
)
from sctptop.tui.views.parts.registration_lists import (
    Shown,
    columns_of,
    failed_lines,
    key_of,
    shown,
    slowest_lines,
)
from sctptop.tui.views.parts.registration_procedures import procedure_lines
from sctptop.tui.views.parts.registration_room import LEAST_LISTED, in_sight, room_of_head
from sctptop.tui.views.parts.registration_words import kind_text, of_kind
from sctptop.tui.views.scene import Scene, nobody
from sctptop.tui.views.timed.series_block import Graph, series_block
from sctptop.tui.widgets.graph import top_of
from sctptop.tui.widgets.line_panel import Drawing, Note
from sctptop.tui.words.line import BLANK, Line, fit, fitting, line, wrapped
from sctptop.tui.words.probes import tone, why_nothing

TALL = 16
"""From here on both ends are there, what is in doubt has a line of its own, and the bar too."""
ROOMY = 110
"""From here on the histogram stands beside the head."""
FACTS = 80
"""Columns of the head beside a histogram."""
ROOMY_HEIGHT = 22
"""From here on there are more causes, and the counters of the standard."""
WITH_GRAPH = 16
"""Where the head leaves so many lines, registrations are drawn over time."""
LEAST_PLOT, MOST_PLOT, WIDEST_PLOT = 6, 12, 60
LONG_NS = 1_000_000_000
"""Registrations that run for so long are listed before those that failed."""


def draw(scene: Scene) -> Drawing:
    """Counts, causes and the split at the head; those that failed, the slowest UEs and the procedures below."""
    registered = scene.snapshot.registrations
    of_all = scene.toggles.all_associations
    if scene.row is None and not of_all:
        return nobody()
    key = None if of_all or scene.row is None else scene.row.key
    procedures = registered.procedures_of(key)
    leading = chosen_tally(registered, key, scene.toggles.kind)
    if leading is None and not procedures:
        return Drawing(body=_nothing(scene, key))
    head = [line(("No registration yet; procedures since the reset:", "dim"))]
    others: list[Line] = []
    if leading is not None:
        head, others = _head(scene, registered, key, leading)
    body, notes, titles = _lists(scene, registered, key, scene.height - len(head), others)
    if procedures:
        body += [BLANK] if body else []
        table = procedure_lines(procedures, scene.width)
        titles.append(len(body))
        notes += [Note(len(body) + place, f"procedure/{place}", "") for place in range(1, len(table))]
        body += table
    spare = scene.height - len(head) - len(body) - 2
    if leading is not None and leading.completed and scene.width < ROOMY and spare >= LEAST_PLOT:
        plot = histogram(leading.parts["total"].times, scene.width, min(spare, MOST_PLOT))
        body += [BLANK, _latency_title(leading), *plot] if plot else []
    return Drawing(body=body, head=head, notes=notes, titles=titles)


def known_registrations(registered: Registered) -> list[Registration]:
    """Each once of those that are kept, in the order in which they began."""
    known = (*registered.oldest, *registered.failed, *registered.slowest, *registered.last)
    return sorted({id(one): one for one in known}.values(), key=lambda one: one.began)


def chosen_registration(registered: Registered, key: str | None) -> Registration | None:
    """The registration that the cursor is on, None where it is on none."""
    # One that has just ended is in no list until it is known what came behind it.
    lists = (registered.oldest, registered.ended_now, registered.failed, registered.slowest)
    known = (*(entry for one in lists for entry in one), *reversed(registered.last))
    return next((entry for entry in known if key_of(entry) == key), None)


def chosen_tally(registered: Registered, key: Key | None, kind: str) -> Tally | None:
    """That of one kind at the leading end: the chosen one, else the most frequent; None without registrations."""
    leading = registered.leading(key)
    if leading is None or not kind:
        return leading
    same = (tally for tally in registered.of(key) if tally.from_ran == leading.from_ran)
    return next((tally for tally in same if kind_text(tally.kind) == kind), leading)


def next_kind(registered: Registered, current: str) -> str:
    """The kind after that one, by name; "" for all of them after the last, and where there is only one."""
    kinds = sorted({kind_text(tally.kind) for tally in registered.of(None)})
    later = [kind for kind in kinds if kind > current]
    return later[0] if later and len(kinds) > 1 else ""


def _head(
    scene: Scene, registered: Registered, key: Key | None, leading: Tally
) -> tuple[list[Line], list[Line]]:
    """What is always in sight; and the lines of the kinds that have no room in it."""
    tall, width = scene.height >= TALL, scene.width
    beside = width >= ROOMY and leading.completed and scene.height >= LEAST_PLOT + LEAST_LISTED + 1
    plot_width = min(width - FACTS - 2, WIDEST_PLOT) if beside else 0
    lines, others = _facts(scene, registered, key, leading, width - plot_width - 2 * bool(beside))
    if beside:
        most = min(MOST_PLOT, max(LEAST_PLOT, scene.height // 3))
        height = min(max(len(lines), LEAST_PLOT), most)
        plot = histogram(leading.parts["total"].times, plot_width, height - 1)
        right = [_latency_title(leading), *plot] if plot else []
        lines = [
            (*fit(one, width - plot_width), *two) for one, two in zip_longest(lines, right, fillvalue=BLANK)
        ]
    standard = standard_line(registered.of(key), leading, width) if scene.height >= ROOMY_HEIGHT else BLANK
    lines += [standard] if standard else []
    if key is None and leading.completed and scene.height - len(lines) >= WITH_GRAPH:
        lines += [BLANK, *_over_time(scene, registered, leading)]
    return ([*lines, BLANK] if tall else lines), others


def _facts(
    scene: Scene, registered: Registered, key: Key | None, leading: Tally, width: int
) -> tuple[list[Line], list[Line]]:
    """Counts by kind, causes of failures, and where the time of the leading kind went; and the kinds left out."""
    tall, roomy = scene.height >= TALL, scene.height >= ROOMY_HEIGHT
    tallies = by_end(registered.of(key), leading)
    same_side = [tally for tally in tallies if tally.from_ran == leading.from_ran]
    doubts = doubt_pieces(registered, key)
    state = _state(scene, registered, key, leading, several=len(same_side) > 1)
    of_kinds = [leading] if scene.toggles.kind else same_side
    causes = cause_lines(of_kinds, width, 3 if roomy else 2 if tall else 1)
    total, bar = leading.parts["total"], list[Line]()
    if total.times.n:
        split = {name: leading.parts[name].sum_ns / total.times.n / NANOSECONDS for name in PARTS}
        known = {name: part for name, part in split.items() if leading.parts[name].times.n}
        bar = bar_lines(f"{of_kind(leading.kind)}mean", known, leading.from_ran, width, tall)
    own_line = tall or bool(doubts)
    others: list[Tally] = []
    if not tall:
        failed = len(_of_view(scene, registered, key, registered.failed_of(key)))
        room = room_of_head(scene.height, failed) - own_line - len(causes)
        tallies, others = in_sight(same_side, leading, room, len(bar), scene.height)
        bar = bar[: max(room - 1 - len(tallies), 1)] if failed else bar
    if others:
        state.insert(0, line((f"  {counted(len(others), 'kind')} below", "dim")))
    lines = [_unindented(fitting((*doubts, *state), width))] if own_line else []
    lines += kind_lines(tallies, leading, width, () if own_line else state, len(others))
    return [*lines, *causes, *bar], kind_lines(others, leading, width) if others else []


def _state(
    scene: Scene, registered: Registered, key: Key | None, leading: Tally, several: bool
) -> list[Line]:
    interval_s = scene.snapshot.sample.interval_s
    started = registered.started_of(key, leading.from_ran)
    pieces = state_pieces(registered, started / interval_s if interval_s else None)
    if several:
        pieces.append(line(("  K ", "name"), (scene.toggles.kind or "all kinds", "dim")))
    return pieces


def _unindented(text: Line) -> Line:
    return (text[0]._replace(text=text[0].text.lstrip()), *text[1:]) if text else text


def _latency_title(tally: Tally) -> Line:
    return line((f"LATENCY {of_kind(tally.kind)}AT THE {tally.end}", "title"))


def _lists(
    scene: Scene, registered: Registered, key: Key | None, room: int, others: Sequence[Line]
) -> tuple[list[Line], list[Note], list[int]]:
    """Those that failed or run for long, ``others``, then the slowest; their notes, and where their titles are."""
    slow = _of_view(scene, registered, key, _slowest(registered, key, scene.toggles.kind))
    failed = _of_view(scene, registered, key, registered.failed_of(key))
    running = _of_view(scene, registered, key, registered.oldest_of(key))
    procedures = len(registered.procedures_of(key))
    if slow or failed:
        running = [entry for entry in running if entry.took_ns >= LONG_NS]
    titles_room = bool(slow) + bool(failed or running)
    # The procedures stay in sight where the lists have room enough beside them.
    beside = procedures + 2 if room - procedures - 2 >= titles_room * (LEAST_LISTED + 2) else 0
    free = max(room - beside - titles_room, LEAST_LISTED)
    share = max(free * 3 // 5, LEAST_LISTED, free - len(slow))
    if failed:
        running = running[: max(share // (2 if share > 2 * LEAST_LISTED else LEAST_LISTED), 1)]
    all_not_done = [*running, *failed]
    not_done = all_not_done[:share]
    slow = slow[: max(free - len(not_done), LEAST_LISTED)]
    columns = columns_of([*not_done, *slow], scene.width)
    body: list[Line] = []
    notes: list[Note] = []
    titles: list[int] = []
    for entries, lines in (
        (not_done, failed_lines(not_done, len(all_not_done), columns, scene.width)),
        (slow, slowest_lines(slow, columns, scene.width, hint=not not_done)),
    ):
        if entries:
            titles.append(len(body))
            notes += [Note(len(body) + place, entry.key, "") for place, entry in enumerate(entries, 1)]
            body += lines
        if others and entries is not_done:
            titles.append(len(body))
            body += others
    return body, notes, titles


def _slowest(registered: Registered, key: Key | None, kind: str) -> list[Registration]:
    """The slowest of those completed. Of one kind the last ones too: none of it may be among the slowest of all."""
    known = registered.slowest_of(key)
    if kind:
        last = (one for one in registered.last if key in (None, one.association))
        known = tuple(sorted({id(one): one for one in (*known, *last)}.values(), key=time_of, reverse=True))
    return [one for one in known if one.outcome == COMPLETED]


def _of_view(
    scene: Scene, registered: Registered, key: Key | None, entries: Sequence[Registration]
) -> list[Shown]:
    """Those of the kind that is chosen; of all associations each UE once, as the leading side saw it."""
    kind, from_ran = scene.toggles.kind, registered.from_ran
    return [
        shown(entry)
        for entry in entries
        if (key is not None or entry.from_ran == from_ran) and kind in ("", kind_text(entry.kind))
    ]


def _over_time(scene: Scene, registered: Registered, leading: Tally) -> list[Line]:
    """Registrations completed in each reading, how long those of the leading kind took in the middle, and what
    happened meanwhile to the associations that carry them."""
    window = scene.window
    lines: list[Line] = []
    graphs = [("completed", "completed", "n")]
    if registered.leading(None) == leading:
        graphs.append(
            ("median_ms", "median" if leading.kind is None else f"{kind_text(leading.kind)}"[:10], "ms")
        )
    for name, label, unit in graphs:
        series = scene.snapshot.past.read(SERIES_KEY, name, window.until, window.ticks)
        lines += series_block(
            Graph(label, series, top_of([series]), unit, series[-1], column=window.column), scene.width, 2
        )
    marked = mark_line(scene, {key for key, _, _ in registered.tallies if key is not None})
    return [*lines, *([marked] if marked is not None else []), scene.clock]


def _nothing(scene: Scene, key: Key | None) -> list[Line]:
    """Why there is none, and what helps."""
    snapshot = scene.snapshot
    probes, ngap = snapshot.sample.probes, snapshot.sample.sources.get("ngap", OK)
    if not probes.ok:
        return [
            line(("Registrations are read from NGAP and S1AP messages that probes see.", "dim")),
            *wrapped(why_nothing(probes), scene.width, tone(probes)),
        ]
    if not ngap.ok:
        return wrapped(f"NGAP and S1AP messages are not read: {ngap.why or ngap}", scene.width, "warn")
    strange = snapshot.registrations.strange.get(key, 0)
    if strange:
        return wrapped(
            f"No registration: {counted(strange, 'message')} where NGAP or S1AP is expected "
            "are of another protocol, or of another payload protocol identifier. Events (6, e) shows them.",
            scene.width,
            "warn",
        )
    if key is not None and snapshot.registrations.seen:
        return wrapped("No registration on this association; a shows all.", scene.width, "dim")
    carried = any(
        {row.association.local_port, row.association.remote_port} & {*CORE_PORTS} for row in snapshot.rows
    )
    words = (
        "No registration yet; they appear here as UEs register."
        if carried
        else "No association here carries NGAP (port 38412) or S1AP (36412). Messages with their PPID, 60 and 18, are "
        "followed on any port, and appear here by themselves."
    )
    return wrapped(words, scene.width, "dim")
