"""Shells complete our command line: bash as it would ask, the others as far as they are here."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from sctptop.arguments.parsers import PARSERS
from sctptop.cli import main
from sctptop.manual import completion as completion_module
from sctptop.manual.completion import SHELLS, made_anew

ASK = """
source "$0"
COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); COMPREPLY=()
_shtab_sctptop
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("completions")
    for shell in SHELLS:
        (folder / shell).write_text(made_anew(shell))
    return folder


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("re", ["record", "replay"]),
        ("--view r", ["rtt", "registration"]),
        ("--sort cw", ["cwnd"]),
        ("--columns local,cw", ["local,cwnd"]),
        ("--events cwnd,t3", ["cwnd,t3_rtx"]),
        ("--netns s", ["self"]),
        ("help fi", ["fields", "filter"]),
        ("replay demo --view ev", ["events"]),
        ("record --ke", ["--keep"]),
        ("compare --mar", ["--margin", "--markdown"]),
    ],
)
def test_bash(line: str, offered: list[str], scripts: Path) -> None:
    command = ["bash", "-c", ASK, str(scripts / "bash"), "sctptop", *line.split(" ")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == offered


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_can_read_theirs(shell: str, scripts: Path) -> None:
    text = (scripts / shell).read_text()
    assert all(name in text for name in PARSERS) and "peer_recv_queue" in text
    if shutil.which(shell):
        subprocess.run([shell, "-n", str(scripts / shell)], check=True)


def test_zsh_registers_it_sourced_and_evaluated(scripts: Path) -> None:
    """As autoload finds it in the path of functions, it completes at once."""
    assert "if [[ $zsh_eval_context[-1] == (eval|file) ]]; then\n" in (scripts / "zsh").read_text()
    if shutil.which("zsh"):
        for load in ('source "$0"', 'eval "$(<$0)"'):
            line = f"autoload -Uz compinit; compinit -D -u; {load}; print -r -- $_comps[sctptop]"
            done = subprocess.run(
                ["zsh", "-f", "-c", line, str(scripts / "zsh")], capture_output=True, text=True, check=True
            )
            assert (done.stdout.strip(), done.stderr) == ("_shtab_sctptop", "")


def test_it_is_printed_as_it_was_built_in_or_else_made(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["--print-completion", "fish"]) == 0
    assert capsys.readouterr().out == made_anew("fish")
    (tmp_path / "completions").mkdir()
    (tmp_path / "completions" / "fish").write_text("complete -c sctptop\n")
    monkeypatch.setattr(completion_module, "files", lambda _: tmp_path)
    assert main(["--print-completion", "fish"]) == 0
    assert capsys.readouterr().out == "complete -c sctptop\n"
    assert main(["--print-completion", "csh"]) == 2
    assert "invalid choice: 'csh'; did you mean" in capsys.readouterr().err
