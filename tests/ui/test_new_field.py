"""A field that is in the catalogue alone is everywhere: in a copy of the package, one entry is written into it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import sctptop
from tests.unit.associations import association, sample
from tests.unit.recording.recordings import written

PACKAGE = Path(sctptop.__file__).parent
UNDER = '        "Traffic",\n'
ENTRY = """        derived("cwnd_kb", "CWND-KB", "n", "a field of the test",
            lambda row: (row.association.cwnd or 0) // 1000, published=True),
"""

SCRIPT = """
import asyncio, contextlib, io, json, sys
from pathlib import Path
from sctptop.cli import main
from sctptop.options import Options
from sctptop.recording.reader import Recording
from sctptop.tui.replay_app import ReplayApp
from sctptop.tui.widgets.line_panel import LinePanel

file = sys.argv[1]

def said(*arguments):
    text = io.StringIO()
    with contextlib.redirect_stdout(text), contextlib.suppress(SystemExit):
        main(["replay", file, *arguments])
    return text.getvalue()

async def seen():
    app = ReplayApp(Recording(Path(file)), Options(interval_s=0), 0)
    texts = {}
    async with app.run_test(size=(160, 200)) as pilot:
        while app.newest is None:
            await asyncio.sleep(0.01)
        for name, key in (("details", "enter"), ("help", "question_mark")):
            await pilot.press(key)
            await pilot.pause()
            texts[name] = app.screen.query_one("#popup", LinePanel).text()
            await pilot.press("escape")
    return texts

told = {
    "json": said("--json"),
    "csv": said("--csv"),
    "table": said("-b", "--columns", "remote_port,cwnd_kb"),
    "sort": said("-b", "--columns", "remote_port", "--sort", "cwnd_kb"),
    "filter": said("-b", "--columns", "remote_port", "--filter", "cwnd_kb>100"),
    "columns": said("-b", "--columns", "help"),
    **asyncio.run(seen()),
}
print(json.dumps(told))
"""


def test_it_is_in_the_table_details_sort_filter_json_csv_and_help(tmp_path: Path) -> None:
    copy = tmp_path / "changed" / "sctptop"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.sctp"))
    entries = copy / "fields" / "entries.py"
    text = entries.read_text()
    assert text.count(UNDER) == 1
    entries.write_text(text.replace(UNDER, UNDER + ENTRY))
    file = written(tmp_path / "two.sctp", [sample(association(1, cwnd=4380), association(2, cwnd=212992))])
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(file)],
        cwd=copy.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    (line,) = told["json"].splitlines()
    assert sorted(entry["cwnd_kb"] for entry in json.loads(line)["associations"]) == [4, 212]
    head, *rows = told["csv"].splitlines()
    place = head.split(",").index("cwnd_kb")
    assert sorted(int(row.split(",")[place]) for row in rows) == [4, 212]
    assert "CWND-KB" in told["table"] and "212" in told["table"].split()
    assert [word for word in told["sort"].split() if word in ("50001", "50002")] == ["50002", "50001"]
    assert "50002" in told["filter"] and "50001" not in told["filter"]
    for name in ("columns", "details", "help"):
        assert "CWND-KB" in told[name] and "a field of the test" in told[name], name
