"""Two hosts with varied traffic between them, for looking at: runs a command in the first host, then cleans up.

Runs inside the lab; `tests/lab/shell` brings it there.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from tests.lab.core import ngap_templates
from tests.lab.problems import LabError
from tests.lab.scenes.hosts import Host, impair, sysctl, two_hosts
from tests.lab.traffic.process import Traffic, start

Started = Callable[[], Traffic]
F1AP = "38472"
"""Its port; requests and bursts are no NGAP."""
UES = ("--count", "0", "--period", "1", "--ues", "24", "--rate", "2", "--ue-delay", "20", "--ciphered")
KINDS = ("--kinds", "initial,mobility,initial,periodic")
WAYS = ("--ways", ",".join(["ok"] * 8 + ["mac-failure"] + ["ok"] * 11 + ["silent"] + ["ok"] * 3))
FATES = (
    "--fates",
    ",".join(["ok"] * 5 + ["reject:22"] + ["ok"] * 8 + ["reject:11"] + ["ok"] * 9),
    "--ciphered",
)
"""Of each round of UEs most register as they should, and four do not."""


@contextmanager
def scenery(*, at_once: bool = False, path_retries: int = 5) -> Iterator[tuple[Host, Host]]:
    """`gnb` and `amf`, links 3, 12 and 5 ms long, and traffic of each kind that differs on the screen.

    The third link carries the primary path of one association only, whose other path is on the first.

    `at_once`: do not wait for the traffic, which then comes up one by one behind the caller's back.
    `path_retries`: with the kernel's default of 5 a path takes a minute to fail.
    """
    with two_hosts(links=3) as (gnb, amf), ThreadPoolExecutor(1) as behind:
        for host in (gnb, amf):
            sysctl(host, "net.sctp.path_max_retrans", path_retries)
            impair(host, 0, delay_ms=3, jitter_ms=1)
            # The rate leaves an emulated processor time for the screen.
            impair(host, 1, delay_ms=12, loss_percent=0.5, rate="6mbit")
            impair(host, 2, delay_ms=5)
        running: list[Traffic] = []
        coming = behind.submit(_populate, running, gnb, amf)
        try:
            if not at_once:
                coming.result()
            yield gnb, amf
            coming.result()
        finally:
            with ThreadPoolExecutor() as pool:
                list(pool.map(Traffic.stop, running))


def _populate(running: list[Traffic], gnb: Host, amf: Host) -> None:
    running += _together(_servers(amf))
    running += _together(_clients(gnb, amf))


def _servers(amf: Host) -> list[Started]:
    both = f"{amf.ipv4[2]},{amf.ipv4[0]}"
    fast, templates = ("--heartbeat", "1000"), ("--templates", str(ngap_templates.file()))
    return [
        lambda: start(amf, "echo", "--local", both, "--port", F1AP, "--nodelay", *fast),
        lambda: start(amf, "amf", "--local", amf.ipv4[0], *FATES, *templates, *fast),
        lambda: start(amf, "sink", "--local", amf.ipv4[1], "--port", "5001", *fast),
        lambda: start(amf, "slow-reader", "--local", amf.ipv4[0], "--port", "5002", "--period", "2", *fast),
        lambda: start(amf, "many-server", "--local", amf.ipv6[0], "--port", "36422", *fast),
    ]


def _clients(gnb: Host, amf: Host) -> list[Started]:
    both, far = (f"{host.ipv4[2]},{host.ipv4[0]}" for host in (gnb, amf))
    fast, templates = ("--heartbeat", "1000"), ("--templates", str(ngap_templates.file()))
    f1ap = ("--port", F1AP)
    ues = (*UES, *KINDS, *WAYS)
    one, other, six = amf.ipv4[0], amf.ipv4[1], amf.ipv6[0]
    return [
        lambda: start(
            *(gnb, "request", "--to", far, "--local", both, "--local-port", "59058"),
            *("--period", "0.5", *f1ap, *fast),
        ),
        lambda: start(gnb, "burst", "--to", one, "--period", "1", "--burst", "30", *f1ap, *fast),
        lambda: start(gnb, "gnb", "--to", one, "--pdu-sessions", "--deregister", *ues, *templates, *fast),
        lambda: start(gnb, "bulk", "--to", other, "--port", "5001", "--size", "1400", *fast),
        lambda: start(gnb, "fill", "--to", one, "--port", "5002", "--size", "1000", *fast),
        lambda: start(gnb, "many-client", "--to", six, "--port", "36422", "--period", "0.3", *fast),
        lambda: start(gnb, "black-hole", "--to", "10.9.0.77"),
    ]


def _together(starts: list[Started]) -> list[Traffic]:
    # A Python process takes a second or two to start in an emulated guest: not one after the other.
    with ThreadPoolExecutor(len(starts)) as pool:
        return list(pool.map(lambda begin: begin(), starts))


def main() -> int:
    """`python -m tests.lab.scenes.scenery [CMD…]`: runs CMD (default: sctptop) in gnb; exit code of the command."""
    command = sys.argv[1:] or [sys.executable, "-m", "sctptop"]
    print("lab: two hosts and their traffic ...", flush=True)
    try:
        with scenery(at_once=True) as (gnb, _), contextlib.suppress(KeyboardInterrupt):
            return subprocess.run(gnb.command(command), check=False).returncode
    except LabError as error:
        print(f"lab: error: {error}", file=sys.stderr)
        return 1
    return 130


if __name__ == "__main__":
    sys.exit(main())
