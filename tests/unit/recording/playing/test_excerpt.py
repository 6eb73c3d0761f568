"""A part of a recording: of some time, and of some network namespaces."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sctptop.cli import main
from sctptop.model.sample import Namespace, Sample
from sctptop.model.selection import parse_netns
from sctptop.recording.file_format import RecordingError
from sctptop.recording.playing.excerpt import PartOfRecording
from tests.ui.scripted import NETNS, START, association, sample, snmp
from tests.unit.recording.recordings import written

T0 = START.timestamp()
OTHER = 4026532000


def two_namespaces(tick: int) -> Sample:
    entries = [association(0, tick), replace(association(1, tick), netns=OTHER)]
    one = sample(tick, entries, counters={NETNS: snmp(tick)[NETNS], OTHER: snmp(tick)[NETNS]})
    late = (Namespace(OTHER, name="amf"),) if tick >= 5 else ()
    return replace(one, namespaces=(Namespace(NETNS, pid=1, comm="init", own=True), *late))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(
        tmp_path_factory.mktemp("excerpt") / "a.sctp", [two_namespaces(tick) for tick in range(30)]
    )


def positions(part: PartOfRecording) -> list[int]:
    return [position for position, _ in part.samples(0, 1000)]


@pytest.mark.parametrize(
    ("begin", "end", "found"),
    [
        (None, None, range(30)),
        (10.0, None, range(10, 30)),
        (None, 9.0, range(10)),
        (10.0, 12.0, range(10, 13)),
        (9.5, 12.5, range(10, 13)),
        (29.0, 29.0, range(29, 30)),
        (0.0, 0.0, range(1)),
    ],
)
def test_what_is_left(path: Path, begin: float | None, end: float | None, found: range) -> None:
    part = PartOfRecording(path)
    part.limit(None if begin is None else T0 + begin, None if end is None else T0 + end)
    assert positions(part) == [*found]
    assert part.first().time.timestamp() == T0 + found[0]
    if begin is not None:
        assert part.first_s == T0 + found[0]
    assert part.following(len(part) - 1) is None
    assert part.preceding(found[0]) == found[0] and part.preceding(found[0] - 1) is None
    assert part.position_at(0) == found[0] and part.position_at(T0 + 1000) == found[-1]
    part.close()


def test_nothing_left_is_an_error(path: Path) -> None:
    part = PartOfRecording(path)
    with pytest.raises(RecordingError, match="no sample of it is in that time"):
        part.limit(T0 + 9.2, T0 + 9.6)
    part.close()


def test_one_namespace_alone(path: Path) -> None:
    part = PartOfRecording(path)
    part.choose(parse_netns("amf"))
    assert [len(one.associations) for _, one in part.samples(3, 8)] == [0, 0, 1, 1, 1], (
        "named from the fifth on"
    )
    last = part.sample(20)
    assert last is not None and {entry.netns for entry in last.associations} == {OTHER} == set(last.counters)
    assert part.sample(20) is last and not part.has_results
    part.close()


@pytest.mark.parametrize("text", [str(OTHER), f"net:[{OTHER}]"])
def test_by_its_inode(path: Path, text: str) -> None:
    part = PartOfRecording(path)
    part.choose(parse_netns(text))
    assert all(len(one.associations) == 1 for _, one in part.samples(0, 30))
    part.close()


@pytest.mark.parametrize("text", ["upf", "77"])
def test_one_that_is_not_there_is_told_with_those_that_are(path: Path, text: str) -> None:
    part = PartOfRecording(path)
    with pytest.raises(RecordingError, match=rf"has no network namespace {text} \(it has: .*amf"):
        part.choose(parse_netns(text))
    part.close()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--from", "20s", "--to", "10s"], "argument --from: 20s is after --to 10s"),
        (["--from", "9h"], "argument --from: '9h' is not in this recording"),
        (["--to", "25:00"], "argument --to: '25:00' is no time of day"),
        (["--from", "5s", "--to", "10s", "--at", "20s"], "argument --at: '20s' is not in this recording"),
        (["--speed", "0"], "argument --speed: '0' is not a speed of 0.1 to 600"),
        (["--speed", "fast"], "argument --speed: 'fast' is not a speed"),
        (["--speed", "nan"], "argument --speed: 'nan' is not a speed"),
        (["--netns", "upf"], "has no network namespace upf"),
    ],
)
def test_wrong_words_are_one_line_with_the_place(
    path: Path, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(path), "-b", *words]) != 0
    error = capsys.readouterr().err
    assert told in error and error.count("\n") == 1


def test_lines_are_of_the_part_alone(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--csv", "--columns", "cwnd", "--from", "6s", "--to", "8s", "--netns", "amf"]
    assert main(["replay", str(path), *words]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1 + 3
