"""The recording that is shipped holds what it promises, and nothing that does not belong there."""

from __future__ import annotations

import json

import pytest

from sctptop.cli import DEMO, DEMO_OPENS, main
from sctptop.model.event import EVENT_KINDS
from sctptop.model.model import Model
from sctptop.recording.reader import Recording
from sctptop.schema import to_json
from tests.lab.core.nas_messages import msin, msin_bytes
from tests.ui.words.screen_text import opening

MOST_BYTES = 150_000


def test_it_shows_every_kind_of_trouble() -> None:
    assert DEMO.stat().st_size < MOST_BYTES
    recording = Recording(DEMO)
    opens = round(len(recording) * DEMO_OPENS)
    model = Model()
    snapshots = [model.advance(sample) for _, sample in recording.samples(0, len(recording))]
    most, events = recording.contents()
    recording.close()
    assert recording.damaged == 0 and most >= 10
    assert events.keys() >= EVENT_KINDS.keys() - {"rwnd", "window", "address", "ngap_rtx"}
    snapshot = snapshots[opens]
    rules = {entry.rule for entry in snapshot.advice}
    assert rules >= {"failing_peer", "dead_path", "nagle", "closed_window", "unread_data", "lossy_path"}
    assert {logged.event.text("cause") for logged in snapshots[-1].events} >= {"FAST_RTX", "T3_RTX"}
    tallies = {tally.kind: tally for tally in snapshot.registrations.of(None)}
    assert tallies.keys() == {"initial", "mobility", "periodic"}
    initial = tallies["initial"]
    assert initial.completed > 10, initial.ended
    for outcome in ("rejected", "refused by authentication", "timed out"):
        assert initial.ended[outcome] > 0, outcome
    causes = {cause for tally in tallies.values() for cause in tally.by_cause}
    assert {"5GMM 11 PLMN not allowed", "5GMM 20 MAC failure"} <= causes
    assert 150 < (initial.parts["held"].mean_ms or 0) < 300
    slowest = snapshot.registrations.slowest[0]
    assert (slowest.total_ns or 0) > 1e9, "one waited for a message that was lost"


def test_both_ends_are_there_and_named() -> None:
    sample = opening()
    of = {entry.process.comm: entry for entry in sample.associations if entry.process is not None}
    pairs = {"nr-gnb": "open5gs-amfd", "nr-du": "nr-cu", "log-push": "log-store", "cdr-push": "cdr-store"}
    for one, other in pairs.items():
        assert {of[one].own_tag, of[one].peer_tag} == {of[other].own_tag, of[other].peer_tag}
        assert of[one].netns != of[other].netns
    assert {entry.name for entry in sample.namespaces} == {None, "gnb", "amf"}
    assert (of["nr-gnb"].own_name, of["nr-gnb"].peer_name) == ("gnb-7", "amf-1")
    assert (of["open5gs-amfd"].own_name, of["open5gs-amfd"].peer_name) == ("amf-1", "gnb-7")
    queues = {comm: (entry.send_queue or 0) + (entry.recv_queue or 0) for comm, entry in of.items()}
    assert max(queues, key=lambda comm: queues[comm]) in ("log-push", "cdr-push")
    assert of["log-push"].peer_rwnd == 0
    (dead,) = (path for path in of["nr-du"].paths if path.state == "INACTIVE")
    assert dead.primary and dead.address == "10.9.2.2"


def test_alarms_are_raised_and_cleared() -> None:
    recording = Recording(DEMO)
    opens = round(len(recording) * DEMO_OPENS)
    model = Model()
    alarms = [model.advance(sample).alarms for _, sample in recording.samples(0, len(recording))]
    recording.close()
    cleared = {alarm.rule for alarm in alarms[opens] if alarm.cleared is not None}
    assert "unread_data" in cleared, "one is over where it opens"
    assert {alarm.cleared is None for alarm in alarms[opens] if alarm.rule == "dead_path"} == {True}
    assert {alarm.cleared is None for alarm in alarms[-1] if alarm.rule == "dead_path"} == {False}


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
