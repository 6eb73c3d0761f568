"""Whatever is in a file: one clear line, or what can be read of it. Never a traceback, never a hang."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sctptop.cli import main
from sctptop.output.recording_info import report_info
from sctptop.recording.file_format import RecordingError
from sctptop.recording.packing import packed_block, unpacked_block
from sctptop.recording.reader import Recording
from tests.unit.recording.damaging import SAMPLES, changed, used_up
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


def test_a_later_format_names_who_wrote_it(good: Path) -> None:
    def later(database: sqlite3.Connection) -> None:
        database.execute("PRAGMA user_version = 7")
        database.execute("UPDATE facts SET value = '\"sctptop 9.1\"' WHERE name = 'written_by'")

    with pytest.raises(
        RecordingError, match=r"format 7, written by sctptop 9\.1; .* up to 1 \(try: a newer sctptop"
    ):
        Recording(changed(good, "later.sctp", later))


def test_a_missing_table_is_told(good: Path) -> None:
    path = changed(good, "bare.sctp", lambda database: database.execute("DROP TABLE tail"))
    with pytest.raises(RecordingError, match="lacks the tables"):
        Recording(path)


def test_an_endless_view_is_no_table(good: Path) -> None:
    def endless(database: sqlite3.Connection) -> None:
        database.execute("DROP TABLE tail")
        database.execute(
            "CREATE VIEW tail AS WITH RECURSIVE n(number) AS (SELECT 1 UNION ALL SELECT number FROM n) "
            "SELECT number, 0 AS time_us, x'' AS data FROM n"
        )

    with pytest.raises(RecordingError, match="lacks the tables"):
        Recording(changed(good, "endless.sctp", endless))


def test_a_column_that_is_made_up_is_no_table(good: Path) -> None:
    def made_up(database: sqlite3.Connection) -> None:
        database.execute("DROP TABLE tail")
        database.execute(
            "CREATE TABLE tail (number INTEGER PRIMARY KEY, time_us AS (printf('%.*c', 900000000, 'x')), data BLOB)"
        )

    with pytest.raises(RecordingError, match="lacks the tables"):
        Recording(changed(good, "made-up.sctp", made_up))


def test_a_recording_tells_the_terminal_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evil = "evil\x1b]0;owned\x07\x9b31m\nline \ud800"
    path = written(tmp_path / "a.sctp", [replace(one, host=evil) for one in SAMPLES[:3]])
    assert {one.host for one in read(path)} == {"evil\ufffd]0;owned\ufffd\ufffd31m\ufffdline \ufffd"}
    assert main(["replay", str(path), "-b", "-n", "1"]) == 0
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "time", ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+23:59", "2026-11-23T12:00:00"]
)
def test_a_time_that_no_clock_shows_is_damage(good: Path, time: str) -> None:
    def damage(database: sqlite3.Connection) -> None:
        database.execute(
            "UPDATE blocks SET data = ? WHERE first = 60", (packed_block([json.dumps(text).encode()]),)
        )

    (first,) = sqlite3.connect(good).execute("SELECT data FROM blocks WHERE first = 60").fetchone()
    text = {**json.loads(unpacked_block(first)[0]), "time": time}
    assert read(changed(good, "late.sctp", damage)) == SAMPLES[:60] + SAMPLES[120:]


def test_behind_a_hole_no_rate_is_told(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = changed(
        good, "rates.sctp", lambda database: database.execute("DELETE FROM blocks WHERE first = 60")
    )
    recording = Recording(path)
    found = dict(recording.samples(0, len(recording)))
    recording.close()
    assert [found[place].interval_s for place in (0, 1, 59, 60, 61)] == [None, 1.0, 1.0, 1.0, 1.0]
    broken = changed(
        good,
        "broken.sctp",
        lambda database: database.execute("UPDATE blocks SET data = x'00' WHERE first = 60"),
    )
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


def test_behind_a_damaged_block_it_goes_on(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = changed(
        good, "hole.sctp", lambda database: database.execute("UPDATE blocks SET data = x'00' WHERE first = 0")
    )
    assert read(path) == SAMPLES[60:]
    report_info(Recording(path), as_json=False)
    assert "damaged       1 part" in capsys.readouterr().out
    assert main(["replay", str(path), "--json", "-n", "1"]) == 0
    assert json.loads(capsys.readouterr().out)["time"] == SAMPLES[60].time.isoformat(timespec="microseconds")


def test_behind_a_damaged_sample_the_block_ends(good: Path) -> None:
    def damage(database: sqlite3.Connection) -> None:
        (data,) = database.execute("SELECT data FROM blocks WHERE first = 60").fetchone()
        lines = unpacked_block(data)
        lines[7] = b'{"associations": 5}'
        database.execute("UPDATE blocks SET data = ? WHERE first = 60", (packed_block(lines),))

    path = changed(good, "torn.sctp", damage)
    assert read(path) == SAMPLES[:67] + SAMPLES[120:]
    recording = Recording(path)
    # Whichever is asked for first.
    assert [recording.sample(place) for place in (90, 66, 67, 120)] == [None, SAMPLES[66], None, SAMPLES[120]]
    assert recording.damaged == 1
    recording.close()


@pytest.mark.parametrize(
    "column", ["first", "count", "first_us", "last_us", "associations", "events", "data"]
)
@pytest.mark.parametrize("value", [-1, 0, 10**18, "x", None, b"x", "{}"])
def test_a_strange_row_is_passed_over(good: Path, tmp_path: Path, column: str, value: object) -> None:
    def strange(database: sqlite3.Connection) -> None:
        try:
            database.execute(f"UPDATE blocks SET {column} = ? WHERE first = 0", (value,))
        except sqlite3.Error:
            # SQLite itself refuses some.
            pass

    path = changed(good, "strange.sctp", strange)
    assert used_up(path) >= 70


def test_what_a_power_loss_left_half_done_is_undone(good: Path, tmp_path: Path) -> None:
    """A journal beside the file, as SIGKILL leaves it in the middle of a commit."""
    path = tmp_path / "a.sctp"
    shutil.copy(good, path)
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA cache_spill = 1")
    database.execute("PRAGMA cache_size = 1")
    database.execute("BEGIN IMMEDIATE")
    database.execute("UPDATE blocks SET data = zeroblob(60000)")
    torn = tmp_path / "torn.sctp"
    shutil.copy(path, torn)
    shutil.copy(f"{path}-journal", f"{torn}-journal")
    database.execute("ROLLBACK")
    database.close()
    assert torn.read_bytes() != good.read_bytes()
    assert read(torn) == SAMPLES


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_flipped_bytes_never_break_it(good: Path, tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(good.read_bytes())
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
def test_a_file_cut_short_never_breaks_it(good: Path, tmp_path: Path, length: int) -> None:
    content = good.read_bytes()
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
def test_a_sample_of_anything_never_breaks_it(good: Path, tmp_path: Path, patch: object, place: int) -> None:
    def damage(database: sqlite3.Connection) -> None:
        (data,) = database.execute("SELECT data FROM blocks WHERE first = 60").fetchone()
        lines = unpacked_block(data)
        lines[place] = json.dumps(patch).encode()
        database.execute("UPDATE blocks SET data = ? WHERE first = 60", (packed_block(lines),))

    used_up(changed(good, "anything.sctp", damage))
