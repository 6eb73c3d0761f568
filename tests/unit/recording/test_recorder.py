"""Recording switched on and off while samples pass by, and the commands that do it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sctptop.cli import main
from sctptop.errors import FAILED, USAGE, SctptopError
from sctptop.fields.ordering import BY_REMOTE
from sctptop.kernel.host.host_facts import sctp_sysctls
from sctptop.model.model import Model
from sctptop.model.selection import parse_selector
from sctptop.options import Options
from sctptop.output.json_lines import json_line
from sctptop.output.record_progress import RecordWriter
from sctptop.output.stream import stream
from sctptop.recording.file_format import RecordingError
from sctptop.recording.recorder import RecordedSource, Recorder
from sctptop.recording.writer import Writer
from tests.ui.scripted import Scripted, with_probes
from tests.unit.recording.recordings import read, written

SAMPLES = list(with_probes(70, 4))


def facts() -> dict[str, Any]:
    return {"written_by": "sctptop test"}


def test_only_what_passes_between_start_and_stop_is_kept(tmp_path: Path) -> None:
    recorder = Recorder(facts)
    source = RecordedSource(Scripted(SAMPLES), recorder)
    read_so_far = [source.read() for _ in range(3)]
    recorder.start(tmp_path / "a.sctp")
    read_so_far += [source.read() for _ in range(65)]
    assert (recorder.status.on, recorder.status.samples) == (True, 65)
    kept = recorder.stop()
    source.read()
    assert not recorder.status.on
    assert (kept.samples, kept.size) == (65, (tmp_path / "a.sctp").stat().st_size)
    assert read(tmp_path / "a.sctp") == read_so_far[3:] == SAMPLES[3:68]


def test_closing_the_source_ends_the_recording(tmp_path: Path) -> None:
    recorder = Recorder(facts)
    source = RecordedSource(Scripted(SAMPLES), recorder)
    recorder.start(tmp_path / "a.sctp")
    source.read()
    source.close()
    assert recorder.last.samples == 1 and not recorder.status.on


def test_trouble_ends_the_recording_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder(facts)
    source = RecordedSource(Scripted(SAMPLES), recorder)
    recorder.start(tmp_path / "a.sctp")
    source.read()
    with monkeypatch.context() as patch:
        patch.setattr(Writer, "add", full)
        assert source.read() == SAMPLES[1]
    assert source.read() == SAMPLES[2]
    assert not recorder.status.on and "disk is full" in (recorder.status.trouble or "")
    assert read(tmp_path / "a.sctp") == SAMPLES[:1]
    recorder.start(tmp_path / "b.sctp")
    assert recorder.status.on and recorder.status.trouble is None


def full(*_: object) -> None:
    raise RecordingError("a.sctp: the disk is full (try: free some room)")


def test_only_what_was_selected_is_kept(tmp_path: Path) -> None:
    recorder = Recorder(facts, selectors=(parse_selector("59059"),))
    recorder.start(tmp_path / "a.sctp")
    for one in SAMPLES:
        recorder.take(one)
    recorder.stop()
    kept = read(tmp_path / "a.sctp")
    assert {entry.remote_port for one in kept for entry in one.associations} == {59059}
    events = [event for one in kept for event in one.events]
    assert {event.remote_port for event in events} == {59059} and len(events) > 60
    assert [one.counters for one in kept] == [one.counters for one in SAMPLES]


def test_headless_recording_says_why_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder(facts)
    recorder.start(tmp_path / "a.sctp")
    add, added = Writer.add, iter(range(5))

    def some(writer: Writer, sample: Any) -> None:
        if next(added, None) is None:
            full()
        add(writer, sample)

    monkeypatch.setattr(Writer, "add", some)
    writer = RecordWriter(recorder, None, terminal=False)
    with pytest.raises(
        SctptopError, match=r"recording stopped: .*disk is full.*; 5 samples up to 12:03:04"
    ) as told:
        stream(RecordedSource(Scripted(SAMPLES), recorder), Options(interval_s=0.001), writer)
    assert told.value.code == FAILED
    assert read(tmp_path / "a.sctp") == SAMPLES[:5]


def test_progress_tells_time_samples_and_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recorder = Recorder(facts)
    recorder.start(tmp_path / "a.sctp")
    source = RecordedSource(Scripted(SAMPLES), recorder)
    writer = RecordWriter(recorder, None, terminal=True)
    stream(source, Options(interval_s=0.001, count=70), writer)
    writer.summary()
    out = capsys.readouterr().out
    assert out.count("\r") == 71 and "69s, 70 samples" in out.rpartition("\r")[2]
    assert "a.sctp shows it" in out


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    return written(tmp_path / "a.sctp", SAMPLES)


def lines_of_the_live_run() -> Iterator[str]:
    model = Model()
    for one in SAMPLES:
        snapshot = model.advance(one)
        yield json_line(snapshot, BY_REMOTE.apply(row for row in snapshot.rows if not row.ended))


def test_replayed_json_is_that_of_the_live_run(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(recorded), "--json"]) == 0
    assert capsys.readouterr().out == "".join(lines_of_the_live_run())


def test_in_the_middle_all_is_as_if_one_had_watched(
    recorded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(recorded), "--json", "--at", "-1s"]) == 0
    assert capsys.readouterr().out.splitlines() == "".join(lines_of_the_live_run()).splitlines()[-2:]


def test_the_other_outputs_work_on_a_recording(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(recorded), "-b", "-n", "2", "--assoc", "59059"]) == 0
    out = capsys.readouterr().out
    assert out.count("amf-1") == 2 and "59059" in out and "59058" not in out
    assert main(["replay", str(recorded), "--csv", "--columns", "remote,cwnd", "--at", "-1s"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1 + 2 * 4
    assert main(["replay", str(recorded), "--events", "t3_rtx"]) == 0
    assert capsys.readouterr().out.count("t3_rtx rto_ms") == 2


def test_info_is_ten_lines_and_one_of_what_was_lost(
    recorded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["info", str(recorded)]) == 0
    out = capsys.readouterr().out
    assert len(out.splitlines()) == 11
    assert f"not in it     {sum(one.events_lost for one in SAMPLES)} events lost\n" in out
    assert "70" in out and "at most 4 at a time" in out and "t3_rtx 2" in out
    assert main(["info", str(recorded), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["samples"], told["hz"], told["damaged"]) == (70, 250, 0)
    assert told["events"]["hb_rtt"] == sum(event.kind == "hb_rtt" for one in SAMPLES for event in one.events)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["record"], "required: -o"),
        (["record", "-o", "x", "--keep", "soon"], "--keep"),
        (["record", "-o", "x", "--max-size", "10k"], "--max-size"),
        (["replay"], "required: FILE"),
        (["replay", "FILE", "--at", "noon"], "--at"),
        (["replay", "FILE", "--probes"], "unrecognized"),
        (["replay", "FILE"], "the dashboard needs a terminal"),
        (["info"], "required: FILE"),
    ],
)
def test_bad_usage_is_one_line(
    arguments: list[str], words: str, recorded: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    monkeypatch.setattr("sctptop.kernel.host.preflight.missing_sctp", lambda: None)
    assert main([str(recorded) if word == "FILE" else word for word in arguments]) == USAGE
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert words in err and "(try: " in err


def test_a_file_that_is_there_is_refused_at_once(
    recorded: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sctptop.kernel.host.preflight.missing_sctp", lambda: None)
    assert main(["record", "-o", str(recorded)]) == FAILED
    assert "is there already" in capsys.readouterr().err
    assert read(recorded) == SAMPLES


def test_nothing_recorded_is_nothing_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recorder = Recorder(facts)
    recorder.start(tmp_path / "a.sctp")
    assert recorder.stop().samples == 0
    RecordWriter(recorder, None, terminal=True).summary()
    assert capsys.readouterr().out == "" and not (tmp_path / "a.sctp").exists()


def test_sysctls_are_read_by_name(tmp_path: Path) -> None:
    (tmp_path / "hb_interval").write_text("30000\n")
    (tmp_path / "rto_min").write_text("1000\n")
    (tmp_path / "broken").mkdir()
    assert sctp_sysctls(tmp_path) == {"net.sctp.hb_interval": "30000", "net.sctp.rto_min": "1000"}
    assert sctp_sysctls(tmp_path / "none") == {}
