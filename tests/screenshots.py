"""Makes the pictures of ``screenshots/`` from the recording that is shipped, one of them moving.

python -m tests.screenshots          # needs rsvg-convert (librsvg2-bin), pngquant, fonts-dejavu-core
"""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from textual.pilot import Pilot

from sctptop.cli import DEMO, DEMO_OPENS
from sctptop.model.registrations.words import COMPLETED
from sctptop.options import Options
from sctptop.recording.reader import Recording
from sctptop.tui.replay_app import ReplayApp
from sctptop.tui.views.registration import chosen_registration
from sctptop.tui.widgets.association_table import AssociationTable
from sctptop.tui.widgets.line_panel import LinePanel
from sctptop.views import VIEWS

FOLDER = Path(__file__).resolve().parents[1] / "screenshots"
F1AP, BULK, FULL, NGAP = 38472, 5001, 5002, 38412
PORTS = {"rtt": F1AP, "queue": FULL, "paths": F1AP, "registration": NGAP, "alarms": NGAP, "timeline": NGAP}
"""By view, the peer's port of the association under the cursor; BULK for any other."""
MOST_LISTED = 40
FONT = "DejaVu Sans Mono"
TOUR = (
    ("", 3.5),
    ("tab", 1.5),
    ("slowest", 1.5),
    ("enter", 4.0),
    ("escape tab 5", 3.5),
    ("exclamation_mark", 3.5),
    ("escape 9", 3.5),
)
"""Keys, and for how many seconds the moving picture shows what they did."""


async def pictures() -> dict[str, str]:
    """SVG by name, of every view, and of the tour."""
    found: dict[str, str] = {}
    recording = Recording(DEMO)
    at = round(len(recording) * DEMO_OPENS)
    app = ReplayApp(recording, Options(interval_s=0), at)
    app.feed.play_or_pause()
    async with app.run_test(size=(120, 36)) as pilot:
        while app.newest is None or len(app.newest.clock) <= at:
            await asyncio.sleep(0.01)
        found["tour"] = moving([(await after(app, pilot, keys), for_s) for keys, for_s in TOUR])
        for digit, view in enumerate(VIEWS, 1):
            await choose(app, pilot, PORTS.get(view.id, BULK))
            found[view.id] = await after(app, pilot, str(digit))
        found["help"] = await after(app, pilot, "question_mark")
        await after(app, pilot, "escape 7 tab slowest")
        found["ladder"] = await after(app, pilot, "enter")
        await after(app, pilot, "escape tab")
        await pilot.resize_terminal(80, 24)
        await pilot.press("home")
        found["small"] = await after(app, pilot, "7")
    return found


async def after(app: ReplayApp, pilot: Pilot[int], keys: str) -> str:
    """What those keys lead to; ``slowest`` goes down to the slowest registration."""
    for key in keys.split():
        if key == "slowest":
            for _ in range(MOST_LISTED):
                snapshot = app.newest.snapshot if app.newest else None
                cursor = app.query_one("#view", LinePanel).cursor
                chosen = chosen_registration(snapshot.registrations, cursor) if snapshot else None
                if chosen is not None and chosen.outcome == COMPLETED:
                    break
                await pilot.press("down")
        else:
            await pilot.press(key)
    await pilot.pause(0.5)
    return app.export_screenshot(title="sctptop", simplify=True)


async def choose(app: ReplayApp, pilot: Pilot[int], port: int) -> None:
    """Put the cursor on an association with that port at its peer."""
    await pilot.press("home")
    table = app.query_one(AssociationTable)
    for _ in table.rows:
        if table.cursor is None or port != table.cursor[-1]:
            await pilot.press("j")


def moving(frames: Sequence[tuple[str, float]]) -> str:
    """One picture that shows each of those for so many seconds, again and again, by CSS alone."""
    whole_s = sum(for_s for _, for_s in frames)
    size = re.search(r'viewBox="([^"]+)"', frames[0][0])
    assert size is not None
    style, groups, begin_s = [], [], 0.0
    for number, (svg, for_s) in enumerate(frames):
        first, last = (f"{100 * at_s / whole_s:.3f}%" for at_s in (begin_s, begin_s + for_s))
        shown = f"{first}{{visibility:visible}}{last}{{visibility:hidden}}"
        style.append(
            f"@keyframes f{number}{{0%{{visibility:hidden}}{shown}}}"
            f".f{number}{{visibility:hidden;animation:f{number} {whole_s:g}s step-end infinite}}"
        )
        groups.append(f'<g class="f{number}">{svg[svg.index("<svg") :]}</g>')
        begin_s += for_s
    # Where nothing moves the first one stands.
    style.append(".f0{visibility:visible}")
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{size[1]}">'
    return f"{head}<style>{''.join(style)}</style>{''.join(groups)}</svg>\n"


def own_font(svg: str) -> str:
    """The picture in a font that every machine has, instead of one from the network."""
    svg = re.sub(r"@font-face\s*{[^}]*}", "", svg).replace("Fira Code", FONT)
    # Without it rsvg drops the spaces at the beginning of a run.
    svg = svg.replace("<text ", '<text xml:space="preserve" ')
    # A cell is 12.2 wide; a character of DejaVu Sans Mono is 0.602 of its size.
    return re.sub(r"font-size: 20px", "font-size: 20.265px", svg)


def main() -> int:
    """Draw them, and keep each as SVG, those that stand still as PNG too."""
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
        print(file)
        if name == "tour":
            continue
        picture = subprocess.run(["rsvg-convert", str(file)], check=True, capture_output=True).stdout
        small = subprocess.run(["pngquant", "64", "-"], input=picture, check=True, capture_output=True).stdout
        file.with_suffix(".png").write_bytes(small)
    return 0


if __name__ == "__main__":
    sys.exit(main())
