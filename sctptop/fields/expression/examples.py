"""Filters to begin with, each with what it says."""

from __future__ import annotations

FILTER_EXAMPLES = (
    ("38412", "a word looked for in ends, addresses, state, processes and containers"),
    ("cwnd<10k", "a field: = != < <= > >=, ~ contains; k M G, ms s"),
    ("state!=ESTABLISHED", "states in full, or short as in the table: ESTAB"),
    ("peer_recv_queue>10k", "peer_… tells the other end, where that is on this host too"),
    (
        "rtx_chunks>0 or paths_down>0",
        "alternatives; terms side by side must all hold; not turns one round, ( ) group",
    ),
)
