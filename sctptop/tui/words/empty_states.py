"""What stands in place of the table while it has no rows: why, and what to do. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from sctptop.fields.filter import Filter
from sctptop.model.associations.row import Row
from sctptop.model.sample import Sample
from sctptop.model.selection import Selector
from sctptop.model.snapshot import Snapshot
from sctptop.model.source_state import Kind
from sctptop.quantity import counted
from sctptop.tui.feeds.reading import Reading
from sctptop.tui.words.line import BLANK, Line, line, wrapped

MOST_ENDPOINTS = 8


def explanation(
    reading: Reading | None,
    selectors: tuple[Selector, ...],
    chosen: Filter,
    lines: Sequence[Row],
    width: int,
) -> list[Line] | None:
    """The text for a table where none of ``lines`` passes the filter; None before there was a reading."""
    room = max(20, width - 4)
    if reading is None:
        return None
    snapshot = reading.snapshot
    if snapshot is None:
        return _unreadable(reading, room)
    if lines:
        return _filtered_out(len(lines), chosen)
    if reading.playback is not None:
        return _nobody_then(snapshot, selectors, room)
    if not snapshot.sample.watchable:
        return _unwatchable(snapshot.sample, room)
    if selectors and snapshot.hidden:
        return _not_selected(snapshot, selectors, room)
    return _waiting(snapshot.sample, selectors, room)


def _unreadable(reading: Reading, room: int) -> list[Line]:
    lines = [
        BLANK,
        line(("  Nothing could be read yet.", "strong")),
        *wrapped(reading.error or "", room, "warn", 2),
    ]
    if reading.playback is None:
        lines += wrapped("It is tried again at every interval and goes live by itself.", room, "dim", 2)
    return lines


def _nobody_then(snapshot: Snapshot, selectors: tuple[Selector, ...], room: int) -> list[Line]:
    """Of a recording."""
    lines = [BLANK, line(("  No association ", "strong"), "at this moment of the recording.")]
    if selectors:
        told = f"No association matches --assoc {_named(selectors)} at this moment."
        lines = [BLANK, *wrapped(told, room, "strong", 2)]
        lines.append(line(f"  {counted(snapshot.hidden, 'other')} there and not shown."))
    if snapshot.sample.trouble:
        lines += wrapped(f"The host could not be watched then: {snapshot.sample.trouble}", room, "warn", 2)
    lines += wrapped("p plays on, [ ] jump, g goes to a time.", room, "dim", 2)
    return lines


def _unwatchable(sample: Sample, room: int) -> list[Line]:
    lines = [BLANK, line(("  Nothing to watch here yet", "strong")), BLANK]
    named: dict[str, list[str]] = {}
    for name, state in sample.sources.items():
        if not state.ok and state.kind is not Kind.UNWANTED:
            named.setdefault(str(state), []).append(name)
    for told, names in named.items():
        lines.append(line((f"  {', '.join(names)}", "name")))
        lines += wrapped(told, room - 2, "", 4)
    lines.append(BLANK)
    lines += wrapped(
        "This screen goes live by itself as soon as a source of associations can be read. "
        "Until then: sudo sctptop doctor names all that is missing, sctptop replay demo shows a recording.",
        room,
        "dim",
        2,
    )
    return lines


def _waiting(sample: Sample, selectors: tuple[Selector, ...], room: int) -> list[Line]:
    namespaces = len(sample.counters)
    where = f" in {namespaces} network namespaces" if namespaces > 1 else " in this network namespace"
    what = (
        f"for an association that matches --assoc {_named(selectors)}" if selectors else "for an association"
    )
    lines = [
        BLANK,
        *wrapped(f"Waiting {what}{where if namespaces else ''}…", room, "strong", 2),
        *wrapped("It appears here by itself when one comes up.", room, "dim", 2),
    ]
    listening = [entry for entry in sample.endpoints if entry.local_port]
    if not listening:
        return [*lines, *wrapped("No SCTP socket is bound either: no application is ready.", room, "dim", 2)]
    lines.append(line(("  SCTP sockets that are there:", "dim")))
    for entry in listening[:MOST_ENDPOINTS]:
        hosts = ", ".join(entry.local_addresses) or "*"
        state = (entry.state or "bound").lower()
        kind = f", {entry.socket_type}" if entry.socket_type else ""
        lines.append(
            line((f"    port {entry.local_port}", "name"), f"  {hosts}", (f"  {state}{kind}", "dim"))
        )
    if len(listening) > MOST_ENDPOINTS:
        lines.append(line((f"    and {len(listening) - MOST_ENDPOINTS} more", "dim")))
    return lines


def _not_selected(snapshot: Snapshot, selectors: tuple[Selector, ...], room: int) -> list[Line]:
    others = counted(snapshot.hidden, "other association") + (" are" if snapshot.hidden != 1 else " is")
    return [
        BLANK,
        *wrapped(f"Waiting for an association that matches --assoc {_named(selectors)}…", room, "strong", 2),
        line((f"  {others} here and not shown.", "")),
        *wrapped("It appears here by itself when one comes up.", room, "dim", 2),
    ]


def _filtered_out(among: int, chosen: Filter) -> list[Line]:
    return [
        BLANK,
        line(("  The filter ", "strong"), (chosen.text, "name"), (" matches nothing ", "strong")),
        line(f"  among {counted(among, 'association')}."),
        line(("  / changes it, Esc clears it.", "dim")),
    ]


def _named(selectors: tuple[Selector, ...]) -> str:
    return ", ".join(selector.text for selector in selectors)
