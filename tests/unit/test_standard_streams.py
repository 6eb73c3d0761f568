"""Standard streams that fail are trouble of the user's, not ours: the program itself, as a child, on each of them."""

from __future__ import annotations

import os
import pty
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sctptop.cli import DEMO
from sctptop.standard_streams import PLAIN

REPOSITORY = Path(__file__).parents[2]
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LC_", "LANG"))
} | {"PYTHONDONTWRITEBYTECODE": "1"}
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
FORMS = (
    "replay demo -b -n 2",
    "replay demo --json -n 3",
    "replay demo --csv -n 3",
    "replay demo --events",
    "replay demo --registrations",
    "info demo",
    "compare demo second.sctp",
    "doctor",
    "--help",
    "--version",
    "--sort help",
    "--ebpf",
)
FULL = "sctptop: error: standard output: no space left on device (try: make room, or write to another disk)\n"
CLOSED = "sctptop: error: standard output: it is closed (try: > FILE, or > /dev/null when nobody wants it)\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the recordings that FORMS name are."""
    made = tmp_path_factory.mktemp("streams")
    shutil.copy(DEMO, made / "second.sctp")
    return made


def shell(
    form: str, redirection: str, folder: Path, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """What a user types, in a shell; `set -o pipefail` makes the exit code ours."""
    command = f"set -o pipefail; {shlex.quote(sys.executable)} -m sctptop {form} {redirection}"
    return subprocess.run(
        ["bash", "-c", command],
        check=False,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
        cwd=folder,
        env={**ENVIRONMENT, "PYTHONPATH": str(REPOSITORY), **environment},
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("redirection", "code", "line"),
    [("> /dev/full", 1, FULL), (">&-", 1, CLOSED), ("", 141, "")],
    ids=["full", "closed", "broken"],
)
def test_output_that_fails_is_one_line_and_an_exit_code(
    form: str, redirection: str, code: int, line: str, folder: Path
) -> None:
    done = shell(form, redirection, folder) if redirection else _to_nobody(form, folder)
    assert (done.returncode, done.stderr.decode(), done.stdout) == (code, line, b"")


def _to_nobody(form: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Into a pipe without a reader from the start: one in a shell may end later than we write."""
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "sctptop", *form.split()],
            check=False,
            stdout=write,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            timeout=120,
            cwd=folder,
            env={**ENVIRONMENT, "PYTHONPATH": str(REPOSITORY)},
        )
    finally:
        os.close(write)
    return subprocess.CompletedProcess(done.args, done.returncode, b"", done.stderr)


@pytest.mark.parametrize("form", ["replay demo --json", "replay demo --events", "info demo"])
def test_a_reader_that_has_enough_ends_it_in_silence(form: str, folder: Path) -> None:
    done = shell(form, "| head -n 1", folder)
    # Little text is written before the reader goes: then it ends as it would anyhow.
    assert done.returncode in ((0, 141) if form == "info demo" else (141,))
    assert (done.stderr, done.stdout.count(b"\n")) == (b"", 1)


@pytest.mark.parametrize("form", FORMS)
def test_an_encoding_of_little_stops_nothing(form: str, folder: Path) -> None:
    done = shell(form, "", folder, **ASCII)
    assert (done.returncode in ((0, 1, 3) if form == "doctor" else (0,))) and not done.stderr
    assert done.stdout.isascii() and done.stdout


@pytest.mark.parametrize("form", ["replay demo -b -n 2", "replay demo --events", "compare demo second.sctp"])
def test_our_characters_have_others_of_the_same_width(form: str, folder: Path) -> None:
    whole, plain, latin = (
        shell(form, "", folder, PYTHONIOENCODING=encoding).stdout.decode(encoding)
        for encoding in ("utf-8", "ascii", "latin-1")
    )
    assert plain == "".join(PLAIN.get(one, one) for one in whole) != whole
    assert latin == "".join(PLAIN.get(one, one) if one > "\xff" else one for one in whole)


@pytest.mark.parametrize("redirection", ["2>&-", "2> /dev/full", "2> >(exec true)"])
@pytest.mark.parametrize(
    ("form", "code", "out"),
    [
        ("replay demo -b -n 1", 0, b"sctptop  lab"),
        ("--bogus", 2, b""),
        ("info missing.sctp", 1, b""),
        ("replay demo -b > /dev/full", 1, b""),
        ("replay demo", 2, b""),
    ],
)
def test_complaints_that_cannot_be_written_change_nothing(
    form: str, code: int, out: bytes, redirection: str, folder: Path
) -> None:
    done = shell(form, redirection, folder)
    assert (done.returncode, done.stderr) == (code, b"")
    assert done.stdout.startswith(out) and bool(done.stdout) == bool(out)


@pytest.mark.parametrize(
    ("redirection", "code"), [("<&-", 0), ("<&- >&- 2>&-", 1), (">&- 2>&-", 1), ("<&- > /dev/full 2>&-", 1)]
)
def test_with_any_stream_missing(redirection: str, code: int, folder: Path) -> None:
    done = shell("replay demo -b -n 1", redirection, folder)
    assert (done.returncode, done.stderr) == (code, b"")


def test_a_file_never_becomes_a_standard_stream(folder: Path) -> None:
    code = (
        "import os; from sctptop.standard_streams import make_fit; make_fit();"
        "raise SystemExit(os.open('/dev/null', os.O_RDONLY))"
    )
    command = f"{shlex.quote(sys.executable)} -c {shlex.quote(code)} <&- >&- 2>&-"
    environment = {**ENVIRONMENT, "PYTHONPATH": str(REPOSITORY)}
    assert subprocess.run(["bash", "-c", command], check=False, env=environment).returncode > 2


def test_a_file_that_may_not_grow(folder: Path) -> None:
    done = shell("replay demo --json", "> limited", folder, BASH_ENV=str(_limit(folder)))
    assert done.returncode == 1
    assert done.stderr.startswith(b"sctptop: error: standard output: file too large (try: ulimit")
    assert done.stderr.count(b"\n") == 1


def _limit(folder: Path) -> Path:
    file = folder / "limit"
    file.write_text("ulimit -f 8\n")
    return file


def test_a_terminal_that_hung_up(folder: Path) -> None:
    near, far = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "sctptop", "replay", "demo", "--json"],
        stdout=far,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        env={**ENVIRONMENT, "PYTHONPATH": str(REPOSITORY)},
    ) as process:
        os.close(far)
        assert os.read(near, 10)
        os.close(near)
        said = process.communicate(timeout=60)[1].decode()
    assert (process.returncode, said.count("\n")) == (1, 1)
    assert said.startswith("sctptop: error: standard output: input/output error (try: > FILE")


def test_output_that_does_not_wait_is_waited_for(folder: Path) -> None:
    read, write = os.pipe()
    os.set_blocking(write, False)
    words = [sys.executable, "-m", "sctptop", "replay", "demo", "--json", "-n", "20"]
    environment = {**ENVIRONMENT, "PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen(
        words, stdout=write, stderr=subprocess.PIPE, cwd=folder, env=environment
    ) as process:
        os.close(write)
        time.sleep(1.5)
        with os.fdopen(read, "rb") as reader:
            assert reader.read().count(b"\n") == 20
        assert process.wait(60) == 0 and process.stderr is not None and process.stderr.read() == b""


CAPTURING = """
import os
from sctptop.standard_streams import captured_stderr, complain, make_fit
make_fit()
with captured_stderr() as said:
    os.write(2, b"warning of a library\\n")
    complain("error: told meanwhile")
    assert said() == "warning of a library\\n", said()
complain("after")
"""


def test_what_is_complained_of_while_a_library_is_captured_reaches_the_user() -> None:
    done = subprocess.run([sys.executable, "-c", CAPTURING], capture_output=True, text=True, check=True)
    assert done.stderr == "sctptop: error: told meanwhile\nsctptop: after\n"
