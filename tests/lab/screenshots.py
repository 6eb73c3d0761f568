"""Makes the pictures of ``screenshots/`` from the running dashboard on live associations in the lab.

    python -m tests.lab.screenshots          # needs rsvg-convert (librsvg2-bin), pngquant, fonts-dejavu-core

The gNB's host is shown, with the traffic of ``scenery``; the cursor is on its bulk sender.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from sctptop.kernel.live import LiveSource
from sctptop.kernel.probes import Probes
from sctptop.options import Options
from sctptop.tui.live_app import LiveApp
from sctptop.tui.widgets.association_table import AssociationTable
from tests.lab import machine
from tests.lab.hosts import inside
from tests.lab.scenery import scenery

FOLDER = Path(__file__).resolve().parents[2] / "screenshots"
SECONDS = 110
REQUESTS, BULK = 59058, 5001
VIEWS = (
    ("1", "rtt", REQUESTS),
    ("2", "cwnd", BULK),
    ("3", "queue", BULK),
    ("4", "counters", BULK),
    ("5", "paths", REQUESTS),
    ("6", "events", BULK),
)
"""Key, name, and a port of the association under the cursor."""
FONT = "DejaVu Sans Mono"


async def pictures() -> dict[str, str]:
    """SVG by name, of every view."""
    found: dict[str, str] = {}
    app = LiveApp(LiveSource(Probes()), Options())
    async with app.run_test(size=(120, 36)) as pilot:
        await asyncio.sleep(SECONDS)
        table = app.query_one(AssociationTable)
        for key, name, port in VIEWS:
            await pilot.press("home")
            for _ in table.rows:
                if table.cursor is None or port not in table.cursor[-2:]:
                    await pilot.press("j")
            await pilot.press(key)
            await asyncio.sleep(2)
            found[name] = app.export_screenshot(title="sctptop")
        await pilot.press("question_mark")
        await asyncio.sleep(2)
        found["help"] = app.export_screenshot(title="sctptop")
        await pilot.press("escape")
        await pilot.resize_terminal(80, 24)
        await pilot.press("1")
        await asyncio.sleep(3)
        found["small"] = app.export_screenshot(title="sctptop")
    return found


def in_the_lab() -> int:
    """Print the pictures as one line of JSON."""
    with scenery() as (gnb, _), inside(gnb):
        found = asyncio.run(pictures())
    print(json.dumps({name: base64.b64encode(svg.encode()).decode() for name, svg in found.items()}))
    return 0


def own_font(svg: str) -> str:
    """The picture in a font that every machine has, instead of one from the network."""
    svg = re.sub(r"@font-face\s*{[^}]*}", "", svg).replace("Fira Code", FONT)
    # Without it rsvg drops the spaces at the beginning of a run.
    svg = svg.replace("<text ", '<text xml:space="preserve" ')
    # A cell is 12.2 wide; a character of DejaVu Sans Mono is 0.602 of its size.
    return re.sub(r"font-size: 20px", "font-size: 20.265px", svg)


def main() -> int:
    """Go to the lab, bring the pictures back, and keep them as SVG and PNG."""
    if "--in-the-lab" in sys.argv:
        return in_the_lab()
    if not (shutil.which("rsvg-convert") and shutil.which("pngquant")):
        print(
            "screenshots: error: tools missing (try: apt-get install librsvg2-bin pngquant)", file=sys.stderr
        )
        return 1
    machine.precompile()
    command = [sys.executable, "-m", "tests.lab.screenshots", "--in-the-lab"]
    result = machine.run(command, timeout=600)
    if result.returncode:
        print(result.stderr or result.stdout, file=sys.stderr)
        return result.returncode
    FOLDER.mkdir(exist_ok=True)
    for name, data in json.loads(result.stdout.splitlines()[-1]).items():
        file = FOLDER / f"{name}.svg"
        file.write_text(own_font(base64.b64decode(data).decode()))
        picture = subprocess.run(["rsvg-convert", str(file)], check=True, capture_output=True).stdout
        small = subprocess.run(["pngquant", "64", "-"], input=picture, check=True, capture_output=True).stdout
        file.with_suffix(".png").write_bytes(small)
        print(file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
