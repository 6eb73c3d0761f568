"""What drawing, sorting and answering keys cost, beside Textual's DataTable with the same cells.

python -m tests.bench.drawing [N ...]        # default 12 1000 4000 10000 rows, 160 x 48

All in milliseconds of processor time of the whole process: what it takes where nothing else runs on that processor,
whatever else this machine does meanwhile. The keys are pressed while a thread makes the next sample and derives from
it in Python, as the collector does.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median

from textual import events
from textual._compositor import CompositorUpdate
from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.widgets import DataTable

from sctptop.fields.arranger import Arranger
from sctptop.fields.catalogue import BY_ID
from sctptop.fields.default_columns import COLUMNS
from sctptop.fields.filter import EVERYTHING, parse_filter
from sctptop.fields.ordering import BY_REMOTE, parse_order
from sctptop.model.associations.row import Row
from sctptop.model.model import Model
from sctptop.model.sample import Sample
from sctptop.model.snapshot import Snapshot
from sctptop.options import Options
from sctptop.quantity import show
from sctptop.tui.live_app import LiveApp
from sctptop.tui.priority import drawing_first
from sctptop.tui.widgets.association_table import AssociationTable
from tests.ui.scripted import association, sample

COUNTS = (12, 1000, 4000, 10_000)
SIZE = (160, 48)
TURNS = 8
KEYS = ("down", "up", "2", "1", "I", "b")
PRESSES = 60


def made(count: int, turn: int) -> Sample:
    """A sample in which every row changed."""
    return sample(turn, [association(number, turn) for number in range(count)])


class Ours(App[None]):
    """sctptop's table alone."""

    arranger = Arranger()

    def compose(self) -> ComposeResult:
        """One table."""
        yield AssociationTable()

    def draw(self, snapshot: Snapshot) -> None:
        """One new picture."""
        rows = self.arranger.arranged(snapshot.rows, BY_REMOTE, EVERYTHING)
        self.query_one(AssociationTable).show(snapshot, rows, BY_REMOTE)


class Peer(App[None]):
    """The same cells in a DataTable, updated in place."""

    def compose(self) -> ComposeResult:
        """One table."""
        table: DataTable[str] = DataTable(cursor_type="row")
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
    """Median of handing over a picture until the screen has taken it in."""
    app = make()
    times = []
    async with app.run_test(size=SIZE) as pilot:
        for picture in pictures:
            begin = time.process_time()
            app.draw(picture)
            await pilot.pause(0)
            times.append((time.process_time() - begin) * 1000)
    return median(times[2:])


def arranging_ms(pictures: list[Snapshot], order: str, text: str) -> float:
    """Median of filtering and sorting one picture after the other."""
    arranger, by, chosen = Arranger(), parse_order(order), parse_filter(text)
    times = []
    for picture in pictures:
        begin = time.thread_time()
        arranger.arranged(picture.rows, by, chosen)
        times.append((time.thread_time() - begin) * 1000)
    return median(times[1:])


@contextmanager
def reading(count: int) -> Iterator[None]:
    """A thread that reads and derives all the time."""
    stop = threading.Event()

    def run() -> None:
        model, turn = Model(), 0
        while not stop.is_set():
            model.advance(made(count, turn))
            turn += 1

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


class Once:
    """A source with one sample."""

    def __init__(self, count: int) -> None:
        self._count = count

    def read(self) -> Sample:
        """The sample."""
        return made(self._count, 1)

    def close(self) -> None:
        """Nothing to close."""


async def answer_ms(app: LiveApp | Peer, count: int, keys: tuple[str, ...]) -> tuple[float, float]:
    """Median and the longest but two, from a key to the first change that is ready for the terminal."""
    shown = asyncio.Event()
    at = 0.0

    def display(_screen: Screen[object], change: object) -> None:
        nonlocal at
        if change is not None:
            if isinstance(change, CompositorUpdate):
                change.render_segments(app.console)
            at = time.process_time()
            shown.set()

    times = []
    async with app.run_test(size=SIZE) as pilot:
        if isinstance(app, Peer):
            app.draw(Model().advance(made(count, 1)))
            app.query_one(DataTable).focus()
        else:
            while app.newest is None:
                await asyncio.sleep(0.01)
        await pilot.pause()
        # Without a terminal Textual leaves out what it would write.
        app._display = display  # type: ignore[method-assign, assignment]
        with reading(count):
            for turn in range(PRESSES):
                await asyncio.sleep(0.05)
                shown.clear()
                key = keys[turn % len(keys)]
                begin = time.process_time()
                app.post_message(events.Key(key, key if len(key) == 1 else None))
                await asyncio.wait_for(shown.wait(), 60)
                times.append((at - begin) * 1000)
    times.sort()
    return median(times), times[-3]


def main() -> int:
    """Print the tables."""
    counts = [int(word) for word in sys.argv[1:]] or list(COUNTS)
    print(f"a new picture, median of {TURNS - 2}, ms\n{'rows':>8}{'sctptop':>12}{'DataTable':>12}")
    pictures = {}
    for count in counts:
        model = Model()
        pictures[count] = [model.advance(made(count, turn)) for turn in range(TURNS)]
        ours, peer = (asyncio.run(refresh_ms(make, pictures[count])) for make in (Ours, Peer))
        print(f"{count:>8}{ours:>12.1f}{peer:>12.1f}", flush=True)
    kinds = (("remote", ""), ("cwnd", ""), ("send_queue", "cwnd>10k"), ("remote", "48.0.71"))
    print("\nsorting and filtering, every row changed, ms")
    print(f"{'rows':>8}" + "".join(f"{f'{order} {text}':>20}" for order, text in kinds))
    for count in counts:
        print(f"{count:>8}" + "".join(f"{arranging_ms(pictures[count], *kind):>20.1f}" for kind in kinds))
    pictures.clear()
    print(f"\na key while a reading runs, median and 3rd longest of {PRESSES}, ms")
    print(f"{'rows':>8}{'sctptop':>16}{'as Python is':>16}{'DataTable':>16}")
    for count in counts:
        with drawing_first() as loop:
            first = loop.run_until_complete(answer_ms(_app(count), count, KEYS))
        usual = asyncio.run(answer_ms(_app(count), count, KEYS))
        table = asyncio.run(answer_ms(Peer(), count, ("down", "up")))
        told = (f"{middle:.1f} {longest:.1f}" for middle, longest in (first, usual, table))
        print(f"{count:>8}" + "".join(f"{text:>16}" for text in told), flush=True)
    return 0


def _app(count: int) -> LiveApp:
    return LiveApp(Once(count), Options(interval_s=3600))


if __name__ == "__main__":
    sys.exit(main())
