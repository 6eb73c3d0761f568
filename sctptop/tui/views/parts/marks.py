"""What happened to associations, as one letter a reading: cuts, retransmissions, paths, alarms."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from sctptop.model.associations.event_log import Logged
from sctptop.model.associations.identity import Key
from sctptop.model.event import Event
from sctptop.tui.views.parts.event_text import CUT_LETTERS
from sctptop.tui.views.scene import Scene
from sctptop.tui.views.timed.series_block import LEFT, timed_line
from sctptop.tui.words.line import Line, Span

PROBLEM, DOWN, AGAIN, BACK, WARNING = "!", "x", "r", "o", "·"
ORDER = (PROBLEM, DOWN, *CUT_LETTERS.values(), AGAIN, WARNING, BACK)
"""Of several in one reading the first here is drawn."""
MARK_WORDS = (
    *("T T3-rtx", "F fast retransmit", "E ECN", "I idle", "R restart"),
    *("! · alarm", "r sent again", "x path down", "o up"),
)
"""T, F, E, I and R are why cwnd was cut; an alarm is a problem or a warning."""


def mark_line(scene: Scene, keys: Collection[Key]) -> Line | None:
    """A line below the graphs of these associations; None where nothing can be known to have happened to them."""
    text = marks(scene, keys)
    if not scene.snapshot.sample.probes.ok and not text.strip():
        return None
    return letters("marks", text, scene)


def letters(label: str, text: str, scene: Scene) -> Line:
    """Letters below graphs, one a column."""
    return timed_line(
        Span(f"{label:<{LEFT - 1}}", "dim"), Span("│", "faint"), text, "warn", scene.window.column
    )


def marks(scene: Scene, keys: Collection[Key]) -> str:
    """One character a column: the gravest of what happened in that reading, or a blank."""
    found = [" "] * scene.window.ticks
    for column, letter in (*_alarmed(scene, keys), *_happened(scene, keys)):
        if found[column] == " " or ORDER.index(letter) < ORDER.index(found[column]):
            found[column] = letter
    return "".join(found)


def cut_marks(scene: Scene, events: Iterable[Logged], address: str | None) -> str:
    """One character a column: why cwnd of that path was cut in it, or a blank."""
    found = [" "] * scene.window.ticks
    for entry in events:
        column, letter = scene.window.column_of(entry.tick), CUT_LETTERS.get(entry.event.text("cause"), "")
        if column is None or not letter or entry.event.address not in (address, None):
            continue
        if found[column] == " " or ORDER.index(letter) < ORDER.index(found[column]):
            found[column] = letter
    return "".join(found)


def _happened(scene: Scene, keys: Collection[Key]) -> Iterator[tuple[int, str]]:
    window, first = scene.window, scene.window.first
    for entry in reversed(scene.snapshot.events):
        if entry.tick < first:
            return
        if entry.key in keys and (letter := letter_of(entry.event)):
            column = window.column_of(entry.tick)
            if column is not None:
                yield column, letter


def letter_of(event: Event) -> str:
    """The mark of an event, "" for one that has none."""
    if event.is_cut:
        return CUT_LETTERS.get(event.text("cause"), "")
    if event.kind in ("t3_rtx", "retransmit", "ngap_rtx"):
        return AGAIN
    if event.kind == "path":
        return BACK if event.text("after") == "ACTIVE" else DOWN
    return ""


def _alarmed(scene: Scene, keys: Collection[Key]) -> Iterator[tuple[int, str]]:
    for alarm in scene.snapshot.alarms:
        if alarm.association in keys:
            column = scene.window.column_at(alarm.raised.timestamp())
            if column is not None:
                yield column, PROBLEM if alarm.severity == "problem" else WARNING
