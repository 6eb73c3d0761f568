"""Makes the recording that ``sctptop replay demo`` shows: a minute of a gNB and its core in the lab, both ends.

    python -m tests.lab.scenes.demo_recording

In a guest whose time is its instructions, so that it looks the same whatever else this machine does: four minutes.

A gNB whose messages Nagle holds registers UEs at an AMF; some fail, and some messages are lost on a link that blinks. A
DU has two paths to its CU, of which the primary fails and returns. One process reads nothing, one reads late and its
peer ends, another gNB knocks where nobody listens, and a sender of bulk data suffers loss. Each is called what such a
process is called. The gNB sets up under our eyes, so that its name and the AMF's are known.
"""

from __future__ import annotations

import base64
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypedDict

from sctptop.cli import DEMO
from tests.lab.core import ngap_templates
from tests.lab.machine import boot
from tests.lab.machine import run as machine
from tests.lab.scenes.hosts import Host, impair, sysctl, two_hosts
from tests.lab.scenes.scenery import FATES, KINDS, WAYS
from tests.lab.traffic.process import Traffic, start


class Link(TypedDict, total=False):
    """As `impair` takes it."""

    delay_ms: float
    jitter_ms: float
    loss_percent: float
    rate: str


SECONDS = 59
"""One block: the file of a longer recording keeps the room in which its first block grew."""
NEAR, LOSSY, SPARE = range(3)
LINKS: dict[int, Link] = {
    NEAR: {"delay_ms": 3},
    LOSSY: {"delay_ms": 12, "loss_percent": 1.0, "rate": "600kbit"},
    SPARE: {"delay_ms": 5},
}
"""The last carries the path that fails: a switch on its way takes no packet any more."""
BLINKS_AT_S, BLINK_S = (12, 30), 0.35
"""Each costs who sends then a second: the least that the kernel waits for an acknowledgement."""
DOWN_AT_S, UP_AT_S, READS_AT_S = 14, 42, 18
FILE = Path("/tmp/demo.sctp")
DEAD: Link = {"loss_percent": 100.0}
QUICK = ("--heartbeat", "1000", "--rto", "1000,1000,2000")
"""Of the two with two paths, so that they leave a dead one within seconds, and are back as soon."""
BEAT = ("--heartbeat", "3000")
F1AP = ("--port", "38472")
UES = ("--count", "0", "--period", "1", "--ues", "24", "--rate", "1", "--ue-delay", "20", "--ciphered")
TIMEOUT_S = 1500.0
"""Of the guest, which takes what it finds: beside others on two processors four minutes."""


def in_the_lab() -> int:
    """Record, and print the file in base64."""
    running: list[Traffic] = []
    with two_hosts(links=len(LINKS)) as (gnb, amf):
        try:
            for host in (gnb, amf):
                for link, way in LINKS.items():
                    impair(host, link, **way)
            late, done = populate(running, gnb, amf)
            recorded(running, gnb, amf, late, done)
        finally:
            with ThreadPoolExecutor() as pool:
                list(pool.map(Traffic.stop, running))
    print(base64.b64encode(FILE.read_bytes()).decode())
    return 0


def populate(running: list[Traffic], gnb: Host, amf: Host) -> tuple[Traffic, Traffic]:
    """All processes but the gNBs; returns the one that reads late, and the one that sends to it."""
    for host in (gnb, amf):
        sysctl(host, "net.sctp.path_max_retrans", 1)
    near, far = (f"{host.ipv4[SPARE]},{host.ipv4[NEAR]}" for host in (gnb, amf))
    running += (
        start(amf, "echo", "--comm", "nr-cu", "--local", far, *F1AP, "--nodelay", *QUICK),
        start(
            *(gnb, "request", "--comm", "nr-du", "--to", far, "--local", near, "--local-port", "59058"),
            *("--period", "0.5", *F1AP, *QUICK),
        ),
    )
    for host in (gnb, amf):
        sysctl(host, "net.sctp.path_max_retrans", 5)
    one, other = amf.ipv4[NEAR], amf.ipv4[LOSSY]
    templates = ("--templates", str(ngap_templates.file()))
    unread = ("--period", "0", "--local", one)
    late = start(amf, "slow-reader", "--comm", "trace-store", "--port", "5003", *unread)
    running += (
        late,
        start(amf, "slow-reader", "--comm", "log-store", "--port", "5002", *unread),
        start(amf, "amf", "--comm", "open5gs-amfd", "--local", one, *FATES, *templates, *BEAT),
        start(amf, "sink", "--comm", "cdr-store", "--local", other, "--port", "5001"),
    )
    ours = ("--local", gnb.ipv4[NEAR], "--to", one, *BEAT)
    few = ("--burst", "2", "--period", "1", "--size", "300", "--nodelay")
    lossy = ("--local", gnb.ipv4[LOSSY], "--to", other, "--port", "5001", "--size", "1400")
    done = start(gnb, "burst", "--comm", "trace-push", "--port", "5003", *few, *ours)
    running += (
        start(gnb, "fill", "--comm", "log-push", "--port", "5002", "--size", "1000", *ours),
        start(gnb, "bulk", "--comm", "cdr-push", *lossy, *BEAT),
    )
    return late, done


def recorded(running: list[Traffic], gnb: Host, amf: Host, late: Traffic, done: Traffic) -> None:
    """``sctptop record``, with the gNBs that come up and the failures in it."""
    recorder = subprocess.Popen(
        [sys.executable, "-m", "sctptop", "record", "-o", str(FILE), "-n", str(SECONDS)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert recorder.stdout is not None
    # Its first line comes with the first sample: the probes are on by then.
    print(recorder.stdout.readline(), end="", file=sys.stderr, flush=True)
    began = time.monotonic()
    templates = ("--templates", str(ngap_templates.file()))
    ours = ("--local", gnb.ipv4[NEAR], "--to", amf.ipv4[NEAR])
    ues = ("--pdu-sessions", "--deregister", *UES, *KINDS, *WAYS, *templates, *BEAT)
    running.append(start(gnb, "gnb", "--comm", "nr-gnb", *ours, *ues))
    elsewhere = ("--local", gnb.ipv4[LOSSY], "--to", amf.ipv4[LOSSY], "--period", "3")
    running.append(start(gnb, "knock", "--comm", "nr-gnb-2", *elsewhere))
    happens: list[tuple[float, Callable[[], object]]] = []
    for at_s, way in ((DOWN_AT_S, DEAD), (UP_AT_S, LINKS[SPARE])):
        happens += [(at_s, partial(impair, host, SPARE, **way)) for host in (gnb, amf)]
    for at_s in BLINKS_AT_S:
        happens.append((at_s, partial(impair, gnb, NEAR, **LINKS[NEAR] | DEAD)))
        happens.append((at_s + BLINK_S, partial(impair, gnb, NEAR, **LINKS[NEAR])))
    happens += [(READS_AT_S, partial(late.ask, "read 100000")), (READS_AT_S + 0.5, done.stop)]
    for due_s, do in sorted(happens, key=lambda entry: entry[0]):
        time.sleep(max(0.0, began + due_s - time.monotonic()))
        do()
    print(recorder.communicate(timeout=TIMEOUT_S)[0], end="", file=sys.stderr)


def main() -> int:
    """Go to the lab and bring the file back."""
    if "--in-the-lab" in sys.argv:
        return in_the_lab()
    machine.precompile()
    command = [sys.executable, "-m", "tests.lab.scenes.demo_recording", "--in-the-lab"]
    result = machine.run(command, timeout=TIMEOUT_S, processors=boot.COUNTING)
    print(result.stderr, file=sys.stderr)
    if result.returncode:
        return result.returncode
    DEMO.write_bytes(base64.b64decode(result.stdout.splitlines()[-1]))
    return subprocess.run([sys.executable, "-m", "sctptop", "info", str(DEMO)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
