"""``--svg``: text that is text, sides told apart without a colour, and one line where matplotlib is not there."""

from __future__ import annotations

import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sctptop.cli import main
from tests.unit.output.compare.loads import full_and_free
from tests.unit.output.compare.running import said

WAITS = """
import pathlib, sys
from sctptop.output.compare.pictures.svg import opened
with opened(pathlib.Path(sys.argv[1])):
    print("opened", flush=True)
    sys.stdin.read()
"""
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    full, free = full_and_free(tmp_path_factory.mktemp("drawn"))
    return [f"_full $x^2$={full}", f"free & <open>={free}"]


def test_the_picture_holds_its_words_as_text(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture, again = tmp_path / "picture.svg", tmp_path / "again.svg"
    said(capsys, *files, "--svg", picture)
    root = ElementTree.parse(picture).getroot()
    words = {"".join(one.itertext()).strip("\N{ZERO WIDTH SPACE}") for one in root.iter(f"{SVG}text")}
    assert "Distribution of initial registrations" in words
    assert {"_full $x^2$", "free & <open>", "_full $x^2$ p50", "free & <open> p95"} <= words
    assert "Time of initial registrations by registrations in flight" in words
    assert any(re.fullmatch(r"\d+ms", word) for word in words)
    # The second side is dashed, whatever its colour.
    assert "stroke-dasharray: 5" in picture.read_text()
    said(capsys, *files, "--json", "--svg", again)
    assert again.read_bytes() == picture.read_bytes()


def test_where_it_is_not_installed_one_line_says_how(
    files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert main(["compare", *files, "--svg", str(tmp_path / "none.svg")]) == 1
    out, err = capsys.readouterr()
    assert out == "" and err.startswith(
        "sctptop: error: --svg needs matplotlib, which is not installed (try: "
    )
    assert err.count("\n") == 1 and ("pip install matplotlib" in err or "python3-matplotlib" in err)


def test_a_file_that_cannot_be_written_is_named(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = tmp_path / "no such folder" / "picture.svg"
    assert main(["compare", *files, "--svg", str(there)]) == 1
    assert "picture.svg: No such file or directory" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["picture.png", "picture.PDF"])
def test_what_is_called_otherwise_is_not_drawn_as_svg(
    name: str, files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", *files, "--svg", str(tmp_path / name)]) == 2
    assert f"(try: --svg {tmp_path / 'picture.svg'})" in capsys.readouterr().err
    assert not (tmp_path / name).exists()


def run(*words: object, before: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    """In a process of its own, which gives its rights up for good."""
    command = [sys.executable, "-m", "sctptop", "compare", *map(str, words)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60, preexec_fn=before)


def test_where_nothing_is_drawn_no_file_is_left_and_an_older_one_stays(
    files: list[str], tmp_path: Path
) -> None:
    picture = tmp_path / "-new.svg"
    failed = run(files[0], tmp_path / "none.sctp", "--svg", picture)
    assert failed.returncode == 1 and "none.sctp" in failed.stderr and failed.stderr.count("\n") == 1
    assert not picture.exists()
    picture.write_text("kept")
    assert run(files[0], tmp_path / "none.sctp", "--svg", picture).returncode == 1
    assert picture.read_text() == "kept"
    assert run(*files, "--svg", picture).returncode == 0
    assert ElementTree.parse(picture).getroot().tag == f"{SVG}svg"


def test_half_a_picture_is_none(files: list[str], tmp_path: Path) -> None:
    def no_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    failed = run(*files, "--svg", tmp_path / "big.svg", before=no_room)
    assert (failed.returncode, failed.stderr) == (
        1,
        "sctptop: error: --svg: File too large (try: another file)\n",
    )
    assert not (tmp_path / "big.svg").exists()


def test_a_picture_goes_to_a_pipe(files: list[str]) -> None:
    made = run(*files, "--verdict", "--svg", "/dev/stderr")
    assert ElementTree.fromstring(made.stderr).tag == f"{SVG}svg"
    assert made.stdout.count("\n") == 1


def test_who_is_killed_leaves_no_empty_file(tmp_path: Path) -> None:
    picture = tmp_path / "a.svg"
    command = [sys.executable, "-c", WAITS, str(picture)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as killed:
        assert killed.stdout is not None and killed.stdout.readline() == b"opened\n"
        assert picture.exists()
        killed.kill()
    until(lambda: not picture.exists())


def until(holds: Callable[[], bool]) -> None:
    """Wait for it."""
    end_s = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end_s
        time.sleep(0.01)
