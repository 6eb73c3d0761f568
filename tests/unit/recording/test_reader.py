"""What is recorded is read back as it was, is safe at once, and stays within its limits."""

from __future__ import annotations

import errno
import os
import random
import resource
import signal
import stat
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sctptop.model.sample import Sample
from sctptop.model.source_state import SourceState
from sctptop.recording.file_format import RecordingError
from sctptop.recording.reader import Recording
from sctptop.recording.writer import Limits, Writer
from tests.ui.scripted import sample, with_probes
from tests.unit.recording.recordings import read, written

KILLS = 50


def test_every_sample_comes_back_as_it_went(tmp_path: Path) -> None:
    samples = list(with_probes(150, 4))
    # One that comes, one that goes, and an order that turns round.
    samples[70] = replace(samples[70], associations=samples[70].associations[::-1])
    samples[71] = replace(
        samples[71],
        associations=samples[71].associations[1:],
        sources={"procfs": SourceState.parse("error: x")},
    )
    path = written(tmp_path / "a.sctp", samples)
    assert read(path) == samples
    recording = Recording(path)
    assert [recording.sample(place) for place in (149, 0, 60, 59, 30, 71, 3)] == [
        samples[place] for place in (149, 0, 60, 59, 30, 71, 3)
    ]
    assert recording.damaged == 0
    recording.close()


def test_a_time_is_found(tmp_path: Path) -> None:
    samples = list(with_probes(150, 1))
    recording = Recording(written(tmp_path / "a.sctp", samples))
    start = samples[0].time.timestamp()
    assert recording.position_at(start - 99) == 0
    assert [recording.position_at(start + offset) for offset in (0, 0.5, 1, 59.5, 60, 149)] == [
        0,
        1,
        1,
        60,
        60,
        149,
    ]
    assert recording.position_at(start + 1e6) == 149
    recording.close()


def test_the_file_is_private_and_never_overwrites(tmp_path: Path) -> None:
    path = written(tmp_path / "a.sctp", with_probes(2, 1))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(RecordingError, match=r"is there already \(try: "):
        Writer(path, {})
    with pytest.raises(RecordingError, match=r"cannot write .*No such file or directory \(try: "):
        Writer(tmp_path / "none" / "a.sctp", {})
    link = tmp_path / "link.sctp"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RecordingError):
        Writer(link, {})
    assert not (tmp_path / "elsewhere").exists()


def test_what_is_older_than_wanted_is_forgotten(tmp_path: Path) -> None:
    samples = list(with_probes(600, 1))
    kept = read(written(tmp_path / "a.sctp", samples, Limits(keep_s=130)))
    # Whole blocks of 60 go.
    assert kept == samples[-len(kept) :] and 130 <= len(kept) < 130 + 2 * 60


def test_the_file_grows_no_larger_than_wanted(tmp_path: Path) -> None:
    samples = list(with_probes(300, 60))
    most = 150_000
    path = tmp_path / "a.sctp"
    writer = Writer(path, {}, Limits(max_bytes=most))
    for one in samples:
        writer.add(one)
        assert writer.size <= most
    writer.close()
    kept = read(path)
    assert kept == samples[-len(kept) :] and 60 <= len(kept) < len(samples)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, r"the disk is full \(try: "),
        (errno.EDQUOT, r"the disk is full for its owner \(try: "),
        (errno.EIO, r"Input/output error \(try: another disk\)"),
    ],
)
@pytest.mark.parametrize("room", [20_000, 30_000, 40_000])
def test_a_full_disk_stops_it_and_leaves_a_good_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str, room: int
) -> None:
    pwrite = os.pwrite

    def on_a_small_disk(descriptor: int, data: memoryview, offset: int) -> int:
        """Writes what fits, in parts."""
        if offset >= room:
            raise OSError(number, os.strerror(number))
        return pwrite(descriptor, data[: min(room - offset, 1000)], offset)

    path = tmp_path / "a.sctp"
    samples = list(with_probes(200, 60))
    writer = Writer(path, {})
    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", on_a_small_disk)
        with pytest.raises(RecordingError, match=words):
            for one in samples:
                writer.add(one)
        added = writer.samples
        writer.close()
    assert 10 < added < 200 and path.stat().st_size <= room
    assert read(path) == samples[:added]


def test_a_limit_to_the_size_of_files_stops_it_and_leaves_a_good_file(tmp_path: Path) -> None:
    path = tmp_path / "a.sctp"
    samples = list(with_probes(100, 60))
    writer = Writer(path, {})
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, before[1]))
    try:
        with pytest.raises(RecordingError, match=r"a file may grow no larger here \(try: ulimit"):
            for one in samples:
                writer.add(one)
        writer.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert read(path) == samples[: writer.samples] and writer.samples > 10


def test_a_kill_at_any_moment_loses_nothing_that_was_added(tmp_path: Path) -> None:
    samples = list(with_probes(150, 1))
    dice = random.Random(20261124)
    lengths = []
    for turn in range(KILLS):
        path = tmp_path / f"{turn}.sctp"
        added = killed_after(path, samples, dice.randrange(1, 130), dice.uniform(0.0, 0.01))
        recording = Recording(path)
        recording.check()
        assert recording.damaged == 0
        recording.close()
        kept = read(path)
        assert kept == samples[: len(kept)]
        # The one that was being added may be there or not.
        assert added <= len(kept) <= added + 1
        lengths.append(len(kept))
    assert min(lengths) < 60 < max(lengths), "never killed behind a full block"


def killed_after(path: Path, samples: list[Sample], number: int, seconds: float) -> int:
    """A process records and is killed so long after it added that many; says how many they were in the end."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            writer = Writer(path, {})
            for one in samples:
                writer.add(one)
                os.write(writing, b".")
            signal.pause()
        finally:
            os._exit(1)
    os.close(writing)
    added = 0
    while added < number:
        added += len(os.read(reading, number - added))
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(reading, 65536):
        added += len(more)
    os.close(reading)
    return added


def test_a_recording_can_be_read_while_it_is_written(tmp_path: Path) -> None:
    samples = list(with_probes(100, 2))
    writer = Writer(tmp_path / "a.sctp", {})
    for one in samples[:70]:
        writer.add(one)
    assert read(tmp_path / "a.sctp") == samples[:70]
    for one in samples[70:]:
        writer.add(one)
    writer.close()
    assert read(tmp_path / "a.sctp") == samples


def test_a_recording_without_a_sample_goes_or_says_so(tmp_path: Path) -> None:
    assert not written(tmp_path / "a.sctp", []).exists()
    with pytest.raises(RecordingError, match="holds no sample"):
        read(written(tmp_path / "b.sctp", [], close=False))


def test_another_program_that_locks_the_file_is_of_no_concern(tmp_path: Path) -> None:
    samples = list(with_probes(200, 1))
    path = tmp_path / "a.sctp"
    writer = Writer(path, {})
    code = "import fcntl, sys; f = open(sys.argv[1], 'r+b'); fcntl.lockf(f, fcntl.LOCK_EX); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdin is not None and other.stdout is not None and other.stdout.readline()
        for one in samples:
            writer.add(one)
        assert read(path) == samples
        other.stdin.write(b"\n")
    writer.close()
    assert read(path) == samples


def test_one_sample_that_is_larger_than_all_that_may_be_kept_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.sctp"
    small, large = list(with_probes(3, 2)), next(iter(with_probes(1, 6000)))
    writer = Writer(path, {}, Limits(max_bytes=20_000))
    for one in small:
        writer.add(one)
    with pytest.raises(RecordingError, match=r"one sample takes more than --max-size 20000 leaves \(try: "):
        writer.add(large)
    writer.close()
    assert path.stat().st_size <= 20_000


@pytest.mark.slow
def test_large_samples_stay_within_the_limit_too(tmp_path: Path) -> None:
    path = tmp_path / "a.sctp"
    writer = Writer(path, {}, Limits(max_bytes=1_000_000))
    for one in with_probes(40, 300):
        writer.add(one)
        assert writer.size <= 1_000_000
    writer.close()
    assert path.stat().st_size <= 1_000_000 and len(read(path)) >= 3


def test_little_is_kept_of_a_slow_recording_too(tmp_path: Path) -> None:
    slow = [
        replace(one, time=one.time + timedelta(minutes=place), interval_s=60.0)
        for place, one in enumerate(with_probes(100, 1))
    ]
    kept = read(written(tmp_path / "a.sctp", slow, Limits(keep_s=600)))
    assert 10 <= len(kept) <= 16 and kept == slow[-len(kept) :]


def test_any_name_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(read(written(Path(":memory:"), with_probes(3, 1)))) == 3


def test_a_clock_set_back_changes_no_order(tmp_path: Path) -> None:
    samples = list(with_probes(200, 1))
    back = [replace(one, time=one.time - timedelta(hours=1)) for one in samples[120:]]
    recording = Recording(written(tmp_path / "a.sctp", samples[:120] + back))
    assert recording.last_s - recording.first_s == 119
    assert recording.position_at(recording.last_s) == 119
    recording.close()


def test_nobody_is_there(tmp_path: Path) -> None:
    assert read(written(tmp_path / "a.sctp", [sample(0), sample(1)])) == [sample(0), sample(1)]
