"""What a headless run may load, and how large rooms are. What may import what: .importlinter."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import sctptop

PACKAGE = Path(sctptop.__file__).parent
TESTS = Path(__file__).parents[2]
SCREEN = {"textual", "plotext", "rich"}
MOST_LINES, MOST_MODULES = 300, 16


def loaded_by(code: str) -> set[str]:
    script = f"{code}\nimport sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}


def modules(*roots: Path) -> Iterator[tuple[str, Path]]:
    for root in roots:
        for file in sorted(root.rglob("*.py")):
            yield str(file.relative_to(root.parent)), file


def test_imports_are_absolute() -> None:
    for name, file in modules(PACKAGE, TESTS):
        nodes = (node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ImportFrom))
        assert not [node.lineno for node in nodes if node.level], name


def test_only_the_kernel_room_reads_proc() -> None:
    for name, file in modules(PACKAGE):
        assert name.startswith("sctptop/kernel/") or '"/proc' not in file.read_text(), name


def test_a_headless_run_loads_no_screen_and_no_bcc_and_no_pyroute2() -> None:
    code = (
        "from sctptop.cli import main; main(['--json', '-n', '1', '--no-bpf'])\n"
        "import sctptop.kernel.live, sctptop.output.json_lines, sctptop.output.stream"
    )
    assert not loaded_by(code) & (SCREEN | {"bcc", "pyroute2"})


def test_bad_usage_does_not_wait_for_netlink() -> None:
    assert not loaded_by("from sctptop.cli import main; main(['--bogus'])") & {"pyroute2", "textual"}


@pytest.mark.parametrize("word", ["--version", "--help", "compare", "help"])
def test_what_answers_at_once_loads_no_room(word: str) -> None:
    code = f"import sys, sctptop.cli as cli; cli.main(['{word}']); print()"
    script = f"{code}\nprint(*(name for name in sys.modules if name.startswith('sctptop.')))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    rooms = {name.split(".")[1] for name in done.stdout.splitlines()[-1].split()}
    assert not rooms & {"fields", "options", "tui", "output", "comparison", "recording", "schema"}


def test_a_replay_loads_nothing_that_records_or_reads_the_kernel() -> None:
    script = "import sys, sctptop.tui.run, sctptop.tui.replay_app; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not {"sctptop.recording.recorder", "sctptop.recording.writer", "sctptop.kernel.live"} & {
        *done.stdout.split()
    }


@pytest.mark.parametrize("root", [PACKAGE, TESTS])
def test_modules_stay_short(root: Path) -> None:
    assert not {name for name, file in modules(root) if len(file.read_text().splitlines()) > MOST_LINES}


@pytest.mark.parametrize("root", [PACKAGE, TESTS])
def test_rooms_stay_small(root: Path) -> None:
    found = Counter(str(Path(name).parent) for name, _ in modules(root))
    assert not {folder for folder, count in found.items() if count > MOST_MODULES}
