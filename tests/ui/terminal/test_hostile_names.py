"""Names come from anybody: none of them reaches a terminal as it is, and none is taken for markup."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from sctptop.cli import main
from sctptop.model.association import Association, Process
from sctptop.model.sample import Sample
from tests.ui.scripted import with_probes
from tests.ui.terminal.pseudo_terminal import screen
from tests.unit.recording.recordings import written

pytestmark = pytest.mark.slow

HOSTILE = "\x1b[2J[red]x\x9b5n\u202e[/nosuch][bold"
HARMLESS = (b"?[2J[red]x", "\ufffd[2J[red]x".encode())
TERMINAL_ACTS_ON = (b"\x1b[2J[", b"\xc2\x9b", b"\xe2\x80\xae")


def _hostile(sample: Sample) -> Sample:
    return replace(sample, host=HOSTILE, kernel=HOSTILE, associations=tuple(map(_named, sample.associations)))


def _named(one: Association) -> Association:
    process = Process(
        812, HOSTILE, container=HOSTILE, user=HOSTILE, unit=HOSTILE, runtime=HOSTILE, container_id=HOSTILE
    )
    paths = tuple(replace(path, state=HOSTILE) for path in one.paths)
    return replace(one, process=process, netns_name=HOSTILE, socket_type=HOSTILE, paths=paths)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With such a name wherever one can be, its own included."""
    folder = tmp_path_factory.mktemp("hostile")
    made = written(folder / "made.sctp", [_hostile(one) for one in with_probes(8, 3)])
    return made.rename(folder / f"{HOSTILE.replace('/', '')}.sctp")


@pytest.mark.parametrize(
    "words",
    [
        ["replay", "FILE", "-b"],
        ["replay", "FILE", "-b", "--columns", "local,process,container,unit,netns_name"],
        ["replay", "FILE", "--csv"],
        ["replay", "FILE", "--json"],
        ["replay", "FILE", "--events"],
        ["info", "FILE"],
        ["info", "FILE", "--json"],
        ["compare", "FILE", "demo"],
        ["compare", "FILE", "demo", "--json"],
        ["compare", "FILE", "demo", "--markdown"],
        ["info", HOSTILE],
        ["replay", HOSTILE],
        ["compare", HOSTILE, "demo"],
        ["compare", "FILE", "FILE"],
        ["replay", "FILE"],
        ["replay", "FILE", "--filter", HOSTILE],
        ["replay", "FILE", "--sort", HOSTILE],
        ["replay", "FILE", "--assoc", HOSTILE],
        ["replay", "FILE", "--at", HOSTILE],
        ["replay", "FILE", "--columns", HOSTILE],
        ["replay", "FILE", "--events", HOSTILE],
        ["--netns", HOSTILE, "-b"],
        ["record", "-o", HOSTILE, "--max-size", HOSTILE],
        [HOSTILE],
        ["doctor"],
    ],
    ids=lambda words: " ".join(words).replace(HOSTILE, "HOSTILE"),
)
def test_text_is_harmless(
    words: list[str], recording: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("HOME", "TERM", "LANG", "COLORTERM"):
        monkeypatch.setenv(name, HOSTILE)
    main([str(recording) if word == "FILE" else word for word in words])
    out, err = capsys.readouterr()
    assert out or err
    assert not [line for line in (out + err).split("\n") if not line.isprintable()]
    assert err.count("\n") <= 1


@pytest.mark.parametrize(
    "keys", [b"1234567", b"\r", b"!", b"?", b"n", b"s", b"/\x1b[200~\x1b[2J[red]\x1b[201~"]
)
def test_the_dashboard_is_harmless(keys: bytes, recording: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "sctptop",
        "replay",
        str(recording),
        "--columns",
        "local,process,container,unit",
    ]
    with screen(command, size=(200, 50)) as shown:
        # Its frame comes first, the names with the first sample.
        shown.until(lambda: any(name in shown.written for name in HARMLESS))
        for key in [keys] if keys.startswith(b"/") else [bytes([one]) for one in keys]:
            shown.press(key)
            drawn = time.monotonic() + 0.7
            while time.monotonic() < drawn:
                shown.read()
        shown.press(b"\x03")
        assert shown.end() == 0 and shown.as_before()
        assert not [acts for acts in TERMINAL_ACTS_ON if acts in shown.written]


def test_what_breaks_is_harmless(tmp_path: Path) -> None:
    file = tmp_path / "\x1b[2J[red].sctp"
    done = subprocess.run(
        [sys.executable, "-m", "sctptop", "info", str(file)], capture_output=True, check=False
    )
    assert done.stderr.startswith(b"sctptop: error: cannot read ") and b"\x1b" not in done.stderr
