"""What ``sctptop doctor`` prints, its verdict and its exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sctptop.cli import main
from sctptop.kernel.doctor import doctor
from sctptop.kernel.doctor.doctor import examine
from sctptop.model.check import BROKEN, HINT, MISSING, OK, Check
from sctptop.output.doctor_report import exit_code, lines, verdict
from sctptop.output.terminal_check import terminal
from tests.unit.kernel.doctor.hosts import lively

FINE = Check("SCTP", OK, "module loaded")
LESS = Check("BCC", MISSING, "BCC is not installed", "sudo apt install python3-bpfcc")
NONE = Check("SCTP", BROKEN, "the sctp module is not loaded", "sudo modprobe sctp")


def test_a_line_a_check_and_the_remedy_below() -> None:
    assert lines([FINE, LESS]) == [
        "ok       SCTP          module loaded",
        "missing  BCC           BCC is not installed",
        "                       sudo apt install python3-bpfcc",
    ]
    long = lines([Check("rights", HINT, "word " * 30, "a " * 80)], 60)
    assert all(len(text) <= 60 for text in long[:-1])
    assert len(long[-1]) > 60, "a command is not cut"


@pytest.mark.parametrize(
    ("checks", "code", "words"),
    [
        ([FINE, Check("hb_interval", HINT, "30000")], 0, "All is there"),
        ([FINE, LESS], 1, "to be mended: BCC."),
        ([NONE, LESS], 3, "until SCTP is there; sctptop replay demo"),
    ],
)
def test_the_verdict(checks: list[Check], code: int, words: str) -> None:
    assert exit_code(checks) == code
    assert words in verdict(checks)
    assert "\n" not in verdict(checks)


def test_json_and_text_say_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    host = lively(tmp_path)
    monkeypatch.setattr(doctor, "examine", lambda: examine(host))
    assert main(["doctor", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {frozenset(check) for check in told["checks"]} == {
        frozenset({"name", "status", "found", "remedy"})
    }
    assert main(["doctor"]) == 0
    text = capsys.readouterr().out
    assert all(f"{check['name']} " in text and check["found"] in text for check in told["checks"])
    assert text.endswith(f"\n\n{told['verdict']}\n")


def test_on_this_host_whatever_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) in (0, 1, 3)
    out, err = capsys.readouterr()
    assert err == ""
    assert not [check for check in json.loads(out)["checks"] if "could not be checked" in check["found"]]


def test_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "now"]) == 2
    assert "(try: sctptop doctor --help)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("size", "encoding", "environment", "status", "words"),
    [
        (
            (120, 36),
            "utf-8",
            {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
            OK,
            "120x36, TERM=xterm-256color, UTF-8, all colours",
        ),
        ((80, 24), "UTF8", {"TERM": "screen-256color"}, OK, "256 colours"),
        ((80, 24), "utf_8", {"TERM": "linux"}, OK, "16 colours"),
        ((80, 24), "utf-8", {"TERM": "xterm", "NO_COLOR": "1"}, OK, "NO_COLOR"),
        ((79, 24), "utf-8", {"TERM": "xterm"}, MISSING, "it wants 80x24"),
        ((80, 24), "iso8859-1", {"TERM": "xterm"}, MISSING, "UTF-8"),
        ((80, 24), "utf-8", {"TERM": "dumb"}, MISSING, "TERM=dumb"),
        ((80, 24), "utf-8", {"TERM": "xterm-kitty"}, OK, "256 colours"),
        ((80, 24), "utf-8", {"TERM": "vt100"}, OK, "TERM=vt100, UTF-8, 16 colours"),
        ((80, 24), "utf-8", {"TERM": "x\x1b[2J[red]"}, OK, "TERM=x?[2J[red]"),
        ((80, 24), "utf-8", {"TERM": "unknown"}, MISSING, "TERM=unknown: it cannot draw"),
        ((80, 24), "utf-8", {}, MISSING, "not set"),
        (None, "", {}, HINT, "--json"),
    ],
)
def test_the_terminal(
    size: tuple[int, int] | None, encoding: str, environment: dict[str, str], status: str, words: str
) -> None:
    check = terminal(size, encoding, environment)
    assert check.status == status
    assert words in check.found
