"""Associations made again by the thousand, of the record before and of what is new in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Generic, TypeVar

from sctptop.kernel.host.jiffies import JiffyClock
from sctptop.kernel.reading.diag.diag_records import SKMEMINFO_NAMES, T3_RTX_TIMER, DiagRecord
from sctptop.kernel.reading.joining import MadeOf
from sctptop.kernel.reading.paths import name_of
from sctptop.model.association import ASSOCIATION_STATES, Association, Path
from sctptop.model.attributes import maker, making, names_of

Record = TypeVar("Record")
Values = Mapping[str, Any]

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


class Renewal(Generic[Record]):
    """Makes records of one class again, some of their fields new."""

    def __init__(
        self,
        record: type[Record],
        *parts: Mapping[str, str],
        others: Collection[str],
        like: Collection[str] = (),
    ) -> None:
        """``parts``: by field of the record, the name under which a mapping has its new value; ``others``: fields whose
        new values are given by their own names; ``like``: fields that an object has as attributes.
        """
        values = {name: f"before.{name}" for name in names_of(record)}
        for place, part in enumerate(parts):
            values |= {field: f"part{place}[{name!r}]" for field, name in part.items()}
        values |= {name: f"others[{name!r}]" for name in others} | {name: f"like.{name}" for name in like}
        taken = ["before", *(f"part{place}" for place in range(len(parts))), "others", *["like"] * bool(like)]
        self.again: Callable[..., Record] = making(record, taken, values)
        """Takes the record before, a mapping for each part, one of the others, and the object where some fields are
        its. Raises KeyError where one lacks."""


FROM_MEMORY = tuple(name for name in names_of(Association) if name in SKMEMINFO_NAMES)
AS_TOLD = ("send_queue", "recv_queue", "uid", "inode", "cookie", "mark", "cgroup_id")
"""What a record calls as an association does."""
DERIVED = ("state", "t3_rtx_expires_ms", "in_data_chunks", "out_data_chunks")
"""What ``derived_facts`` makes of a record."""
_ASSOCIATION = Renewal(
    Association,
    FROM_INFO,
    FROM_PRIMARY,
    {name: name for name in FROM_MEMORY},
    others=(*DERIVED, "srtt_ms", "hb_interval_ms", "sack_delay_ms", "paths"),
    like=AS_TOLD,
)
_PATH = Renewal(
    Path,
    {
        "cwnd": "p_cwnd",
        "ssthresh": "p_ssthresh",
        "flight": "p_flight_size",
        "rto_ms": "p_rto",
        "errors": "p_error",
        "max_retrans": "p_pathmaxrxt",
    },
    others=("srtt_ms",),
)
"""Of the primary path."""
_MADE = maker(MadeOf)


def renewed(
    before: MadeOf, record: DiagRecord | None, clock: JiffyClock, follows: DiagRecord | None = None
) -> MadeOf | None:
    """What is made of the sources, where nothing but numbers of the record is new; None elsewhere.

    ``follows``: a record that it is known to be of one association with, and of the same addresses.
    """
    old = before.record
    if record is None or old is None or record.primary is None:
        return None
    if old is not follows and not record.is_of(old):
        return None
    info, primary = record.info, record.primary
    others = derived_facts(record)
    try:
        if info["p_state"] != old.info["p_state"]:
            # Of its state the way depends too.
            return None
        others["srtt_ms"] = clock.milliseconds(info["p_srtt"])
        others["hb_interval_ms"] = clock.milliseconds(info["p_hbinterval"])
        others["sack_delay_ms"] = info["p_sackdelay"]
        if before.seen is not None:
            others.update(before.seen.switched_off)
        others["paths"] = tuple(
            [
                _PATH.again(path, info, others) if path.address == primary else path
                for path in before.association.paths
            ]
        )
        made = _ASSOCIATION.again(before.association, info, info, record.memory, others, record)
    except KeyError:
        # An older kernel tells less.
        return None
    return _MADE(made, record, before.hz, before.process, before.netns_name, before.seen, before.ways)


def derived_facts(record: DiagRecord) -> dict[str, object]:
    """What of a record is no number of its own in sctp_info, may move, and is told otherwise of an association."""
    info = record.info
    return {
        "state": name_of(ASSOCIATION_STATES, record.state),
        "t3_rtx_expires_ms": _t3_expires(record),
        "in_data_chunks": info["iodchunks"] + info["iuodchunks"] if "iodchunks" in info else None,
        "out_data_chunks": info["oodchunks"] + info["ouodchunks"] if "oodchunks" in info else None,
    }


def told_facts(record: DiagRecord) -> dict[str, object]:
    """The same, and what a record tells as an association does."""
    return {**derived_facts(record), **{name: getattr(record, name) for name in AS_TOLD}}


def _t3_expires(record: DiagRecord) -> int | None:
    # Kernels that do not ask timer_pending() report the past as a number that wrapped.
    running = record.timer == T3_RTX_TIMER and record.expires < 1 << 31
    return record.expires if running else None
