"""SCTP traffic of many kinds, as processes that a test starts in one of the two hosts.

    python -m tests.lab.traffic echo --local 10.9.0.2 --port 38412
    python -m tests.lab.traffic request --to 10.9.0.2 --port 38412 --period 0.5 --size 60

Each prints one line `ready KIND …` when it is up and then obeys the orders of `socket_owner`.
Addresses separated by commas make an end multi-homed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from tests.lab.core import options as core_options
from tests.lab.core.lte import enb as core_enb
from tests.lab.core.lte import mme as core_mme
from tests.lab.core.network import amf as core_amf
from tests.lab.core.ran import gnb as core_gnb
from tests.lab.traffic import clients, crowds, servers
from tests.lab.traffic.socket_owner import SocketOwner

Kind = Callable[[SocketOwner, argparse.Namespace], None]

KINDS: dict[str, tuple[Kind, str]] = {
    "echo": (servers.echo, "server: sends every message back (or --reply BYTES of its own)"),
    "sink": (servers.sink, "server: reads and forgets"),
    "slow-reader": (
        servers.slow_reader,
        "server: reads --size bytes every --period s; 0 = only on order `read N`",
    ),
    "many-server": (
        servers.many,
        "server: one-to-many socket that sends every message back; order `peeloff ID`",
    ),
    "deaf": (servers.deaf, "server: listens and never accepts (--backlog)"),
    "hang-up": (servers.hang_up, "server: ends each association --period s after it came up (--abort)"),
    "request": (clients.request, "client: a request, its answer, a pause of --period s"),
    "bulk": (clients.bulk, "client: sends as fast as it can"),
    "fill": (clients.fill, "client: sends until the send buffer is full, then waits for orders"),
    "burst": (clients.burst, "client: --burst messages at once every --period s"),
    "black-hole": (clients.black_hole, "client: INIT to somebody who never answers: stays in COOKIE_WAIT"),
    "idle": (crowds.idle, "client: --count associations that do nothing; orders `reconnect`, `vanish`"),
    "many-client": (
        crowds.many,
        "client: one-to-many socket talking to each --to address and each of --ports",
    ),
    "amf": (core_amf.amf, "server: an AMF that registers UEs over NGAP"),
    "gnb": (core_gnb.gnb, "client: gNBs that register --ues UEs over NGAP, at --rate"),
    "mme": (core_mme.mme, "server: an MME that attaches UEs over S1AP"),
    "enb": (core_enb.enb, "client: an eNB that lets --ues UEs attach over S1AP, at --rate"),
    "knock": (crowds.knock, "client: connects again, --period s after it was refused or hung up on"),
    "churn": (crowds.churn, "client: opens, exchanges one message, closes, every --period s"),
}


def parser() -> argparse.ArgumentParser:
    """All kinds share the same options; each uses those that mean something to it."""
    kinds = "\n".join(f"  {name:12} {text}" for name, (_, text) in KINDS.items())
    made = argparse.ArgumentParser(
        prog="python -m tests.lab.traffic",
        description="SCTP traffic; kinds:\n" + kinds,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("kind", choices=KINDS, metavar="KIND")
    made.add_argument("--local", type=_addresses, default=[], metavar="A[,B]", help="own addresses (bindx)")
    made.add_argument("--local-port", type=int, default=0, help="own port of a client; 0 = any")
    made.add_argument(
        "--to", type=_addresses, default=[], metavar="A[,B]", help="the peer's addresses (connectx)"
    )
    made.add_argument("--port", type=int, default=38412, help="the server's port, default 38412 (NGAP)")
    made.add_argument("--ports", type=int, default=1, metavar="N", help="that many ports from --port on")
    made.add_argument("--size", type=int, default=100, metavar="BYTES", help="of a message, default 100")
    made.add_argument(
        "--reply", type=int, default=0, metavar="BYTES", help="size of an answer, 0 = as it came"
    )
    made.add_argument("--period", type=float, default=1.0, metavar="SEC", help="default 1")
    made.add_argument("--count", type=int, default=0, metavar="N", help="stop after N; 0 = never (idle: 1)")
    made.add_argument("--burst", type=int, default=20, metavar="N")
    made.add_argument("--stream", type=int, default=0)
    made.add_argument(
        "--ppid",
        type=int,
        default=None,
        help="default 60 (NGAP) of gnb and amf, 18 (S1AP) of enb and mme, 62 (F1AP) of all others",
    )
    made.add_argument("--streams", type=int, default=0, help="to ask for in INIT")
    made.add_argument("--nodelay", action="store_true")
    made.add_argument("--heartbeat", type=int, default=0, metavar="MS", help="below 0: off")
    made.add_argument("--sack-delay", type=int, default=None, metavar="MS", help="0 = no delay")
    made.add_argument("--rto", type=_numbers, default=None, metavar="INITIAL,MIN,MAX", help="in ms")
    made.add_argument("--receive-buffer", type=int, default=0, metavar="BYTES")
    made.add_argument("--send-buffer", type=int, default=0, metavar="BYTES", help="SO_SNDBUF")
    made.add_argument(
        "--more",
        type=float,
        default=0,
        metavar="SEC",
        help="burst: MSG_MORE for all but the last, so far apart",
    )
    made.add_argument(
        "--one-to-many",
        action="store_true",
        help="idle: one socket for all --ports; amf: for all gNBs; black-hole: that kind",
    )
    made.add_argument("--backlog", type=int, default=4096, metavar="N", help="of listening sockets")
    made.add_argument(
        "--comm", default="", metavar="NAME", help="what the process is called, 15 letters at most"
    )
    made.add_argument("--abort", action="store_true", help="hang-up: by ABORT")
    core_options.add(made)
    return made


def _addresses(text: str) -> list[str]:
    return text.split(",")


def _numbers(text: str) -> tuple[int, int, int]:
    initial, minimum, maximum = (int(word) for word in text.split(","))
    return initial, minimum, maximum


def main() -> int:
    """Runs one kind until it has done its --count, or for ever; exit code 1 with one line when it cannot."""
    options = parser().parse_args()
    if options.ppid is None:
        # What is no NGAP must not be taken for it: each message would be an event of the probes.
        options.ppid = {"gnb": 60, "amf": 60, "enb": 18, "mme": 18}.get(options.kind, 62)
    if options.comm:
        Path("/proc/self/comm").write_text(options.comm)
    owner = SocketOwner(options.kind)
    try:
        KINDS[options.kind][0](owner, options)
    except ImportError as error:
        # pycrate is not in sight of a process started with -S.
        print(f"traffic: error: {options.kind}: {error} (try: --templates FILE)", file=sys.stderr)
        return 1
    except OSError as error:
        fix = "an SCTP kernel and addresses of this host"
        print(f"traffic: error: {options.kind}: {error} (try: {fix})", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
