"""replay, info and compare agree on what a file is: the same exit code, and one line where something is wrong."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sctptop.cli import DEMO, main
from sctptop.recording.log.frames import FileHead
from sctptop.recording.log.walk import Walk, head_at
from sctptop.recording.writer import Limits
from tests.unit.recording.recordings import read, written

FORMS: tuple[Callable[[str, str], list[str]], ...] = (
    lambda file, _: ["replay", file, "--json"],
    lambda file, _: ["replay", file, "-b"],
    lambda file, _: ["info", file],
    lambda file, _: ["info", file, "--json"],
    lambda file, other: ["compare", file, other],
    lambda file, other: ["compare", other, file, "--json"],
)


def _blocks(path: Path) -> list[int]:
    """Where what a block holds begins."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        offsets = Walk(descriptor, path.stat().st_size, None).blocks.offsets
        return [offset + head.body for offset in offsets if (head := head_at(descriptor, offset))]
    finally:
        os.close(descriptor)


def _spoilt(path: Path, blocks: slice) -> None:
    data = bytearray(path.read_bytes())
    for place in _blocks(path)[blocks]:
        data[place : place + 8] = bytes(8)
    path.write_bytes(data)


def _later(path: Path) -> None:
    head = FileHead(9, b"of later", "sctptop 9.0").packed()
    path.write_bytes(head + path.read_bytes()[len(head) :])


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
    "in part": (lambda path: _spoilt(path, slice(1)), 0, "1 part of"),
    "wholly": (
        lambda path: _spoilt(path, slice(None)),
        1,
        "not one sample of it can be read (try: another copy",
    ),
    "unreadable": (lambda path: path.chmod(0), 1, "Permission denied"),
}


@pytest.fixture(scope="module")
def of_two_blocks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's samples: one of its blocks can be spoilt."""
    path = written(tmp_path_factory.mktemp("blocks") / "a.sctp", read(DEMO), Limits(keep_s=120.0))
    assert len(_blocks(path)) > 1
    return path


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
    of_two_blocks: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    change, code, words = KINDS[kind]
    path = tmp_path / "\x1b[2J[red]x.sctp"
    shutil.copy(of_two_blocks, path)
    arguments = form(str(path), str(DEMO))
    if kind == "unreadable":
        # What nobody may not read either is to be imported before.
        assert main(arguments) == 0
        capsys.readouterr()
    change(path)
    with _nobody(kind == "unreadable" and os.geteuid() == 0):
        assert main(arguments) == code
    out, err = capsys.readouterr()
    assert bool(out) == (code == 0)
    assert words in err and err.count("\n") == (1 if words else 0)
    assert "\x1b" not in err + out
