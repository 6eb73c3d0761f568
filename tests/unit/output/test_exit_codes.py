"""replay, info and compare agree on what a file is: the same exit code, and one line where something is wrong."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sctptop.cli import DEMO, main

FORMS: tuple[Callable[[str, str], list[str]], ...] = (
    lambda file, _: ["replay", file, "--json"],
    lambda file, _: ["replay", file, "-b"],
    lambda file, _: ["info", file],
    lambda file, _: ["info", file, "--json"],
    lambda file, other: ["compare", file, other],
    lambda file, other: ["compare", other, file, "--json"],
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two blocks of the demo: each takes a while to be read."""
    path = tmp_path_factory.mktemp("recordings") / "small.sctp"
    shutil.copy(DEMO, path)
    with sqlite3.connect(path) as database:
        database.execute(
            "DELETE FROM blocks WHERE first NOT IN (SELECT first FROM blocks ORDER BY first LIMIT 2)"
        )
        database.execute("DELETE FROM tail")
    database.close()
    return path


def _spoilt(path: Path, which: str) -> None:
    with sqlite3.connect(path) as database:
        database.execute(f"UPDATE blocks SET data = x'00' {which}")
    database.close()


def _later(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[60:64] = (9).to_bytes(4, "big")
    path.write_bytes(data)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


KINDS: dict[str, tuple[Callable[[Path], object], int, str]] = {
    "whole": (lambda _: None, 0, ""),
    "missing": (Path.unlink, 1, "No such file"),
    "folder": (_folder, 1, "is no file"),
    "empty": (lambda path: path.write_bytes(b""), 1, "is empty"),
    "text": (lambda path: path.write_text("time,cwnd\n" * 1000), 1, "is not a recording"),
    "later": (_later, 1, "has format 9"),
    "in part": (lambda path: _spoilt(path, "WHERE first = 0"), 0, "1 part of"),
    "wholly": (lambda path: _spoilt(path, ""), 1, "not one sample of it can be read (try: another copy"),
    "unreadable": (lambda path: path.chmod(0), 1, "Permission denied"),
}


@contextmanager
def _nobody(wanted: bool) -> Iterator[None]:
    """Root reads every file."""
    before = os.geteuid()
    os.seteuid(65534 if wanted else before)
    try:
        yield
    finally:
        os.seteuid(before)


@pytest.mark.parametrize(
    "form", FORMS, ids=["replay-json", "replay-b", "info", "info-json", "compare", "compare-json"]
)
@pytest.mark.parametrize("kind", KINDS)
def test_all_agree(
    kind: str,
    form: Callable[[str, str], list[str]],
    small: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    change, code, words = KINDS[kind]
    path = tmp_path / "\x1b[2J[red]x.sctp"
    shutil.copy(small, path)
    change(path)
    arguments = form(str(path), str(small))
    if kind == "unreadable":
        # What nobody may not read either is to be imported before.
        assert main(form(str(small), str(DEMO))) == 0
        capsys.readouterr()
    with _nobody(kind == "unreadable" and os.geteuid() == 0):
        assert main(arguments) == code
    out, err = capsys.readouterr()
    assert bool(out) == (code == 0)
    assert words in err and err.count("\n") == (1 if words else 0)
    assert "\x1b" not in err + out
