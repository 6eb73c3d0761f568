"""What the world really said: the bytes that other tests captured, and small ones made by the rules."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sctptop.kernel.netlink import messages
from sctptop.kernel.program.declarations import NGAP_EVENT, PROBE_EVENT
from sctptop.kernel.program.records import DIRECTIONS, KINDS, NgapEvent, NgapHead, ProbeEvent, Who
from sctptop.kernel.reading.diag.diag_records import SOCK_DIAG_BY_FAMILY

UNIT = Path(__file__).parent.parent / "unit"
PROC = Path("/proc/self")
IDENT = "5f" * 32
WHO = Who(4026531840, 5, 0x1234, 0x5678, 38412, 50001, 2, 0, b"\x0a\x09\x00\x02".ljust(16, b"\0"))


@cache
def _capture() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(next((UNIT / "kernel/reading/captured").glob("*.json")).read_text())
    return found


def netlink_buffers() -> Sequence[bytes]:
    """Of a dump, as recvmsg gave them."""
    return [bytes.fromhex(buffer) for buffers in _capture()["buffers"].values() for buffer in buffers]


def diag_records() -> Sequence[bytes]:
    """Endpoints and associations without their netlink header."""
    found = (message for buffer in netlink_buffers() for message in messages(buffer))
    return [message.payload for message in found if message.type == SOCK_DIAG_BY_FAMILY]


def route_answers() -> Sequence[bytes]:
    """Routes (an even byte before them) and interfaces (an odd one)."""
    capture = json.loads((UNIT / "kernel/ways/captured.json").read_text())
    answers = [(b"\0", one) for one in capture["routes"]] + [(b"\1", one) for one in capture["links"]]
    return [lead + bytes.fromhex(one["answer"]) for lead, one in answers]


def proc_file(name: str) -> bytes:
    """A file of /proc/net/sctp."""
    text: str = _capture()["proc"][name]
    return text.encode()


def proc_files() -> Sequence[bytes]:
    """Those of associations, paths and endpoints."""
    parts = [proc_file(name) for name in ("assocs", "remaddr", "eps")]
    return [b"\0".join(parts), b"\0".join(b"\n".join(part.split(b"\n")[:2]) for part in parts)]


def probe_events() -> Sequence[bytes]:
    """One of each kind."""
    made = (
        ProbeEvent(6_000_000_000, WHO, kind, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) for kind in range(len(KINDS))
    )
    return [PROBE_EVENT.encode(one) for one in made]


def ngap_heads() -> Sequence[bytes]:
    """What the probes copy of messages of NGAP and S1AP."""
    from tests.fuzz.rooms.ngap import said
    from tests.unit.model.registrations.flows import octets

    return [octets(one)[:64] for one in said()]


def ngap_events() -> Sequence[bytes]:
    """Records with those heads, three together."""
    heads = ngap_heads()
    records = [
        NGAP_EVENT.encode(
            NgapEvent(
                *(6_000_000_000 + place, 6_000_100_000 + place, 0, 0, WHO, place, place, 60, len(head), 1),
                *(place % len(DIRECTIONS), 0, 1, 0, 0, NgapHead(len(head), 0, head)),
            )
        )
        for place, head in enumerate(heads)
    ]
    return [b"".join(records[at : at + 3]) for at in range(0, len(records), 3)]


def btf_files() -> Sequence[bytes]:
    """A vmlinux and an sctp module behind the size of the first, and ones that run in a circle."""
    from tests.unit.kernel.program.btf_files import circles, plain

    return [len(base).to_bytes(2, "little") + base + module for base, module in (plain(), *circles())]


def proc_self(name: str) -> Sequence[bytes]:
    """A file of this very process, and one whose command is hostile."""
    own = (PROC / name).read_bytes()
    return [own, b"7 (a) b) S 1 " + b" ".join(b"%d" % number for number in range(40))]


def cgroups() -> Sequence[bytes]:
    """Of version 1 and 2, in and outside of containers."""
    return [
        f"0::/system.slice/docker-{IDENT}.scope\n".encode(),
        f"12:pids:/kubepods/burstable/pod8e0ce0c6-1d6f-4a59-a3c8-3b2a8a7d0c5e/{IDENT}\n1:name=systemd:/x\n".encode(),
        b"0::/machine.slice/machine-a\\x2db.scope/payload\n",
        b"0::/lxc.payload.amf/system.slice/open5gs-amfd.service\n",
        f"0::/user.slice/user-1000.slice/user@1000.service/libpod-payload-{IDENT}\n".encode(),
    ]


def container_files() -> Sequence[bytes]:
    """Behind the byte that chooses the cgroup: what docker, podman and a pod's hostname say."""
    docker, podman = {"Name": "/k8s_amf_amf-0_core_1_0"}, [{"id": IDENT, "names": ["amf\u001b[2J"]}]
    return [
        b"\0" + json.dumps(docker).encode(),
        b"\1" + json.dumps(podman).encode(),
        b"\2amf-0\n",
        b"\3{}",
        b"\4" + cgroups()[2],
    ]


def mountinfo() -> Sequence[bytes]:
    """A name of ip netns, and one with escapes."""
    return [
        b"42 25 0:4 net:[4026532001] /run/netns/amf rw shared:9 - nsfs nsfs rw\n",
        b"43 25 0:4 net:[4026532002] /run/docker/netns/a\\040b\\012c rw - nsfs nsfs rw\n",
    ]


def os_release() -> Sequence[bytes]:
    """Debian's, and a derivative's."""
    return [b'ID=debian\nVERSION_ID="12"\n', b'ID="rocky"\nID_LIKE="rhel centos fedora"\n']


def modules() -> Sequence[bytes]:
    """A rule of modprobe.d, /proc/modules, modules.dep, the configuration."""
    rule = b"blacklist sctp\ninstall sctp_diag /bin/false\n"
    return [
        rule
        + b"\0sctp 430080 4 - Live 0x0\n\0kernel/net/sctp/sctp.ko: a.ko\n\0CONFIG_HZ=250\nCONFIG_IP_SCTP=m\n"
    ]


def config_gz() -> Sequence[bytes]:
    """As the kernel packs it."""
    return [gzip.compress(b"CONFIG_HZ=250\nCONFIG_IP_SCTP=m\n", mtime=0), b"\x1f\x8b\x08\x04\xff\xff"]


def rights() -> Sequence[bytes]:
    """status, limits, uid_map, perf_event_mlock_kb and the processors online."""
    status = b"Name:\tsctptop\nCapPrm:\t000001ffffffffff\n"
    limits = (PROC / "limits").read_bytes()
    return [b"\0".join((status, limits, b"0 0 4294967295\n", b"516\n", b"0-3,8\n"))]
