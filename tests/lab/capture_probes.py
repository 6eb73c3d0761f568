"""Captures what the probes of one kernel write, as test data of ours: ``python -m tests.lab.capture_probes``.

Writes tests/unit/captured/probes-KERNEL.json: one record of the perf buffer of each kind, the entries of the maps, and
what sock_diag said of the same associations at that moment.
"""

from __future__ import annotations

import json
import os
import sys
import threading

from sctptop.kernel import bpf_maps, find_bcc
from sctptop.kernel.live import LiveSource
from sctptop.kernel.probe_records import ASSOCIATION_SIZE, BIN_SIZE, KEY_SIZE, PATH_SIZE
from sctptop.kernel.program import Program
from tests.lab import machine
from tests.lab.capture import FOLDER
from tests.lab.hosts import impair, inside, sysctl, two_hosts
from tests.lab.traffic_process import traffic

RECORDS_KEPT = 3
MAPS = {
    "paths": (KEY_SIZE, PATH_SIZE),
    "associations": (KEY_SIZE, ASSOCIATION_SIZE),
    "data_rtts": (BIN_SIZE, 8),
}


def capture() -> dict[str, object]:
    """Loss and heartbeats for half a minute, then the maps while all stands still."""
    program = Program(find_bcc.load(), every_change=True)
    records: list[bytes] = []
    program.attach()
    bpf_maps.put(program.map_fd("interval"), 0, 1)
    program.listen(records.append, lambda lost: None)
    ended = threading.Event()
    with two_hosts(links=2) as (gnb, amf):
        for host in (gnb, amf):
            sysctl(host, "net.sctp.hb_interval", 1000)
        impair(gnb, 0, delay_ms=5, loss_percent=3, rate="1mbit")
        homes = ",".join(gnb.ipv4), ",".join(amf.ipv4)
        with (
            traffic(amf, "sink", "--local", amf.ipv4[0]),
            traffic(amf, "echo", "--local", homes[1], "--port", "5002"),
            traffic(gnb, "idle", "--local", homes[0], "--to", homes[1], "--port", "5002"),
            traffic(amf, "echo", "--local", amf.ipv6[0], "--port", "5006"),
            traffic(
                gnb, "request", "--to", amf.ipv6[0], "--port", "5006", "--count", "20", "--period", "0.05"
            ),
        ):
            with inside(gnb):
                source = LiveSource()
                source.read()
            poller = threading.Thread(target=_poll, args=(program, ended))
            poller.start()
            with traffic(gnb, "bulk", "--to", amf.ipv4[0]):
                ended.wait(25)
            with inside(gnb):
                sample = source.read()
            content = {
                name: [
                    (key.hex(), value.hex()) for key, value in bpf_maps.entries(program.map_fd(name), *sizes)
                ]
                for name, sizes in MAPS.items()
            }
            ended.set()
            poller.join()
    program.close()
    kinds: dict[int, list[str]] = {}
    for record in records:
        kept = kinds.setdefault(int.from_bytes(record[48:50], "little"), [])
        if len(kept) < RECORDS_KEPT:
            kept.append(record.hex())
    return {
        "kernel": os.uname().release,
        "hz": sample.hz,
        "records": [record for kept in kinds.values() for record in kept],
        "maps": content,
        "sock_diag": [
            {
                "own_tag": entry.own_tag,
                "primary": entry.primary,
                "cwnd": entry.cwnd,
                "ssthresh": entry.ssthresh,
                "peer_rwnd": entry.peer_rwnd,
                "addresses": entry.remote_addresses,
            }
            for entry in sample.associations
        ],
    }


def _poll(program: Program, ended: threading.Event) -> None:
    while not ended.is_set():
        program.poll(100)


def main() -> int:
    """In the lab print the capture; outside go there and keep it."""
    if "--print" in sys.argv:
        print(json.dumps(capture()))
        return 0
    result = machine.run([sys.executable, "-m", "tests.lab.capture_probes", "--print"], timeout=400)
    if result.returncode:
        print(result.stderr, file=sys.stderr)
        return result.returncode
    found = json.loads(result.stdout)
    (FOLDER / f"probes-{found['kernel']}.json").write_text(json.dumps(found, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
