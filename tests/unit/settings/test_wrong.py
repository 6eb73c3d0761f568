"""What is wrong in a file of settings: one line, with the file, the line in it, and what helps."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import pytest

from sctptop.cli import main
from sctptop.settings.files import MOST_BYTES

WRONG = [
    ('sotr = "cwnd"', 1, "unknown setting sotr; did you mean sort?"),
    ('# first\n\nveiw = "rtt"', 3, "unknown setting veiw; did you mean view"),
    ('sort = "cwdn"', 1, "sort: no field 'cwdn'; did you mean cwnd"),
    ('sort = "cwnd:up"', 1, "the direction after the colon is asc or desc"),
    ("sort = 3", 1, 'sort: 3 is no text; "in quotes" it would be'),
    ('view = "cwdn"', 1, "view: 'cwdn' is none; did you mean cwnd?"),
    ('columns = "local,remote"', 1, 'is no list of texts; it looks like ["one", "two"]'),
    ('period = 1\ncolumns = [\n "local",\n "stat",\n]', 2, "columns: no field 'stat'; did you mean state"),
    ('period = "2"', 1, "'2' is not a number of 0.1 to 3600 s, without quotes"),
    ("period = 0", 1, "0 is not a number of 0.1 to 3600 s"),
    ("period = nan", 1, "nan is not a number"),
    ("period = true", 1, "true is not a number"),
    ("period = 2026-01-01", 1, "is not a number"),
    ('both_ends = "true"', 1, "'true' is neither true nor false; without quotes"),
    ("hide_zeros = 1", 1, "1 is neither true nor false; true or false goes here"),
    ('theme = "drak"', 1, "theme: 'drak' is none; did you mean dark?"),
    ("[advcie]\nunread_s = 3", 1, "unknown table advcie; did you mean advice"),
    ("period = 2\n[advice]\n\nunred_s = 3", 4, "unknown setting advice.unred_s; did you mean unread_s"),
    ("[advice]\nunread_s = -1", 2, "advice.unread_s: -1 is not a number of 0 to 86400 s"),
    ("[advice]\nfailed_share = 10", 2, "10 is not a number of 0 to 1"),
    ("[advice]\nregistrations = 2.5", 2, "2.5 is not a whole number"),
    ('[advice]\noff = [\n"nagle",\n"naggle"]', 2, "advice.off: 'naggle' is none; did you mean nagle?"),
    ("[advice]\nperiod = 2", 2, "unknown setting advice.period; it goes above all [tables]"),
    ("unread_s = 2", 1, "unknown setting unread_s; it goes below [advice]"),
    ("advice = 3", 1, "advice: 3 is no table; [advice] begins one"),
    ("advice.unred_s = 3", 1, "unknown setting advice.unred_s; did you mean unread_s"),
    ('[alarms]\nseverity = "note"', 2, "'note' is none; it is one of warning, problem"),
    ('[keys]\npuase = "x"', 2, "unknown setting keys.puase; did you mean pause"),
    ('[keys]\npause = "pagedwn"', 2, "keys.pause: 'pagedwn' is no key; did you mean pagedown"),
    ("[keys]\npause = 5", 2, "5 is no key; one looks like"),
    ('[keys]\npause = "s"', 2, "keys.pause: s is sort already"),
    ('[keys]\npause = "f9"\nsort = "f9"', 3, "keys.sort: f9 is pause already"),
    ('[keys]\npause = "j"', 2, "keys.pause: j moves in the table or view"),
    ('[keys]\ninterrupt = "x"', 2, "unknown setting keys.interrupt"),
    ("period = ", 1, "invalid value"),
    ("period = 1\nsort cwnd", 2, "expected '=' after a key"),
    ("period = 1\nperiod = 2", 2, "cannot overwrite a value"),
    ('sort = "cwnd', 1, "unterminated string"),
    ("[advice", 1, "expected ']'"),
    (f"period = {'9' * 5000}", 0, "limit"),
    (f"columns = {'[' * 5000}", 0, "brackets are too deep"),
    ("\n\nperiod = 1 \x00", 3, "expected newline"),
]


@pytest.mark.parametrize(("text", "line", "words"), WRONG)
def test_a_wrong_file_is_one_line_with_the_place_and_the_remedy(
    text: str, line: int, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    assert main(["-b", "--config", str(file)]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    place = f"{file}:{line}: " if line else f"{file}: "
    assert err.startswith(f"sctptop: error: {place}")
    assert words.lower() in err.lower() and "(try: " in err


def refused(file: Path, capsys: pytest.CaptureFixture[str]) -> str:
    # A FIFO that nobody writes to would hold us for ever.
    signal.alarm(5)
    try:
        assert main(["-b", "--config", str(file)]) == 2
    finally:
        signal.alarm(0)
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and str(file) in err and "(try: " in err
    return err


def test_what_is_no_file_is_not_opened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "fifo")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(tmp_path / "socket"))
    (tmp_path / "link").symlink_to("fifo")
    (tmp_path / "circle").symlink_to("circle")
    assert "a FIFO" in refused(tmp_path / "fifo", capsys)
    assert "a FIFO" in refused(tmp_path / "link", capsys)
    assert "a socket" in refused(tmp_path / "socket", capsys)
    assert "a folder" in refused(tmp_path, capsys)
    assert "a device" in refused(Path("/dev/zero"), capsys)
    assert "symbolic links" in refused(tmp_path / "circle", capsys)
    assert "there is no such file" in refused(tmp_path / "missing", capsys)


def test_it_is_bounded_and_utf_8(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"#" * (MOST_BYTES + 1))
    assert "larger than 64 kB" in refused(file, capsys)
    file.write_bytes(b"period = 1\n# \xff")
    assert ":2: not UTF-8" in refused(file, capsys)


@pytest.mark.skipif(os.geteuid() == 0 and not hasattr(os, "seteuid"), reason="no other user")
def test_one_that_may_not_be_read_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "config.toml"
    file.write_text("")
    file.chmod(0)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o111)
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        told = refused(file, capsys)
    finally:
        os.seteuid(before)
    assert "cannot be read: Permission denied" in told
