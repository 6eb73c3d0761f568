"""What the dashboard does with the terminal: nobody else writes on it, and it is given back."""

from __future__ import annotations

import subprocess
import sys

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
