"""What lies in the file, byte by byte: recordings outlive the program that made them."""

from __future__ import annotations

import json
import lzma
import sqlite3
import struct
import zlib
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sctptop.cli import main
from sctptop.model.event import EVENT_KINDS
from sctptop.recording.log.frames import FrameKind
from sctptop.recording.packing import DamagedError, packed_block, packed_line, unpacked_block, unpacked_lines
from sctptop.recording.playing import replay
from sctptop.recording.playing.replay import ReplaySource, lead_to
from sctptop.recording.reader import Recording
from sctptop.recording.writer import Limits, Writer
from tests.unit.recording.damaging import SAMPLES, changed, frames_of, remade, with_data
from tests.unit.recording.recordings import read, written


def test_the_head_names_the_program_and_the_format(good: Path) -> None:
    head = good.read_bytes()[:64]
    assert (head[:16], head[16:20], head[28:60].rstrip(b"\0")) == (
        b"sctptop record\r\n",
        b"\4\0\0\0",
        b"sctptop test",
    )
    assert int.from_bytes(head[60:], "little") == zlib.crc32(head[:60])


def test_a_frame_is_what_the_format_says(good: Path) -> None:
    """Taken apart by hand, in the words of recording/file_format.py."""
    data = good.read_bytes()
    (offset,) = [
        offset for offset, one, _ in frames_of(good) if one.kind == FrameKind.BLOCK and one.first == 60
    ]
    head = data[offset : offset + 68]
    assert head[:6] == b"\xf1\x53\x66\x1a\x03\0" and head[20:28] == data[20:28]
    said, held, size = struct.unpack_from("<HIQ", head, 6)
    first, count, most, first_us, last_us, held_crc, crc = struct.unpack_from("<QIIqqII", head, 28)
    about, content = data[offset + 68 :][:said], data[offset + 68 + said :][:held]
    assert size >= 68 + said + held and data[offset + size :][:4] in (head[:4], b"")
    assert held_crc == zlib.crc32(content) and crc == zlib.crc32(head[:64] + about)
    inside = SAMPLES[60:120]
    assert (first, count, most) == (60, 60, max(len(one.associations) for one in inside))
    assert [first_us, last_us] == [round(one.time.timestamp() * 1e6) for one in (inside[0], inside[-1])]
    assert json.loads(about) == Counter(event.kind for one in inside for event in one.events)
    lines = lzma.decompress(content).split(b"\n")
    first, second = json.loads(lines[0]), json.loads(lines[1])
    assert len(lines) == 60 and "order" in first["rows"] and "order" not in second["rows"]
    assert all(line.startswith(b'{"time":"') for line in lines)


def test_the_samples_behind_the_last_block_are_each_in_a_frame(good: Path) -> None:
    tail = [(one, content) for _, one, content in frames_of(good) if one.kind == FrameKind.TAIL]
    assert [(one.first, one.count, one.last_us) for one, _ in tail] == [
        (120, place + 1, round(one.time.timestamp() * 1e6)) for place, one in enumerate(SAMPLES[120:])
    ]
    assert "order" in json.loads(zlib.decompress(tail[0][1]))["rows"]
    (facts,) = [content for _, one, content in frames_of(good) if one.kind == FrameKind.FACTS]
    assert json.loads(facts) == {"written_by": "sctptop test", "host": "amf-1"}


def test_what_is_in_it_is_told_from_blocks_and_tail(either: Path) -> None:
    recording = Recording(either)
    most, events = recording.contents()
    assert most == max(len(one.associations) for one in SAMPLES)
    kinds = Counter(event.kind for one in SAMPLES for event in one.events)
    assert {kind: times for kind, times in events.items() if kind in EVENT_KINDS} == kinds
    assert recording.damaged == 0 and len(recording) == 130
    recording.close()


def test_what_was_lost_or_left_out_is_told_of_every_block_and_of_a_killed_tail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    samples = [
        replace(
            one, events_lost=int(place == 3), events_left_out={"hb_rtt": 2, "cwnd": 1} if place % 2 else {}
        )
        for place, one in enumerate(SAMPLES)
    ]
    writer = Writer(tmp_path / "killed.sctp", {})
    for sample in samples:
        writer.add(sample)
    for path in (writer.path, written(tmp_path / "whole.sctp", samples)):
        assert main(["info", str(path)]) == 0
        said = capsys.readouterr().out
        assert "not in it     1 event lost; left out for want of time: cwnd 65, hb_rtt 130\n" in said
        assert "left out" not in next(line for line in said.splitlines() if line.startswith("events"))
        assert main(["info", str(path), "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["events_lost"], told["events_left_out"]) == (1, {"cwnd": 65, "hb_rtt": 130})
        assert told["events"] == Counter(event.kind for one in SAMPLES for event in one.events)


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


def test_positions_before_and_behind_a_hole(either: Path) -> None:
    recording = Recording(with_data(either, "gap.sctp", (60, b"\0")))
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
    recording = Recording(with_data(either, "lost.sctp", (0, b"\0")))
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


def test_a_replay_starts_with_the_first_sample_if_nothing_is_said(either: Path) -> None:
    source = ReplaySource(Recording(either))
    assert list(source.lead_in()) == [] and source.read() == SAMPLES[0] and source.read() == SAMPLES[1]
    source.close()
    source = ReplaySource(Recording(either), start=5, lead=2)
    assert [one.time for one in source.lead_in()] == [one.time for one in SAMPLES[3:5]]
    assert source.read() == SAMPLES[5]
    source.close()


def test_a_replay_looks_back_less_far_where_more_happened(
    good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = Recording(good)
    each = [recording.events_at(place) for place in range(40)]
    assert lead_to(recording, 40, 600) == 40 and lead_to(recording, 40, 7) == 7
    assert lead_to(recording, 0, 600) == 0 and sum(each) > 2
    monkeypatch.setattr(replay, "LEAD_EVENTS", sum(each[-10:]) or 1)
    assert lead_to(recording, 40, 600) <= max(10, 40 - each[::-1].index(max(each)))
    monkeypatch.setattr(replay, "LEAD_EVENTS", 1)
    assert 1 <= lead_to(recording, 40, 600) < 40
    recording.close()


def test_facts_are_read_and_those_that_are_no_json_are_damage(database: Path) -> None:
    def spoil(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO facts VALUES ('bad', '{')")
        connection.execute("INSERT INTO facts VALUES ('sys', '{\"a\": [1, null]}')")

    recording = Recording(changed(database, "facts.sctp", spoil))
    assert recording.facts == {"written_by": "sctptop test", "host": "amf-1", "sys": {"a": [1, None]}}
    assert recording.damaged == 1
    recording.close()


def test_facts_that_are_none_are_damage(good: Path) -> None:
    path = remade(
        good, "facts.sctp", lambda one, data: [(one, b"{" if one.kind == FrameKind.FACTS else data)]
    )
    recording = Recording(path)
    assert (recording.facts, recording.damaged, len(recording)) == ({}, 1, 130)
    recording.close()


def test_times_of_a_recording_are_its_first_and_its_latest(either: Path) -> None:
    recording = Recording(either)
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
    blocks = [one for _, one, _ in frames_of(path) if one.kind == FrameKind.BLOCK]
    assert {one.count for one in blocks if one.first + one.count < 40} == {6}
    kept = read(path)
    assert kept == slow[-len(kept) :] and slow[-1].time - kept[0].time >= timedelta(seconds=160)
    assert slow[35].time.timestamp() * 1e6 - min(one.last_us for one in blocks) <= 160e6
