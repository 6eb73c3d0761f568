"""A kill ends the writing between two writes, a power loss keeps any of those that were not synced, in parts."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sctptop.model.sample import Sample
from sctptop.recording.log.frames import FILE_BYTES, FrameKind, frame
from sctptop.recording.reader import Recording
from sctptop.recording.writer import Limits, Writer
from tests.ui.scripted import with_probes

SAMPLES = list(with_probes(160, 1))
SECTOR = 512
LIMITS = [Limits(), Limits(max_bytes=20_000), Limits(keep_s=40), Limits(keep_s=16, max_bytes=20_000)]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sctptop.recording.writer.BLOCK_SAMPLES", 8)


@dataclass
class Disk:
    """What was asked of the file, in order: writes, the number of samples that are said to be safe, and syncs.

    A write of None is that of its end: the file is as long as that from then on.
    """

    steps: list[tuple[int, bytes | None] | int | None] = field(default_factory=list)


@contextmanager
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    disk = Disk()
    pwrite, fdatasync, ftruncate = os.pwrite, os.fdatasync, os.ftruncate

    def writing(descriptor: int, data: bytes, offset: int) -> int:
        disk.steps.append((offset, bytes(data)))
        return pwrite(descriptor, data, offset)

    def syncing(descriptor: int) -> None:
        disk.steps.append(None)
        fdatasync(descriptor)

    def ending(descriptor: int, length: int) -> None:
        disk.steps.append((length, None))
        ftruncate(descriptor, length)

    with monkeypatch.context() as patch:
        patch.setattr(os, "ftruncate", ending)
        patch.setattr(os, "pwrite", writing)
        patch.setattr(os, "fdatasync", syncing)
        yield disk


def recorded(path: Path, samples: Sequence[Sample], limits: Limits, monkeypatch: pytest.MonkeyPatch) -> Disk:
    with watched(monkeypatch) as disk:
        writer = Writer(path, {"host": "amf-1"}, limits)
        for one in samples:
            writer.add(one)
            disk.steps.append(writer.samples)
        writer.close()
    return disk


def applied(content: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del content[offset:]
        data = b""
    content.extend(bytes(max(0, offset + len(data) - len(content))))
    content[offset : offset + len(data)] = data


def times_in(path: Path, content: bytearray) -> tuple[list[float], int]:
    path.write_bytes(content)
    recording = Recording(path)
    recording.check()
    found = [one.time.timestamp() for _, one in recording.samples(0, len(recording))]
    recording.close()
    return found, recording.damaged


def kept_of(limits: Limits, number: int) -> int:
    """The least number of samples that is kept when so many were recorded."""
    if limits.keep_s is not None and limits.max_bytes is None:
        return min(number, round(limits.keep_s))
    return min(number, 5) if limits.max_bytes else number


@pytest.mark.parametrize("limits", LIMITS)
def test_a_kill_between_any_two_writes_loses_no_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limits: Limits
) -> None:
    disk = recorded(tmp_path / "a.sctp", SAMPLES[:150], limits, monkeypatch)
    all_times = [one.time.timestamp() for one in SAMPLES]
    content, safe = bytearray(), 0
    dice = random.Random(14)
    for step in disk.steps:
        if isinstance(step, int):
            safe = step
        elif step is not None:
            applied(content, *step)
            if safe and dice.random() < 0.06:
                found, damaged = times_in(tmp_path / "killed.sctp", content)
                last = safe + (found[-1] == all_times[safe])
                assert found == all_times[last - len(found) : last] and damaged == 0
                assert len(found) >= kept_of(limits, safe)


@pytest.mark.parametrize("limits", LIMITS)
def test_a_power_loss_at_any_moment_loses_no_sample_that_was_safe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limits: Limits
) -> None:
    disk = recorded(tmp_path / "a.sctp", SAMPLES[:150], limits, monkeypatch)
    all_times = [one.time.timestamp() for one in SAMPLES]
    dice = random.Random(14)
    content, pending, safe = bytearray(), list[tuple[int, bytes | None]](), 0
    for step in disk.steps:
        if isinstance(step, int):
            safe = step
            continue
        if step is not None:
            pending.append(step)
        if safe and dice.random() < 0.1:
            found, _ = times_in(tmp_path / "lost.sctp", lost(content, pending, dice))
            here = found.index(all_times[safe - 1])
            # Sectors of an old block may be there again; what is kept is there without a gap.
            least = kept_of(limits, safe)
            assert found[here + 1 :] in ([], [all_times[safe]])
            assert found[here + 1 - least : here + 1] == all_times[safe - least : safe]
            assert set(found) <= set(all_times) and found == sorted(found)
        if step is None:
            for write in pending:
                applied(content, *write)
            pending = []


def lost(content: bytearray, pending: Sequence[tuple[int, bytes | None]], dice: random.Random) -> bytearray:
    """Any of the sectors that were written and not synced are on disk."""
    found = bytearray(content)
    for offset, data in pending:
        if data is None:
            if dice.random() < 0.5:
                applied(found, offset, None)
            continue
        at = 0
        while at < len(data):
            end = min(len(data), at + SECTOR - (offset + at) % SECTOR)
            if dice.random() < 0.5:
                applied(found, offset + at, data[at:end])
            at = end
    return found


@pytest.mark.parametrize("limits", LIMITS)
@pytest.mark.parametrize("count", [9, 30, 61])
def test_a_kill_at_any_step_of_the_close_loses_nothing_and_behind_it_little_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limits: Limits, count: int
) -> None:
    disk = recorded(tmp_path / "a.sctp", SAMPLES[:count], limits, monkeypatch)
    begun = disk.steps.index(count)
    content = bytearray()
    all_times = [one.time.timestamp() for one in SAMPLES[:count]]
    dice = random.Random(count)
    for place, step in enumerate(disk.steps):
        if step is not None and not isinstance(step, int):
            applied(content, *step)
        if place >= begun and (place == len(disk.steps) - 1 or dice.random() < 0.5):
            found, damaged = times_in(tmp_path / "killed.sctp", content)
            assert found == all_times[count - len(found) :] and damaged == 0
            assert len(found) >= kept_of(limits, count)
    assert (tmp_path / "a.sctp").read_bytes() == content
    offset = FILE_BYTES
    free = 0
    while offset < len(content):
        head = frame(bytes(content), offset)
        assert head is not None
        free += head.size if head.kind == FrameKind.FREE else head.size - head.used
        offset += head.size
    assert free <= 0.03 * len(content), (free, len(content))
