"""Details: every field of one association, live, each explained; first both ends side by side where both are here."""

from __future__ import annotations

from sctptop.fields.catalogue import BY_ID, FIELDS, GROUPS
from sctptop.fields.ends import remote_end
from sctptop.fields.field import Field
from sctptop.model.associations.identity import Key
from sctptop.model.associations.row import Row
from sctptop.model.peers.peer import Peer
from sctptop.quantity import UNKNOWN, show
from sctptop.terminal_text import clip
from sctptop.tui.feeds.reading import Reading
from sctptop.tui.screens.popup import Popup
from sctptop.tui.widgets.line_panel import Drawing, Note
from sctptop.tui.words.line import BLANK, Line, clipped, line, wrapped
from sctptop.tui.words.peer_text import peer_lines

TITLE = 12
BOTH = "Both ends"
BOTH_HINT = "  are on this host; the key b puts them on one line"
TOGETHER_HINT = "  are on this host, on one line; Esc, then b parts them"
EACH_MOST = 22


class DetailsScreen(Popup):
    """Follows one association until it is closed."""

    def __init__(self, reading: Reading, key: Key, *, together: bool = False) -> None:
        """``together``: both ends share a line of the table."""
        row = reading.snapshot.row(key) if reading.snapshot else None
        super().__init__(f"Details of {remote_end(row)}" if row else "Details")
        self._key = key
        self._hint = TOGETHER_HINT if together else BOTH_HINT
        self._row = row
        self._peer = _peer_of(reading, row)
        self._gone = False

    def update(self, reading: Reading) -> None:
        """Update with a newer reading; the last values stay when the association is gone."""
        row = reading.snapshot.row(self._key) if reading.snapshot else None
        self._gone = row is None
        self._row = row or self._row
        self._peer = _peer_of(reading, self._row) or self._peer
        self.draw()

    def drawing(self) -> Drawing:
        """Groups of fields, in two columns of name and value."""
        row = self._row
        if row is None:
            return Drawing(body=[line(("This association is gone.", "dim"))])
        body: list[Line] = []
        notes: list[Note] = []
        if self._gone or row.ended:
            why = row.why_ended or "ended"
            said = f"This association has gone ({why}); these are its last values."
            body += wrapped(said, self.room, "warn")
        if row.other_end is not None:
            body.append(clipped(line((BOTH, "title"), (self._hint, "faint")), self.room))
            body.append(_beside("", "this end", "other end", self.room, "dim"))
            for field in (field for field in FIELDS if field.mirrors):
                own = BY_ID[field.mirrors]
                notes.append(Note(len(body), field.id, f"{own.id} and {field.id}: {own.help}"))
                body.append(_compared(row, own, field, self.room))
            body.append(BLANK)
        for title, fields in GROUPS.items():
            body.append(line((title, "title")))
            for field in fields:
                notes.append(Note(len(body), field.id, f"{field.id}: {field.help}"))
                body.append(_field(row, field, self.room))
            body.append(BLANK)
        if self._peer is not None:
            body += peer_lines(self._peer, self.room)
        return Drawing(body=body, notes=notes)


def _peer_of(reading: Reading, row: Row | None) -> Peer | None:
    return reading.snapshot.peer_of(row) if reading.snapshot is not None and row is not None else None


def _compared(row: Row, own: Field, mirror: Field, width: int) -> Line:
    """One field of both ends, marked where they differ as far as both are known."""
    here, there = own.get(row), mirror.get(row)
    known = here is not None and there is not None
    differ = known and here != there and not own.of_one_end
    texts = show(here, own.unit), show(there, own.unit)
    return _beside(own.title, *texts, width, "strong", "≠" if differ else " ")


def _beside(title: str, here: str, there: str, width: int, style: str, mark: str = " ") -> Line:
    """Two values in columns of their own, the mark before the second."""
    each = max(8, min(EACH_MOST, (width - TITLE - 7) // 2))
    values = [clip(text, each) for text in (here, there)]
    first, second = ((f" {text:>{each}}", "faint" if text == UNKNOWN else style) for text in values)
    return line((f"  {title:<{TITLE}}", "dim"), first, (f"  {mark}", "warn"), second)


def _field(row: Row, field: Field, width: int) -> Line:
    value = field.get(row)
    text = field.said(row)
    align = ">" if field.numeric else "<"
    exact = f"{value:,} bytes" if field.unit == "B" and isinstance(value, int) and value >= 1000 else ""
    spans = [
        (f"  {field.title:<{TITLE}}", "dim"),
        (f" {text:{align}10}", "faint" if text == UNKNOWN else "strong"),
    ]
    if len(text) > 10:
        spans[1] = (f" {text}", "strong")
    elif width >= 70:
        spans.append((f"  {exact or field.help}", "faint"))
    return line(*spans)
