"""Which commands tell how far they are, on a terminal of their own: each that may read for longer than a second."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

from sctptop.cli import main
from sctptop.output import progress as module
from tests.bench.made.many_ues import Load


class Clock:
    """Each look at it takes two seconds: whatever is told is late enough to be shown."""

    now_s = 100.0

    def monotonic(self) -> float:
        self.now_s += 2
        return self.now_s


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = Load(20, rate=20).written(tmp_path_factory.mktemp("recorded") / "a.sctp")
    shutil.copy(found, found.with_name("b.sctp"))
    return found


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Where standard error goes, to be read at this end."""
    near, far = os.openpty()
    with os.fdopen(far, "w") as stream:
        monkeypatch.setattr(module, "sys", SimpleNamespace(stderr=stream))
        monkeypatch.setattr(module, "time", Clock())
        yield near
    os.close(near)


def everything(terminal: int) -> str:
    """What was written there, of which a terminal gives a piece at a time."""
    os.set_blocking(terminal, False)
    said = b""
    with suppress(BlockingIOError):
        while True:
            said += os.read(terminal, 1 << 16)
    return said.decode()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("info", "FILE"), "reading "),
        (("compare", "a=FILE", "b=OTHER"), "reading a "),
        (("replay", "FILE", "--registrations"), "reading "),
        (("replay", "FILE", "--at", "20s", "-b", "-n", "1"), "reading "),
    ],
)
def test_what_reads_a_recording_tells_how_far_it_is(
    words: tuple[str, ...],
    told: str,
    recorded: Path,
    terminal: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    other = str(recorded.with_name("b.sctp"))
    assert main([word.replace("FILE", str(recorded)).replace("OTHER", other) for word in words]) == 0
    said = everything(terminal)
    assert said.startswith(module.CLEARED + told) and "% " not in capsys.readouterr().err
    assert "s left" in said and said.endswith(module.CLEARED)
