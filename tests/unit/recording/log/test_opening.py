"""A file is found by its name once; what lies beside it, or takes its name meanwhile, is not touched."""

from __future__ import annotations

import os
import socket
import sqlite3
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from sctptop.cli import main
from sctptop.recording.file_format import RecordingError
from sctptop.recording.log.opening import Folder
from sctptop.recording.reader import Recording
from sctptop.recording.writer import Writer
from tests.unit.recording.damaging import SAMPLES
from tests.unit.recording.recordings import read, written

TRIES = 2000
JOURNAL = bytes([0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7])
"""https://sqlite.org/fileformat2.html, "The Rollback Journal"."""


def hot_journal(recording: Path, victim: Path) -> None:
    """Beside the recording a journal of a commit that did not end, which names the victim as its super-journal."""
    data = recording.read_bytes()
    page = int.from_bytes(data[16:18], "big") or 512
    head = (JOURNAL + struct.pack(">IIIII", 0, 0x12345678, len(data) // page, 512, page)).ljust(512, b"\0")
    name = str(victim).encode()
    rest = (
        struct.pack(">I", 0x40000000 // page + 1) + name + struct.pack(">II", len(name), sum(name)) + JOURNAL
    )
    recording.with_name(f"{recording.name}-journal").write_bytes(head + rest)


def fifos(recording: Path, victim: Path) -> None:
    for end in ("-journal", "-wal", "-shm"):
        os.mkfifo(f"{recording}{end}")


def devices(recording: Path, victim: Path) -> None:
    for end in ("-journal", "-wal", "-shm"):
        Path(f"{recording}{end}").symlink_to("/dev/zero")


def links(recording: Path, victim: Path) -> None:
    for end in ("-journal", "-wal", "-shm"):
        Path(f"{recording}{end}").symlink_to(victim)


def log_of_another(recording: Path, victim: Path) -> None:
    """The write-ahead log and its index of another database, and one that says it has such a log."""
    other = recording.with_name("other.db")
    database = sqlite3.connect(other)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("CREATE TABLE a (b)")
    for end in ("-wal", "-shm"):
        Path(f"{recording}{end}").write_bytes(Path(f"{other}{end}").read_bytes())
    database.close()
    if recording.read_bytes().startswith(b"SQLite"):
        with recording.open("r+b") as file:
            # "File format write version" and read version: 2 is WAL.
            file.seek(18)
            file.write(b"\2\2")


def untouched(folder: Path) -> dict[str, object]:
    return {
        path.name: (os.lstat(path).st_ino, os.lstat(path).st_mtime_ns, path.is_file() and path.read_bytes())
        for path in folder.iterdir()
    }


@pytest.mark.parametrize("plant", [hot_journal, fifos, devices, links, log_of_another])
def test_nothing_beside_a_recording_is_touched(
    either: Path, tmp_path: Path, plant: Callable[[Path, Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    path, victim = tmp_path / "a.sctp", tmp_path / "victim"
    path.write_bytes(either.read_bytes())
    victim.write_text("dear to somebody")
    plant(path, victim)
    before = untouched(tmp_path)
    assert read(path) == SAMPLES
    for words in (["info"], ["replay", "--json", "-n", "1"], ["compare", str(either)]):
        main([*words, str(path)])
    assert untouched(tmp_path) == before and victim.read_text() == "dear to somebody"


@pytest.mark.parametrize("plant", [fifos, devices, links])
def test_nothing_beside_a_recording_that_is_made_is_touched(
    tmp_path: Path, plant: Callable[[Path, Path], None]
) -> None:
    path, victim = tmp_path / "a.sctp", tmp_path / "victim"
    victim.write_text("dear to somebody")
    plant(path, victim)
    before = untouched(tmp_path)
    assert read(written(path, SAMPLES[:70])) == SAMPLES[:70]
    path.unlink()
    assert untouched(tmp_path) == before


@pytest.mark.parametrize("plant", [hot_journal, links])
def test_a_journal_planted_while_it_is_written_is_not_followed(
    tmp_path: Path, plant: Callable[[Path, Path], None]
) -> None:
    path, victim = tmp_path / "a.sctp", tmp_path / "victim"
    victim.write_text("dear to somebody")
    writer = Writer(path, {})
    for place, one in enumerate(SAMPLES):
        writer.add(one)
        if place == 5:
            plant(path, victim)
    writer.close()
    assert victim.read_text() == "dear to somebody" and read(path) == SAMPLES


def test_a_link_that_takes_the_place_of_the_file_is_never_written_through(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "folder", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    path, stop, planted = folder / "a.sctp", threading.Event(), 0

    def plant() -> None:
        nonlocal planted
        while not stop.is_set():
            with suppress(FileNotFoundError, FileExistsError):
                path.unlink()
                path.symlink_to(elsewhere / str(planted))
                planted += 1

    thread = threading.Thread(target=plant)
    thread.start()
    made = 0
    while made < TRIES:
        with suppress(FileNotFoundError):
            path.unlink()
        try:
            writer = Writer(path, {})
        except RecordingError:
            continue
        made += 1
        if made % 100 == 0:
            writer.add(SAMPLES[0])
        writer.close()
    stop.set()
    thread.join()
    assert planted > TRIES / 10 and list(elsewhere.iterdir()) == []


def test_a_file_of_the_same_name_stays_when_nothing_was_recorded(tmp_path: Path) -> None:
    path = tmp_path / "a.sctp"
    writer = Writer(path, {})
    path.unlink()
    path.write_text("another's")
    writer.close()
    assert path.read_text() == "another's"


def test_a_folder_is_that_of_the_start_whatever_becomes_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "start").mkdir()
    (tmp_path / "compiling").mkdir()
    monkeypatch.chdir(tmp_path / "start")
    folder = Folder()
    monkeypatch.chdir(tmp_path / "compiling")
    (tmp_path / "start").rename(tmp_path / "moved")
    writer = Writer(Path("a.sctp"), {}, folder=folder)
    writer.add(SAMPLES[0])
    writer.close()
    assert read(tmp_path / "moved" / "a.sctp") == SAMPLES[:1]
    writer = Writer(Path("b.sctp"), {}, folder=folder)
    writer.close()
    assert os.listdir(tmp_path / "moved") == ["a.sctp"]  # noqa: PTH208
    assert not list((tmp_path / "compiling").iterdir())


def fifo(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def terminal(path: Path) -> None:
    path.symlink_to("/dev/ptmx")


def folder(path: Path) -> None:
    path.mkdir()


def listening(path: Path) -> None:
    socket.socket(socket.AF_UNIX).bind(str(path))


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.parametrize("make", [fifo, device, terminal, folder, listening])
@pytest.mark.parametrize("words", [["info"], ["replay", "--json"], ["compare", "demo"]])
def test_what_is_no_file_is_told_at_once(
    tmp_path: Path, make: Callable[[Path], None], words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path / "a.sctp")
    began = time.monotonic()
    assert main([*words, str(tmp_path / "a.sctp")]) == 1
    out, err = capsys.readouterr()
    assert time.monotonic() - began < 5 and out == ""
    assert err.count("\n") == 1 and err.startswith("sctptop: error: ") and "(try: " in err


def test_no_descriptor_is_left_open(either: Path, tmp_path: Path) -> None:
    before = os.listdir("/proc/self/fd")  # noqa: PTH208
    for turn in range(3):
        read(either)
        written(tmp_path / f"{turn}.sctp", SAMPLES[:2])
        for bad in (tmp_path, tmp_path / "none", Path("/dev/zero")):
            with pytest.raises(RecordingError):
                Recording(bad)
            with pytest.raises(RecordingError):
                Writer(bad / "a" / "b", {})
    for content in (b"", b"\0" * 999, b"SQLite format 3\0", either.read_bytes()[:200]):
        (tmp_path / "bad.sctp").write_bytes(content)
        with pytest.raises(RecordingError):
            Recording(tmp_path / "bad.sctp")
    assert os.listdir("/proc/self/fd") == before  # noqa: PTH208
