"""Runs the dashboard on a script: a reading happens when the test asks for it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from textual.pilot import Pilot

from sctptop.model.sample import Sample
from sctptop.options import Options
from sctptop.recording.reader import Recording
from sctptop.tui.app import SctptopApp
from sctptop.tui.feeds.reading import Playback, Reading
from sctptop.tui.live_app import LiveApp
from sctptop.tui.replay_app import ReplayApp
from sctptop.tui.widgets.association_table import AssociationTable
from sctptop.tui.widgets.line_panel import LinePanel
from sctptop.tui.widgets.status_line import StatusLine
from tests.ui.scripted import Scripted, with_probes
from tests.unit.recording.recordings import written

# The header shows local time, and the snapshots hold it.
os.environ["TZ"] = "UTC"
time.tzset()

COUNT = 75
SAMPLES = list(with_probes(COUNT, 6))
REPLAY = Options(interval_s=0, view="rtt")


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
        app = LiveApp(source, options or Options(interval_s=3600, view="rtt"))
        async with app.run_test(size=size) as pilot:
            staged = Stage(app, pilot, source)
            await staged.until(lambda: app.newest is not None)
            await pilot.pause()
            yield staged
        assert source.closed

    return run


class Stand(Stage):
    """The dashboard on a recording."""

    @property
    def playback(self) -> Playback:
        playback = self.reading.playback
        assert playback is not None
        return playback

    async def at(self, position: int) -> None:
        """Wait until that sample is shown, with all the window before it."""
        with self.app.batch_update():
            await self.until(
                lambda: self.playback.position == position and len(self.reading.clock) == position + 1
            )
        await self.pilot.pause()


Standing = Callable[..., AbstractAsyncContextManager[Stand]]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of SAMPLES; nobody writes to it."""
    return written(tmp_path_factory.mktemp("recorded") / "a.sctp", SAMPLES)


@pytest.fixture
def stand(tmp_path: Path, recorded: Path) -> Standing:
    """``async with stand(samples, options, start, playing=False) as s``: the first picture is drawn already."""

    @asynccontextmanager
    async def run(
        samples: Sequence[Sample] = SAMPLES,
        options: Options = REPLAY,
        start: int = 0,
        *,
        playing: bool = False,
        size: tuple[int, int] = (80, 24),
    ) -> AsyncIterator[Stand]:
        path = recorded if samples is SAMPLES else written(tmp_path / "other.sctp", samples)
        app = ReplayApp(Recording(path), options, start)
        # At its end it stands still by itself.
        if not playing and start < len(samples) - 1:
            app.feed.play_or_pause()
        async with app.run_test(size=size) as pilot:
            staged = Stand(app, pilot, Scripted(samples))
            await staged.until(lambda: app.newest is not None and app.paused is not playing)
            await pilot.pause()
            yield staged
        await asyncio.to_thread(app.feed._thread.join, 5)
        assert not app.feed._thread.is_alive()

    return run
