"""Makes the pictures of ``screenshots/`` from the recording that is shipped.

python -m tests.screenshots          # needs rsvg-convert (librsvg2-bin), pngquant, fonts-dejavu-core
"""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
from pathlib import Path

from textual.pilot import Pilot

from sctptop.cli import DEMO
from sctptop.options import Options
from sctptop.recording.reader import Recording
from sctptop.tui.replay_app import ReplayApp
from sctptop.tui.widgets.association_table import AssociationTable
from sctptop.views import VIEWS

FOLDER = Path(__file__).resolve().parents[1] / "screenshots"
AT = 82
"""The sample that is shown: in the middle of a path failure, everything else at work."""
REQUESTS, BULK, NGAP = 59058, 5001, 38412
PORTS = {
    "rtt": REQUESTS,
    "cwnd": BULK,
    "queue": BULK,
    "counters": BULK,
    "paths": REQUESTS,
    "events": BULK,
    "registration": NGAP,
}
"""By view, a port of the association under the cursor; BULK for any other."""
FONT = "DejaVu Sans Mono"


async def pictures() -> dict[str, str]:
    """SVG by name, of every view."""
    found: dict[str, str] = {}
    app = ReplayApp(Recording(DEMO), Options(interval_s=0), AT)
    app.feed.play_or_pause()
    async with app.run_test(size=(120, 36)) as pilot:
        while app.newest is None or len(app.newest.clock) <= AT:
            await asyncio.sleep(0.01)
        for digit, view in enumerate(VIEWS, 1):
            await choose(app, pilot, PORTS.get(view.id, BULK))
            await pilot.press(str(digit))
            await pilot.pause(0.5)
            found[view.id] = app.export_screenshot(title="sctptop")
        await pilot.press("question_mark")
        await pilot.pause(0.5)
        found["help"] = app.export_screenshot(title="sctptop")
        # Past those not done to the slowest.
        await pilot.press("escape", "tab", *["down"] * 5, "enter")
        await pilot.pause(0.5)
        found["ladder"] = app.export_screenshot(title="sctptop")
        await pilot.press("escape", "tab")
        await pilot.resize_terminal(80, 24)
        await choose(app, pilot, REQUESTS)
        await pilot.press("1")
        await pilot.pause(0.5)
        found["small"] = app.export_screenshot(title="sctptop")
    return found


async def choose(app: ReplayApp, pilot: Pilot[int], port: int) -> None:
    """Put the cursor on the association with that port at either end."""
    await pilot.press("home")
    table = app.query_one(AssociationTable)
    for _ in table.rows:
        if table.cursor is None or port not in table.cursor[-2:]:
            await pilot.press("j")


def own_font(svg: str) -> str:
    """The picture in a font that every machine has, instead of one from the network."""
    svg = re.sub(r"@font-face\s*{[^}]*}", "", svg).replace("Fira Code", FONT)
    # Without it rsvg drops the spaces at the beginning of a run.
    svg = svg.replace("<text ", '<text xml:space="preserve" ')
    # A cell is 12.2 wide; a character of DejaVu Sans Mono is 0.602 of its size.
    return re.sub(r"font-size: 20px", "font-size: 20.265px", svg)


def main() -> int:
    """Draw them, and keep each as SVG and PNG."""
    if not (shutil.which("rsvg-convert") and shutil.which("pngquant")):
        print(
            "screenshots: error: tools missing (try: apt-get install librsvg2-bin pngquant fonts-dejavu-core)",
            file=sys.stderr,
        )
        return 1
    FOLDER.mkdir(exist_ok=True)
    for name, svg in asyncio.run(pictures()).items():
        file = FOLDER / f"{name}.svg"
        file.write_text(own_font(svg))
        picture = subprocess.run(["rsvg-convert", str(file)], check=True, capture_output=True).stdout
        small = subprocess.run(["pngquant", "64", "-"], input=picture, check=True, capture_output=True).stdout
        file.with_suffix(".png").write_bytes(small)
        print(file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
