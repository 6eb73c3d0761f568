"""A hundred thousand chunks, tables read twenty times a second: each is seen as it leaves and as it is read.

The kernel's own counters and tcpdump are the witnesses. The other probes of this room are attached beside these.
"""

from __future__ import annotations

import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.lab.scenes.hosts import Host, read_proc
from tests.lab.traffic.iperf import iperf_server
from tests.lab.witness.packets import captured, chunks
from tests.lab.witness.watching import Watch

PORT, CHUNKS, OCTETS = 5301, 100_000, 100
BETWEEN_S = 0.05
DRAINED_WITHIN_S = 60.0
BOUND_S = 400.0


@pytest.fixture
def each(watch: Watch) -> Iterator[Watch]:
    with Watch(*watch.hosts, every_message=True) as each:
        yield each


def snmp(host: Host) -> Counter[str]:
    lines = (line.split() for line in read_proc(host, "sctp/snmp").splitlines())
    return Counter({words[0]: int(words[1]) for words in lines})


def sent(host: Host) -> int:
    now = snmp(host)
    return now["SctpOutOrderChunks"] + now["SctpOutUnorderChunks"]


@contextmanager
def stopped_sender(gnb: Host, amf: Host) -> Iterator[subprocess.Popen[str]]:
    """iperf3, its association up, stopped."""
    with iperf_server(amf, amf.ipv4[0], PORT):
        command = ["iperf3", "--sctp", "--client", amf.ipv4[0], "--port", str(PORT), "--time", "3600"]
        process = gnb.popen([*command, "--length", str(OCTETS)], stdout=subprocess.DEVNULL)
        try:
            before = sent(gnb)
            while sent(gnb) < before + 10:
                time.sleep(0.1)
            process.send_signal(signal.SIGSTOP)
            drained(gnb, amf)
            yield process
        finally:
            process.kill()
            process.wait()


def drained(gnb: Host, amf: Host) -> None:
    """Wait until nothing is under way between the two."""
    deadline = time.monotonic() + DRAINED_WITHIN_S
    last: list[Counter[str]] = []
    while len(last) < 2 or last[-1] != last[-2]:
        assert time.monotonic() < deadline, last[-1]
        last.append(snmp(gnb) + snmp(amf))
        time.sleep(0.5)


def test_none_of_a_hundred_thousand_is_missed(each: Watch) -> None:
    gnb, amf = each.hosts
    counted = Counter[str]()
    unwell = list[object]()
    readings = 0

    def read() -> None:
        nonlocal readings
        _, observed = each.read()
        readings += 1
        for (_, _, local_port, remote_port), waits in observed.waits.items():
            if PORT in (local_port, remote_port):
                for wait, bins in waits.items():
                    counted[f"{wait} {local_port == PORT}"] += sum(times for _, times in bins)
        unwell.extend(one for one in (observed.lost, dict(observed.no_room), observed.left_out) if one)
        assert observed.followed == 1

    with stopped_sender(gnb, amf) as process, captured(gnb) as (file,):
        each.begin()
        before = snmp(gnb), snmp(amf)
        since = begun = time.monotonic()
        process.send_signal(signal.SIGCONT)
        while sum((snmp(gnb) - before[0])[f"SctpOut{kind}Chunks"] for kind in ("Order", "Unorder")) < CHUNKS:
            assert time.monotonic() < begun + BOUND_S
            read()
            since += BETWEEN_S
            time.sleep(max(0.0, since - time.monotonic()))
        lasted_s = time.monotonic() - begun
        process.send_signal(signal.SIGSTOP)
        drained(gnb, amf)
        read()
        read()
        gained = snmp(gnb) - before[0], snmp(amf) - before[1]
        seen = [chunk.tsn for chunk in chunks(file) if chunk.target[1] == PORT]
    wire, again = len(set(seen)), len(seen) - len(set(seen))
    left = gained[0]["SctpOutOrderChunks"] + gained[0]["SctpOutUnorderChunks"]
    came = gained[1]["SctpInOrderChunks"] + gained[1]["SctpInUnorderChunks"]
    print(
        f"{left} chunks in {lasted_s:.0f} s, {readings} readings: {dict(counted)}, {wire} on the wire, {again} again"
    )
    assert unwell == []
    assert left >= CHUNKS
    assert (counted["held False"], wire) == (left, left)
    # A chunk that finds no room is counted as it comes and as it comes again, sctp_eat_data.
    assert 0 <= came - left <= again
    # What comes behind a chunk that is missing waits for that one: how long it waits to be read is not known.
    unknown = left - counted["read_wait True"]
    assert 0 <= unknown <= 2 * again
