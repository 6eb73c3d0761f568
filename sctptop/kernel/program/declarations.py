"""Where the C of bpf/ declares what records.py describes: structs, tables, enums, and how they lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sctptop.kernel.layout import Layout
from sctptop.kernel.program.records import (
    CAUSES,
    DIRECTIONS,
    ENDS,
    FREQUENT,
    HAD,
    KINDS,
    LIFE,
    LOWER,
    NO_ROOM,
    SEEN,
    WAITS,
    AssociationEnd,
    AssociationWindows,
    Change,
    EndReason,
    Extent,
    Followed,
    NgapEvent,
    NgapHead,
    PathWindows,
    ProbeEvent,
    RttBin,
    WaitBegun,
    WaitBin,
    Who,
)


@dataclass(frozen=True, slots=True)
class CStruct:
    """A struct of C: its name, the file of bpf/ that has it, and how it lies."""

    name: str
    file: str
    layout: Layout[Any]


@dataclass(frozen=True, slots=True)
class CTable:
    """A BPF map that we read or write: its name, the file that has it, and the bytes of its keys and values."""

    name: str
    file: str
    key_size: int
    value_size: int


@dataclass(frozen=True, slots=True)
class CEnum:
    """Members of an enum whose names are ``prefix``, _ and a word in capitals, numbered from ``first``."""

    prefix: str
    file: str
    words: tuple[str, ...]
    first: int = 0


PATH_WINDOWS = Layout(PathWindows, kept=("who", "changes"))
ASSOC_WINDOWS = Layout(AssociationWindows, kept=("who",))
PROBE_EVENT, NGAP_EVENT = Layout(ProbeEvent), Layout(NgapEvent)
ASSOCIATION_END = Layout(AssociationEnd)
RTT_BIN, WAIT_BIN = Layout(RttBin), Layout(WaitBin)
FOLLOWING, WAIT_BEGUN = Layout(Followed), Layout(WaitBegun)

STRUCTS = (
    CStruct("who", "who.h", Layout(Who)),
    CStruct("window_extent", "windows.h", Layout(Extent)),
    CStruct("window_change", "windows.h", Layout(Change)),
    CStruct("path_windows", "windows.h", PATH_WINDOWS),
    CStruct("assoc_windows", "windows.h", ASSOC_WINDOWS),
    CStruct("probe_event", "event.h", PROBE_EVENT),
    CStruct("end_reason", "ends.c", Layout(EndReason)),
    CStruct("association_end", "ends.c", ASSOCIATION_END),
    CStruct("ngap_head", "ngap_head.c", Layout(NgapHead)),
    CStruct("ngap_event", "ngap.c", NGAP_EVENT),
    CStruct("rtt_bin", "rtt.c", RTT_BIN),
    CStruct("wait_bin", "waits.c", WAIT_BIN),
    CStruct("wait_begun", "waits.c", WAIT_BEGUN),
    CStruct("following", "follow.h", FOLLOWING),
)

PATHS = CTable("paths", "windows.h", 8, PATH_WINDOWS.size)
ASSOCIATIONS = CTable("associations", "windows.h", 8, ASSOC_WINDOWS.size)
INTERVAL = CTable("interval", "windows.h", 4, 4)
DATA_RTTS = CTable("data_rtts", "rtt.c", RTT_BIN.size, 8)
WAIT_COUNTS = CTable("waits", "waits.c", WAIT_BIN.size, 8)
HANDED_OVER = CTable("handed_over", "waits.c", 8, WAIT_BEGUN.size)
UNREAD = CTable("unread", "waits.c", 8, WAIT_BEGUN.size)
CHUNKS = CTable("chunks", "follow.h", 4, 8)
FOLLOW = CTable("following", "follow.h", 4, FOLLOWING.size)
NO_ROOM_IN = CTable("no_room", "tables.h", 4, 8)
LOST = (CTable("events_lost", "event.h", 4, 8), CTable("ngap_lost", "ngap.c", 4, 8))
TABLES = (
    PATHS,
    ASSOCIATIONS,
    INTERVAL,
    DATA_RTTS,
    WAIT_COUNTS,
    HANDED_OVER,
    UNREAD,
    FOLLOW,
    CHUNKS,
    NO_ROOM_IN,
    *LOST,
)

ENUMS = (
    CEnum("KIND", "event.h", KINDS),
    CEnum("CHANGE", "windows.h", FREQUENT),
    CEnum("CAUSE", "cwnd.c", CAUSES, len(LOWER)),
    CEnum("ASSOCIATION", "event.h", LIFE),
    CEnum("END", "ends.c", ENDS),
    *(CEnum("HAD", "ends.c", (name,), 1 << place) for place, name in enumerate(HAD)),
    CEnum("WAIT", "waits.c", WAITS),
    CEnum("CHUNKS", "follow.h", SEEN),
    CEnum("ROOM", "tables.h", NO_ROOM),
    CEnum("NGAP", "ngap.c", DIRECTIONS),
)
