"""Recordings of a real kernel: what was seen live comes back; kills and full disks lose nothing that was kept."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sctptop.recording.log.frames import FrameKind
from sctptop.recording.reader import Recording
from tests.lab.scenes.hosts import Host, impair, sysctl, two_hosts
from tests.lab.traffic.process import traffic
from tests.lab.witness.tmux import START_S, run_in, terminal
from tests.unit.recording.damaging import frames_of

SCTPTOP = [sys.executable, "-m", "sctptop"]
RECORD = [*SCTPTOP, "record", "--netns", "self"]
TIMEOUT_S = 200


@pytest.fixture(scope="module")
def gnb() -> Iterator[Host]:
    """A host with heartbeats each second, losses, and requests."""
    with two_hosts(links=2, prefix="rec-") as (gnb, amf):
        for host in (gnb, amf):
            sysctl(host, "net.sctp.hb_interval", 1000)
        impair(gnb, 0, delay_ms=7, loss_percent=2)
        far, near = ",".join(amf.ipv4), ",".join(gnb.ipv4)
        with (
            traffic(amf, "echo", "--local", far),
            traffic(
                gnb, "request", "--to", far, "--local", near, "--local-port", "59058", "--period", "0.05"
            ),
            traffic(gnb, "idle", "--to", amf.ipv4[0], "--local-port", "59059"),
        ):
            yield gnb


def sctptop(host: Host, *arguments: str) -> str:
    done = host.run([*SCTPTOP, *arguments], timeout=TIMEOUT_S, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_replay_tells_what_was_told_live_field_by_field(gnb: Host, tmp_path: Path) -> None:
    file = str(tmp_path / "a.sctp")
    live = [
        json.loads(line)
        for line in sctptop(gnb, "record", "--netns", "self", "-o", file, "--json", "-n", "8").splitlines()
    ]
    replayed = [json.loads(line) for line in sctptop(gnb, "replay", file, "--json").splitlines()]
    assert replayed == live and len(live) == 8
    assert {entry["local_port"] for entry in live[-1]["associations"]} == {59058, 59059}
    kinds = {event["kind"] for sample in live for event in sample["events"]}
    assert "hb_rtt" in kinds, kinds
    assert any(path["hb_rtt_ms"] for entry in live[-1]["associations"] for path in entry["paths"])
    told = json.loads(sctptop(gnb, "info", file, "--json"))
    assert told["samples"] == 8 and told["facts"]["sysctls"]["net.sctp.hb_interval"] == "1000"
    assert told["facts"]["kernel"] == os.uname().release


def test_a_kill_loses_at_most_one_interval(gnb: Host, tmp_path: Path) -> None:
    for turn, seconds in enumerate((0.3, 1.1, 2.0)):
        file = tmp_path / f"{turn}.sctp"
        process = gnb.popen(
            [*RECORD, "-o", str(file), "--no-bpf", "-d", "0.2", "--json"], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        told = [process.stdout.readline()]
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        told += [line for line in process.stdout if line.endswith("\n")]
        process.wait()
        recording = Recording(file)
        kept = [sample for _, sample in recording.samples(0, len(recording))]
        recording.close()
        assert len(told) <= len(kept) <= len(told) + 1
        assert recording.damaged == 0


@pytest.fixture
def little_room(tmp_path: Path) -> Iterator[Path]:
    """A disk that is full soon."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24k", "room", str(tmp_path)], check=True)
    yield tmp_path
    subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def test_a_full_disk_ends_a_headless_recording_with_one_line(gnb: Host, little_room: Path) -> None:
    file = little_room / "a.sctp"
    done = gnb.run([*RECORD, "-o", str(file), "--no-bpf", "-d", "0.1"], timeout=TIMEOUT_S, check=False)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert (
        line.startswith("sctptop: error: recording stopped: ") and "disk is full" in line and "(try: " in line
    )
    assert readable(file) > 3


def readable(file: Path) -> int:
    recording = Recording(file)
    found = sum(1 for _ in recording.samples(0, len(recording)))
    recording.close()
    assert recording.damaged == 0
    return found


def test_the_dashboard_records_goes_on_when_the_disk_is_full_and_replays(
    gnb: Host, little_room: Path
) -> None:
    with terminal("record", 120, 36) as screen:
        # From here, for the lab's own folder holds the package.
        environment = ["env", "-C", str(little_room), f"PYTHONPATH={Path.cwd()}"]
        run_in(screen, gnb.command([*environment, *SCTPTOP, "--netns", "self", "--no-bpf", "-d", "0.2"]))
        screen.wait(lambda text: "59058" in text and "▸" in text, START_S)
        screen.press("w")
        screen.line("REC")
        screen.line("recording stopped: ", "disk is full")
        before = screen.text.splitlines()[0]
        screen.wait(lambda text: "live" in text and text.splitlines()[0] != before)
        screen.press("q")
        screen.wait(lambda text: "exit=0" in text)
        screen.line("samples in sctptop-", "sctptop replay ")
        (file,) = little_room.glob("*.sctp")
        assert readable(file) > 3
        run_in(screen, [*SCTPTOP, "replay", str(file)])
        screen.wait(lambda text: "59058" in text and "replay" in text, START_S)
        screen.press("}")
        screen.line("END")
        screen.press("T")
        screen.line("PAUSED")
        screen.press("q")
        screen.wait(lambda text: "exit=0" in text)
        assert screen.state == ("0", "0", "1")


def test_a_signal_ends_a_recording_cleanly(gnb: Host, tmp_path: Path) -> None:
    file = tmp_path / "a.sctp"
    process = gnb.popen([*RECORD, "-o", str(file), "--no-bpf"], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert "recording" in process.stdout.readline()
    time.sleep(1.5)
    process.send_signal(signal.SIGTERM)
    said = process.communicate(timeout=30)[0]
    assert process.returncode == 143
    assert f"sctptop replay {file} shows it" in said
    assert packed(file) and readable(file) >= 2


def packed(file: Path) -> bool:
    whole = (FrameKind.FACTS, FrameKind.BLOCK, FrameKind.RESULTS, FrameKind.FREE)
    return all(one.kind in whole for _, one, _ in frames_of(file))
