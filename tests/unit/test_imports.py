"""The layers, enforced: what may import what, and what a headless run may load."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import sctptop

PACKAGE = Path(sctptop.__file__).parent
SCREEN = {"textual", "plotext", "rich"}
KERNEL_DOORS = {"socket", "ctypes", "fcntl", "bcc", "pyroute2"}


def imports_of(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are absolute"
            yield node.module or ""


def modules(folder: str) -> list[Path]:
    found = sorted((PACKAGE / folder).rglob("*.py"))
    assert found
    return found


def loaded_by(code: str) -> set[str]:
    script = f"{code}\nimport sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}


@pytest.mark.parametrize("folder", ["model", "kernel", "output", "recording", "comparison"])
def test_only_the_dashboard_knows_a_screen(folder: str) -> None:
    for file in modules(folder):
        names = set(imports_of(file))
        assert not {name.partition(".")[0] for name in names} & SCREEN, file
        assert not any(name.startswith("sctptop.tui") for name in names), file


def test_the_model_is_pure() -> None:
    for file in modules("model"):
        names = {name.partition(".")[0] for name in imports_of(file)}
        assert not names & (KERNEL_DOORS | {"os", "time", "subprocess", "pathlib", "sqlite3"}), file
        mine = {name for name in imports_of(file) if name.startswith("sctptop.")}
        assert all(
            name.startswith(("sctptop.model", "sctptop.fields", "sctptop.quantity")) for name in mine
        ), file


def test_comparing_is_pure() -> None:
    for file in modules("comparison"):
        names = {name.partition(".")[0] for name in imports_of(file)}
        assert not names & (KERNEL_DOORS | {"os", "time", "subprocess", "pathlib", "sqlite3"}), file
        mine = {name for name in imports_of(file) if name.startswith("sctptop.")}
        rooms = ("sctptop.comparison", "sctptop.model", "sctptop.fields", "sctptop.quantity")
        assert all(name.startswith(rooms) for name in mine), file


def test_only_the_kernel_room_touches_the_kernel() -> None:
    for file in sorted(PACKAGE.rglob("*.py")):
        if file.is_relative_to(PACKAGE / "kernel"):
            continue
        names = {name.partition(".")[0] for name in imports_of(file)}
        assert not names & KERNEL_DOORS, file
        assert '"/proc' not in file.read_text(), file


def test_the_kernel_room_knows_no_view() -> None:
    for file in modules("kernel"):
        mine = {name for name in imports_of(file) if name.startswith("sctptop.")}
        assert all(
            name.startswith(("sctptop.kernel", "sctptop.model", "sctptop.terminal_text")) for name in mine
        ), file


def test_a_headless_run_loads_no_screen_and_no_bcc_and_no_pyroute2() -> None:
    code = (
        "from sctptop.cli import main; main(['--json', '-n', '1', '--no-bpf'])\n"
        "import sctptop.kernel.live, sctptop.output.json_lines, sctptop.output.stream"
    )
    assert not loaded_by(code) & (SCREEN | {"bcc", "pyroute2"})


def test_bad_usage_does_not_wait_for_netlink() -> None:
    assert not loaded_by("from sctptop.cli import main; main(['--bogus'])") & {"pyroute2", "textual"}


def test_every_room_stays_small() -> None:
    long = {
        file: count for file in PACKAGE.rglob("*.py") if (count := len(file.read_text().splitlines())) > 400
    }
    assert not long
