"""The recording that is shipped holds what it promises, and nothing that does not belong there."""

from __future__ import annotations

import json

import pytest

from sctptop.cli import DEMO, main
from sctptop.model.event import EVENT_KINDS
from sctptop.model.model import Model
from sctptop.recording.reader import Recording
from sctptop.schema import to_json
from tests.lab.core.nas_messages import msin, msin_bytes


def test_it_shows_every_kind_of_trouble() -> None:
    assert DEMO.stat().st_size < 1_000_000
    recording = Recording(DEMO)
    model = Model()
    for _, sample in recording.samples(0, len(recording)):
        snapshot = model.advance(sample)
    most, events = recording.contents()
    recording.close()
    assert recording.damaged == 0 and most >= 7
    assert events.keys() >= EVENT_KINDS.keys() - {"rwnd", "window", "association", "address", "ngap_rtx"}
    entries = {row.association.remote_port: row for row in snapshot.rows}
    several = [entry for entry in entries.values() if len(entry.association.paths) > 1]
    assert several and any(rtt.heartbeat.n > 20 for entry in several for rtt in entry.rtts.values())
    paths = [logged.event for logged in snapshot.events if logged.event.kind == "path"]
    assert any(event.text("after") == "INACTIVE" for event in paths)
    assert {event.text("cause") for event in (one.event for one in snapshot.events)} >= {"FAST_RTX", "T3_RTX"}
    # A peer that does not read, and registrations that wait for a delayed SACK.
    assert entries[5002].association.peer_rwnd == 0
    (counters,) = snapshot.counters.values()
    gained = {row.name: row.since_reset for row in counters}
    assert (gained["SctpDelaySackExpireds"] or 0) > 60
    tallies = {tally.kind: tally for tally in snapshot.registrations.of(None)}
    assert tallies.keys() == {"initial", "mobility", "periodic"}
    initial = tallies["initial"]
    assert initial.completed > 30, initial.ended
    for outcome in ("rejected", "refused by authentication", "timed out"):
        assert initial.ended[outcome] > 0, outcome
    assert {"5GMM 11 PLMN not allowed", "5GMM 20 MAC failure"} <= initial.by_cause.keys(), initial.causes
    assert 150 < (initial.parts["held"].mean_ms or 0) < 300
    assert {entry.rule for entry in snapshot.advice} >= {"nagle", "closed_window", "lossy_path"}
    assert entries[38412].association.process is not None


def test_nobody_is_named() -> None:
    """No MSIN of the bench, whose UEs they were, in digits or as it stood on the wire."""
    recording = Recording(DEMO)
    text = "".join(json.dumps(to_json(sample)) for _, sample in recording.samples(0, len(recording)))
    recording.close()
    assert text.count('"ngap"') > 500
    for ue in range(200):
        assert msin(ue) not in text and msin_bytes(ue).hex() not in text


def test_it_names_nothing_but_the_lab(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "demo", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)["facts"]
    assert facts["host"] == "lab"
    assert set(facts) == {"written_by", "host", "kernel", "machine", "sysctls", "options"}
    assert main(["replay", "demo", "--json"]) == 0
    addresses = {
        address
        for line in capsys.readouterr().out.splitlines()
        for entry in json.loads(line)["associations"]
        for address in entry["remote_addresses"]
    }
    assert all(address.startswith(("10.9.", "fd00:9:")) for address in addresses)
