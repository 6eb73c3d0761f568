"""Runs the dashboard on a script: a reading happens when the test asks for it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import pytest
from textual.pilot import Pilot

from sctptop.model.sample import Sample
from sctptop.options import Options
from sctptop.tui.app import SctptopApp
from sctptop.tui.feeds.reading import Reading
from sctptop.tui.live_app import LiveApp
from sctptop.tui.widgets.association_table import AssociationTable
from sctptop.tui.widgets.line_panel import LinePanel
from sctptop.tui.widgets.status_line import StatusLine
from tests.ui.scripted import Scripted

# The header shows local time, and the snapshots hold it.
os.environ["TZ"] = "UTC"
time.tzset()


@dataclass
class Stage:
    """The dashboard under test and how to ask it things."""

    app: SctptopApp
    pilot: Pilot[int]
    source: Scripted

    async def tick(self, times: int = 1) -> None:
        """That many readings, each drawn; put on the screen once, for nobody looks between them."""
        with self.app.batch_update():
            for _ in range(times):
                before = self.app.newest
                self.app.feed.read_now()
                await self.until(lambda before=before: self.app.newest is not before)  # type: ignore[misc]
        await self.pilot.pause()

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait for something to hold, not for a time."""

        async def held() -> None:
            while not holds():
                await asyncio.sleep(0.002)

        await asyncio.wait_for(held(), 5)

    async def press(self, *keys: str) -> None:
        """Keys, and what they cause."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    @property
    def reading(self) -> Reading:
        reading = self.app.reading
        assert reading is not None
        return reading

    @property
    def table(self) -> AssociationTable:
        return self.app.screen_stack[0].query_one(AssociationTable)

    def cursor_port(self) -> int | None:
        """The peer's port of the association under the cursor."""
        row = self.reading.snapshot.row(self.table.cursor) if self.reading.snapshot else None
        return row.association.remote_port if row else None

    def ports(self) -> list[int]:
        """The peers' ports in the order shown."""
        return [row.association.remote_port for row in self.table.rows]

    def line(self, name: str) -> str:
        return self.app.screen_stack[0].query_one(f"#{name}", StatusLine).text()

    def panel(self, name: str) -> LinePanel:
        return self.app.screen.query_one(f"#{name}", LinePanel)


Staging = Callable[..., AbstractAsyncContextManager[Stage]]


@pytest.fixture
def stage() -> Staging:
    """``async with stage(samples, options, size=...) as s``: the first reading is drawn already."""

    @asynccontextmanager
    async def run(
        samples: Sequence[Sample | Exception],
        options: Options | None = None,
        size: tuple[int, int] = (80, 24),
    ) -> AsyncIterator[Stage]:
        source = Scripted(samples)
        app = LiveApp(source, options or Options(interval_s=3600))
        async with app.run_test(size=size) as pilot:
            staged = Stage(app, pilot, source)
            await staged.until(lambda: app.newest is not None)
            await pilot.pause()
            yield staged
        assert source.closed

    return run
