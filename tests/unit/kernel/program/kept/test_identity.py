"""What is kept is found again on the very same kernel alone, by the very same program."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sctptop.kernel.program.kept import identity as identity_module
from sctptop.kernel.program.kept.identity import identity
from sctptop.kernel.program.points import ProbeChoice

FILES = {
    "sys/kernel/notes": b"\4\0\0\0GNU\0kernel",
    "sys/kernel/btf/vmlinux": b"types of the kernel",
    "sys/kernel/btf/sctp": b"types of sctp",
    "sys/module/sctp/initstate": b"live",
    "sys/module/sctp/notes/.note.gnu.build-id": b"module",
    "sys/devices/system/cpu/possible": b"0-1",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return tmp_path


def here(root: Path, bcc: str = "0.26.0", choice: ProbeChoice | None = None, room: int = 16384) -> str | None:
    return identity(bcc, choice or ProbeChoice(), room, root / "sys/kernel/btf", root)


def test_the_same_host_has_the_same_name(root: Path) -> None:
    assert here(root) is not None
    assert here(root) == here(root)


@pytest.mark.parametrize("name", FILES)
def test_another_kernel_module_or_number_of_processors_has_another(root: Path, name: str) -> None:
    if name.endswith("initstate"):
        pytest.skip("tells whether there is a module at all")
    before = here(root)
    (root / name).write_bytes(FILES[name] + b"!")
    assert here(root) not in (before, None)


def test_another_bcc_choice_or_size_has_another(root: Path) -> None:
    others = [
        here(root, "0.31.0"),
        here(root, choice=ProbeChoice(ngap=False)),
        here(root, choice=ProbeChoice(every_message=True)),
        here(root, choice=ProbeChoice(each_packet=False)),
        here(root, room=32768),
        here(root),
    ]
    assert len(set(others)) == len(others)


def test_another_release_has_another(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, us = here(root), os.uname()
    other = os.uname_result((us.sysname, us.nodename, "6.1.0-57-amd64", us.version, us.machine))
    monkeypatch.setattr(os, "uname", lambda: other)
    assert here(root) != before


@pytest.mark.parametrize("which", ["follow.h", "program_source.py"])
def test_another_line_of_ours_has_another(root: Path, monkeypatch: pytest.MonkeyPatch, which: str) -> None:
    ours = list(identity_module._ours())
    assert which.encode() in ours
    changed = ours.copy()
    changed[ours.index(which.encode()) + 1] += b" "
    before = here(root)
    monkeypatch.setattr(identity_module, "_ours", lambda: iter(changed))
    assert here(root) not in (before, None)


def test_what_cannot_be_told_apart_has_none(root: Path) -> None:
    (root / "sys/kernel/btf/sctp").unlink()
    assert here(root) is not None
    (root / "sys/module/sctp/notes/.note.gnu.build-id").unlink()
    assert here(root) is None
    (root / "sys/module/sctp/initstate").unlink()
    assert here(root) is not None, "built in: the kernel's build id tells it"
    (root / "sys/kernel/notes").write_bytes(b"")
    assert here(root) is None
    (root / "sys/kernel/notes").unlink()
    assert here(root) is None
