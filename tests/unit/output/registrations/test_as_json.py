"""Registrations in the published form, live and from a recording."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sctptop.cli import main
from sctptop.fields.ordering import BY_REMOTE
from sctptop.model.model import Model
from sctptop.output.json_lines import json_line
from sctptop.output.registrations.as_json import registrations_to_json
from sctptop.schema import from_json
from tests.ui.registering import with_registrations
from tests.ui.scripted import with_probes
from tests.unit.recording.recordings import written
from tests.unit.registering import PLAIN, exchange, follow

SAMPLES = list(with_registrations(12))


def lines() -> list[str]:
    model = Model()
    snapshots = [model.advance(one) for one in SAMPLES]
    return [json_line(one, BY_REMOTE.apply(one.rows)) for one in snapshots]


def test_counts_and_times_add_up() -> None:
    documents = [json.loads(text) for text in lines()]
    told = documents[-1]["registrations"]
    (end,) = told["ends"]
    assert (end["end"], end["started"], end["completed"], end["rejected"]) == ("gNB", 76, 74, 1)
    assert told["running"] == 1 and told["most_running"] == 3
    means = {name: end[f"{name}_ms"]["mean"] for name in ("total", "sctp", "held", "unread", "core", "ran")}
    assert means["total"] == pytest.approx(means["sctp"] + means["core"] + means["ran"], abs=1e-4)
    assert end["total_ms"]["p99"] == pytest.approx(245, rel=0.01) and end["held_ms"]["max"] > 200
    names = {entry["name"]: entry for entry in told["procedures"]}
    assert names["PDUSessionResourceSetup"]["n"] == 74 and names["NGSetup"]["asked"]
    ended = [one for document in documents[1:] for one in document["registrations"]["ended"]]
    assert len(ended) == 75
    for one in ended:
        assert one["total_ms"] == pytest.approx(one["sctp_ms"] + one["core_ms"] + one["ran_ms"], abs=1e-6)
    slowest = max(ended, key=lambda one: float(one["total_ms"]))
    assert slowest["costliest"] == {
        "message": "RegistrationComplete",
        "whose": "held",
        "ms": pytest.approx(202, abs=1),
    }


def test_nobody_s_is_a_stage_with_a_message_unseen() -> None:
    events, _ = exchange((*PLAIN[:2], replace(PLAIN[2], think=250), *PLAIN[3:]))
    for seen, whose in ((events, "RAN"), (events[:1] + events[2:], None)):
        # It ends in the second reading; that no PDU session is asked for is known in the third, the last here.
        (one,) = registrations_to_json(follow(seen, until_s=3).now)["ended"]
        assert (one["costliest"]["message"], one["costliest"]["whose"]) == ("AuthenticationResponse", whose)


def test_there_is_no_such_name_without_messages() -> None:
    model = Model()
    snapshot = model.advance(next(with_probes(1)))
    assert "registrations" not in json.loads(json_line(snapshot, list(snapshot.rows)))


def test_a_line_is_still_a_sample() -> None:
    assert from_json(json.loads(lines()[-1])).events == SAMPLES[-1].events


def test_a_recording_tells_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path / "a.sctp", SAMPLES)
    assert main(["replay", str(file), "--json"]) == 0
    assert capsys.readouterr().out == "".join(lines())
