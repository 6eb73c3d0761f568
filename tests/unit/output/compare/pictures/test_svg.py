"""``--svg``: text that is text, sides told apart without a colour, and one line where matplotlib is not there."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sctptop.cli import main
from tests.unit.output.compare.loads import full_and_free
from tests.unit.output.compare.running import said

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
