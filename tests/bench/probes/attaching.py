"""What a start of the probes costs until all are attached: the first, and the next, for which instructions are kept.

    python -m tests.bench.probes.attaching [--counted]

In the lab, whose processor is emulated: believe the ratios. With --counted there is one processor, where each
instruction takes a nanosecond. Beside it bpftrace with one probe, where it is installed.
"""

from __future__ import annotations

import ctypes
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from sctptop.kernel.program import find_bcc
from sctptop.kernel.program.bpf import bpf_calls
from sctptop.kernel.program.kept.store import open_store
from sctptop.kernel.program.points import ProbeChoice
from sctptop.kernel.program.program import Program
from tests.lab.machine.boot import COUNTING
from tests.lab.machine.run import run

TURNS = 3
ONE = "kprobe:sctp_outq_tail { @ = count(); } interval:ms:1 { exit(); }"
PARTS = ("modules of Python and BCC", "program made or taken, and loaded", "attached", "in all")
CALLS = {"its maps made": 0, "its programs loaded": 5, "links of trampolines": 17}
"""Parts of those, by the number of bpf(2): what the kernel takes, where BCC does not ask it."""


def once(folder: Path) -> None:
    """In a process of its own: prints the CPU seconds of each part, what is attached, and whether it was kept."""
    spent = _timed_calls()
    bcc = find_bcc.load()
    imported = _cpu_s(resource.RUSAGE_SELF)
    program = Program(bcc, ProbeChoice(), store=open_store(folder))
    made = _cpu_s(resource.RUSAGE_SELF)
    on = sum(state.on for state in program.attach())
    attached = _cpu_s(resource.RUSAGE_SELF)
    program.close()
    parts = [
        imported,
        made - imported,
        attached - made,
        attached,
        *(spent[number] for number in CALLS.values()),
    ]
    print(json.dumps([parts, on, program.from_kept]))


def _timed_calls() -> Counter[int]:
    """CPU seconds in bpf(2) from now on, by the number of the command."""
    spent, call = Counter[int](), bpf_calls._bpf

    def timed(command: int, attributes: ctypes.Structure) -> int:
        began = time.process_time()
        try:
            return call(command, attributes)
        finally:
            spent[command] += time.process_time() - began  # type: ignore[assignment]

    bpf_calls._bpf = timed
    return spent


def in_the_lab() -> int:
    """Prints the table."""
    subprocess.run(["modprobe", "sctp"], check=True)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "kept"
        first, on, kept = _start(folder)
        assert not kept
        later = []
        for _ in range(TURNS):
            parts, on_then, kept = _start(folder)
            assert kept and on_then == on
            later.append(parts)
    print(f"CPU seconds until {on} points are attached; of the next starts the best of {TURNS}")
    print(f"{'':34} {'first':>8} {'next':>8}")
    for number, name in enumerate((*PARTS, *CALLS)):
        print(f"{name:34} {first[number]:8.3f} {min(parts[number] for parts in later):8.3f}")
    if shutil.which("bpftrace"):
        before = _cpu_s(resource.RUSAGE_CHILDREN)
        subprocess.run(["bpftrace", "-e", ONE], check=True, stdout=subprocess.DEVNULL)
        print(f"{'bpftrace, one point':34} {_cpu_s(resource.RUSAGE_CHILDREN) - before:8.3f}")
    return 0


def _start(folder: Path) -> tuple[list[float], int, bool]:
    command = [sys.executable, "-m", "tests.bench.probes.attaching", "--once", str(folder)]
    told: tuple[list[float], int, bool] = json.loads(subprocess.check_output(command))
    return told


def _cpu_s(whose: int) -> float:
    used = resource.getrusage(whose)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """Here it only boots the lab."""
    if sys.argv[1:] == ["--in-the-lab"]:
        return in_the_lab()
    if len(sys.argv) == 3 and sys.argv[1] == "--once":
        once(Path(sys.argv[2]))
        return 0
    command = [sys.executable, "-m", "tests.bench.probes.attaching", "--in-the-lab"]
    processors = COUNTING if sys.argv[1:] == ["--counted"] else None
    return run(command, timeout=1200, show=True, processors=processors).returncode


if __name__ == "__main__":
    sys.exit(main())
