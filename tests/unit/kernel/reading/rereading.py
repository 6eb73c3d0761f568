"""A host of thousands of associations that is read again and again, beside what one that reads all anew says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sctptop.kernel.host.jiffies import JiffyClock
from sctptop.kernel.probes.observed import NOTHING, Observed
from sctptop.kernel.reading import namespace_reader
from sctptop.kernel.reading.associations import merge, merge_associations
from sctptop.kernel.reading.diag.diag_records import decode_record
from sctptop.kernel.reading.exact import ExactLookups
from sctptop.kernel.reading.joining import Read
from sctptop.kernel.reading.namespace_reader import BY_NAME_ABOVE, NamespaceReader
from sctptop.kernel.reading.procfs import parse_assocs, parse_remaddr, read_text
from sctptop.kernel.reading.sockdiag import SockDiag
from sctptop.model.association import Association
from tests.unit.kernel.synthetic import SyntheticHost

COUNT = BY_NAME_ABOVE + 40
INTERFACES = (1, 7, 8)


class Reading:
    """One host, the reader of today's code, and a clock."""

    def __init__(self, folder: Path, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.host = SyntheticHost(folder, count)
        self.now_s = 0.0
        self.clock = JiffyClock(250)
        self.walks = 0
        self.observed: Callable[[], Observed] = lambda: NOTHING
        self.reader = NamespaceReader(folder, keep_open=True, now=lambda: self.now_s)
        self.reader._exact = ExactLookups(lambda: INTERFACES)
        monkeypatch.setattr(namespace_reader, "SockDiag", lambda: SockDiag(self.host.socket))  # type: ignore[arg-type]

        def counted(folder: Path | str, name: str) -> str:
            self.walks += name == "assocs"
            return read_text(folder, name)

        monkeypatch.setattr(namespace_reader, "read_text", counted)
        self.first = self.read()

    def read(self, after_s: float = 0.1) -> dict[int | None, Association]:
        self.now_s += after_s
        self.walks = 0
        self.host.lookups = self.host.dumps = self.host.listened = self.host.asked_by_ports = 0
        self.last: Read = self.reader.read()
        return by_tag(merge(7, self.last.rows, self.clock, self.observed(), {}, "core", None))

    def expected(self) -> dict[int | None, Association]:
        """What one that reads all of it for the first time says."""
        host = self.host
        records = [decode_record(payload) for payload in host.records()]
        lines, paths = ((host.folder / name).read_text() for name in ("assocs", "remaddr"))
        found = merge_associations(
            7, records, parse_assocs(lines), parse_remaddr(paths), JiffyClock(250), netns_name="core"
        )
        return by_tag(found)


def by_tag(found: tuple[Association, ...]) -> dict[int | None, Association]:
    named = {entry.own_tag or entry.assoc_id: entry for entry in found}
    assert len(named) == len(found)
    return named


def of_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reading:
    """One whose walks, too, look each up by hash."""
    monkeypatch.setattr(namespace_reader, "EXACT_ABOVE", BY_NAME_ABOVE)
    return Reading(tmp_path, COUNT, monkeypatch)
