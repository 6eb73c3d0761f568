"""Timeline: from when to when each association lived, its dead paths, its ends, peers that refuse, and alarms."""

from __future__ import annotations

from collections.abc import Sequence

from sctptop.fields.ends import local_end, owner, remote_end
from sctptop.model.associations.row import Row
from sctptop.model.lives.lives import Lived
from sctptop.model.peers.peer import Peer, peer_name
from sctptop.quantity import counted, span_text
from sctptop.terminal_text import clip
from sctptop.tui.feeds.reading import Playback
from sctptop.tui.views.scene import Scene, nobody
from sctptop.tui.views.timed.axis import axis_text
from sctptop.tui.views.timed.series_block import timed
from sctptop.tui.views.timed.window import nearest
from sctptop.tui.widgets.line_panel import Drawing
from sctptop.tui.words.line import Line, Span, fit, line, spread, wrapped

ALIVE, DEAD, BEGIN, END, REFUSED, PROBLEM, WARNING = "━", "╍", "┣", "╳", "✗", "!", "·"
HERE = "◆"
ROOMY = 110
WITH_RECORDING = 12
"""From this height on a recording has a line for all of it."""
STATE = 17
LEGEND = "━ alive  ┣ seen to begin  ╍ a path dead  ╳ ended  ✗ refused  ! · alarm"


NOBODY_YET = "No association was seen yet; each has a line here from then on."


class TimeColumns:
    """A length of time in columns."""

    def __init__(self, from_s: float, until_s: float, columns: int) -> None:
        self.from_s, self.columns = from_s, columns
        self.step_s = max(until_s - from_s, 1.0) / columns

    def column(self, time_s: float) -> int:
        """Where a time is, at the edges also what lies beyond them."""
        return max(0, min(self.columns - 1, int((time_s - self.from_s) / self.step_s)))

    @property
    def times(self) -> list[float]:
        """Of each column its end: what a reading there has seen."""
        return [self.from_s + self.step_s * (place + 1) for place in range(self.columns)]


def draw(scene: Scene) -> Drawing:
    """A line an association, or one for several that came one after the other between the same ends."""
    reading = scene.reading
    if not reading.times:
        return Drawing(body=wrapped("Nothing was read yet.", scene.width, "dim"))
    if scene.row is None and not scene.toggles.all_associations:
        return nobody()
    lines_of = _one_after_the_other(_shown(scene))
    name = min(34 if scene.width >= ROOMY else 22, scene.width // 3)
    stretch = _stretch(scene, lines_of, scene.width - name - STATE - 3)
    at_s = None if scene.at_s is None else reading.times[nearest(reading.times, scene.at_s)]
    column = None if at_s is None else stretch.column(at_s)
    body = [_lives(lives, stretch, name, column, at_s, reading.times[-1]) for lives in lines_of]
    body += [_refused(scene, peer, stretch, name, column) for peer in _refusing(scene)]
    if not body:
        return Drawing(body=wrapped(NOBODY_YET, scene.width, "dim"))
    times = stretch.times
    foot = [
        _labelled("alarms", _alarms(scene, stretch), "", name, column, "warn"),
        _labelled("", axis_text(times, column), "", name, column, "dim"),
    ]
    if scene.height >= len(foot) + 6:
        foot.append(fit(line((LEGEND, "dim")), scene.width))
    if reading.playback is not None and scene.height >= WITH_RECORDING:
        foot += _recording(reading.playback, name, stretch.columns)
    span = span_text(times[-1] - stretch.from_s)
    told = f"the last {span}" if scene.toggles.own_scale else f"all that was seen: {span}"
    key = "y all that was seen" if scene.toggles.own_scale else "y as the graphs"
    said = line((f"{counted(len(lines_of), 'line')}, {told}", "dim"))
    head = [spread(said, line((key, "faint")), scene.width)]
    return Drawing(body=body, head=head, foot=foot, times=times)


def _shown(scene: Scene) -> Sequence[Lived]:
    lives = scene.reading.lives
    if scene.toggles.all_associations or scene.row is None:
        return lives
    ends = {*_ends(scene.row)}
    return [one for one in lives if ends & {*_ends(one.row)}]


def _ends(row: Row) -> tuple[tuple[object, ...], ...]:
    """What stays of an association that is set up anew: its addresses, and the port of the one end or the other.

    The other port is made up for it, and none of the two tells by its number which it is.
    """
    entry = row.association
    ends = (entry.netns, entry.local_addresses[:1], entry.remote_addresses[:1])
    return (*ends, "here", entry.local_port), (*ends, "there", entry.remote_port)


def _one_after_the_other(lives: Sequence[Lived]) -> list[list[Lived]]:
    """Lives between the same ends share a line, as long as none of them begins before the one before it ended."""
    found: list[list[Lived]] = []
    last: dict[tuple[object, ...], list[Lived]] = {}
    for one in lives:
        ends = _ends(one.row)
        before = (
            known for end in ends if (known := last.get(end)) is not None and _is_over(known, one.from_s)
        )
        line_of = next(before, None)
        if line_of is None:
            line_of = []
            found.append(line_of)
        line_of.append(one)
        last.update(dict.fromkeys(ends, line_of))
    return found


def _is_over(lives: Sequence[Lived], at_s: float) -> bool:
    until_s = lives[-1].until_s
    return until_s is not None and until_s <= at_s


def _stretch(scene: Scene, lines_of: Sequence[Sequence[Lived]], columns: int) -> TimeColumns:
    times = scene.reading.times
    window = [time_s for time_s in scene.window.times if time_s is not None]
    first_s, last_s = window[0], window[-1]
    if not scene.toggles.own_scale:
        last_s = times[-1]
        first_s = min([times[0], *(lives[0].from_s for lives in lines_of)])
    return TimeColumns(first_s, last_s, max(columns, 8))


def _lives(
    lives: Sequence[Lived],
    stretch: TimeColumns,
    name: int,
    column: int | None,
    at_s: float | None,
    now_s: float,
) -> Line:
    cells = [" "] * stretch.columns
    bad: set[int] = set()
    for place, one in enumerate(lives):
        begin = stretch.column(one.from_s)
        end = stretch.columns - 1 if one.until_s is None else stretch.column(one.until_s)
        cells[begin : end + 1] = ALIVE * (end + 1 - begin)
        if one.born:
            cells[begin] = BEGIN
        for down in one.downs:
            dead = range(
                stretch.column(down.from_s), stretch.column(down.until_s or one.until_s or now_s) + 1
            )
            for cell in dead:
                cells[cell] = DEAD
            bad.update(dead)
        if one.until_s is not None:
            cells[end] = END
            until = stretch.column(lives[place + 1].from_s) if place + 1 < len(lives) else stretch.columns
            reason = f" {one.why or 'gone'} "
            if len(reason) <= until - end - 1:
                cells[end + 1 : end + 1 + len(reason)] = reason
    last = lives[-1]
    row = last.row
    whole = f"{owner(row) or local_end(row)} → {remote_end(row)}"
    # Where there is little room the peer is who is looked for.
    label = whole if len(whole) <= name else clip(remote_end(row), name)
    style = "bad" if last.dead or last.until_s is not None else "good"
    told = _state(lives, now_s, None) if at_s is None else _state(lives, now_s, at_s)
    return _labelled(label, "".join(cells), told, name, column, style, "" if last.until_s is None else "dim")


def _state(lives: Sequence[Lived], now_s: float, at_s: float | None) -> str:
    """What to say of a line: of now, or of an instant."""
    if at_s is not None:
        one = next((one for one in reversed(lives) if one.from_s <= at_s + 1e-6), None)
        if one is None:
            return "not yet seen"
        if one.until_s is not None and one.until_s <= at_s:
            return one.why or "gone"
        dead = one.dead_at(at_s)
        return f"dead {', '.join(dead)}" if dead else f"up {span_text(at_s - one.from_s)}"
    last = lives[-1]
    several = f"{len(lives)} lives, " if len(lives) > 1 else ""
    if last.until_s is not None:
        return f"{several}{span_text(now_s - last.until_s)} ago"
    if last.dead:
        primary = last.row.association.primary in last.dead
        return f"{several}{'primary' if primary else 'a path'} dead"
    return f"{several}up {'' if last.born else '≥ '}{span_text(now_s - last.from_s)}"


def _refusing(scene: Scene) -> list[Peer]:
    return [peer for peer in scene.snapshot.peers.values() if peer.in_a_row and not peer.up]


def _refused(scene: Scene, peer: Peer, stretch: TimeColumns, name: int, column: int | None) -> Line:
    cells = [" "] * stretch.columns
    zero_s = scene.reading.times[-1] - scene.snapshot.now_s
    first_s = peer.last_at_s if peer.failed_since_s is None else peer.failed_since_s
    times = sum(peer.in_a_row.values())
    for place in range(min(times, stretch.columns)):
        share = place / max(times - 1, 1)
        cells[stretch.column(zero_s + first_s + (peer.last_at_s - first_s) * share)] = REFUSED
    return _labelled(clip(peer_name(peer.key), name), "".join(cells), f"{times} in vain", name, column, "bad")


def _alarms(scene: Scene, stretch: TimeColumns) -> str:
    cells = [" "] * stretch.columns
    for alarm in scene.snapshot.alarms:
        raised_s = alarm.raised.timestamp()
        if raised_s >= stretch.from_s:
            place = stretch.column(raised_s)
            if alarm.severity == "problem" or cells[place] == " ":
                cells[place] = PROBLEM if alarm.severity == "problem" else WARNING
    return "".join(cells)


def _recording(playback: Playback, name: int, columns: int) -> list[Line]:
    """All of the recording, with the place of the picture and the alarms known in it; not to be clicked."""
    whole = TimeColumns(playback.first_s, playback.first_s + max(playback.length_s, 1.0), columns)
    cells = ["─"] * columns
    for alarm in playback.alarms:
        place = whole.column(alarm.time_s)
        if alarm.problem or cells[place] == "─":
            cells[place] = PROBLEM if alarm.problem else WARNING
    cells[whole.column(playback.first_s + playback.at_s)] = HERE
    keys = "m M next, before" if playback.alarms else "m M alarms"
    return [
        line(f"{'recording':<{name}} ", ("".join(cells), "warn"), (f" {clip(keys, STATE)}", "faint")),
        line((" " * (name + 1) + axis_text(whole.times, None), "dim")),
    ]


def _labelled(
    label: str, text: str, told: str, name: int, column: int | None, style: str, label_style: str = ""
) -> Line:
    return (
        Span(f"{label:<{name}} ", label_style),
        *timed(text, style, column),
        Span(f" {clip(told, STATE)}", "dim" if column is None else "name"),
    )
