"""BCC from wherever it is, its impostor by name, and a remedy when there is none."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sctptop.kernel.program import find_bcc


@pytest.fixture(autouse=True)
def no_bcc_loaded() -> Iterator[None]:
    kept = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "bcc"}
    for name in kept:
        del sys.modules[name]
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "bcc"]:
        del sys.modules[name]
    sys.modules.update(kept)


def package(
    folder: Path, body: str = "from .libbcc import lib\nclass BPF: pass\n", *, real: bool = True
) -> Path:
    place = folder / "bcc"
    place.mkdir(parents=True)
    (place / "__init__.py").write_text(body)
    if real:
        (place / "libbcc.py").write_text("lib = 'libbcc'\n")
    return place


def test_the_distribution_s_own_from_any_environment(tmp_path: Path) -> None:
    package(tmp_path / "usr/lib/python3/dist-packages")
    module = find_bcc.load([f"{tmp_path}/usr/lib/python3/dist-packages"], path=[])
    assert module.lib == "libbcc"
    assert sys.modules["bcc"] is module
    assert find_bcc.load([], path=[]) is module, "found once"


def test_folders_with_wildcards_newest_first(tmp_path: Path) -> None:
    for version in ("3.9", "3.13"):
        package(tmp_path / f"lib/python{version}/site-packages", f"class BPF: version = {version!r}\n")
    module = find_bcc.load([f"{tmp_path}/lib/python3.*/site-packages"], path=[])
    assert module.BPF.version == "3.13"


def test_the_impostor_is_passed_over_and_named(tmp_path: Path) -> None:
    wrong = package(tmp_path / "venv", "class Lattice: pass\n", real=False)
    with pytest.raises(find_bcc.NoBcc, match=r"BCC is not installed.*PyPI's project") as caught:
        find_bcc.load([], path=[str(tmp_path / "venv")])
    assert str(wrong) in str(caught.value)
    package(tmp_path / "system")
    assert find_bcc.load([str(tmp_path / "system")], path=[str(tmp_path / "venv")]).lib == "libbcc"


def test_an_impostor_that_was_imported_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package(tmp_path / "venv", "class Lattice: pass\n", real=False)
    package(tmp_path / "system")
    monkeypatch.syspath_prepend(tmp_path / "venv")
    __import__("bcc")
    assert find_bcc.load([str(tmp_path / "system")]).lib == "libbcc"


def test_none_at_all(tmp_path: Path) -> None:
    with pytest.raises(find_bcc.NoBcc, match=r"BCC is not installed \(try: .*b(pf)?cc"):
        find_bcc.load([str(tmp_path)], path=[str(tmp_path), ""])


def test_one_that_does_not_load_says_why_and_the_next_is_tried(tmp_path: Path) -> None:
    package(tmp_path / "old", "import distutils_gone\n")
    with pytest.raises(find_bcc.NoBcc, match=r"old/bcc does not load: No module named 'distutils_gone'"):
        find_bcc.load([str(tmp_path / "old")], path=[])
    assert "bcc" not in sys.modules
    package(tmp_path / "new")
    assert find_bcc.load([str(tmp_path / "old"), str(tmp_path / "new")], path=[]).lib == "libbcc"
