"""Makes the recording that ``sctptop replay demo`` shows: a minute of a gNB and its core in the lab, both ends.

    python -m tests.lab.scenes.demo_recording

Emulated, the guest may die of it (boot.ONE_THREAD): then again. With one thread probes would miss much.

A gNB whose messages Nagle holds registers UEs at an AMF, some of which fail; a DU has two paths to its CU, of which the
primary fails and returns; one process reads nothing, another knocks where nobody listens, a third sends bulk data
under loss. Each is called what such a process is called. The gNB sets up under our eyes, so that its name and the
AMF's are known.
"""

from __future__ import annotations

import base64
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sctptop.cli import DEMO
from tests.lab.core import ngap_templates
from tests.lab.machine import run as machine
from tests.lab.machine.boot import Processors
from tests.lab.scenes.hosts import Host, impair, set_link, sysctl, two_hosts
from tests.lab.scenes.scenery import FATES, KINDS, WAYS
from tests.lab.traffic.process import Traffic, start

SECONDS, DOWN_AT, UP_AT = 75, 12, 44
SPARE = 2
"""The link of the path that fails."""
FILE = Path("/tmp/demo.sctp")
F1AP = "38472"
FAST = ("--heartbeat", "1000")
UES = ("--count", "0", "--period", "1", "--ues", "24", "--rate", "1", "--ue-delay", "20", "--ciphered")


def in_the_lab() -> int:
    """Record, and print the file in base64."""
    running: list[Traffic] = []
    with two_hosts(links=3) as (gnb, amf):
        try:
            populate(running, gnb, amf)
            recorded(running, gnb, amf)
        finally:
            with ThreadPoolExecutor() as pool:
                list(pool.map(Traffic.stop, running))
    print(base64.b64encode(FILE.read_bytes()).decode())
    return 0


def populate(running: list[Traffic], gnb: Host, amf: Host) -> None:
    """The links, and all processes but the gNB."""
    for host in (gnb, amf):
        sysctl(host, "net.sctp.path_max_retrans", 2)
        impair(host, 0, delay_ms=3, jitter_ms=1)
        impair(host, 1, delay_ms=12, loss_percent=0.7, rate="2mbit")
        impair(host, 2, delay_ms=5)
    near, far = (f"{host.ipv4[2]},{host.ipv4[0]}" for host in (gnb, amf))
    one, other, templates = amf.ipv4[0], amf.ipv4[1], ("--templates", str(ngap_templates.file()))
    f1ap, port = ("--port", F1AP), ("--local-port", "59058")
    running += (
        start(amf, "echo", "--comm", "nr-cu", "--local", far, *f1ap, "--nodelay", *FAST),
        start(amf, "amf", "--comm", "open5gs-amfd", "--local", one, *FATES, *templates, *FAST),
        start(amf, "sink", "--comm", "cdr-store", "--local", other, "--port", "5001", *FAST),
        start(
            amf,
            "slow-reader",
            "--comm",
            "log-store",
            "--local",
            one,
            "--port",
            "5002",
            "--period",
            "0",
            *FAST,
        ),
        start(
            *(gnb, "request", "--comm", "nr-du", "--to", far, "--local", near, *port),
            *("--period", "0.5", *f1ap, *FAST),
        ),
        start(gnb, "bulk", "--comm", "cdr-push", "--to", other, "--port", "5001", "--size", "1400", *FAST),
        start(gnb, "fill", "--comm", "log-push", "--to", one, "--port", "5002", "--size", "1000", *FAST),
    )


def recorded(running: list[Traffic], gnb: Host, amf: Host) -> None:
    """``sctptop record``, with the gNB that sets up and the failure in it."""
    recorder = subprocess.Popen(
        [sys.executable, "-m", "sctptop", "record", "-o", str(FILE), "-n", str(SECONDS)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert recorder.stdout is not None
    # Its first line comes with the first sample: the probes are on by then.
    print(recorder.stdout.readline(), end="", file=sys.stderr)
    started = time.monotonic()
    templates = ("--templates", str(ngap_templates.file()))
    ues = ("--pdu-sessions", "--deregister", *UES, *KINDS, *WAYS, *templates, *FAST)
    running.append(start(gnb, "gnb", "--comm", "nr-gnb", "--to", amf.ipv4[0], *ues))
    running.append(
        start(gnb, "knock", "--comm", "nr-gnb-2", "--to", amf.ipv4[0], "--port", "38413", "--period", "2")
    )
    for at_s, up in ((DOWN_AT, False), (UP_AT, True)):
        time.sleep(max(0.0, started + at_s - time.monotonic()))
        set_link(gnb, SPARE, up=up)
    print(recorder.communicate(timeout=600)[0], end="", file=sys.stderr)


def main() -> int:
    """Go to the lab and bring the file back."""
    if "--in-the-lab" in sys.argv:
        return in_the_lab()
    machine.precompile()
    command = [sys.executable, "-m", "tests.lab.scenes.demo_recording", "--in-the-lab"]
    result = machine.run(command, timeout=900, processors=Processors(one_thread=False))
    print(result.stderr, file=sys.stderr)
    if result.returncode:
        return result.returncode
    DEMO.write_bytes(base64.b64decode(result.stdout.splitlines()[-1]))
    return subprocess.run([sys.executable, "-m", "sctptop", "info", str(DEMO)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
