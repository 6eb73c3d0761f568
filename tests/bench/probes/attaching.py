"""What a start of the probes costs until all are attached: the first, and the next, for which instructions are kept.

    python -m tests.bench.probes.attaching

In the lab, whose processor is emulated: believe the ratios. Beside it bpftrace with one probe, where it is installed.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from sctptop.kernel.program import find_bcc
from sctptop.kernel.program.kept.store import open_store
from sctptop.kernel.program.points import ProbeChoice
from sctptop.kernel.program.program import Program
from tests.lab.machine.run import run

TURNS = 3
ONE = "kprobe:sctp_outq_tail { @ = count(); } interval:ms:1 { exit(); }"
PARTS = ("modules of Python and BCC", "types read, program made", "attached", "in all")


def once(folder: Path) -> None:
    """In a process of its own: prints the CPU seconds of each part, what is attached, and whether it was kept."""
    bcc = find_bcc.load()
    imported = _cpu_s(resource.RUSAGE_SELF)
    program = Program(bcc, ProbeChoice(), store=open_store(folder))
    made = _cpu_s(resource.RUSAGE_SELF)
    on = sum(state.on for state in program.attach())
    attached = _cpu_s(resource.RUSAGE_SELF)
    program.close()
    print(json.dumps([[imported, made - imported, attached - made, attached], on, program.from_kept]))


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
    print(f"{'':28} {'first':>8} {'next':>8}")
    for number, name in enumerate(PARTS):
        print(f"{name:28} {first[number]:8.2f} {min(parts[number] for parts in later):8.2f}")
    if shutil.which("bpftrace"):
        before = _cpu_s(resource.RUSAGE_CHILDREN)
        subprocess.run(["bpftrace", "-e", ONE], check=True, stdout=subprocess.DEVNULL)
        print(f"{'bpftrace, one point':28} {_cpu_s(resource.RUSAGE_CHILDREN) - before:8.2f}")
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
    return run(command, timeout=900, show=True).returncode


if __name__ == "__main__":
    sys.exit(main())
