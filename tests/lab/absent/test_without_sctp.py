"""sctptop on a kernel without SCTP: one clear line, an explaining screen, no traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab.witness.tmux import START_S, run_in, terminal

SCTPTOP = [sys.executable, "-m", "sctptop"]


def test_this_kernel_has_no_sctp() -> None:
    assert not Path("/proc/net/sctp").exists()


@pytest.mark.parametrize("mode", ["--json", "--csv", "-b"])
def test_nothing_to_watch_is_exit_code_3_and_one_line(mode: str) -> None:
    done = subprocess.run([*SCTPTOP, mode], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stdout) == (3, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("sctptop: error: nothing to watch: ")
    assert "(try: " in line


def test_the_doctor_says_what_is_broken_and_how_to_mend_it() -> None:
    done = subprocess.run([*SCTPTOP, "doctor"], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (3, "")
    # What runs here has a PID namespace of its own, which the doctor calls a container first.
    assert any(row.startswith("broken   SCTP ") for row in done.stdout.splitlines())
    assert done.stdout.splitlines()[-1].startswith("Nothing to watch here until SCTP is there")


def test_reading_does_not_load_the_module() -> None:
    assert not Path("/proc/net/sctp").exists()
    assert not Path("/sys/module/sctp").exists()


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 36)])
def test_the_dashboard_explains_and_ends_well(columns: int, rows: int) -> None:
    with terminal(f"absent{columns}", columns, rows) as screen:
        run_in(screen, SCTPTOP)
        text = screen.wait(
            lambda text: ("SCTP" in text and "modprobe" in text) or "built without" in text, START_S
        )
        assert "Traceback" not in text
        screen.press("2")
        screen.press("j")
        screen.press("r")
        screen.press("?")
        screen.line("type to search")
        screen.type("deltas")
        screen.line("Count deltas")
        screen.press("F1")
        screen.wait(lambda text: "Count deltas" not in text)
        screen.press("q")
        text = screen.wait(lambda text: "exit=" in text)
        assert "exit=0" in text
        assert "Traceback" not in text
        assert screen.state == ("0", "0", "1")
