"""Which fields tables show when the user names none, by their ids, in order."""

from __future__ import annotations

TABLE_COLUMNS: tuple[str, ...] = (
    "remote",
    "state",
    "hb_rtt",
    "cwnd",
    "peer_rwnd",
    "send_queue",
    "recv_queue",
    "rtx_chunks",
)
"""What the table of the dashboard always shows; ``TABLE_WIDE_COLUMNS`` while there is room, the first first."""

TABLE_WIDE_COLUMNS: tuple[str, ...] = (
    "container",
    "peer_name",
    "netns_name",
    "local",
    "srtt_ms",
    "flight",
    "unacked",
    "in_packets_rate",
    "out_packets_rate",
    "rto_ms",
    "local_rwnd",
    "nodelay",
    "paths_down",
    "assoc_id",
    "hb_interval_ms",
)

LEADING: tuple[str, ...] = (
    "process",
    "container",
    "netns_name",
    "local",
    "peer_name",
    "remote",
    "state",
    "trouble",
)
"""Of those that are shown these stand first, in this order."""

COLUMNS: tuple[str, ...] = ("local", *TABLE_COLUMNS)
"""Of plain text, with ``WIDE_COLUMNS`` behind them."""

WIDE_COLUMNS: tuple[str, ...] = (
    "srtt_ms",
    "flight",
    "unacked",
    "in_packets_rate",
    "out_packets_rate",
    "rto_ms",
    "local_rwnd",
    "nodelay",
    "process",
    "paths_down",
    "assoc_id",
    "hb_interval_ms",
    "container",
)

BOTH_ENDS_COLUMNS: tuple[str, ...] = (
    "local",
    "remote",
    "state",
    "hb_rtt",
    "send_queue",
    "recv_queue",
    "peer_send_queue",
    "peer_recv_queue",
)
"""The same where a line has both ends; ``BOTH_ENDS_WIDE_COLUMNS`` follow."""

BOTH_ENDS_WIDE_COLUMNS: tuple[str, ...] = (
    "nodelay",
    "peer_nodelay",
    "sack_delay_ms",
    "peer_sack_delay_ms",
    "netns_name",
    "peer_netns_name",
    "rtx_chunks",
    "peer_rtx_chunks",
    "cwnd",
    "peer_cwnd",
    "process",
    "peer_process",
    "rto_ms",
    "peer_rto_ms",
    "hb_interval_ms",
    "peer_hb_interval_ms",
)


def default_columns(
    *, both_ends: bool = False, namespaces: bool = False
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those that are always shown, and those that follow while there is room; ``namespaces``: there are several."""
    if both_ends:
        named = ("netns_name", "peer_netns_name")
        return BOTH_ENDS_COLUMNS, tuple(
            name for name in BOTH_ENDS_WIDE_COLUMNS if namespaces or name not in named
        )
    return COLUMNS, ("netns_name", *WIDE_COLUMNS) if namespaces else WIDE_COLUMNS
