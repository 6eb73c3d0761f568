"""What is kept comes back whole, or not at all; and only from a folder that is root's alone."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from sctptop.kernel.program.kept.instructions import Code
from sctptop.kernel.program.kept.store import Store

TEXT = "int fentry_at_read(u64 *ctx) { return 0; }"
FUNCTIONS = {
    "fentry_at_read": Code(bytes(range(16)), ((0, "paths"),)),
    "kprobe_at_up": Code(b"\x95" + bytes(7)),
}

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root keeps any")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "sctptop"


@pytest.fixture
def store(folder: Path) -> Store:
    """With the functions of TEXT."""
    made = Store("0.26.0", folder)
    made.keep(TEXT, FUNCTIONS)
    return made


def the_file(folder: Path) -> Path:
    (found,) = folder.iterdir()
    return found


def test_what_is_kept_is_found_by_its_text_bcc_and_kernel(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.find(TEXT) == FUNCTIONS
    assert store.find(TEXT + " ") is None
    assert Store("0.31.0", folder).find(TEXT) is None
    here = os.uname()
    other = os.uname_result((here.sysname, here.nodename, "6.1.0-57-amd64", here.version, here.machine))
    monkeypatch.setattr(os, "uname", lambda: other)
    assert store.find(TEXT) is None


def test_only_root_reads_and_writes_it(store: Store, folder: Path) -> None:
    assert store.find(TEXT)
    assert (folder.stat().st_mode & 0o777, the_file(folder).stat().st_mode & 0o777) == (0o700, 0o600)


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o720])
def test_a_folder_that_others_write_to_is_passed_over(store: Store, folder: Path, mode: int) -> None:
    folder.chmod(mode)
    assert store.find(TEXT) is None
    store.keep(TEXT + " ", FUNCTIONS)
    assert the_file(folder)


def test_a_folder_of_another_s_is_passed_over(store: Store, folder: Path) -> None:
    os.chown(folder, 65534, 65534)
    assert store.find(TEXT) is None


def test_a_link_is_no_folder(store: Store, folder: Path) -> None:
    elsewhere = folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to(elsewhere)
    assert store.find(TEXT) is None


def test_whoever_is_not_root_keeps_and_finds_none(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert store.find(TEXT) is None
    store.keep(TEXT + " ", FUNCTIONS)
    store.forget(TEXT)
    assert the_file(folder)


def test_what_was_cut_or_changed_is_none(store: Store, folder: Path) -> None:
    whole = the_file(folder).read_bytes()
    for end in (0, 1, 64, 65, len(whole) - 1):
        the_file(folder).write_bytes(whole[:end])
        assert store.find(TEXT) is None, end
    the_file(folder).write_bytes(whole.replace(b"paths", b"pathz"))
    assert store.find(TEXT) is None


@pytest.mark.parametrize(
    "told",
    [
        [],
        {"f": None},
        {"f": {"code": "AAAA"}},
        {"f": {"code": "AAAA", "maps": []}},
        {"f": {"code": "?", "maps": []}},
        {"f": {"code": "", "maps": [[1]]}},
        {"f": {"code": "", "maps": 3}},
        {"f": {"code": 3, "maps": []}},
    ],
)
def test_what_has_a_digest_and_another_shape_is_none(store: Store, folder: Path, told: object) -> None:
    body = json.dumps(told).encode()
    the_file(folder).write_bytes(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
    assert store.find(TEXT) is None


def test_a_pipe_in_its_place_is_not_waited_for(store: Store, folder: Path) -> None:
    file = the_file(folder)
    file.unlink()
    os.mkfifo(file)
    assert store.find(TEXT) is None


def test_what_the_kernel_refused_is_forgotten(store: Store) -> None:
    store.forget(TEXT)
    store.forget(TEXT)
    assert store.find(TEXT) is None


def test_only_the_newest_stay(folder: Path) -> None:
    store = Store("0.26.0", folder)
    for number in range(20):
        before = set(folder.iterdir()) if folder.exists() else set()
        store.keep(f"{TEXT} {number}", FUNCTIONS)
        (new,) = set(folder.iterdir()) - before
        os.utime(new, ns=(number, number))
    assert len(list(folder.iterdir())) == 16
    assert store.find(f"{TEXT} 18") == FUNCTIONS
    assert store.find(f"{TEXT} 0") is None


def test_a_folder_that_cannot_be_made_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = Store("0.26.0", tmp_path / "file" / "sctptop")
    store.keep(TEXT, FUNCTIONS)
    assert store.find(TEXT) is None
