"""Any recording of any size takes less than 320 MB and 12 s, or is refused, or in part, in one line."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sctptop.recording.file_format import RecordingError
from sctptop.recording.writer import Writer
from tests.ui.scripted import association, sample, with_probes
from tests.unit.recording.bombs import bomb, file_bombs, sample_bombs
from tests.unit.recording.recordings import read, written

MEMORY = 320 << 20
SECONDS = 12.0
"""Of processor time, on machines that do other things beside."""
COMMANDS = {"info": ["info", "--json"], "replay": ["replay", "--json", "-n", "1"]}
HARD = 1 << 30
"""Of address space: what is beyond ends with a MemoryError, which is no line of ours."""

_RUN = """
import pathlib, re, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
from sctptop.cli import main
code = main(sys.argv[2:])
status = pathlib.Path("/proc/self/status").read_text()
sys.stderr.write("%d %s" % (code, re.search(r"VmHWM:\\s+(\\d+)", status)[1]))
"""


def taken(words: list[str], path: Path) -> tuple[int, str, float]:
    """Bytes that a command takes of memory, what it says, and seconds of processor time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", _RUN, str(HARD), *words, str(path)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        timeout=120,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    told, _, numbers = done.stderr.rpartition("\n")
    assert done.returncode == 0 and "Error" not in told, done.stderr[-2000:]
    code, size = map(int, numbers.split())
    assert code in (0, 1) and told.count("\n") == 0 and ("error: " in told) == (code == 1), told
    return size << 10, told, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def excess(name: str, path: Path, *commands: str) -> Iterator[str]:
    """What is too much."""
    for what in commands:
        words = COMMANDS[what]
        size, told, seconds = taken(words, path)
        if size > MEMORY or seconds > SECONDS:
            yield f"{what} of {name}: {size >> 20} MB, {seconds:.1f} s {told}"


# Two halves: of two processors each has one.
@pytest.mark.slow
@pytest.mark.parametrize("half", [0, 1])
def test_no_sample_takes_more_than_there_is(tmp_path: Path, half: int) -> None:
    found = list[str]()
    for number, (name, lines) in enumerate(sample_bombs()):
        if number % 2 == half:
            # All that info does with a sample, replay does too.
            found += excess(name, bomb(tmp_path / "bomb.sctp", lines), "replay")
    assert found == []


@pytest.mark.slow
def test_no_file_takes_more_than_there_is(tmp_path: Path) -> None:
    found = list[str]()
    for name, make in file_bombs():
        path = tmp_path / "bomb.sctp"
        path.unlink(missing_ok=True)
        make(path)
        found += excess(name, path, *COMMANDS)
    assert found == []


@pytest.mark.slow
def test_ten_thousand_associations_are_recorded_and_replayed(tmp_path: Path) -> None:
    samples = list(with_probes(2, 10_000))
    path = written(tmp_path / "large.sctp", samples)
    assert read(path) == samples
    size, told, _ = taken(["replay", "--json"], path)
    assert told == "" and size < 450 << 20


def test_more_associations_than_a_recording_holds_are_told(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "large.sctp", {})
    with pytest.raises(
        RecordingError, match=r"10001 associations .* more than a recording holds \(try: --assoc\)"
    ):
        writer.add(sample(0, [association(number) for number in range(10_001)]))
    writer.close()
    assert not (tmp_path / "large.sctp").exists()
