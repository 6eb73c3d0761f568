from __future__ import annotations

import fcntl
import os
import struct
import subprocess
import sys
import termios
import zipfile
from pathlib import Path

import pytest

import sctptop
from sctptop.arguments.meaning import options_of
from sctptop.arguments.parsers import parse
from sctptop.cli import main
from sctptop.commands import watching
from sctptop.fields.catalogue import FIELDS
from sctptop.manual.completion import SHELLS
from sctptop.manual.topics import TOPICS

REPOSITORY = Path(sctptop.__file__).parents[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--bogus"], "unrecognized arguments: --bogus"),
        (["--assoc", "1.2.3"], "--assoc"),
        (["--assoc", "1.2.3.4:99999"], "is not a port"),
        (["-d", "0"], "0.1 to 3600"),
        (["-d", "nan"], "0.1 to 3600"),
        (["-n", "0"], "1 or more"),
        (["-n", "-3"], "1 or more"),
        (["--sort", "cwdn"], "did you mean cwnd"),
        (["--sort", "cwnd:up"], "asc or desc"),
        (["--columns", "local,,x"], "no field"),
        (["--filter", "cwnd<<5"], "--filter"),
        (["--view", "nosuch"], "invalid choice: 'nosuch'; choose from "),
        (["--view", "cwdn"], "invalid choice: 'cwdn'; did you mean cwnd?"),
        (["--sort=--"], "--sort: expected one argument"),
        (["replay", "demo", "--at", "--"], "--at: expected one argument"),
        (["record", "-o--"], "-o/--output: expected one argument"),
        (["--json", "--csv"], "not allowed with"),
        (["--json", "--both-ends"], "--both-ends: --json always tells each end"),
        (["--events", "--both-ends"], "--both-ends: --events always tells each end"),
        (["--registrations", "-b"], "--registrations: not allowed with -b"),
        (["--registrations", "--csv"], "--registrations: not allowed with --csv"),
        (["--registrations", "--events", "cwnd"], "--registrations: not allowed with --events"),
        (["--registrations", "--both-ends"], "--registrations: not allowed with --both-ends"),
        (["replay", "demo", "--registrations", "--columns", "cwnd"], "not allowed with --columns"),
        (["record", "-o", "x", "--registrations"], "unrecognized arguments: --registrations"),
        ([], "the dashboard needs a terminal"),
    ],
)
def test_bad_usage_is_exit_code_2_and_one_line_with_a_way_out(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("sctptop: error: ")
    assert words in err
    assert "(try: " in err


CARETS = ["  amf or cwn<10k", "         ^^^"]


@pytest.mark.parametrize(("columns", "lines"), [(80, CARETS), (17, CARETS), (16, [])])
def test_on_a_terminal_with_room_a_wrong_filter_is_drawn_with_carets(columns: int, lines: list[str]) -> None:
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, columns, 0, 0))
    command = [sys.executable, "-m", "sctptop", "-b", "--filter", "amf or cwn<10k"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, check=False, cwd=REPOSITORY)
    said = os.read(ours, 4096).decode().splitlines()
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 2 and done.stdout == b""
    assert "no field 'cwn'; did you mean cwnd" in said[0] and said[1:] == lines


@pytest.mark.parametrize(
    "words",
    [
        *(("", flag) for flag in ("--sort", "--columns", "--filter")),
        ("replay", "none.sctp", "--columns"),
        ("replay", "none.sctp", "--filter"),
        ("compare", "none.sctp", "nor.sctp", "--filter"),
    ],
)
def test_the_fields_can_be_listed(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*filter(None, words), "help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [field.id for field in FIELDS]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--sort", "nosuch"), "--sort: no field 'nosuch' (try: sctptop --sort help)"),
        (("--columns", "local,nosuch"), "--columns: no field 'nosuch' (try: sctptop --columns help)"),
        (("--filter", "zzz>1"), "--filter: no field 'zzz' (try: sctptop --filter help)"),
        (("--filter", "cwn>1"), "no field 'cwn'; did you mean cwnd"),
        (("--filter", "cwn>1"), "(try: sctptop --filter help)"),
        (("--filter", "cwnd>"), "(try: sctptop --help)"),
        (("compare", "a.sctp", "b.sctp", "--filter", "zzz>1"), "(try: sctptop --filter help)"),
    ],
)
def test_a_field_that_is_not_there_leads_to_those_that_are(
    words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert told in capsys.readouterr().err.splitlines()[0]


def test_version_and_help_answer_at_once() -> None:
    for flag, words in (("--version", f"sctptop {sctptop.__version__}"), ("--help", "examples:")):
        command = [sys.executable, "-m", "sctptop", flag]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=REPOSITORY)
        assert words in done.stdout


def test_the_wheel_carries_all_that_is_not_python(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, cwd=REPOSITORY)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    shipped = {f"sctptop/{file.relative_to(REPOSITORY)}" for file in (REPOSITORY / "bpf").rglob("*.*")}
    assert shipped <= names
    assert {"sctptop/tui/theme.tcss", "sctptop/cli.py", "sctptop/recording/demo.sctp"} <= names
    assert {f"sctptop/manual/topics/{topic}.md" for topic in TOPICS} <= names
    assert {f"sctptop/manual/completions/{shell}" for shell in SHELLS} <= names
    shared = {name.partition(".data/data/share/")[2] for name in names if ".data/" in name}
    assert shared == {
        "bash-completion/completions/sctptop",
        "zsh/site-functions/_sctptop",
        "fish/vendor_completions.d/sctptop.fish",
        "man/man1/sctptop.1",
        *(f"man/man7/sctptop-{topic}.7" for topic in TOPICS),
    }
    licences = {name.partition("dist-info/")[2] for name in names if "/licenses/" in name}
    assert licences == {"licenses/LICENSE", "licenses/bpf/LICENSE"}
    assert not any(name.startswith("tests/") for name in names)


def test_watching_looks_for_circles_of_objects_seldom() -> None:
    code = (
        "import gc; from sctptop.commands import watching; from sctptop.options import Options; "
        "watching.live(None, Options()).close(); "
        "print(gc.get_threshold()[0] == watching.COLLECT_AFTER, gc.get_freeze_count() > 1000)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "True True\n"


@pytest.mark.parametrize(
    "words, wanted",
    [
        ("", True),
        ("-b", True),
        ("--json", True),
        ("--csv", True),
        ("--csv --columns remote,hb_rtt,rtx_chunks", False),
        ("--csv --columns remote,held_p99", True),
        ("--csv --columns remote,hb_rtt --sort read_wait_max", True),
        ("--csv --columns remote,hb_rtt --filter held_p50>1", True),
        ("--events", True),
        ("--events hb_rtt,path,association", False),
        ("--events hb_rtt,ngap", True),
    ],
)
def test_probes_hit_by_each_packet_are_there_for_who_asks(words: str, wanted: bool) -> None:
    arguments = parse(words.split())
    assert watching.choice(arguments, options_of(arguments)).each_packet is wanted
