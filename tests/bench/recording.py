"""A day of a recording: its size beside the same as JSON lines, what writing costs, how long a jump takes.

python -m tests.bench.recording [HOURS]      # default 24, at one sample a second; a day takes some minutes

The demo recording is played into a new one again and again, its times moved on.
"""

from __future__ import annotations

import gzip
import json
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

from sctptop.cli import DEMO
from sctptop.model.sample import Sample
from sctptop.recording.reader import Recording
from sctptop.recording.writer import Writer
from sctptop.schema import to_json
from sctptop.tui.feeds.player import Player
from sctptop.tui.feeds.reading import Reading

JUMPS = 200
ZIPPED = 3600
"""Samples that are written as JSON lines, for comparison."""


def day(samples: int) -> Iterator[Sample]:
    """So many samples a second apart."""
    recording = Recording(DEMO)
    # From where all associations are up.
    whole = [sample for _, sample in recording.samples(len(recording) // 4, len(recording))]
    recording.close()
    number = 0
    for _ in count():
        for sample in whole:
            if number == samples:
                return
            moved = timedelta(seconds=number) + whole[0].time - sample.time
            events = tuple(replace(event, time=event.time + moved) for event in sample.events)
            yield replace(sample, time=sample.time + moved, events=events, interval_s=1.0)
            number += 1


def main() -> int:
    """Prints the tables."""
    samples = round(float(sys.argv[1]) * 3600) if len(sys.argv) > 1 else 86400
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "day.sctp"
        plain = zipped = associations = 0
        begin = time.perf_counter()
        writer, writing_s = Writer(path, {}), 0.0
        with gzip.open(Path(folder) / "lines.gz", "wb", 6) as lines:
            for number, sample in enumerate(day(samples)):
                began = time.perf_counter()
                writer.add(sample)
                writing_s += time.perf_counter() - began
                associations = max(associations, len(sample.associations))
                if number < ZIPPED:
                    line = json.dumps(to_json(sample), separators=(",", ":")).encode() + b"\n"
                    plain += lines.write(line)
        writer.close()
        zipped = (Path(folder) / "lines.gz").stat().st_size
        size = path.stat().st_size
        of_lines = min(samples, ZIPPED)
        print(f"{samples} samples of {associations} associations in {time.perf_counter() - begin:.0f} s\n")
        print(f"{'':26}{'MB':>8}{'kB an association and hour':>30}")
        for name, size_of, many in (
            ("recording", size, samples),
            ("JSON lines, gzip -6", zipped, of_lines),
            ("JSON lines", plain, of_lines),
        ):
            each = size_of / associations / many * 3600 / 1000
            print(f"{name:26}{size_of / many * samples / 1e6:8.1f}{each:30.1f}")
        print(f"\nwriting a sample, safe on disk: {writing_s / samples * 1000:.1f} ms")
        times = sorted(jumps(path))
        print(
            f"a jump to anywhere, {JUMPS} of them, until the picture is derived: median "
            f"{statistics.median(times) * 1000:.0f} ms, longest {times[-1] * 1000:.0f} ms"
        )
    return 0


def jumps(path: Path) -> Iterator[float]:
    """Seconds from each order to its reading."""
    came = threading.Event()
    player = Player(Recording(path), (), None, lambda reading: _arrived(reading, came))
    player.play_or_pause()
    player.start()
    dice = random.Random(1)
    recording = Recording(path)
    for _ in range(JUMPS):
        # What follows behind a jump must not be taken for the next one.
        time.sleep(0.05)
        target_s = dice.uniform(recording.first_s, recording.last_s)
        came.clear()
        began = time.perf_counter()
        player.go_to(target_s)
        came.wait(10)
        yield time.perf_counter() - began
    player.stop()
    recording.close()


def _arrived(reading: Reading, came: threading.Event) -> None:
    if len(reading.clock) <= 21:
        came.set()


if __name__ == "__main__":
    sys.exit(main())
