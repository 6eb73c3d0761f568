"""How long sctptop takes to start: to the end of what answers at once, and to the first picture of a replay.

python -m tests.bench.start [RUNS]      # default 5, the best of them counts
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.ui.terminal.pseudo_terminal import DEMO, screen

SCTPTOP = (sys.executable, "-m", "sctptop")
ENDING: dict[str, Sequence[str]] = {
    "sctptop --version": (*SCTPTOP, "--version"),
    "sctptop --help": (*SCTPTOP, "--help"),
    "sctptop compare (refused)": (*SCTPTOP, "compare"),
    "sctptop info demo": (*SCTPTOP, "info", "demo"),
    "python -c pass": (sys.executable, "-c", "pass"),
    "python -c 'import argparse'": (sys.executable, "-c", "import argparse"),
    "python -c 'import textual.app'": (sys.executable, "-c", "import textual.app"),
    "htop --version": ("htop", "--version"),
    "top -b -n1": ("top", "-b", "-n1"),
    "ss -S": ("ss", "-S"),
}
FIRST_PICTURE = {"sctptop replay demo: first picture": DEMO}

Taken = tuple[float, float]
"""Seconds by the clock, and of CPU."""


def until_its_end(command: Sequence[str]) -> Taken:
    """Of a command that ends by itself."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0
    return time.perf_counter() - begin, used.ru_utime + used.ru_stime


def until_it_is_drawn(command: Sequence[str]) -> Taken:
    """Of one that draws a dashboard, on a terminal of 100 columns."""
    begin = time.perf_counter()
    with screen(command) as terminal:
        terminal.shown()
        took = time.perf_counter() - begin
        ticks = Path(f"/proc/{terminal.pid()}/stat").read_text().rpartition(")")[2].split()[11:13]
    return took, sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def best(measure: Callable[[Sequence[str]], Taken], command: Sequence[str], runs: int) -> Taken:
    """The shortest of each."""
    took = [measure(command) for _ in range(runs)]
    return min(clock for clock, _ in took), min(cpu for _, cpu in took)


def main() -> int:
    """Print the table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    print(f"{'best of ' + str(runs):<40}{'clock, s':>10}{'CPU, s':>9}")
    for name, command in (FIRST_PICTURE | ENDING).items():
        if shutil.which(command[0]) is None:
            continue
        measure = until_it_is_drawn if name in FIRST_PICTURE else until_its_end
        clock_s, cpu_s = best(measure, command, runs)
        print(f"{name:<40}{clock_s:>10.2f}{cpu_s:>9.2f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
