"""One row a registration as it ends: CSV under one line of headings, or one JSON object a line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from sctptop.errors import SctptopError
from sctptop.model.association import Association
from sctptop.model.associations.distribution import NANOSECONDS
from sctptop.model.associations.identity import Key
from sctptop.model.associations.row import Row
from sctptop.model.bounded import keep
from sctptop.model.registrations.finished import Ended
from sctptop.model.registrations.tally import PARTS
from sctptop.model.snapshot import Snapshot
from sctptop.model.source_state import OK
from sctptop.output.registrations.as_json import ended_at, ms, registration_to_json
from sctptop.standard_streams import complain

COLUMNS = (
    "began", "ended", "end", "association", "ran_ue_id", "amf_ue_id", "type", "outcome", "inferred", "cause",
    "total_ms", "sctp_ms", "held_ms", "blocked_ms", "lost_ms", "order_ms", "unread_ms", "network_ms", "core_ms",
    "ran_ms", "pdu_session_ms", "attempt", "since_first_ms", "costliest",
)  # fmt: skip
"""Names and order of the columns; JSON has further names."""
_PARTS = attrgetter(*(f"{name}_ns" for name in PARTS))
MOST_NAMED = 10_000


class RegistrationWriter:
    """Writes registrations of which no more will be known, in the order in which that was clear.

    Raises SctptopError when they cannot be seen and it is ``live``.
    """

    def __init__(self, as_json: bool, live: bool = True) -> None:
        self._as_json = as_json
        self._live = live
        self._headed = as_json
        self._said = OK
        self._names: dict[Key, str] = {}
        self._hidden: set[Key] = set()
        self._written = self._skipped = 0

    def __call__(self, snapshot: Snapshot, rows: list[Row]) -> str:
        """The text of one sample. Those of rows that are not shown are left out."""
        return self.told(snapshot, rows, snapshot.registrations.told_now)

    def told(self, snapshot: Snapshot, rows: list[Row], told: Sequence[Ended]) -> str:
        """The same of registrations that are said apart."""
        self._report(snapshot)
        shown = {row.key for row in rows}
        for row in snapshot.rows:
            if row.ended is None:
                self._meet(row, row.key in shown)
        return self.rest(told)

    def begin_anew(self) -> None:
        """The samples come once more, from the first on: leave out as many registrations as were written."""
        self._skipped, self._written = self._written, 0
        self._said, self._names, self._hidden = OK, {}, set()

    def rest(self, registrations: Iterable[Ended]) -> str:
        """The same of further registrations: of those that wait when there are no more samples."""
        shown = [one for one in registrations if one.association not in self._hidden]
        self._written += len(shown)
        again, self._skipped = shown[: self._skipped], max(self._skipped - len(shown), 0)
        del shown[: len(again)]
        if self._as_json:
            return "".join(
                json.dumps(self._record(one), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
                + "\n"
                for one in shown
            )
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        if not self._headed:
            writer.writerow(COLUMNS)
            self._headed = True
        writer.writerows(map(self._row, shown))
        return text.getvalue()

    def _report(self, snapshot: Snapshot) -> None:
        """On stderr, what may be missing; stdout is for rows alone."""
        sample = snapshot.sample
        probes, ngap = sample.probes, sample.sources.get("ngap", OK)
        if self._live and probes.off:
            raise SctptopError(f"no registrations: the probes are {probes}")
        if self._live and ngap.off:
            raise SctptopError(f"no registrations: NGAP and S1AP messages are not read: {ngap}")
        if probes != self._said:
            complain(f"probes {probes}")
            self._said = probes
        if sample.events_lost:
            complain(f"{sample.events_lost} events lost: the buffer was full")

    def _meet(self, row: Row, shown: bool) -> None:
        """What it is called once it is gone, and whether it is shown then."""
        if shown:
            self._hidden.discard(row.key)
        elif len(self._hidden) < MOST_NAMED:
            self._hidden.add(row.key)
        entry = row.association
        if row.key in self._names or not entry.local_addresses or not entry.remote_addresses:
            return
        keep(self._names, row.key, _ends(entry), MOST_NAMED)

    def _row(self, one: Ended) -> tuple[object, ...]:
        """The values of COLUMNS; what is None is written as nothing."""
        return (
            one.began.isoformat(timespec="microseconds"),
            ended_at(one),
            one.end,
            self._name(one),
            one.ran_ue_id,
            one.amf_ue_id,
            one.kind,
            one.outcome,
            "true" if one.inferred else "false",
            one.cause,
            *[None if part is None else part / NANOSECONDS for part in _PARTS(one)],
            ms(one.pdu_session_ns),
            one.attempt,
            ms(one.since_first_ns),
            _costliest(one),
        )

    def _record(self, one: Ended) -> dict[str, Any]:
        told = registration_to_json(one) | {"association": self._name(one)}
        return {name: told[name] for name in COLUMNS} | told

    def _name(self, one: Ended) -> str:
        name = self._names.get(one.association)
        if name is None:
            netns, *_, local_port, remote_port = one.wire
            return f"*:{local_port}>*:{remote_port} netns {netns}"
        return name


def _ends(entry: Association) -> str:
    """``10.9.0.1:59058>10.9.0.2:38412``: it stays the same when paths come, go, or fail."""
    ends = (entry.local_addresses[0], entry.local_port), (entry.remote_addresses[0], entry.remote_port)
    return ">".join(
        f"[{address}]:{port}" if ":" in address else f"{address}:{port}" for address, port in ends
    )


def _costliest(one: Ended) -> str | None:
    stage = one.costliest
    return None if stage is None else f"{stage.party} {stage.name}"
