"""Associations made again by the thousand, of the record before and of what is new in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter

from sctptop.kernel.host.jiffies import JiffyClock
from sctptop.kernel.program.records import AssociationWindows, PathWindows
from sctptop.kernel.reading.diag.diag_records import SKMEMINFO_NAMES, T3_RTX_TIMER, DiagRecord
from sctptop.kernel.reading.joining import MadeOf
from sctptop.kernel.reading.paths import name_of
from sctptop.kernel.reading.probe_facts import NOTHING_SEEN, OF_ASSOCIATION, OF_PATH, Seen, members
from sctptop.kernel.reading.procfs import RemaddrLine
from sctptop.model.association import ASSOCIATION_STATES, Association, Path
from sctptop.model.associations.numbers import Numbers
from sctptop.model.attributes import making, names_of

# Association attribute: member of sctp_info that holds it in the same unit.
FROM_INFO: Mapping[str, str] = {
    "unacked": "unackdata",
    "pending": "penddata",
    "peer_rwnd": "peer_rwnd",
    "local_rwnd": "rwnd",
    "in_streams": "instrms",
    "out_streams": "outstrms",
    "rtx_chunks": "rtxchunks",
    "in_packets": "ipackets",
    "out_packets": "opackets",
    "in_sacks": "isacks",
    "out_sacks": "osacks",
    "in_dup_chunks": "idupchunks",
    "gap_acks": "gapcnt",
    "own_tag": "tag",
    "peer_tag": "peer_tag",
    "in_unordered_chunks": "iuodchunks",
    "out_unordered_chunks": "ouodchunks",
    "in_ctrl_chunks": "ictrlchunks",
    "out_ctrl_chunks": "octrlchunks",
    "out_of_seq_tsns": "outofseqtsns",
    "in_queue_packets": "inqueue",
    "out_queue_chunks": "outqueue",
    "overall_errors": "overall_error",
    "max_burst": "max_burst",
    "max_seg": "maxseg",
    "peer_capable": "peer_capable",
    "peer_sack": "peer_sack",
}
# The same for the primary path; void while there is none.
FROM_PRIMARY: Mapping[str, str] = {
    "flight": "p_flight_size",
    "cwnd": "p_cwnd",
    "ssthresh": "p_ssthresh",
    "rto_ms": "p_rto",
    "sack_delay_ms": "p_sackdelay",
    "primary_errors": "p_error",
    "partial_bytes_acked": "p_partial_bytes_acked",
    "path_max_retrans": "p_pathmaxrxt",
}


FROM_MEMORY = tuple(name for name in names_of(Association) if name in SKMEMINFO_NAMES)
AS_TOLD = ("send_queue", "recv_queue", "uid", "inode", "cookie", "mark", "cgroup_id")
"""What a record calls as an association does."""
_PATH_FROM_PRIMARY: Mapping[str, str] = {
    "cwnd": "p_cwnd",
    "ssthresh": "p_ssthresh",
    "flight": "p_flight_size",
    "rto_ms": "p_rto",
    "errors": "p_error",
    "max_retrans": "p_pathmaxrxt",
}
_SUMS: Mapping[str, tuple[str, str]] = {
    "in_data_chunks": ("iodchunks", "iuodchunks"),
    "out_data_chunks": ("oodchunks", "ouodchunks"),
}
"""Of two members."""
_GIVEN = ("state", "t3_rtx_expires_ms", "srtt_ms", "hb_interval_ms", "sack_delay_ms", "paths")
"""Of an association, what is not made of numbers alone, or in another unit."""
_IN_OTHER_UNITS = ("p_srtt", "p_hbinterval", "p_sackdelay")


class Renewal:
    """Makes associations and their paths again, of records whose numbers have these places: all at once.

    Raises KeyError where a number lacks.
    """

    def __init__(self, info: Mapping[str, int], memory: Mapping[str, int]) -> None:
        self.state = info["p_state"]
        self.in_other_units = itemgetter(*(info[name] for name in _IN_OTHER_UNITS))
        """Of the numbers of a record those of _IN_OTHER_UNITS, in that order."""
        numbers = {name: f"info_{name}" for name in info}
        of_memory = {name: f"memory_{name}" for name in memory}
        told = {**FROM_INFO, **FROM_PRIMARY}
        values = {name: f"before.{name}" for name in names_of(Association)}
        values |= {name: numbers[member] for name, member in told.items()}
        values |= {name: of_memory[name] for name in FROM_MEMORY}
        for name, (ordered, unordered) in _SUMS.items():
            values[name] = f"{numbers[ordered]} + {numbers[unordered]}"
        values |= {name: name for name in _GIVEN} | {name: f"record.{name}" for name in AS_TOLD}
        taken = {"info": [*numbers.values()], "memory": [*of_memory.values()]}
        given = ["before", "info", "memory", "record", *_GIVEN]
        self.association: Callable[..., Association] = making(Association, given, values, taken)
        """Takes the one before, the numbers of both, the record, and what is _GIVEN."""
        seen = {name: value for name, value in OF_ASSOCIATION.items() if name != "assoc_id"}
        self.association_seen: Callable[..., Association] = making(
            Association,
            [*given, "windows", "waits"],
            values | seen,
            {**taken, "windows": members(AssociationWindows)},
        )
        """The same, and what probes saw of it."""
        of_path = {name: f"before.{name}" for name in names_of(Path)}
        of_numbers = {name: f"info[{info[member]}]" for name, member in _PATH_FROM_PRIMARY.items()}
        of_numbers["srtt_ms"] = "srtt_ms"
        given = ["before", "info", "srtt_ms"]
        self.path: Callable[..., Path] = making(Path, given, of_path | of_numbers)
        seen = {name: value for name, value in OF_PATH.items() if name != "state"}
        shown, unpacked = ["windows", "bins", "clock"], {"windows": members(PathWindows)}
        self.primary_seen: Callable[..., Path] = making(
            Path, [*given, *shown], of_path | seen | of_numbers, unpacked
        )
        """Of the primary path, and what probes saw of it."""
        # What /proc says of these goes before what probes saw.
        other = of_path | seen | {"rto_ms": of_path["rto_ms"]}
        self.other_seen: Callable[..., Path] = making(Path, ["before", *shown], other, unpacked)


_RENEWALS: dict[tuple[int, int], Renewal | None] = {}
"""By the ids of the places, which are kept for good."""


def _renewal(info: Numbers, memory: Numbers) -> Renewal | None:
    """None where an older kernel tells less."""
    name = id(info.places), id(memory.places)
    if name not in _RENEWALS:
        try:
            _RENEWALS[name] = Renewal(info.places, memory.places)
        except KeyError:
            _RENEWALS[name] = None
    return _RENEWALS[name]


def renew(
    before: MadeOf,
    record: DiagRecord | None,
    clock: JiffyClock,
    follows: DiagRecord | None = None,
    seen: Seen | None = None,
    transports: Sequence[RemaddrLine] = (),
) -> bool:
    """Make the association again, where nothing but numbers of the record is new; False elsewhere.

    ``follows``: a record that it is known to be of one association with, and of the same addresses. ``seen``: what
    probes saw, where that is new too, and then the ``transports``.
    """
    old = before.record
    if record is None or old is None or record.primary is None:
        return False
    if old is not record and old is not follows and not record.is_of(old):
        return False
    info, memory, known = record.info, record.memory, old.info
    if not (isinstance(info, Numbers) and isinstance(memory, Numbers) and isinstance(known, Numbers)):
        return False
    again = _renewal(info, memory)
    # Of its state the way depends too.
    if again is None or known.places is not info.places:
        return False
    numbers = info.numbers
    if numbers[again.state] != known.numbers[again.state]:
        return False
    srtt, hb_interval, sack_delay_ms = again.in_other_units(numbers)
    srtt_ms, hb_interval_ms = clock.milliseconds(srtt), clock.milliseconds(hb_interval)
    saw = before.seen if seen is None else seen
    if saw is not None and (off := saw.switched_off):
        hb_interval_ms = off.get("hb_interval_ms", hb_interval_ms)  # type: ignore[assignment]
        sack_delay_ms = off.get("sack_delay_ms", sack_delay_ms)
    given = (
        before.association,
        numbers,
        memory.numbers,
        record,
        name_of(ASSOCIATION_STATES, record.state),
        _t3_expires(record),
        srtt_ms,
        hb_interval_ms,
        sack_delay_ms,
    )
    if seen is None:
        paths = tuple(
            [
                again.path(path, numbers, srtt_ms) if path.address == record.primary else path
                for path in before.association.paths
            ]
        )
        made = again.association(*given, paths)
    else:
        then = before.seen or NOTHING_SEEN
        if not _shows_as(then, seen):
            return False
        found = _paths_seen(
            again, before.association.paths, then, seen, numbers, record.primary, srtt_ms, clock, transports
        )
        if found is None:
            return False
        made = again.association_seen(*given, found, seen.association, seen.waits)
    before.association, before.record, before.seen = made, record, saw
    return True


def _paths_seen(
    again: Renewal,
    paths: Sequence[Path],
    before: Seen,
    seen: Seen,
    numbers: tuple[int, ...],
    primary: str,
    srtt_ms: float | None,
    clock: JiffyClock,
    transports: Sequence[RemaddrLine],
) -> tuple[Path, ...] | None:
    """The paths where they are as before but for numbers; None elsewhere: on the rest their ways depend."""
    same_clock = seen.hz == before.hz and seen.instant is before.instant
    found = []
    for path, windows, bins, then, bins_then in zip(
        paths, seen.paths, seen.bins, before.paths, before.bins, strict=True
    ):
        is_primary = path.address == primary
        if not is_primary and windows is then and bins == bins_then and same_clock:
            # Of a path that is not the primary the record says nothing.
            found.append(path)
        elif windows is None or (windows.pathmtu or None) != path.pathmtu:
            return None
        elif is_primary:
            found.append(again.primary_seen(path, numbers, srtt_ms, windows, bins, clock))
        elif any(one.address == path.address for one in transports):
            found.append(again.other_seen(path, windows, bins, clock))
        else:
            return None
    return tuple(found)


def _shows_as(before: Seen, seen: Seen) -> bool:
    """Whether probes show all of an association, and its id as before: they may not be who told it."""
    then, now = before.association, seen.association
    return then is not None and now is not None and then.who.assoc_id == now.who.assoc_id


def derived_facts(record: DiagRecord) -> dict[str, object]:
    """What of a record is no number of its own in sctp_info, may move, and is told otherwise of an association."""
    info = record.info
    return {
        "state": name_of(ASSOCIATION_STATES, record.state),
        "t3_rtx_expires_ms": _t3_expires(record),
        **{
            name: info[ordered] + info[unordered] if ordered in info else None
            for name, (ordered, unordered) in _SUMS.items()
        },
    }


def told_facts(record: DiagRecord) -> dict[str, object]:
    """The same, and what a record tells as an association does."""
    return {**derived_facts(record), **{name: getattr(record, name) for name in AS_TOLD}}


def _t3_expires(record: DiagRecord) -> int | None:
    # Kernels that do not ask timer_pending() report the past as a number that wrapped.
    running = record.timer == T3_RTX_TIMER and record.expires < 1 << 31
    return record.expires if running else None
