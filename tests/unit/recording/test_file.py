"""What lies in the file, byte by byte and row by row: recordings outlive the program that made them."""

from __future__ import annotations

import json
import lzma
import sqlite3
import zlib
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sctptop.recording.packing import DamagedError, packed_block, packed_line, unpacked_block, unpacked_lines
from sctptop.recording.reader import Recording
from sctptop.recording.replay import ReplaySource
from sctptop.recording.writer import Limits, Writer
from tests.unit.recording.damaging import SAMPLES, changed
from tests.unit.recording.recordings import read, written


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    database = sqlite3.connect(path)
    try:
        return database.execute(query).fetchall()
    finally:
        database.close()


def test_the_header_names_the_program_and_the_format(good: Path) -> None:
    header = good.read_bytes()[:100]
    assert (header[68:72], header[60:64]) == (b"Sctp", b"\0\0\0\1")


def test_a_block_has_sixty_samples_and_says_what_is_in_them(good: Path) -> None:
    told = rows(
        good, "SELECT first, count, first_us, last_us, associations, events FROM blocks ORDER BY first"
    )
    for (first, count, first_us, last_us, associations, events), start in zip(told, (0, 60), strict=True):
        inside = SAMPLES[start : start + 60]
        assert (first, count) == (start, 60)
        assert [first_us, last_us] == [round(one.time.timestamp() * 1e6) for one in (inside[0], inside[-1])]
        assert associations == max(len(one.associations) for one in inside)
        assert json.loads(str(events)) == Counter(event.kind for one in inside for event in one.events)
    tail = rows(good, "SELECT number, time_us FROM tail ORDER BY number")
    assert tail == [
        (120 + place, round(one.time.timestamp() * 1e6)) for place, one in enumerate(SAMPLES[120:])
    ]


def test_what_is_in_it_is_told_from_blocks_and_tail(good: Path) -> None:
    recording = Recording(good)
    most, events = recording.contents()
    assert most == max(len(one.associations) for one in SAMPLES)
    assert events == Counter(event.kind for one in SAMPLES for event in one.events)
    assert recording.damaged == 0 and len(recording) == 130
    recording.close()


def test_the_first_of_a_block_is_whole_and_each_further_one_a_patch(good: Path) -> None:
    (data,) = rows(good, "SELECT data FROM blocks WHERE first = 60")[0]
    lines = lzma.decompress(data).split(b"\n")  # type: ignore[arg-type]
    assert len(lines) == 60 and json.loads(lines[0])["order"] and "order" not in json.loads(lines[1])
    (line,) = rows(good, "SELECT data FROM tail WHERE number = 120")[0]
    assert json.loads(zlib.decompress(line))["order"]  # type: ignore[arg-type]


def test_what_is_packed_is_unpacked() -> None:
    lines = [b"one", b"", b"three"]
    assert unpacked_block(packed_block(lines)) == lines
    assert list(unpacked_lines(packed_line(line) for line in lines)) == lines


def wide() -> bytes:
    """A good xz stream that asks for a dictionary of 192 MiB."""
    stream = bytearray(lzma.compress(b"{}"))
    size = (stream[12] + 1) * 4
    stream[16] = 31
    stream[12 + size - 4 : 12 + size] = zlib.crc32(stream[12 : 12 + size - 4]).to_bytes(4, "little")
    return bytes(stream)


@pytest.mark.parametrize(
    "data", [None, "text", 5, b"", b"x", packed_block([b"{}"])[:-1], packed_line(b"{}"), wide()]
)
def test_what_is_no_packed_block_is_damage(data: object) -> None:
    with pytest.raises(DamagedError):
        unpacked_block(data)


@pytest.mark.parametrize("data", [None, "text", b"", packed_line(b"{}")[:-1], packed_block([b"{}"])])
def test_what_is_no_packed_line_is_damage(data: object) -> None:
    with pytest.raises(DamagedError):
        list(unpacked_lines([data]))


def test_positions_before_and_behind_a_hole(good: Path) -> None:
    path = changed(
        good, "gap.sctp", lambda database: database.execute("UPDATE blocks SET data = x'00' WHERE first = 60")
    )
    recording = Recording(path)
    assert [recording.preceding(place) for place in (0, 59, 60, 119, 120, 500)] == [0, 59, 59, 59, 120, 129]
    assert [found and found[0] for found in map(recording.following, (-1, 0, 58, 59, 100, 128, 129))] == [
        0,
        1,
        59,
        120,
        120,
        129,
        None,
    ]
    assert recording.following(0) == (1, recording.sample(1)) and SAMPLES[1].interval_s
    assert [place for place, _ in recording.samples(-5, 3)] == [0, 1, 2]
    assert [place for place, _ in recording.samples(58, 122)] == [58, 59, 120, 121]
    assert [place for place, _ in recording.samples(58, 120)] == [58, 59]
    assert [place for place, _ in recording.samples(128, 999)] == [128, 129]
    for place in (-1, 130):
        with pytest.raises(IndexError):
            recording.sample(place)
    assert recording.damaged == 1
    recording.close()
    first = changed(
        good, "lost.sctp", lambda database: database.execute("UPDATE blocks SET data = x'00' WHERE first = 0")
    )
    recording = Recording(first)
    assert recording.preceding(59) is None and recording.preceding(60) == 60
    recording.check()
    assert recording.damaged == 1
    recording.close()


def test_a_file_that_was_taken_away_takes_no_room(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "a.sctp", {})
    assert writer.size == (tmp_path / "a.sctp").stat().st_size > 0
    (tmp_path / "a.sctp").unlink()
    assert writer.size == 0
    writer.close()


def test_a_replay_starts_with_the_first_sample_if_nothing_is_said(good: Path) -> None:
    source = ReplaySource(Recording(good))
    assert list(source.lead_in()) == [] and source.read() == SAMPLES[0] and source.read() == SAMPLES[1]
    source.close()
    source = ReplaySource(Recording(good), start=5, lead=2)
    assert [one.time for one in source.lead_in()] == [one.time for one in SAMPLES[3:5]]
    assert source.read() == SAMPLES[5]
    source.close()


def test_facts_are_read_and_those_that_are_no_json_are_damage(good: Path) -> None:
    def spoil(database: sqlite3.Connection) -> None:
        database.execute("INSERT INTO facts VALUES ('bad', '{')")
        database.execute("INSERT INTO facts VALUES ('sys', '{\"a\": [1, null]}')")

    recording = Recording(changed(good, "facts.sctp", spoil))
    assert recording.facts == {"written_by": "sctptop test", "host": "amf-1", "sys": {"a": [1, None]}}
    assert recording.damaged == 1
    recording.close()


def test_times_of_a_recording_are_its_first_and_its_latest(good: Path) -> None:
    recording = Recording(good)
    first, last = SAMPLES[0].time.timestamp(), SAMPLES[-1].time.timestamp()
    assert (recording.first_s, recording.last_s) == (first, last)
    assert [recording.position_at(first + at_s) for at_s in (59.5, 60, 119.001, 125)] == [60, 60, 120, 125]
    recording.close()


def test_blocks_are_a_quarter_as_long_as_what_is_kept(tmp_path: Path) -> None:
    slow = [
        replace(one, time=SAMPLES[0].time + timedelta(seconds=10 * place))
        for place, one in enumerate(SAMPLES[:40])
    ]
    path = written(tmp_path / "a.sctp", slow, Limits(keep_s=160))
    # Longer than 40 s is from 0 to 50 s: six samples.
    assert rows(path, "SELECT DISTINCT count FROM blocks WHERE first + count < 40") == [(6,)]
    kept = read(path)
    assert kept == slow[-len(kept) :] and slow[-1].time - kept[0].time >= timedelta(seconds=160)
    oldest = rows(path, "SELECT min(last_us) FROM blocks")[0][0]
    assert slow[35].time.timestamp() * 1e6 - float(str(oldest)) <= 160e6
