"""A day of a recording: its size beside the same in other forms, what writing, opening and a jump take.

python -m tests.bench.recording [SAMPLES [LARGE [HOURS]]]      # default 7200, 90 and 1

The demo recording is played into a new one again and again, its times moved on; then 4,000 associations of which a
fifth moves each second (tests/bench/made/crowd.py), LARGE samples of them. What these came to is laid into a file
again and again until it is HOURS long: that file is opened, told about and jumped in. A day is reckoned from what was
written.
"""

from __future__ import annotations

import gzip
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from itertools import count, islice
from pathlib import Path

from sctptop.cli import DEMO
from sctptop.model.sample import Sample
from sctptop.output.recording_info import report_info
from sctptop.recording.log.frames import FILE_BYTES, FrameKind, file_head
from sctptop.recording.reader import Recording
from sctptop.recording.writer import Writer
from sctptop.schema import to_json
from sctptop.tui.feeds.player import Player
from sctptop.tui.feeds.reading import Reading
from sctptop.tui.priority import drawing_first
from tests.bench.made.crowd import crowd
from tests.unit.recording.damaging import framed, frames_of

JUMPS = {True: 12, False: 100}
"""How many, by whether the recording is large."""
ASSOCIATIONS = 4000
COMPARED = {True: 5, False: 600}
"""Samples that are written in other forms too."""
DAY_S = 86400


def demo_again() -> Iterator[Sample]:
    """Samples a second apart, without end."""
    recording = Recording(DEMO)
    # From where all associations are up.
    whole = [sample for _, sample in recording.samples(len(recording) // 4, len(recording))]
    recording.close()
    for number in count():
        sample = whole[number % len(whole)]
        moved = timedelta(seconds=number) + whole[0].time - sample.time
        events = tuple(replace(event, time=event.time + moved) for event in sample.events)
        yield replace(sample, time=sample.time + moved, events=events, interval_s=1.0)


def main() -> int:
    """Prints the tables."""
    given = dict(enumerate(map(float, sys.argv[1:])))
    samples, large, hours = given.get(0, 7200.0), given.get(1, 90.0), given.get(2, 1.0)
    # The collector of garbage is set as a replay sets it.
    with tempfile.TemporaryDirectory() as folder, drawing_first():
        measure(islice(demo_again(), round(samples)), Path(folder) / "small", hours, large=False)
        measure(islice(crowd(ASSOCIATIONS), round(large)), Path(folder) / "large", hours, large=True)
    return 0


def measure(samples: Iterable[Sample], folder: Path, hours: float, *, large: bool) -> None:
    """The table of one host."""
    folder.mkdir()
    path, took, first = folder / "a.sctp", list[float](), list[Sample]()
    writer = Writer(path, {})
    associations = number = 0
    for number, sample in enumerate(samples, 1):
        began = time.perf_counter()
        writer.add(sample)
        took.append(time.perf_counter() - began)
        associations = max(associations, len(sample.associations))
        if number <= COMPARED[large]:
            first.append(sample)
    writer.close()
    print(f"\n{number} samples of {associations} associations\n")
    print(f"{'':26}{'bytes an association and sample':>34}{'MB a day':>12}")
    for name, size, of in (("recording", path.stat().st_size, number), *others(first, folder)):
        print(f"{name:26}{size / associations / of:34.1f}{size / of * DAY_S / 1e6:12,.0f}", flush=True)
    print(f"\nwriting a sample, safe on disk: {told(took)}")
    long = stretched(path, folder / "long.sctp", round(hours * 3600))
    print(f"of {hours} h, {long.stat().st_size / 1e6:.0f} MB:")
    began = time.perf_counter()
    with redirect_stdout(StringIO()):
        report_info(Recording(long), as_json=True)
    print(f"info: {time.perf_counter() - began:.2f} s")
    print(f"a jump until its samples are read, CPU: {told(list(reads(long, JUMPS[large])))}")
    print(f"a jump until the picture is derived, CPU: {told(list(jumps(long, JUMPS[large])))}", flush=True)


def told(seconds: list[float]) -> str:
    return f"median {statistics.median(seconds) * 1000:.0f} ms, longest {max(seconds) * 1000:.0f} ms"


def others(samples: list[Sample], folder: Path) -> Iterator[tuple[str, int, int]]:
    """The name of a form, bytes, and of how many samples."""
    lines = [json.dumps(to_json(sample), separators=(",", ":")).encode() + b"\n" for sample in samples]
    yield "JSON lines, gzip -6", len(gzip.compress(b"".join(lines), 6)), len(lines)
    yield "JSON lines", sum(map(len, lines)), len(lines)
    database = sqlite3.connect(folder / "a.sqlite")
    database.execute("CREATE TABLE samples (time TEXT PRIMARY KEY, data BLOB)")
    rows = [
        (sample.time.isoformat(), zlib.compress(line)) for sample, line in zip(samples, lines, strict=True)
    ]
    database.executemany("INSERT INTO samples VALUES (?, ?)", rows)
    database.commit()
    database.close()
    yield "SQLite, zlib a row", (folder / "a.sqlite").stat().st_size, len(lines)


def stretched(path: Path, long: Path, seconds: int) -> Path:
    """The blocks of a recording again and again, one behind the other, until they are so long.

    The times in their texts stay: a jump by time ends at the last sample of a block, which takes longest.
    """
    head = path.read_bytes()[:FILE_BYTES]
    known = file_head(head)
    assert known is not None
    blocks = [(one, content) for _, one, content in frames_of(path) if one.kind == FrameKind.BLOCK]
    step, number = sum(one.count for one, _ in blocks), 0
    with long.open("wb") as file:
        file.write(head)
        while number < seconds:
            for one, content in blocks:
                moved = replace(
                    one,
                    first=one.first + number,
                    first_us=one.first_us + number * 1_000_000,
                    last_us=one.last_us + number * 1_000_000,
                )
                file.write(framed(moved, content, known.recording_id))
            number += step
    return long


def reads(path: Path, many: int) -> Iterator[float]:
    """CPU seconds that the sample at a time and two before it take, each in a recording just opened."""
    dice = random.Random(1)
    for _ in range(many):
        recording = Recording(path)
        at_s = dice.uniform(recording.first_s, recording.last_s)
        began = time.process_time()
        position = recording.position_at(at_s)
        assert list(recording.samples(position - 2, position + 1))
        yield time.process_time() - began
        recording.close()


def jumps(path: Path, many: int) -> Iterator[float]:
    """CPU seconds from each order to its reading."""
    came = threading.Event()
    player = Player(Recording(path), (), None, lambda reading: _arrived(reading, came))
    player.play_or_pause()
    player.start()
    dice = random.Random(1)
    recording = Recording(path)
    for _ in range(many):
        # What follows behind a jump must not be taken for the next one.
        time.sleep(0.05)
        target_s = dice.uniform(recording.first_s, recording.last_s)
        came.clear()
        began = time.process_time()
        player.go_to(target_s)
        came.wait(60)
        yield time.process_time() - began
    player.stop()
    recording.close()


def _arrived(reading: Reading, came: threading.Event) -> None:
    if len(reading.clock) <= 21:
        came.set()


if __name__ == "__main__":
    sys.exit(main())
