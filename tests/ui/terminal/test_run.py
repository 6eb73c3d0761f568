"""What the dashboard does with the terminal: nobody else writes on it, and it is given back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.ui.terminal.pseudo_terminal import DEMO, screen

SCRIPT = """
import os, sys
from sctptop.tui.run import terminal_of_its_own
with terminal_of_its_own():
    os.write(2, b"noise of a library")
    sys.__stderr__.write("drawn\\n")
os.write(2, b"after")
"""


def test_only_the_screen_reaches_the_terminal() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("drawn\n", "after")


@pytest.mark.parametrize(("flags", "saved"), [(("--save-in", "."), True), ((), False)])
def test_a_replay_saves_where_it_was_told_to(tmp_path: Path, flags: tuple[str, ...], saved: bool) -> None:
    """Without that it may write no file where the kernel has Landlock, and says what helps."""
    flags = tuple(str(tmp_path) if word == "." else word for word in flags)
    with screen((*DEMO, "--config", "none", *flags), (140, 30)) as terminal:
        terminal.until(lambda: b"10.9.0.2" in terminal.written)
        terminal.press(b"x")
        terminal.until(lambda: any(tmp_path.iterdir()) if saved else b"C copies" in terminal.written)
        terminal.press(b"q")
        assert terminal.end() == 0
    files = list(tmp_path.iterdir())
    if saved:
        assert [file.suffix for file in files] == [".csv"] and files[0].stat().st_size > 100
    else:
        assert not files
