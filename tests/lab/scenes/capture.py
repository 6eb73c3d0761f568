"""Captures what one kernel says, as test data of ours: ``python -m tests.lab.scenes.capture``.

Writes tests/unit/kernel/reading/captured/KERNEL.json: the buffers of a sock_diag dump, the files of /proc/net/sctp, and
what ss prints of the same associations, all of the amf host of ``every_kind``.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path

from sctptop.kernel.netlink import NLMSG_DONE, messages
from sctptop.kernel.reading.diag.diag_records import dump_request
from tests.lab.machine import run as machine
from tests.lab.scenes.every_kind import every_kind
from tests.lab.scenes.hosts import Host, inside, read_proc
from tests.lab.witness.other_tools import SS

FOLDER = Path(__file__).resolve().parents[2] / "unit" / "kernel" / "reading" / "captured"


def dump_buffers(host: Host, family: int) -> list[str]:
    """The received buffers of one dump, in hex."""
    with inside(host):
        netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, 4)
    with netlink:
        netlink.bind((0, 0))
        netlink.send(dump_request(family, 1))
        buffers: list[str] = []
        while True:
            data = netlink.recv(1 << 18)
            buffers.append(data.hex())
            if any(message.type == NLMSG_DONE for message in messages(data)):
                return buffers


def capture() -> dict[str, object]:
    """Everything, read in one go while the scene stands still but for its timers."""
    with every_kind() as scene:
        host = scene.hosts[1]
        return {
            "kernel": os.uname().release,
            "buffers": {
                str(int(family)): dump_buffers(host, family) for family in (socket.AF_INET, socket.AF_INET6)
            },
            "proc": {name: read_proc(host, f"sctp/{name}") for name in ("assocs", "remaddr", "eps", "snmp")},
            "ss": host.run(SS).stdout,
        }


def main() -> int:
    """In the lab print the capture; outside go there and keep it."""
    if "--print" in sys.argv:
        print(json.dumps(capture()))
        return 0
    result = machine.run([sys.executable, "-m", "tests.lab.scenes.capture", "--print"], timeout=300)
    if result.returncode:
        print(result.stderr, file=sys.stderr)
        return result.returncode
    found = json.loads(result.stdout)
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{found['kernel']}.json").write_text(json.dumps(found, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
