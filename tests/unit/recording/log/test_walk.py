"""All that can be read of a damaged file is; the rest is counted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sctptop.cli import main
from sctptop.model.sample import Sample
from sctptop.recording.file_format import RecordingError
from sctptop.recording.log.frames import FILE_BYTES, FRAME_BYTES, MARKER, FileHead, Frame, FrameKind
from sctptop.recording.reader import Recording
from sctptop.recording.writer import Limits, Writer
from tests.ui.scripted import with_probes
from tests.unit.recording.damaging import SAMPLES, framed, frames_of, made, remade, without
from tests.unit.recording.recordings import written

PAGE = 4096
MANY = list(with_probes(600, 2))


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten blocks."""
    return written(tmp_path_factory.mktemp("long") / "long.sctp", MANY)


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Another recording, of the same samples an hour later."""
    return written(tmp_path_factory.mktemp("foreign") / "foreign.sctp", MANY[300:]).read_bytes()


def told(path: Path) -> tuple[list[Sample], int]:
    """The samples that can be read, and how many parts cannot be."""
    recording = Recording(path)
    found = [one for place in range(len(recording)) if (one := recording.sample(place)) is not None]
    recording.close()
    return found, recording.damaged


def spared(long: Path, begin: int, end: int) -> list[Sample]:
    """The samples of blocks that lie outside of a range of bytes."""
    blocks = sorted(
        (one.first, at, at + one.used) for at, one, _ in frames_of(long) if one.kind == FrameKind.BLOCK
    )
    firsts = [first for first, at, last in blocks if last <= begin or at >= end]
    return [sample for first in firsts for sample in MANY[first : first + 60]]


@pytest.mark.parametrize("tenth", range(2, 10))
def test_what_is_before_a_cut_is_played(long: Path, tmp_path: Path, tenth: int) -> None:
    content = long.read_bytes()
    length = len(content) * tenth // 10
    path = tmp_path / "cut.sctp"
    path.write_bytes(content[:length])
    found, damaged = told(path)
    assert found == spared(long, length, len(content)) and len(found) >= 60 * (tenth - 2)
    assert damaged == 1


@pytest.mark.parametrize("place", range(12))
@pytest.mark.parametrize("zeros", [1, 100, PAGE, 3 * PAGE])
def test_around_zeros_all_is_played(long: Path, tmp_path: Path, place: int, zeros: int) -> None:
    content = bytearray(long.read_bytes())
    begin = min(len(content) * place // 12, len(content) - zeros)
    content[begin : begin + zeros] = bytes(zeros)
    path = tmp_path / "zeros.sctp"
    path.write_bytes(content)
    found, damaged = told(path)
    assert found == spared(long, begin, begin + zeros)
    assert 0 < damaged <= 3 or found == MANY


@pytest.mark.parametrize("place", range(12))
@pytest.mark.parametrize("pages", [1, 3])
def test_pages_of_another_recording_are_passed_over(
    long: Path, foreign: bytes, tmp_path: Path, place: int, pages: int
) -> None:
    content = bytearray(long.read_bytes())
    begin = (len(content) * place // 12) // PAGE * PAGE
    there = begin % (len(foreign) - 4 * PAGE) // PAGE * PAGE
    content[begin : begin + pages * PAGE] = foreign[there : there + pages * PAGE]
    path = tmp_path / "pages.sctp"
    path.write_bytes(content)
    found, damaged = told(path)
    assert found == spared(long, begin, begin + pages * PAGE) and len(found) >= 300
    assert 0 < damaged <= 4 or found == MANY


def test_without_its_first_bytes_it_is_played_too(long: Path, tmp_path: Path) -> None:
    path = tmp_path / "headless.sctp"
    path.write_bytes(bytes(FILE_BYTES) + long.read_bytes()[FILE_BYTES:])
    assert told(path) == (MANY, 1)
    path.write_bytes(long.read_bytes()[1000:])
    assert told(path)[0] == spared(long, 0, 1000)


@pytest.mark.parametrize("hurt", ["cut", "zeros", "half", "all"])
def test_replay_info_and_compare_agree(
    long: Path, tmp_path: Path, hurt: str, capsys: pytest.CaptureFixture[str]
) -> None:
    content = bytearray(long.read_bytes())
    blocks = [(offset, one) for offset, one, _ in frames_of(long) if one.kind == FrameKind.BLOCK]
    if hurt == "cut":
        del content[-5:]
    for offset, one in blocks[: {"zeros": 1, "half": 5, "all": 10}.get(hurt, 0)]:
        content[offset + one.body + 9 : offset + one.body + 60] = bytes(51)
    path = tmp_path / "hurt.sctp"
    path.write_bytes(content)
    said = []
    for words in (["replay", "--json"], ["info"], ["info", "--json"], ["compare", "demo"]):
        code = main([*words, str(path)])
        err = capsys.readouterr().err.splitlines()
        said.append((code, [line.split(":")[-1] if code == 0 else "" for line in err]))
    parts = {"cut": "1 part", "zeros": "1 part", "half": "5 parts"}
    expected = (1, [""]) if hurt == "all" else (0, [f" {parts[hurt]} of {path} could not be read"])
    assert said == [expected] * 4


def test_a_recording_is_read_as_it_was_when_it_was_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sctptop.recording.reader.THINGS_KEPT", 1)
    path = tmp_path / "a.sctp"
    # Of such a size the 130th sample is amid its block: one that is whole is replaced like the others.
    writer = Writer(path, {}, Limits(max_bytes=62_000))
    samples = list(with_probes(900, 2))
    for one in samples[:130]:
        writer.add(one)
    recording = Recording(path)
    assert len(recording) == 130
    tail = recording.blocks[-1].first
    for number, one in enumerate(samples[130:]):
        writer.add(one)
        if number % 50 == 0:
            # The blocks go one by one, and others take their place: a sample is the right one, or none.
            for place in range(0, tail, 7):
                assert recording.sample(place) in (samples[place], None)
    assert [recording.sample(place) for place in range(tail, 130)] == samples[tail:130] and tail < 129
    assert recording.damaged >= 3
    writer.close()
    fresh = Recording(path)
    assert fresh.damaged == 0 and fresh.sample(len(fresh) - 1) == samples[-1]
    fresh.close()
    recording.close()


def test_what_is_written_while_a_file_is_opened_does_not_tear_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the worst moment: the tail is packed, and its bytes are used again, between two reads of the opening."""
    path = tmp_path / "a.sctp"
    writer = Writer(path, {})
    samples = list(with_probes(140, 2))
    for one in samples[:115]:
        writer.add(one)
    pread, reads = os.pread, 0

    def meanwhile(descriptor: int, length: int, offset: int) -> bytes:
        nonlocal reads
        reads += 1
        if reads == 5:
            for one in samples[115:125]:
                writer.add(one)
        return pread(descriptor, length, offset)

    with monkeypatch.context() as patch:
        patch.setattr(os, "pread", meanwhile)
        recording = Recording(path)
    assert reads > 5 and [recording.sample(place) for place in range(len(recording))] == samples[:125]
    assert recording.damaged == 0
    recording.close()
    writer.close()


def test_what_is_there_twice_is_read_once(good: Path) -> None:
    twice = remade(
        good, "twice.sctp", lambda one, data: [(one, data)] * (1 if one.kind == FrameKind.FACTS else 2)
    )
    assert told(twice) == (SAMPLES, 1)


def test_a_tail_lacks_what_comes_behind_a_hole_in_it(good: Path) -> None:
    path = remade(
        good,
        "tail.sctp",
        lambda one, data: [] if (one.kind, one.count) == (FrameKind.TAIL, 5) else [(one, data)],
    )
    assert told(path) == (SAMPLES[:124], 1)


def test_a_disk_that_does_not_give_back_a_page_is_damage(long: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pread = os.pread
    (place,) = (at for at, one, _ in frames_of(long) if (one.kind, one.first) == (FrameKind.BLOCK, 240))
    bad = place // PAGE + 1

    def worn(descriptor: int, length: int, offset: int) -> bytes:
        if offset < (bad + 1) * PAGE and bad * PAGE < offset + length:
            raise OSError(5, "Input/output error")
        return pread(descriptor, length, offset)

    monkeypatch.setattr(os, "pread", worn)
    found, damaged = told(long)
    assert found == spared(long, bad * PAGE, (bad + 1) * PAGE) and 0 < damaged <= 3


@pytest.mark.parametrize("behind", [False, True])
def test_a_file_that_says_it_is_endless_is_no_trouble(good: Path, tmp_path: Path, behind: bool) -> None:
    """With nothing behind a hole without end, or the block that is lacking before it."""
    path = tmp_path / "endless.sctp"
    block = next(
        (one, data) for _, one, data in frames_of(good) if (one.kind, one.first) == (FrameKind.BLOCK, 60)
    )
    path.write_bytes(without(good, "less.sctp", 60).read_bytes())
    with path.open("ab") as file:
        file.truncate(1 << 42)
        file.write(framed(*block, block[0].recording_id) if behind else b"")
    found, damaged = told(path)
    assert (found, damaged) == (SAMPLES if behind else SAMPLES[:60] + SAMPLES[120:], 1)


def test_markers_without_end_are_given_up(tmp_path: Path) -> None:
    path = tmp_path / "markers.sctp"
    head = FileHead(2, b"12345678", "").packed()
    path.write_bytes(head + MARKER * (8 << 20))
    with pytest.raises(RecordingError, match="holds no sample"):
        Recording(path)
    path.write_bytes(MARKER * (8 << 20))
    with pytest.raises(RecordingError, match="is not a recording"):
        Recording(path)


def test_a_frame_that_ends_before_it_begins_is_none(tmp_path: Path) -> None:
    path = made(tmp_path / "a.sctp", FileHead(2, b"12345678", "").packed(), [])
    with path.open("ab") as file:
        for size in (0, 1, FRAME_BYTES - 1):
            file.write(Frame(FrameKind.FREE, size, recording_id=b"12345678").packed())
    with pytest.raises(RecordingError, match="holds no sample"):
        Recording(path)
