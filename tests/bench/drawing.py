"""What drawing one new picture costs the UI thread, beside Textual's DataTable with the same cells.

python -m tests.bench.drawing [N ...]        # default 12 1000 10000 rows, 120 x 36
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from statistics import median

from textual.app import App, ComposeResult
from textual.widgets import DataTable

from sctptop.fields.catalogue import BY_ID
from sctptop.fields.default_columns import COLUMNS
from sctptop.fields.ordering import BY_REMOTE
from sctptop.model.associations.row import Row
from sctptop.model.model import Model
from sctptop.model.snapshot import Snapshot
from sctptop.quantity import show
from sctptop.tui.widgets.association_table import AssociationTable
from tests.unit.associations import association, sample

COUNTS = (12, 1000, 10_000)
TURNS = 12


def snapshots(count: int) -> list[Snapshot]:
    """Pictures in which every row changes; built before the clock runs."""
    model = Model()
    return [
        model.advance(
            sample(
                *(
                    association(
                        tag,
                        cwnd=1000 + turn + tag,
                        send_queue=turn * tag,
                        primary=f"10.{tag >> 8}.9.{tag & 255}",
                    )
                    for tag in range(1, count + 1)
                ),
                at_s=turn,
            )
        )
        for turn in range(TURNS)
    ]


class Ours(App[None]):
    """sctptop's table alone."""

    def compose(self) -> ComposeResult:
        """One table."""
        yield AssociationTable()

    def draw(self, snapshot: Snapshot) -> None:
        """One new picture."""
        self.query_one(AssociationTable).show(snapshot, BY_REMOTE.apply(snapshot.rows), BY_REMOTE)


class Peer(App[None]):
    """The same cells in a DataTable, updated in place."""

    def compose(self) -> ComposeResult:
        """One table."""
        table: DataTable[str] = DataTable()
        table.add_columns(*((BY_ID[name].title, name) for name in COLUMNS))
        yield table

    def draw(self, snapshot: Snapshot) -> None:
        """One new picture."""
        table = self.query_one(DataTable)
        for row in BY_REMOTE.apply(snapshot.rows):
            key = repr(row.key)
            cells = _cells(row)
            if key not in table.rows:
                table.add_row(*cells, key=key)
                continue
            for name, cell in zip(COLUMNS, cells, strict=True):
                table.update_cell(key, name, cell)


def _cells(row: Row) -> list[str]:
    return [show(BY_ID[name].get(row), BY_ID[name].unit) for name in COLUMNS]


async def refresh_ms(make: Callable[[], Ours | Peer], pictures: list[Snapshot]) -> float:
    """Median time from handing over a picture until the screen has taken it in, ms."""
    app = make()
    times = []
    async with app.run_test(size=(120, 36)) as pilot:
        for picture in pictures:
            begin = time.perf_counter()
            app.draw(picture)
            await pilot.pause(0)
            times.append((time.perf_counter() - begin) * 1000)
    return median(times[2:])


def main() -> int:
    """Print the table."""
    print(f"median of {TURNS - 2} refreshes, ms\n{'rows':>8}{'sctptop':>12}{'DataTable':>12}")
    for count in [int(word) for word in sys.argv[1:]] or COUNTS:
        pictures = snapshots(count)
        ours, peer = (asyncio.run(refresh_ms(make, pictures)) for make in (Ours, Peer))
        print(f"{count:>8}{ours:>12.1f}{peer:>12.1f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
