"""The commands a user types, on live associations: selections, formats, signals, missing privileges."""

from __future__ import annotations

import csv
import io
import json
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from sctptop.fields.catalogue import FIELDS
from tests.lab.scenes.hosts import Host, read_proc, two_hosts
from tests.lab.traffic.process import traffic

SCTPTOP = [sys.executable, "-m", "sctptop", "--no-bpf", "--netns", "self"]
NO_CAPABILITIES = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"]


@pytest.fixture(scope="module")
def gnb() -> Iterator[Host]:
    """A host with three associations: one IPv4, one IPv6, one multi-homed."""
    with (
        two_hosts(links=2, prefix="cli-") as (gnb, amf),
        traffic(amf, "echo", "--local", amf.ipv4[0]),
        traffic(amf, "echo", "--local", amf.ipv6[0], "--port", "5006"),
        traffic(amf, "echo", "--local", ",".join(amf.ipv4), "--port", "5002"),
        traffic(gnb, "request", "--to", amf.ipv4[0], "--local-port", "59058", "--period", "0.05"),
        traffic(gnb, "idle", "--to", amf.ipv6[0], "--port", "5006"),
        traffic(gnb, "idle", "--to", ",".join(amf.ipv4), "--local", ",".join(gnb.ipv4), "--port", "5002"),
    ):
        yield gnb


def sctptop(host: Host, *arguments: str, prefix: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    return host.run([*prefix, *SCTPTOP, *arguments], check=False)


def samples(host: Host, *arguments: str) -> list[dict[str, Any]]:
    done = sctptop(host, "--json", *arguments)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def remote_ports(sample: dict[str, Any]) -> set[int]:
    return {entry["remote_port"] for entry in sample["associations"]}


def test_every_form_of_selection(gnb: Host) -> None:
    (everything,) = samples(gnb, "-n", "1")
    assert remote_ports(everything) == {38412, 5006, 5002}
    ident = next(entry["assoc_id"] for entry in everything["associations"] if entry["remote_port"] == 5006)
    for selector, expected in {
        "59058": {38412},
        "10.9.0.2:38412": {38412},
        "[fd00:9:0:0::2]:5006": {5006},
        str(ident): {5006},
    }.items():
        (sample,) = samples(gnb, "-n", "1", "--assoc", selector)
        assert remote_ports(sample) == expected, selector
    (both,) = samples(gnb, "-n", "1", "--assoc", "5006", "--assoc", "5002", "--filter", "in_streams>0")
    assert remote_ports(both) == {5006, 5002}


def test_a_sample_is_whole(gnb: Host) -> None:
    first, second = samples(gnb, "-n", "2", "-d", "0.5")
    assert first["interval_s"] is None
    assert 0.4 < second["interval_s"] < 20
    assert first["sources"]["sock_diag"] == first["sources"]["procfs"] == "ok"
    assert first["hz"] in (100, 250, 300, 1000)
    assert first["counters"][str(first["associations"][0]["netns"])]["SctpCurrEstab"] == 3
    (mine,) = (entry for entry in second["associations"] if entry["local_port"] == 59058)
    assert mine["process"]["comm"].startswith("python")
    assert (mine["process"]["user"], mine["process"]["shared_by"]) == ("root", 1)
    assert {entry["process"]["comm"] for entry in second["associations"]} == {mine["process"]["comm"]}
    assert mine["pathmtu"] is None
    assert mine["out_data_chunks"] > 0
    (multi,) = (entry for entry in second["associations"] if entry["remote_port"] == 5002)
    assert [path["address"] for path in multi["paths"] if path["primary"]] == [multi["primary"]]
    assert len(multi["paths"]) == 2


def test_the_owner_is_the_process_that_made_the_socket(gnb: Host) -> None:
    with traffic(gnb, "idle", "--to", "10.9.0.2", "--local-port", "41001") as mine:
        (sample,) = samples(gnb, "-n", "1", "--assoc", "41001")
        (entry,) = sample["associations"]
        assert entry["process"]["pid"] == mine.process.pid
        table = sctptop(
            gnb, "-b", "-n", "1", "--columns", "local_port,process", "--filter", "local_port=41001"
        ).stdout
        assert f"[{mine.process.pid}]" in table


def test_tables_and_csv(gnb: Host) -> None:
    done = sctptop(gnb, "-b", "-n", "2", "-d", "0.5", "--sort", "remote_port:desc", "--assoc", "10.9.0.2")
    assert (done.returncode, done.stderr) == (0, "")
    first, second = done.stdout.strip().split("\n\n")
    ends = [line.split()[1] for line in second.splitlines()[3:]]
    assert ends == ["10.9.0.2:38412", "10.9.0.2:5002+1"]
    assert "ESTABLISHED" in first
    rates = sctptop(gnb, "--csv", "-n", "2", "-d", "0.5", "--columns", "local_port,out_packets_rate,cwnd")
    rows = list(csv.DictReader(io.StringIO(rates.stdout)))
    assert list(rows[0]) == ["time", "local_port", "out_packets_rate", "cwnd"]
    mine = [row for row in rows if row["local_port"] == "59058"]
    assert mine[0]["out_packets_rate"] == ""
    assert float(mine[1]["out_packets_rate"]) > 0
    whole = next(csv.reader(io.StringIO(sctptop(gnb, "--csv", "-n", "1").stdout)))
    assert whole == ["time", *(field.id for field in FIELDS)]


def test_a_selection_that_matches_nothing_waits_and_says_so(gnb: Host) -> None:
    amf = Host("amf", "cli-amf", (), ("10.9.0.2",), ())
    waiting = gnb.popen(
        [*SCTPTOP, "--json", "-d", "0.3", "--assoc", "41000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert waiting.stdout is not None
    assert json.loads(waiting.stdout.readline())["associations"] == []
    with traffic(gnb, "idle", "--to", amf.ipv4[0], "--local-port", "41000"):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if json.loads(waiting.stdout.readline())["associations"]:
                break
    waiting.terminate()
    _, said = waiting.communicate(timeout=30)
    assert said == "sctptop: waiting: no association matches 41000 (3 others)\n"
    assert waiting.returncode == 128 + signal.SIGTERM
    table = sctptop(gnb, "-b", "-n", "1", "--assoc", "41000").stdout
    assert "waiting: no association matches 41000 (3 others)" in table


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=str
)
def test_a_signal_ends_a_stream_with_its_code(gnb: Host, number: signal.Signals, code: int) -> None:
    running = gnb.popen([*SCTPTOP, "-b", "-d", "0.3"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert running.stdout is not None
    assert running.stdout.readline().startswith("sctptop ")
    running.send_signal(number)
    rest, said = running.communicate(timeout=30)
    assert (running.returncode, said) == (code, "")
    assert rest[-1:] in ("", "\n"), "it stopped in the middle of a line"


def test_a_reader_that_goes_away_ends_it_silently(gnb: Host) -> None:
    command = f"{shlex.join(SCTPTOP)} -b -d 0.1 | head -1; echo ${{PIPESTATUS[0]}}"
    done = gnb.run(["bash", "-c", command])
    first, code = done.stdout.splitlines()
    assert first.startswith("sctptop ")
    assert (code, done.stderr) == ("141", "")


def test_without_capabilities_everything_but_the_mark_and_the_owner_is_read(gnb: Host) -> None:
    done = sctptop(gnb, "--json", "-n", "1", prefix=tuple(NO_CAPABILITIES))
    assert done.returncode == 0, done.stderr
    sample = json.loads(done.stdout)
    assert sample["sources"]["sock_diag"] == sample["sources"]["procfs"] == "ok"
    assert remote_ports(sample) == {38412, 5006, 5002}
    assert {entry["mark"] for entry in sample["associations"]} == {None}
    # The descriptors of processes that may do more than we are not ours to read: not known, and not the kernel's.
    assert [entry["process"] for entry in sample["associations"]] == [None] * 3
    assert all(entry["cwnd"] and entry["assoc_id"] for entry in sample["associations"])


def test_reading_changes_nothing_on_the_host(gnb: Host) -> None:
    before = read_proc(gnb, "sctp/eps")
    samples(gnb, "-n", "3", "-d", "0.1", "--assoc", "5006")
    assert read_proc(gnb, "sctp/eps") == before
