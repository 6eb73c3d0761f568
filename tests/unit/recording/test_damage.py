"""Whatever is in a file: one clear line, or what can be read of it. Never a traceback, never a hang."""

from __future__ import annotations

import json
import os
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sctptop.cli import main
from sctptop.output.recording_info import report_info
from sctptop.recording.file_format import RecordingError
from sctptop.recording.log.frames import FileHead
from sctptop.recording.packing import packed_block, unpacked_block
from sctptop.recording.reader import Recording
from tests.unit.recording.damaging import SAMPLES, changed, data_of, used_up, with_data, without
from tests.unit.recording.recordings import read, written


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\0" * 4096, "is not a recording"),
        (b"hello\n", "is not a recording"),
        (b"SQLite format 3\0", "is not a recording"),
    ],
)
def test_what_is_no_recording_is_told(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "a.sctp"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match=words):
        Recording(path)


def test_a_folder_and_nothing_are_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, words in (
        (tmp_path, "is no file"),
        (tmp_path / "pipe", "is no file"),
        (tmp_path / "x", "cannot read"),
    ):
        with pytest.raises(RecordingError, match=words):
            Recording(path)


def test_the_database_of_another_program_is_told(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "a.sctp")
    database.execute("CREATE TABLE songs (name TEXT)")
    database.commit()
    database.close()
    with pytest.raises(RecordingError, match="is not a recording"):
        Recording(tmp_path / "a.sctp")


def test_a_later_format_names_who_wrote_it(tmp_path: Path) -> None:
    path = tmp_path / "a.sctp"
    path.write_bytes(FileHead(7, b"12345678", "sctptop 9.1\x1b").packed() + b"something new")
    with pytest.raises(
        RecordingError,
        match=r"format 7, written by sctptop 9\.1\ufffd; .* up to 4 \(try: a newer sctptop",
    ):
        Recording(path)


def test_a_database_of_a_format_that_never_was_is_told(database: Path) -> None:
    path = changed(database, "later.sctp", lambda one: one.execute("PRAGMA user_version = 2"))
    with pytest.raises(RecordingError, match=r"format 2, which no database has \(try: a newer sctptop"):
        Recording(path)


def test_a_missing_table_is_told(database: Path) -> None:
    path = changed(database, "bare.sctp", lambda connection: connection.execute("DROP TABLE tail"))
    with pytest.raises(RecordingError, match="lacks the tables"):
        Recording(path)


def test_an_endless_view_is_no_table(database: Path) -> None:
    def endless(connection: sqlite3.Connection) -> None:
        connection.execute("DROP TABLE tail")
        connection.execute(
            "CREATE VIEW tail AS WITH RECURSIVE n(number) AS (SELECT 1 UNION ALL SELECT number FROM n) "
            "SELECT number, 0 AS time_us, x'' AS data FROM n"
        )

    with pytest.raises(RecordingError, match="lacks the tables"):
        Recording(changed(database, "endless.sctp", endless))


def test_a_column_that_is_made_up_is_no_table(database: Path) -> None:
    def made_up(connection: sqlite3.Connection) -> None:
        connection.execute("DROP TABLE tail")
        connection.execute(
            "CREATE TABLE tail (number INTEGER PRIMARY KEY, time_us AS (printf('%.*c', 900000000, 'x')), data BLOB)"
        )

    with pytest.raises(RecordingError, match="lacks the tables"):
        Recording(changed(database, "made-up.sctp", made_up))


def test_a_recording_tells_the_terminal_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evil = "evil\x1b]0;owned\x07\x9b31m\nline \ud800"
    path = written(tmp_path / "a.sctp", [replace(one, host=evil) for one in SAMPLES[:3]])
    assert {one.host for one in read(path)} == {"evil\ufffd]0;owned\ufffd\ufffd31m\ufffdline \ufffd"}
    assert main(["replay", str(path), "-b", "-n", "1"]) == 0
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "time", ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+23:59", "2026-11-23T12:00:00"]
)
def test_a_time_that_no_clock_shows_is_damage(either: Path, time: str) -> None:
    text = {**json.loads(unpacked_block(data_of(either, 60))[0]), "time": time}
    late = with_data(either, "late.sctp", (60, packed_block([json.dumps(text).encode()])))
    assert read(late) == SAMPLES[:60] + SAMPLES[120:]


def test_behind_a_hole_no_rate_is_told(either: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recording = Recording(without(either, "rates.sctp", 60))
    found = dict(recording.samples(0, len(recording)))
    assert [found[place].interval_s for place in (0, 1, 59, 60, 61)] == [None, 1.0, 1.0, None, 1.0]
    assert recording.following(59) == (60, found[60]) and recording.following(60) == (61, found[61])
    recording.close()
    broken = with_data(either, "broken.sctp", (60, b"\0"))
    recording = Recording(broken)
    found = dict(recording.samples(0, len(recording)))
    assert [found[place].interval_s for place in (59, 120, 121)] == [1.0, None, 1.0]
    assert (recording.preceding(119), recording.preceding(5), recording.following(59)) == (
        59,
        5,
        (120, found[120]),
    )
    recording.close()
    assert main(["replay", str(broken), "--json"]) == 0
    assert "1 part of" in capsys.readouterr().err


def test_behind_a_damaged_block_it_goes_on(either: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = with_data(either, "hole.sctp", (0, b"\0"))
    assert read(path) == SAMPLES[60:]
    report_info(Recording(path), as_json=False)
    assert "damaged       1 part" in capsys.readouterr().out
    assert main(["replay", str(path), "--json", "-n", "1"]) == 0
    assert json.loads(capsys.readouterr().out)["time"] == SAMPLES[60].time.isoformat(timespec="microseconds")


def test_behind_a_damaged_sample_the_block_ends(either: Path) -> None:
    lines = unpacked_block(data_of(either, 60))
    lines[7] = b'{"associations": 5, "rows": 5}'
    path = with_data(either, "torn.sctp", (60, packed_block(lines)))
    assert read(path) == SAMPLES[:67] + SAMPLES[120:]
    recording = Recording(path)
    # Whichever is asked for first.
    assert [recording.sample(place) for place in (90, 66, 67, 120)] == [None, SAMPLES[66], None, SAMPLES[120]]
    assert recording.damaged == 1
    recording.close()


def test_a_block_of_fewer_samples_than_it_says_is_damaged(either: Path) -> None:
    few = unpacked_block(data_of(either, 60))[:50]
    path = with_data(either, "few.sctp", (60, packed_block(few)))
    assert read(path) == SAMPLES[:110] + SAMPLES[120:]
    recording = Recording(path)
    assert recording.sample(115) is None and recording.damaged == 1
    recording.close()


@pytest.mark.parametrize(
    "column", ["first", "count", "first_us", "last_us", "associations", "events", "data"]
)
@pytest.mark.parametrize("value", [-1, 0, 10**18, "x", None, b"x", "{}"])
def test_a_strange_row_is_passed_over(database: Path, tmp_path: Path, column: str, value: object) -> None:
    def strange(connection: sqlite3.Connection) -> None:
        try:
            connection.execute(f"UPDATE blocks SET {column} = ? WHERE first = 0", (value,))
        except sqlite3.Error:
            # SQLite itself refuses some.
            pass

    path = changed(database, "strange.sctp", strange)
    assert used_up(path) >= 70


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_flipped_bytes_never_break_it(either: Path, tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(either.read_bytes())
    places = st.integers(0, len(content) - 1) | st.integers(0, 4096)
    for place, byte in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=20)):
        content[place] = byte
    path = tmp_path / "flipped.sctp"
    path.write_bytes(content)
    try:
        used_up(path)
    except RecordingError as error:
        assert "\n" not in str(error)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 1 << 20))
def test_a_file_cut_short_never_breaks_it(either: Path, tmp_path: Path, length: int) -> None:
    content = either.read_bytes()
    path = tmp_path / "cut.sctp"
    path.write_bytes(content[: length % len(content)])
    try:
        used_up(path)
    except RecordingError as error:
        assert "\n" not in str(error)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ["time", "interval_s", "associations", "order", "counters", "events", "sources", "endpoints"]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(NAMES, JSON, min_size=1), st.integers(0, 59))
def test_a_sample_of_anything_never_breaks_it(good: Path, patch: object, place: int) -> None:
    lines = unpacked_block(data_of(good, 60))
    lines[place] = json.dumps(patch).encode()
    used_up(with_data(good, "anything.sctp", (60, packed_block(lines))))
