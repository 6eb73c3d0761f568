"""Makes the recording that ``sctptop replay demo`` shows: two minutes of a gNB's host in the lab.

    python -m tests.lab.scenes.demo_recording

Emulated, the guest may die of it (boot.ONE_THREAD): then again. With one thread probes would miss much.

The traffic of ``scenery``: UEs that register at an AMF and wait for delayed SACKs, requests over two paths, bursts,
bulk data under loss, a peer that does not read. The primary path of the first fails and returns.
"""

from __future__ import annotations

import base64
import subprocess
import sys
import time
from pathlib import Path

from sctptop.cli import DEMO
from tests.lab.machine import run as machine
from tests.lab.machine.boot import Processors
from tests.lab.scenes.hosts import Host, set_link
from tests.lab.scenes.scenery import scenery

SECONDS, DOWN_AT, UP_AT = 120, 60, 85
SPARE = 2
"""The link of the path that fails."""
FILE = Path("/tmp/demo.sctp")


def in_the_lab() -> int:
    """Record, and print the file in base64."""
    with scenery(path_retries=2) as (gnb, _):
        recorded(gnb, SECONDS)
    print(base64.b64encode(FILE.read_bytes()).decode())
    return 0


def recorded(gnb: Host, seconds: int) -> None:
    """``sctptop record`` for so long, with the failure in it."""
    recorder = gnb.popen(
        [sys.executable, "-m", "sctptop", "record", "--netns", "self", "-o", str(FILE), "-n", str(seconds)],
        stdout=subprocess.PIPE,
    )
    assert recorder.stdout is not None
    # Its first line comes with the first sample: the probes are on by then.
    print(recorder.stdout.readline(), end="", file=sys.stderr)
    started = time.monotonic()
    for at_s, up in ((DOWN_AT, False), (UP_AT, True)):
        time.sleep(max(0.0, started + at_s - time.monotonic()))
        set_link(gnb, SPARE, up=up)
    print(recorder.communicate(timeout=600)[0], end="", file=sys.stderr)


def main() -> int:
    """Go to the lab and bring the file back."""
    if "--in-the-lab" in sys.argv:
        return in_the_lab()
    machine.precompile()
    command = [sys.executable, "-m", "tests.lab.scenes.demo_recording", "--in-the-lab"]
    result = machine.run(command, timeout=900, processors=Processors(one_thread=False))
    print(result.stderr, file=sys.stderr)
    if result.returncode:
        return result.returncode
    DEMO.write_bytes(base64.b64decode(result.stdout.splitlines()[-1]))
    return subprocess.run([sys.executable, "-m", "sctptop", "info", str(DEMO)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
