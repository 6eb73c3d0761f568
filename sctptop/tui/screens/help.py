"""Help: the keys and the fields, made from the bindings and the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from sctptop.fields.catalogue import FIELDS, GROUPS
from sctptop.fields.expression.examples import FILTER_EXAMPLES
from sctptop.fields.of_paths import PATH_FIELDS
from sctptop.tui.keys import explained, key_names
from sctptop.tui.screens.popup import Popup
from sctptop.tui.screens.typed_search import TypedSearch
from sctptop.tui.views.parts.registration_bar import SIDES
from sctptop.tui.widgets.line_panel import Drawing
from sctptop.tui.words.line import BLANK, Line, line, wrapped

KEY, TITLE = 16, 12

MARKS = (
    ("▸", "the association under the cursor; it stays there when the order changes"),
    ("–", "a value that could not be read; never 0"),
    (
        "≥42s ≤12:03:44",
        "for so long or longer, then or before: it was so when watching began",
    ),
    ("‹ ›", "among the titles: there are more columns that way, ← → go there"),
    ("▲ ▼", "beside a title: sorted by it, smallest or largest first; beside a rate: it should be zero"),
    (
        "● ◐ ○ ? ·",
        "a path that is active, potentially failed (PF), inactive, unconfirmed, or its state not known",
    ),
    ("≠", "in the details: the two ends differ in it"),
    ("┊ ▲12:03:44", "the cursor along time; the values beside the graphs are those of that instant"),
    ("T F E I R", "below graphs: cwnd was cut by T3-rtx, fast retransmit, ECN, idle, restart"),
    ("! · r x o", "below graphs: a problem or warning raised, sent again, path down, path up"),
    ("▁", "in a graph: zero; a blank is a gap, nothing was read; ▲ stands above the scale"),
)
SCTP, UNREAD, NETWORK, CORE, RAN = (f"{mark} {name}" for name, mark, _ in SIDES)
REGISTRATION = (
    ("AT THE gNB", "a line a kind of registration; times are of those completed, and never of several kinds"),
    (
        "FAILED",
        "how those ended that were not completed; inferred: of how many that follows from ciphered messages",
    ),
    ("WHY", "causes of failures by number and name: 5GMM, EMM, NGAP, S1AP"),
    (
        "NOT DONE",
        "UEs that have run for more than a second, oldest first, then those that failed, the latest first",
    ),
    (SCTP, "what SCTP did: held, blocked, lost and order, below"),
    (UNREAD, "messages that had come, in order, and that nobody read: the time of who reads them"),
    (
        NETWORK,
        "on the way, where both ends are here or heartbeats tell; else it is in core+network, or RAN+network",
    ),
    (f"{CORE}, {RAN}", "the rest, by who had to act"),
    (
        "held, unread",
        "handed over, not yet transmitted for the first time; arrived, not yet read by the application",
    ),
    ("blocked", "the application waited for room in the send buffer"),
    ("lost, order", "until the transmission that arrived was sent; behind a message that was lost"),
    (
        "COST MOST",
        "the longest stage of the part that took most; 501ms in 3: it had 3 stages",
    ),
    ("?", "behind an outcome or a message: it follows from what can be seen of ciphered ones"),
    ("try 2", "the same UE has begun anew; the time since its first try"),
    ("→ ←", "before a procedure: this host asked; it was asked"),
    ("running, most", "UEs registering now; the most at one time since the start or the last r; each once"),
    ("unseen", "messages that no probe saw, by gaps in the TSNs"),
    ("not NGAP", "messages where NGAP or S1AP is expected, of another protocol or with another PPID"),
    ("RM.RegInitReq", "counters of 3GPP TS 28.552 5.2.2, at an AMF: requests received; Succ: accepts sent"),
    ("▲ ▲ ·", "advice (!), gravest first: problem, warning, note; a note is no trouble, only worth knowing"),
)

FIELD_COLUMNS = "title, meaning, name for --sort, --filter and --columns"
HEADED = (*GROUPS.items(), ("Other end", tuple(field for field in FIELDS if field.mirrors)))
"""Fields by the headings of the details."""


NOTHING_FOUND = "Nothing in the help has all of these words. Esc takes them away."


class HelpScreen(Popup):
    """Everything there is to know, to scroll through; what is typed leaves the entries that hold it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Clear the search, then back", id="help.back", show=False),
        Binding("enter,f1", "dismiss", "Back", id="help.close", show=False),
    ]

    def __init__(self, groups: Iterable[tuple[str, Iterable[BindingType]]], live: bool) -> None:
        super().__init__("Help")
        self._search = TypedSearch()
        self._live = live
        self._groups = [(title, list(bindings)) for title, bindings in groups]

    def on_key(self, event: events.Key) -> None:
        """What is typed is looked for; ? closes while nothing is."""
        if event.character == "?" and not self._search.text:
            event.stop()
            self.dismiss()
        elif self._search.take(event):
            self.panel.scroll_to(y=0, animate=False)
            self.draw()

    def action_back(self) -> None:
        """Take the search away; without one close."""
        if not self._search.text:
            self.dismiss()
            return
        self._search.text = ""
        self.draw()

    def drawing(self) -> Drawing:
        """Keys by task, marks, registration, filter, fields: those that hold all words typed."""
        body: list[Line] = []
        for title, entries, left in self._sections():
            found = [entry for entry in entries if self._search.found_in(title, *entry)]
            if found:
                body += _section(title, found, self.room, left)
        typed = self._search.text
        hint = line(("search ", "name"), (f"{typed}▏", "strong"))
        if not typed:
            hint = line(("type to search", "name"), ("  ↑ ↓ PgDn scroll  Esc back", "faint"))
        if not body:
            body = wrapped(NOTHING_FOUND, self.room, "warn")
        return Drawing(head=[hint], body=body)

    def _sections(self) -> Iterator[tuple[str, Iterable[tuple[str, str]], int]]:
        for title, bindings in self._groups:
            yield title, _keys(bindings, self._live), KEY
        yield "Marks", MARKS, KEY
        yield "Registration", REGISTRATION, KEY
        yield "Filter (/)", FILTER_EXAMPLES, 31
        for group, fields in HEADED:
            entries = [(field.title, f"{field.help}  [{field.id}]") for field in fields]
            yield f"{group}: {FIELD_COLUMNS}", entries, TITLE
        paths = [(field.title, f"{field.help}  [{field.id}]") for field in PATH_FIELDS]
        yield "Of each path: title, meaning, name in JSON", paths, TITLE


def _keys(bindings: Iterable[BindingType], live: bool) -> Iterable[tuple[str, str]]:
    for binding in bindings:
        if isinstance(binding, Binding):
            yield key_names(binding), explained(binding, live)


def _section(title: str, entries: Iterable[tuple[str, str]], width: int, left: int) -> list[Line]:
    lines = [line((title, "title"))]
    for name, text in entries:
        first, *more = wrapped(text, width - left - 3)
        lines.append(line(f"  {name:<{left}} ", *first))
        lines += [line(" " * (left + 3), *rest) for rest in more]
    for place, text_line in enumerate(lines[1:], 1):
        if text_line[0].text.strip():
            lines[place] = ((text_line[0]._replace(style="name")), *text_line[1:])
    return [*lines, BLANK]
