"""Which columns of the table fit, how wide each is, and the text of a cell. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from operator import attrgetter

from sctptop.fields.catalogue import field
from sctptop.fields.default_columns import LEADING, TABLE_COLUMNS, TABLE_WIDE_COLUMNS, default_columns
from sctptop.fields.field import SWITCH, Field
from sctptop.model.associations.row import Row
from sctptop.model.snapshot import Snapshot
from sctptop.quantity import show
from sctptop.terminal_text import clip

NARROW = 99
"""Below this many, those of a terminal of 100 beside its scrollbar, titles are shortened, and processes left out."""
ROOMY = 140
"""From here on states are written in full, and the trend has its place before the last of the wide columns."""
END_MIN, END_MAX = 15, 30
SHARED_MIN = 31
"""Of a remote end with its trouble, as at 80 columns: where there are fewer, other columns are off the screen."""
END_COMFORTABLE = 21
TREND_MIN, TREND_MAX = 10, 30
TROUBLE_MIN, TROUBLE_COMFORTABLE, TROUBLE_MAX = 20, 28, 36
PROCESS_WIDTH = 16
MARGIN = 3
"""For the cursor, the mark of the row, and a blank."""

_process, _container = attrgetter("association.process"), attrgetter("association.process.container")
_local = attrgetter("association.local_port", "association.local_addresses")
_remote = attrgetter("association.primary", "association.remote_port")
_trouble, _peer_name = attrgetter("trouble"), attrgetter("association.peer_name")


@dataclass(frozen=True, slots=True)
class Contents:
    """What the rows hold, or held once: a column with nothing in it takes no room, nor LOCAL where it says the
    same in each: ``local_ends``. ``both_ends``: a line has both. ``alike``: some of the remote ends are the same.
    """

    heartbeats: bool = True
    both_ends: bool = False
    namespaces: bool = False
    processes: bool = False
    containers: bool = False
    names: bool = False
    local_ends: bool = False
    alike: bool = False
    troubles: bool = False


def contents(snapshot: Snapshot, rows: Sequence[Row], before: Contents, both_ends: bool) -> Contents:
    """What the rows hold. What they held once keeps its column: nothing moves for what comes and goes."""
    probes = snapshot.sample.probes
    return Contents(
        heartbeats=probes.ok or probes.coming,
        both_ends=both_ends,
        namespaces=len(snapshot.namespaces) > 1,
        processes=before.processes or any(map(_process, rows)),
        containers=before.containers or any(map(_container, filter(_process, rows))),
        local_ends=before.local_ends or any(map(_local(rows[0]).__ne__, map(_local, rows)) if rows else ()),
        alike=before.alike or _alike(rows),
        names=before.names or any(map(_peer_name, rows)),
        troubles=before.troubles or any(map(_trouble, rows)),
    )


def _alike(rows: Sequence[Row]) -> bool:
    living = [_remote(row) for row in rows if not row.ended]
    return len(set(living)) < len(living)


@dataclass(frozen=True, slots=True)
class Column:
    """A column as laid out. ``field`` is None for the trend at the end. ``shared``: reasons of marks are in it too,
    ``named``: the name of a gNB or core before its address, where there is room.

    Asked of each cell, so worked out once: ``right``, whether it aligns right; ``reasons``: whether they stand in it.
    """

    field: Field | None
    title: str
    x: int
    width: int
    shared: bool = False
    named: bool = False
    right: bool = attribute(init=False)
    reasons: bool = attribute(init=False)

    def __post_init__(self) -> None:
        entry = self.field
        object.__setattr__(self, "right", entry is not None and (entry.numeric or entry.unit == SWITCH))
        object.__setattr__(self, "reasons", self.shared or (entry is not None and entry.id == "trouble"))


def lay_out(width: int, chosen: Sequence[Field] | None, held: Contents | None = None) -> tuple[Column, ...]:
    """Columns for a table of that width: those chosen, or as many of the catalogue's as fit and hold anything.

    Without heartbeats the kernel's srtt stands where they would.
    """
    held = held or Contents()
    if chosen is not None:
        fields, shared, trend = list(chosen), False, False
    elif held.both_ends:
        fields, shared, trend = _of_both_ends(width, held), False, width >= NARROW
    else:
        fields, shared, trend = *_fitting(width, held), width >= NARROW
    spare = width - _needed(fields, width, 0, 0)
    ends = [entry for entry in fields if entry.address]
    troubles = any(entry.id == "trouble" for entry in fields)
    trouble_width = 0
    if troubles:
        trouble_width = max(TROUBLE_MIN, min(TROUBLE_MAX, spare - len(ends) * END_COMFORTABLE))
        spare -= trouble_width
    trend_width = 0
    if trend and not shared and spare - len(ends) * END_COMFORTABLE > TREND_MIN:
        trend_width = min(TREND_MAX, spare - len(ends) * END_COMFORTABLE - 1)
        spare -= trend_width + 1
    if shared:
        others = [END_MIN] * (len(ends) - 1)
        shares = [*others, max(spare - sum(others), END_COMFORTABLE if others else SHARED_MIN)]
    else:
        shares = _shares(spare, len(ends))
    columns: list[Column] = []
    named = held.names and not shared and all(entry.id != "peer_name" for entry in fields)
    x = MARGIN
    for entry in fields:
        size = shares.pop(0) if entry.address else _width(entry, width)
        if entry.id == "trouble":
            size = trouble_width
        title = _title(entry, width)
        if shared and entry.id == "remote":
            columns.append(Column(entry, f"{title}, TROUBLE", x, size, shared=True))
        else:
            columns.append(Column(entry, title, x, size, named=named and entry.id == "remote"))
        x += size + 1
    if trend_width:
        columns.append(Column(None, "CWND OVER TIME", x, trend_width))
    return tuple(columns)


def cell(column: Column, row: Row) -> str:
    """The text of a cell, no wider than its column, not yet aligned."""
    chosen = column.field
    if chosen is None:
        return ""
    value = chosen.get(row)
    if chosen.abbreviations and isinstance(value, str):
        return value if len(value) <= column.width else chosen.abbreviations.get(value, value)[: column.width]
    text = chosen.said(row) if chosen.text else show(value, chosen.unit)
    if chosen.address:
        name = row.association.peer_name if column.named else None
        if name and len(name) + 1 + len(text) <= column.width:
            return f"{name} {text}"
        return shortened_end(text, column.width)
    if len(text) > column.width and chosen.id == "process":
        return clip(text, column.width, text[text.rfind("[") :])
    if len(text) > column.width and chosen.unit == "ms" and isinstance(value, float):
        text = show(round(value), "ms")
    return clip(text, column.width)


def shortened_end(text: str, width: int) -> str:
    """An address:port that loses the middle of its address, never the port."""
    return clip(text, width, text[text.rfind(":") :])


def _fitting(width: int, held: Contents) -> tuple[list[Field], bool]:
    """The fields in their order on the screen, and whether reasons share the column of the remote end."""
    narrow = width < NARROW
    names = [name if held.heartbeats or name != "hb_rtt" else "srtt_ms" for name in TABLE_COLUMNS]
    if held.alike:
        names.append("local")
        if narrow:
            # Without LOCAL two rows would look the same: the count that cwnd and queues tell most of goes.
            names.remove("rtx_chunks")
    if held.processes and not narrow:
        names.append("process")
    shared = False
    if held.troubles:
        apart = [*map(field, names), field("trouble")]
        shared = _needed(apart, width, END_COMFORTABLE, TROUBLE_MIN) > width
        names += [] if shared else ["trouble"]
    may_be_empty = {"container": held.containers, "netns_name": held.namespaces, "peer_name": held.names}
    may_be_empty["local"] = held.local_ends
    left_out = {name for name, there in may_be_empty.items() if not there}
    reserved = TREND_MIN + 6 if width >= ROOMY else 0
    end = END_COMFORTABLE + (TROUBLE_MIN if shared else 0)
    for name in TABLE_WIDE_COLUMNS:
        if name in left_out or name in names:
            continue
        more = [*map(field, names), field(name)]
        if narrow or _needed(more, width, end, TROUBLE_COMFORTABLE) + reserved > width:
            break
        names.append(name)
    names.sort(key=lambda name: LEADING.index(name) if name in LEADING else len(LEADING))
    return list(map(field, names)), shared


def _of_both_ends(width: int, held: Contents) -> list[Field]:
    first, further = default_columns(both_ends=True, namespaces=held.namespaces)
    fields = [field(name if held.heartbeats or name != "hb_rtt" else "srtt_ms") for name in first]
    reserved = TREND_MIN + 6 if width >= ROOMY else 0
    behind = fields.index(field("state")) + 1
    why = [*fields[:behind], field("trouble"), *fields[behind:]]
    if held.troubles and _needed(why, width, END_COMFORTABLE, TROUBLE_MIN) <= width:
        fields = why
    for extra in (entry for name in further if (entry := field(name)) not in fields):
        more = _needed([*fields, extra], width, END_COMFORTABLE, TROUBLE_MIN)
        if width < NARROW or more + reserved > width:
            break
        fields.append(extra)
    if f"peer_{fields[-1].id}" in further:
        # One end's alone means little.
        fields.pop()
    return fields


def _title(entry: Field, width: int) -> str:
    return (width < NARROW and entry.short) or entry.title


def _width(entry: Field, width: int) -> int:
    title, narrow = _title(entry, width), width < NARROW
    if entry.abbreviations:
        return 5 if width < ROOMY else entry.width
    if entry.id == "process":
        return PROCESS_WIDTH if width < ROOMY else entry.width
    if entry.unit == SWITCH:
        return len(title)
    if not entry.numeric:
        return max(len(title), entry.width)
    if entry.unit in ("hex", "#"):
        return max(len(title), entry.width)
    return max(len(title), 5 if narrow else 6)


def _needed(fields: Sequence[Field], width: int, end: int, trouble: int) -> int:
    """Columns that the fields take with so many for each end, and for the reasons of marks."""
    sizes = [
        end if entry.address else trouble if entry.id == "trouble" else _width(entry, width)
        for entry in fields
    ]
    return MARGIN + sum(sizes) + max(len(sizes) - 1, 0)


def _shares(spare: int, count: int) -> list[int]:
    """The width of each end; of an odd number the remote one, which is named last, has more."""
    if not count:
        return []
    each = max(END_MIN, min(END_MAX, spare // count))
    if count == 2 and spare < 2 * END_COMFORTABLE:
        # At 80 columns 48.0.70.132:38412 fits when the local end makes do with less.
        return [max(END_MIN, spare - max(each, 17)), max(each, 17)]
    return [each] * count
