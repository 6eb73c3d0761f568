"""Which recordings make which side, from the words of a command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from sctptop.errors import SctptopError
from sctptop.output.compare.given import sides_of


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        "a1.sctp",
        "a2.sctp",
        "b1.sctp",
        "b2.sctp",
        "odd,=name.sctp",
        "runs/x-1.sctp",
        "runs/x-2.sctp",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "same").symlink_to("a1.sctp")
    (tmp_path / "demo.sctp").write_text("demo")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(*words: str) -> dict[str, list[str]]:
    return {side.name: [str(path) for path in side.paths] for side in sides_of(words, Path("demo.sctp"))}


def test_files_alone_are_sides_of_one_run(folder: Path) -> None:
    assert told("a1.sctp", "b1.sctp", "demo") == {"a1": ["a1.sctp"], "b1": ["b1.sctp"], "demo": ["demo.sctp"]}
    assert told("a1.sctp", "runs/x-1.sctp") == {"a1": ["a1.sctp"], "x-1": ["runs/x-1.sctp"]}


def test_runs_make_a_side_with_or_without_a_name(folder: Path) -> None:
    assert told("nagle=a1.sctp,a2.sctp", "nodelay=b1.sctp,b2.sctp") == {
        "nagle": ["a1.sctp", "a2.sctp"],
        "nodelay": ["b1.sctp", "b2.sctp"],
    }
    assert told("runs/x-1.sctp,runs/x-2.sctp", "one=a1.sctp") == {
        "x": ["runs/x-1.sctp", "runs/x-2.sctp"],
        "one": ["a1.sctp"],
    }
    for names in ("core-2.6-1 core-2.6-2", "core-2.7-09 core-2.7-10", "x20 x21", "s20_1 s20_2"):
        for name in names.split():
            (folder / f"{name}.sctp").write_text(name)
    words = ("core-2.6-?.sctp", "core-2.7-*.sctp", "x2?.sctp", "s20_*.sctp")
    assert list(told(*words)) == ["core-2.6", "core-2.7", "x", "s20"]
    assert list(told("a1.sctp,b1.sctp", "a2.sctp,b2.sctp")) == ["side 1", "side 2"]
    assert list(told("n=a1.sctp", "n=b1.sctp")) == ["n #1", "n #2"]


def test_patterns_are_filled_in_where_the_shell_did_not(folder: Path) -> None:
    assert told("x=runs/*.sctp", "y=a?.sctp,b1.sctp") == {
        "x": ["runs/x-1.sctp", "runs/x-2.sctp"],
        "y": ["a1.sctp", "a2.sctp", "b1.sctp"],
    }
    assert told(f"x={folder}/runs/*", "b1.sctp")["x"] == [f"{folder}/runs/x-{place}.sctp" for place in (1, 2)]
    assert told("x=runs/x-[12].sctp", "y=[b]?.sctp") == {
        "x": ["runs/x-1.sctp", "runs/x-2.sctp"],
        "y": ["b1.sctp", "b2.sctp"],
    }
    # A bracket of the name itself comes first.
    (folder / "[b]1.sctp").write_text("odd")
    assert told("a1.sctp", "y=[b]?.sctp")["y"] == ["[b]1.sctp"]


def test_a_file_is_itself_whatever_its_name(folder: Path) -> None:
    assert told("odd,=name.sctp", "a1.sctp") == {"odd,=name": ["odd,=name.sctp"], "a1": ["a1.sctp"]}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["a1.sctp"], "two recordings or sides"),
        (["x=a1.sctp,a2.sctp"], "two recordings or sides"),
        (["x=a1.sctp,same", "b1.sctp"], "are one file"),
        (["a1.sctp,b1.sctp", "b1.sctp"], "are one file"),
        (["x=none*.sctp", "b1.sctp"], "matches no file"),
        (["x=,", "b1.sctp"], "names no recording"),
        (["a1.sctp,", "a2.sctp", "b1.sctp"], "a1.sctp, begins or ends with a comma"),
        (["x=a1.sctp", ",a2.sctp", "b1.sctp"], "without a blank between"),
        (["a", "b1.sctp"], r"no file a, but 2 recordings that begin so \(try: 'a\*.sctp'\)"),
        (["x=odd", "b1.sctp"], r"1 recording that begins so"),
        ([f"{place}.sctp" for place in range(11)], "at most 10 sides"),
        (["x=" + ",".join(f"{place}.sctp" for place in range(101)), "b1.sctp"], "at most 100 runs"),
    ],
)
def test_what_makes_no_sides(folder: Path, words: list[str], says: str) -> None:
    with pytest.raises(SctptopError, match=says) as caught:
        sides_of(words, Path("demo.sctp"))
    assert caught.value.code == 2 and "(try: " in str(caught.value)


@pytest.mark.parametrize("word", ["runs", "x=runs/"])
def test_a_folder_names_the_pattern_of_what_is_in_it(folder: Path, word: str) -> None:
    with pytest.raises(SctptopError, match=r"is no file but a folder \(try: 'runs/\*\.sctp'\)"):
        sides_of([word, "b1.sctp"], Path("demo.sctp"))
