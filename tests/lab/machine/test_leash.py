"""A guest ends with whoever started it: whatever ends that one, and with all that the guest had started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lab.machine.boot import REPOSITORY

# As vng does with QEMU, the command starts another one, and a signal that asks it politely is not heard.
GUEST = "trap '' TERM HUP; sleep 1000 & echo $$ $! >{pids}; wait"
STARTER = """
import os, sys
from collections.abc import Callable
from pathlib import Path
from tests.lab.machine import jobs, processes
with jobs.new_job("true", where="vm", cwd=Path.cwd(), env={}) as job:
    processes.watch(["bash", "-c", sys.argv[1]], job, timeout=1000, env=dict(os.environ), progress=processes.Progress())
"""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGKILL])
def test_it_ends_with_its_starter(how: signal.Signals, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    environment = {**os.environ, "SCTPTOP_LAB_CACHE": str(tmp_path)}
    command = [sys.executable, "-c", STARTER, GUEST.format(pids=pids)]
    starter = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stderr=subprocess.DEVNULL)
    try:
        assert within(30, lambda: pids.exists() and pids.read_text().endswith("\n"))
        started = [int(word) for word in pids.read_text().split()]
        assert len(started) == 2 and all(map(runs, started))
        starter.send_signal(how)
        assert within(30, lambda: not any(map(runs, started)))
    finally:
        starter.kill()
        starter.wait()


def runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


def within(seconds: float, condition: Callable[[], object]) -> bool:
    deadline = time.monotonic() + seconds
    while not (held := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(held)
