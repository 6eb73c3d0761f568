"""What stands in a recording about its messages is what comes of them, to the last number."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sctptop.cli import DEMO, main
from sctptop.model.model import Model
from sctptop.model.sample import Sample
from sctptop.recording.log.frames import Frame, FrameKind
from sctptop.recording.packing import packed_block, unpacked_text
from sctptop.recording.reader import Recording
from sctptop.recording.results.names import RULES
from sctptop.recording.writer import Limits, Writer
from tests.bench.made.many_ues import Load
from tests.ui.flowing import samples_of
from tests.ui.many_kinds import INITIAL, lossy, with_kinds
from tests.unit.comparison.test_same_numbers import BOTH_ENDS
from tests.unit.model.registrations.flow_steps import lte
from tests.unit.recording.damaging import Content, frames_of, remade
from tests.unit.recording.recordings import read, written
from tests.unit.recording.results.concluding import both_ways, concluded

LOAD = Load(90, 5, held=7, rate=20)


def shipped() -> list[Sample]:
    return read(DEMO)


RECORDED: Mapping[str, Callable[[], Iterable[Sample]]] = {
    "demo": shipped,
    "gNB": lambda: list(LOAD.samples()),
    "AMF": lambda: list(replace(LOAD, from_ran=False).samples()),
    "both ends": lambda: list(BOTH_ENDS.samples()),
    "kinds": lambda: with_kinds(40),
    "LTE": lambda: samples_of([lte(said) for said in INITIAL], 20),
    "lossy": lambda: lossy(20),
}


def registrations(path: Path, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    assert main(["replay", str(path), "--registrations", *more]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("name", RECORDED)
def test_results_are_those_of_the_messages(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    samples = list(RECORDED[name]())
    path, without = concluded(tmp_path / "a.sctp", samples), written(tmp_path / "b.sctp", samples)
    by_results, by_messages = both_ways(path)
    assert by_results == by_messages
    assert by_results["ngap"] and sum(
        sum(one["ended"].values()) for one in by_results["registrations"].values()
    )
    assert read(path) == read(without)
    for form in ((), ("--json",)):
        assert registrations(path, capsys, *form) == registrations(without, capsys, *form) != ""


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    load=st.builds(
        Load,
        registrations=st.integers(1, 60),
        seed=st.integers(0, 1 << 20),
        slow=st.floats(0.2, 30),
        held=st.integers(0, 5),
        from_ran=st.booleans(),
        rate=st.integers(1, 60),
    ),
    missing=st.integers(2, 40),
    lost=st.integers(0, 40),
)
def test_results_of_any_load_are_those_of_its_messages(
    tmp_path: Path, load: Load, missing: int, lost: int, capsys: pytest.CaptureFixture[str]
) -> None:
    samples = [
        # Some messages were not seen, some were lost, and some are told with their neighbours.
        replace(
            one,
            events=tuple(event for place, event in enumerate(one.events) if place % missing),
            events_lost=int(tick == lost),
        )
        for tick, one in enumerate(load.samples())
    ]
    path, without = tmp_path / "a.sctp", tmp_path / "b.sctp"
    for old in (path, without):
        old.unlink(missing_ok=True)
    concluded(path, samples)
    written(without, samples)
    by_results, by_messages = both_ways(path)
    assert by_results == by_messages
    assert read(path) == samples
    assert registrations(path, capsys, "--json") == registrations(without, capsys, "--json")


def has_results(path: Path) -> bool:
    recording = Recording(path)
    found = recording.has_results
    recording.close()
    return found


def some(count: int = 130) -> Iterator[Sample]:
    return islice(Load(300, 3, rate=3).samples(), count)


def test_where_some_are_missing_messages_are_read(tmp_path: Path) -> None:
    good = concluded(tmp_path / "good.sctp", some())
    assert has_results(good)
    assert not has_results(written(tmp_path / "none.sctp", some()))
    # Killed: what came of the last sample is not known.
    writer, model = Writer(tmp_path / "killed.sctp", {}), Model(running=False)
    for sample in some():
        writer.add(sample)
        writer.conclude(model.advance(sample))
    assert not has_results(writer.path)
    # Not every sample was concluded.
    writer, model = Writer(tmp_path / "late.sctp", {}), Model(running=False)
    for place, sample in enumerate(some()):
        writer.add(sample)
        if place != 70:
            writer.conclude(model.advance(sample))
    writer.close()
    assert not has_results(writer.path)
    # The first had an interval, which nobody sees who reads it.
    began = [replace(sample, interval_s=1.0) for sample in some()]
    assert not has_results(concluded(tmp_path / "began.sctp", began))
    # The oldest gave way.
    kept = concluded(tmp_path / "kept.sctp", some(), Limits(keep_s=40))
    assert not has_results(kept) and len(read(kept)) < 130


def test_results_of_every_number_of_samples_are_whole(tmp_path: Path) -> None:
    for count in (1, 59, 60, 61, 120):
        path = concluded(tmp_path / f"{count}.sctp", some(count))
        assert has_results(path), count
        by_results, by_messages = both_ways(path)
        assert by_results == by_messages


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"rules":%d' % RULES, b'"rules":%d' % (RULES + 1)),
        (b'"samples":[0,', b'"samples":[7,'),
        (b'"codes":[0,', b'"codes":[9999,'),
        (b'"lengths":[', b'"lengths":[-'),
        (b'"before":[0,', b'"before":[0,1'),
        (b'"outcome":', b'"income":'),
        (b'"rules"', b'["rules"'),
        (b'"running":', b'"running":null,"r":'),
    ],
)
def test_damaged_results_are_passed_over(
    old: bytes, new: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = concluded(tmp_path / "good.sctp", some())

    def change(one: Frame, content: bytes) -> Iterable[Content]:
        if one.kind != FrameKind.RESULTS or one.first:
            return [(one, content)]
        text = unpacked_text(content)
        assert old in text
        return [(one, packed_block([text.replace(old, new, 1)]))]

    bad = remade(good, "bad.sctp", change)
    other = shutil.copy(written(tmp_path / "plain.sctp", some()), tmp_path / "other.sctp")
    told = []
    for path in (good, bad):
        assert main(["compare", f"{path}", str(other), "--json"]) == 0
        told.append(capsys.readouterr().out.replace(path.stem, "x"))
    assert told[0] == told[1]
    assert registrations(bad, capsys) == registrations(good, capsys) != ""


def test_results_are_no_part_of_what_gives_way(tmp_path: Path) -> None:
    path = concluded(tmp_path / "a.sctp", some(), Limits(max_bytes=60_000))
    assert path.stat().st_size <= 60_000 and read(path)[-1] == [*some()][-1]
    kinds = [one.kind for _, one, _ in frames_of(concluded(tmp_path / "b.sctp", some()))]
    assert kinds.count(FrameKind.RESULTS) == 3
