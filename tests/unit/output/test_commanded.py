"""``sctptop record -- COMMAND``: from just before it starts until it has ended, with its exit code; and labels."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pytest

from sctptop.arguments.parsers import parse
from sctptop.arguments.record_words import files_of, labels, runs
from sctptop.cli import main
from sctptop.errors import SctptopError
from sctptop.model.sample import Sample
from sctptop.options import Options
from sctptop.output.commanded import CommandSource, check_command
from sctptop.output.recording_info import labels_of
from sctptop.output.stream import stream
from sctptop.source import EndOfSamples
from tests.unit.associations import sample
from tests.unit.output.compare.running import QUICK


class Seconds:
    """A source that looks for a file at each reading."""

    def __init__(self, path: Path) -> None:
        self.path, self.found, self.closed = path, list[bool](), False

    def read(self) -> Sample:
        self.found.append(self.path.exists())
        return sample(at_s=len(self.found))

    def close(self) -> None:
        self.closed = True


def python(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def test_samples_are_read_before_a_command_and_after_it(tmp_path: Path) -> None:
    made = tmp_path / "made"
    source = Seconds(made)
    commanded = CommandSource(source, python(f"open({str(made)!r}, 'w')"))
    code = stream(commanded, Options(interval_s=0.05), lambda snapshot, rows: "")
    assert code == commanded.code == 0 and source.closed
    assert source.found[0] is False and source.found[-1] is True


@pytest.mark.parametrize(
    ("text", "code"), [("import sys; sys.exit(3)", 3), ("import os; os.kill(os.getpid(), 9)", 137), ("", 0)]
)
def test_the_exit_code_is_the_command_s(text: str, code: int, tmp_path: Path) -> None:
    commanded = CommandSource(Seconds(tmp_path / "none"), python(text))
    with pytest.raises(EndOfSamples):
        while True:
            commanded.read()
            time.sleep(0.02)
    assert commanded.code == code
    commanded.close()


def test_a_command_that_still_runs_is_ended(tmp_path: Path) -> None:
    commanded = CommandSource(Seconds(tmp_path / "none"), ["sleep", "600"])
    commanded.read()
    assert commanded.code == 0
    commanded.close()
    assert commanded.code == 128 + 15


def test_a_command_that_there_is_not(tmp_path: Path) -> None:
    with pytest.raises(SctptopError, match="no such command"):
        check_command(["no-such-command-at-all"])
    check_command(["sleep"])
    script = tmp_path / "script"
    script.write_text("#!/no/such/interpreter\n")
    os.chmod(script, 0o755)  # noqa: PTH101
    source = Seconds(tmp_path / "none")
    with pytest.raises(SctptopError, match="script: No such file"):
        CommandSource(source, [str(script)]).read()


def test_what_stands_behind_two_dashes_is_the_command() -> None:
    words = parse(["record", "-o", "a.sctp", "--label", "a=b", "--", "ping", "-n", "3", "--", "x"])
    assert words.run == ["ping", "-n", "3", "--", "x"] and words.count is None and words.label == ["a=b"]
    assert parse(["record", "-o", "a.sctp"]).run == []


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["--runs", "3"], "argument --runs: there is no command"),
        (["--runs", "0", "--", "true"], "argument --runs: '0' is not a number of runs"),
        (["--label", "core"], "argument --label: 'core' is not a label"),
        (["--label", "a=1", "--label", "a=2"], "argument --label: a is given twice"),
        (["--", "no-such-command-at-all"], "no such command"),
    ],
)
def test_words_that_mean_nothing(
    flags: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["record", "--no-bpf", "-o", str(tmp_path / "x.sctp"), *flags]) == 2
    assert told in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_runs_have_files_of_their_own() -> None:
    assert files_of(Path("a.sctp"), 1) == [Path("a.sctp")]
    assert [one.name for one in files_of(Path("a.sctp"), 10)][:2] == ["a-01.sctp", "a-02.sctp"]
    assert runs("100") == 100 and labels(["core=a=b"]) == {"core": "a=b"}
    for text in ("101", "-1", "", "²"):
        with pytest.raises(ValueError, match="is not a number of runs"):
            runs(text)
    with pytest.raises(ValueError, match="are the most"):
        labels([f"n{place}=1" for place in range(33)])


def test_labels_are_shown_by_info_and_compare(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ({"core": "open5gs", "ues": "100"}, {"core": "free\x1b[2J5gc"})
    files = [
        str(QUICK.written(tmp_path / f"{place}.sctp", {"labels": one})) for place, one in enumerate(given)
    ]
    assert main(["info", files[0]]) == 0
    assert "labels        core=open5gs, ues=100\n" in capsys.readouterr().out
    assert main(["info", files[0], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["facts"]["labels"] == given[0]
    assert main(["compare", *files]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    table = out[out.index("Recordings") : out.index("Settings")].splitlines()
    rows = {line.split()[0]: line.split()[1:] for line in table if line.startswith(("  core ", "  ues "))}
    assert rows["ues"] == ["100", "–"] and rows["core"][0] == "open5gs"
    assert labels_of({"labels": [1]}) == labels_of({}) == {}
