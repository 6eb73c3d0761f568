"""What comparing two recordings costs, and replaying one into rows, beside reading the same as plain JSON.

python -m tests.bench.comparison.comparing [REGISTRATIONS ...]        # default 1000 10000 100000 a side, 100 a second

Each command runs in a process of its own, which ``json`` does too: it unpacks the file and has ``json.loads`` read
what is in it, no more. ``loop`` is how long the machine takes for ten million additions at that moment: one that others
share takes longer for everything.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.made.many_ues import Load

COUNTS = (1000, 10_000, 100_000)
SCTPTOP = (sys.executable, "-m", "sctptop")
READ_JSON = """
import json, sys
from pathlib import Path
from sctptop.recording.log.opening import opened
from sctptop.recording.log.reading import LogStore
store = LogStore(Path(sys.argv[1]), opened(Path(sys.argv[1])))
for number in range(len(store.blocks)):
    for line in store.lines(number):
        json.loads(line)
    for line in store.apart(number, 1 << 30):
        json.loads(line or "0")
"""


# A child begins with the memory of who starts it: so that is a small one.
START = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
sys.exit(code)
"""


def used(command: Sequence[str]) -> tuple[float, float]:
    """CPU seconds and the most memory, MB, of a command. Raises CalledProcessError where it fails."""
    told = subprocess.run(
        (sys.executable, "-c", START, *command), stdout=subprocess.PIPE, text=True, check=True
    )
    cpu_s, most_mb = map(float, told.stdout.split())
    return cpu_s, most_mb


def loop_s() -> float:
    """CPU seconds of ten million additions."""
    begin, total = time.process_time(), 0
    for number in range(10_000_000):
        total += number
    return time.process_time() - begin


def main() -> int:
    """Print the table."""
    print("seconds of CPU and MB; compare: both sides")
    commands = ("compare", "replay --registrations", "replay --at 50%", "info", "json")
    print(
        f"{'registrations':>13}{'MB each':>9}" + "".join(f"{name:>24}" for name in commands) + f"{'loop':>7}"
    )
    for count in map(int, sys.argv[1:] or COUNTS):
        with tempfile.TemporaryDirectory() as folder:
            loads = {"held": Load(count, 1, held=9), "other": Load(count, 2)}
            files = [str(load.written(Path(folder) / f"{name}.sctp")) for name, load in loads.items()]
            print(f"{count:>13}{Path(files[0]).stat().st_size / 1e6:>9.1f}", end="", flush=True)
            for command in (
                (*SCTPTOP, "compare", *files),
                (*SCTPTOP, "replay", files[0], "--registrations"),
                (*SCTPTOP, "replay", files[0], "--at", "50%", "-b", "-n", "1"),
                (*SCTPTOP, "info", files[0]),
                (sys.executable, "-c", READ_JSON, files[0]),
            ):
                cpu_s, most_mb = used(command)
                print(f"{f'{cpu_s:.1f} s, {most_mb:.0f} MB':>24}", end="", flush=True)
            print(f"{loop_s():>7.2f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
