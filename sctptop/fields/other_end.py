"""What is shown of the other end as ``peer_ID``, from its own record, where both ends are on this host."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sctptop.fields.field import Field
from sctptop.model.associations.row import Row
from sctptop.quantity import Value

OF_OTHER_END: tuple[tuple[str, str], ...] = (
    ("state", "PEER-STATE"),
    ("process", "PEER-PROCESS"),
    ("container", "PEER-CONTAINER"),
    ("netns_name", "PEER-NETNS"),
    ("netns", "PEER-NSID"),
    ("assoc_id", "PEER-ID"),
    ("send_queue", "PEER-SNDQ"),
    ("recv_queue", "PEER-RCVQ"),
    ("unacked", "PEER-UNACK"),
    ("flight", "PEER-FLIGHT"),
    ("cwnd", "PEER-CWND"),
    ("local_rwnd", "PEER-LRWND"),
    ("rtx_chunks", "PEER-RTX"),
    ("srtt_ms", "PEER-SRTT"),
    ("nodelay", "PEER-NODLY"),
    ("sack_delay_ms", "PEER-SACKD"),
    ("sack_frequency", "PEER-SACKF"),
    ("rto_ms", "PEER-RTO"),
    ("hb_interval_ms", "PEER-HBINT"),
    ("path_max_retrans", "PEER-PMR"),
    ("assoc_max_retrans", "PEER-MAXRT"),
    ("max_burst", "PEER-BURST"),
    ("in_streams", "PEER-INS"),
    ("out_streams", "PEER-OUTS"),
    ("sndbuf", "PEER-SNDBUF"),
    ("rcvbuf", "PEER-RCVBUF"),
)
"""The id of a field and its title there, in the order in which the details compare the ends."""


def mirrored(fields: Sequence[Field]) -> tuple[Field, ...]:
    """Those of the other end, made from the fields of this one."""
    by_id = {field.id: field for field in fields}
    return tuple(_mirror(by_id[name], title) for name, title in OF_OTHER_END)


def _mirror(own: Field, title: str) -> Field:
    def get(row: Row) -> Value:
        end = row.other_end
        return own.get(Row((), end.association, rates={}, since_reset={})) if end else None

    return replace(
        own,
        id=f"peer_{own.id}",
        title=title,
        width=max(own.width, len(title)),
        help=f"{own.title} of the other end, where that is on this host too",
        get=get,
        published=False,
        group="",
        short=title.replace("PEER-", "P"),
        setting=0,
        searched=own.id in ("process", "container"),
        mirrors=own.id,
    )
