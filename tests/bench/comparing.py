"""What comparing two recordings costs, beside reading the same two for ``sctptop info``.

python -m tests.bench.comparing [REGISTRATIONS ...]        # default 100 1000, in two minutes each
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import replace
from functools import partial
from io import StringIO
from pathlib import Path

from sctptop.output.compare.command import report_compare
from sctptop.output.recording_info import report_info
from sctptop.recording.reader import Recording
from tests.unit.comparison.comparing import FAST, SLOW

COUNTS = (100, 1000)
SPAN_MS = 120_000


def seconds(action: Callable[[], object]) -> float:
    """CPU time of it, its words thrown away."""
    begin = time.process_time()
    with redirect_stdout(StringIO()):
        action()
    return time.process_time() - begin


def _info(file: Path) -> int:
    return report_info(Recording(file), as_json=True)


def main() -> int:
    """Print the table."""
    print("seconds of CPU for two recordings of two minutes, a sample a second")
    print(f"{'registrations':>14}{'kB each':>10}{'info':>8}{'compare':>9}")
    for count in map(int, sys.argv[1:] or COUNTS):
        with tempfile.TemporaryDirectory() as folder:
            runs = {"slow": SLOW, "fast": FAST}
            files = [
                replace(run, ues=count, every_ms=SPAN_MS / count).written(Path(folder) / f"{name}.sctp")
                for name, run in runs.items()
            ]
            size = sum(file.stat().st_size for file in files) / len(files) / 1000
            info = sum(seconds(partial(_info, file)) for file in files)
            took = seconds(partial(report_compare, files, "text"))
            print(f"{count:>14}{size:>10.0f}{info:>8.2f}{took:>9.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
