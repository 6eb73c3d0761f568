"""What is kept comes back whole, or not at all; and only from a file that is root's alone."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sctptop.kernel.program.kept import store as store_module
from sctptop.kernel.program.kept.store import Keeper, open_store

KEY, CONTENT = "5f3a", b'{"tables": {"paths": [1, 8, 240, 16384, 0]}}'

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root keeps any")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(store_module, "_opened", [])
    return tmp_path / "sctptop"


def opened(folder: Path) -> Keeper:
    found = open_store(folder)
    assert found is not None
    return found


@pytest.fixture
def store(folder: Path) -> Iterator[Keeper]:
    """With CONTENT."""
    made = opened(folder)
    made.keep(KEY, CONTENT)
    yield made
    made.close()


def test_what_is_kept_is_found_by_its_key(store: Keeper, folder: Path) -> None:
    later = opened(folder)
    assert later.find(KEY) == CONTENT
    assert later.find(KEY + "0") is None


def test_only_root_reads_and_writes_it(store: Keeper, folder: Path) -> None:
    assert (folder.stat().st_mode & 0o777, (folder / "probes").stat().st_mode & 0o777) == (0o700, 0o600)


def test_it_goes_on_when_rights_are_given_up(store: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    os.setegid(65534)
    os.seteuid(65534)
    try:
        store.keep(KEY + "0", CONTENT)
        assert store.find(KEY + "0") == CONTENT == store.find(KEY)
    finally:
        os.seteuid(0)
        os.setegid(0)


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o720])
@pytest.mark.parametrize("which", ["", "probes"])
def test_what_others_may_write_to_is_passed_over(store: Keeper, folder: Path, mode: int, which: str) -> None:
    (folder / which).chmod(mode)
    assert open_store(folder) is None


@pytest.mark.parametrize("which", ["", "probes"])
def test_what_is_another_s_is_passed_over(store: Keeper, folder: Path, which: str) -> None:
    os.chown(folder / which, 65534, 65534)
    assert open_store(folder) is None


def test_a_link_is_neither_folder_nor_file(store: Keeper, folder: Path) -> None:
    elsewhere = folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to(elsewhere)
    assert open_store(folder) is None
    folder.unlink()
    folder.mkdir(0o700)
    (folder / "probes").symlink_to(elsewhere / "probes")
    assert open_store(folder) is None


def test_a_pipe_in_its_place_is_not_waited_for(folder: Path) -> None:
    folder.mkdir(0o700)
    os.mkfifo(folder / "probes")
    assert open_store(folder) is None


def test_whoever_is_not_root_opens_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert open_store(folder) is None
    assert not folder.exists()


def test_what_was_cut_or_changed_is_none(store: Keeper, folder: Path) -> None:
    file = folder / "probes"
    whole = file.read_bytes()
    for end in (0, 1, 64, 65, 66, len(whole) - 1):
        file.write_bytes(whole[:end])
        assert store.find(KEY) is None, end
    file.write_bytes(whole.replace(b"paths", b"pathz"))
    assert store.find(KEY) is None
    store.keep(KEY, CONTENT)
    assert store.find(KEY) == CONTENT


def test_what_the_kernel_refused_is_forgotten(store: Keeper) -> None:
    store.keep(KEY + "0", CONTENT)
    store.forget(KEY)
    store.forget(KEY)
    assert store.find(KEY) is None
    assert store.find(KEY + "0") == CONTENT


def test_another_one_that_writes_is_not_waited_for(store: Keeper, folder: Path) -> None:
    with (folder / "probes").open("rb+") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        store.keep(KEY + "0", CONTENT)
    assert store.find(KEY + "0") is None
    assert store.find(KEY) == CONTENT


def test_only_the_newest_stay(store: Keeper, folder: Path) -> None:
    for number in range(20):
        store.keep(f"{KEY}{number}", CONTENT)
    assert store.find(f"{KEY}19") == CONTENT
    assert store.find(KEY) is None
    large = b"x" * (1 << 20)
    for number in range(3):
        store.keep(f"large{number}", large)
    assert store.find("large2") == large
    assert store.find("large0") is None
    assert (folder / "probes").stat().st_size < 4 << 20


def test_a_folder_that_cannot_be_made_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert open_store(tmp_path / "file" / "sctptop") is None
