"""Details: every field of one association, live, each explained; first both ends side by side where both are here."""

from __future__ import annotations

from sctptop.fields.catalogue import BY_ID, FIELDS, Field, remote_end
from sctptop.model.associations.rows import Key, Row
from sctptop.quantity import UNKNOWN, show
from sctptop.tui.feeds.reading import Reading
from sctptop.tui.screens.popup import Popup
from sctptop.tui.widgets.line_panel import Drawing, Note
from sctptop.tui.words.line import BLANK, Line, clipped, line

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Identity",
        (
            "local", "remote", "netns_name", "netns", "assoc_id", "process", "container", "state", "ended", "age_s",
            "local_port", "remote_port",
            "local_addresses", "remote_addresses", "own_tag", "peer_tag", "adaptation_indication",
        ),
    ),
    (
        "Primary path",
        (
            "primary", "primary_state", "primary_errors", "paths_down", "hb_rtt", "hb_rtt_p50", "hb_rtt_p99",
            "hb_rtt_max", "hb_rtt_n", "srtt_ms", "rto_ms", "cwnd", "ssthresh", "flight",
            "partial_bytes_acked", "pathmtu", "t3_rtx_expires_ms", "hb_interval_ms",
            "path_max_retrans",
        ),
    ),
    (
        "Windows and queues",
        (
            "peer_rwnd", "peer_rwnd_min", "peer_rwnd_max", "rwnd", "rwnd_min", "rwnd_max", "local_rwnd", "send_queue",
             "recv_queue", "unacked", "pending", "held_p50", "held_p99", "held_max", "read_wait_p50", "read_wait_p99",
            "read_wait_max", "in_queue_packets",
            "out_queue_chunks", "backlog",
        ),
    ),
    (
        "Traffic",
        (
            "in_packets_rate", "out_packets_rate", "in_data_chunks_rate", "out_data_chunks_rate", "in_packets",
            "out_packets", "in_data_chunks", "out_data_chunks", "in_unordered_chunks", "out_unordered_chunks",
            "in_ctrl_chunks", "out_ctrl_chunks", "in_sacks", "out_sacks", "in_streams", "out_streams",
        ),
    ),
    (
        "Loss",
        (
            "rtx_chunks", "rtx_marked_chunks", "rtx_chunks_rate", "rtx_chunks_delta", "in_dup_chunks", "gap_acks",
            "out_of_seq_tsns",
            "overall_errors", "init_retries", "shutdown_retries", "drops",
        ),
    ),
    (
        "Settings",
        (
            "nodelay", "sack_delay_ms", "sack_frequency", "peer_sack", "max_burst", "max_seg",
            "assoc_max_retrans", "autoclose_s", "disable_fragments",
            "fragment_interleave", "partial_delivery_point", "v4_mapped", "peer_capable",
        ),
    ),
    (
        "Process",
        ("pid", "comm", "user", "unit", "runtime", "container_id", "shared_by"),
    ),
    (
        "Socket",
        (
            "socket_type", "inode", "uid", "cookie", "sndbuf", "rcvbuf", "wmem_queued", "fwd_alloc", "optmem",
            "mark", "cgroup_id",
        ),
    ),
)  # fmt: skip
OTHERS = "Other"
TITLE = 12
BOTH = "Both ends"
BOTH_HINT = "  of this association are on this host; the key b puts them on one line"
EACH_MOST = 22
ALWAYS_DIFFERENT = ("process", "container", "netns_name", "netns", "assoc_id")
"""No news when the two ends differ in it."""


class DetailsScreen(Popup):
    """Follows one association until it is closed."""

    def __init__(self, reading: Reading, key: Key) -> None:
        row = reading.snapshot.row(key) if reading.snapshot else None
        super().__init__(f"Details of {remote_end(row)}" if row else "Details")
        self._key = key
        self._row = row
        self._gone = False

    def update(self, reading: Reading) -> None:
        """Take in a newer reading; the last values stay when the association is gone."""
        row = reading.snapshot.row(self._key) if reading.snapshot else None
        self._gone = row is None
        self._row = row or self._row
        self.draw()

    def drawing(self) -> Drawing:
        """Groups of fields, in two columns of name and value."""
        row = self._row
        if row is None:
            return Drawing(body=[line(("This association is gone.", "dim"))])
        body: list[Line] = []
        notes: list[Note] = []
        if self._gone or row.ended:
            why = row.ended or "ended"
            body.append(line((f"This association has gone ({why}); these are its last values.", "warn")))
        if row.other_end is not None:
            body.append(clipped(line((BOTH, "title"), (BOTH_HINT, "faint")), self.room))
            body.append(_beside("", "this end", "other end", self.room, "dim"))
            for field in (field for field in FIELDS if field.mirrors):
                own = BY_ID[field.mirrors]
                notes.append(Note(len(body), field.id, f"{own.id} and {field.id}: {own.help}"))
                body.append(_compared(row, own, field, self.room))
            body.append(BLANK)
        for title, names in groups():
            body.append(line((title, "title")))
            for name in names:
                notes.append(Note(len(body), name, f"{name}: {BY_ID[name].help}"))
                body.append(_field(row, name, self.room))
            body.append(BLANK)
        return Drawing(body=body, notes=notes)


def groups() -> list[tuple[str, tuple[str, ...]]]:
    """All fields of this end, those without a group at the end."""
    grouped = {name for _, names in GROUPS for name in names}
    others = tuple(field.id for field in FIELDS if field.id not in grouped and not field.mirrors)
    known = [(title, tuple(name for name in names if name in BY_ID)) for title, names in GROUPS]
    return [*known, (OTHERS, others)] if others else known


def _compared(row: Row, own: Field, mirror: Field, width: int) -> Line:
    """One field of both ends, marked where they differ as far as both are known."""
    here, there = own.get(row), mirror.get(row)
    known = here is not None and there is not None
    differ = known and here != there and own.id not in ALWAYS_DIFFERENT
    texts = show(here, own.unit), show(there, own.unit)
    return _beside(own.title, *texts, width, "strong", "≠" if differ else " ")


def _beside(title: str, here: str, there: str, width: int, style: str, mark: str = " ") -> Line:
    """Two values in columns of their own, the mark before the second."""
    each = max(8, min(EACH_MOST, (width - TITLE - 7) // 2))
    values = [text if len(text) <= each else text[: each - 1] + "…" for text in (here, there)]
    first, second = ((f" {text:>{each}}", "faint" if text == UNKNOWN else style) for text in values)
    return line((f"  {title:<{TITLE}}", "dim"), first, (f"  {mark}", "warn"), second)


def _field(row: Row, name: str, width: int) -> Line:
    field = BY_ID[name]
    value = field.get(row)
    text = show(value, field.unit)
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
