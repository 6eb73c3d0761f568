"""Registrations as rows: CSV and JSON, live and from a recording."""

from __future__ import annotations

import csv
import io
import json
import signal
from pathlib import Path

import pytest

from sctptop.cli import main
from sctptop.errors import SctptopError
from sctptop.model.model import Model
from sctptop.model.sample import Sample
from sctptop.options import Options
from sctptop.output.registrations.rows import COLUMNS, RegistrationWriter
from sctptop.output.stream import stream
from sctptop.source import EndOfSamples
from tests.ui.flowing import later, samples_of
from tests.ui.scripted import amf
from tests.unit.model.registrations.flow_steps import (
    AUTH,
    AUTH_R,
    COMPLETE,
    PERIODIC,
    REJECT,
    context,
    down,
    open_security,
    release,
    request,
    up,
)
from tests.unit.recording.recordings import written

FLOW = [
    # Completes; the last message is held.
    request(),
    *open_security(0),
    *context(25, 30),
    up(40, 10, COMPLETE, secured=True, held_ms=200),
    # Rejected: PLMN not allowed.
    *later(
        (request(), down(5, 42, AUTH), up(9, 21, AUTH_R), down(20, 5, REJECT, octet=11)), 100, ran=8, amf=8
    ),
    # An update whose accept is ciphered and not answered.
    *later((request(size=25, kind=PERIODIC), down(5, 24), release(25)), 200, ran=9, amf=10),
]
CSV = """\
began,ended,end,association,ran_ue_id,amf_ue_id,type,outcome,inferred,cause,total_ms,sctp_ms,held_ms,blocked_ms,lost_ms,\
order_ms,unread_ms,network_ms,core_ms,ran_ms,pdu_session_ms,attempt,since_first_ms,costliest
2026-11-23T12:03:00.100000+00:00,2026-11-23T12:03:00.120000+00:00,gNB,10.9.0.1:50001>10.9.0.2:38412,8,8,initial,rejected,\
false,5GMM 11 PLMN not allowed,20.0,0.0,0.0,0.0,0.0,0.0,0.0,,16.0,4.0,,1,20.0,core RegistrationReject
2026-11-23T12:03:00.200000+00:00,2026-11-23T12:03:00.205000+00:00,gNB,10.9.0.1:50001>10.9.0.2:38412,9,10,periodic,\
completed,true,,5.0,0.0,0.0,0.0,0.0,0.0,0.0,,5.0,0.0,,1,5.0,core DownlinkNASTransport
2026-11-23T12:03:00.000000+00:00,2026-11-23T12:03:00.240000+00:00,gNB,10.9.0.1:50001>10.9.0.2:38412,7,9,initial,completed,\
false,,240.0,200.0,200.0,0.0,0.0,0.0,0.0,,16.0,24.0,,1,240.0,held RegistrationComplete
"""


def text_of(samples: list[Sample], as_json: bool = False) -> str:
    model, write = Model(), RegistrationWriter(as_json)
    told = ""
    for one in samples:
        snapshot = model.advance(one)
        told += write(snapshot, list(snapshot.rows))
    return told + write.rest(model.rest())


def test_a_row_a_registration_under_one_line_of_headings() -> None:
    assert text_of(samples_of(FLOW, 5)) == CSV


def test_json_has_the_same_names_and_more() -> None:
    samples = samples_of(FLOW, 5)
    rows = list(csv.DictReader(io.StringIO(text_of(samples))))
    documents = [json.loads(text) for text in text_of(samples, as_json=True).splitlines()]
    for row, told in zip(rows, documents, strict=True):
        assert list(told)[: len(COLUMNS)] == list(COLUMNS)
        assert {"netns", "own_tag", "local_port", "remote_port"} == told.keys() - row.keys()
        for name in set(COLUMNS) - {"costliest"}:
            value = told[name]
            cell = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
            assert row[name] == cell
        assert row["costliest"] == f"{told['costliest']['whose']} {told['costliest']['message']}"


def test_those_that_wait_for_a_pdu_session_come_at_the_end_and_once() -> None:
    early, whole = (text_of(samples_of(FLOW, ticks)).splitlines() for ticks in (2, 5))
    assert early[0] == whole[0] and sorted(early) == sorted(whole)


def test_without_addresses_there_are_ports_and_the_namespace() -> None:
    (first, *_) = csv.DictReader(io.StringIO(text_of(samples_of(FLOW, 5, known=False))))
    assert first["association"] == "*:50001>*:38412 netns 4026531840"


def test_of_associations_that_are_filtered_out_nothing_is_said() -> None:
    model, write = Model(), RegistrationWriter(as_json=True)
    assert [write(model.advance(one), []) for one in samples_of(FLOW, 5)] == [""] * 5
    assert write.rest(model.rest()) == ""


def test_headings_come_before_the_first_registration() -> None:
    one = samples_of((), 1)[0]
    assert RegistrationWriter(as_json=False)(Model().advance(one), []) == ",".join(COLUMNS) + "\n"


def test_without_probes_there_is_nothing_to_wait_for(capsys: pytest.CaptureFixture[str]) -> None:
    snapshot = Model().advance(next(amf(1)))
    with pytest.raises(SctptopError, match="no registrations: the probes are"):
        RegistrationWriter(as_json=False)(snapshot, [])
    RegistrationWriter(as_json=False, live=False)(snapshot, [])
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("sctptop: probes ")


def test_a_replay_writes_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    samples = samples_of(FLOW, 2)
    file = written(tmp_path / "a.sctp", samples)
    for flags, as_json in ((["--registrations"], False), (["--json", "--registrations"], True)):
        assert main(["replay", str(file), *flags]) == 0
        assert capsys.readouterr().out == text_of(samples, as_json)
    assert main(["replay", str(file), "--registrations", "--assoc", "59999"]) == 0
    assert capsys.readouterr().out == ",".join(COLUMNS) + "\n"


class Script:
    """Gives samples; when so many are left, we are asked to stop."""

    def __init__(self, samples: list[Sample], signal_at: int = -1) -> None:
        self.left = samples
        self.signal_at = signal_at

    def read(self) -> Sample:
        if not self.left:
            raise EndOfSamples
        if len(self.left) == self.signal_at:
            signal.raise_signal(signal.SIGTERM)
        return self.left.pop(0)

    def close(self) -> None:
        pass


def test_a_number_counts_samples_and_what_waits_is_flushed(capsys: pytest.CaptureFixture[str]) -> None:
    samples = samples_of(FLOW, 5)
    options = Options(interval_s=0, count=2)
    assert stream(Script(list(samples)), options, RegistrationWriter(False, live=False)) == 0
    assert capsys.readouterr().out == text_of(samples[:2])


def test_what_waits_is_flushed_when_a_signal_stops_it(capsys: pytest.CaptureFixture[str]) -> None:
    samples = samples_of(FLOW, 5)
    options = Options(interval_s=0)
    code = stream(Script(list(samples), signal_at=4), options, RegistrationWriter(False, live=False))
    assert code == 128 + signal.SIGTERM
    assert capsys.readouterr().out == text_of(samples[:2])
