"""The options of the traffic kinds `gnb` and `amf`, beside those that every kind has."""

from __future__ import annotations

import argparse
import socket
from pathlib import Path

from tests.lab.core.ngap_messages import Writer, load


def add(parser: argparse.ArgumentParser) -> None:
    """Adds them in groups of their own."""
    both = parser.add_argument_group("gnb and amf")
    both.add_argument("--templates", type=Path, metavar="FILE", help="made by tests.lab.core.ngap_templates")
    both.add_argument(
        "--ciphered", action="store_true", help="NAS cannot be read after security mode; give it to both ends"
    )
    both.add_argument("--swapped-ppid", action="store_true", help="forget htonl: the PPID is 0x3c000000")

    gnb = parser.add_argument_group("gnb", "--count rounds of --ues registrations, --period s between them")
    gnb.add_argument("--gnbs", type=int, default=1, metavar="N", help="associations; UEs in turn on each")
    gnb.add_argument("--ues", type=int, default=1, metavar="N", help="of a round, default 1")
    gnb.add_argument("--rate", type=float, default=0.0, metavar="PER_S", help="evenly; 0 = all at once")
    gnb.add_argument("--ue-delay", type=float, default=0.0, metavar="MS", help="before each answer; no CPU")
    gnb.add_argument("--timeout", type=float, default=15.0, metavar="SEC", help="of a UE, default 15 (T3510)")
    gnb.add_argument("--reuse-ids", action="store_true", help="a new UE gets the RAN id last given back")
    gnb.add_argument("--first-ran-id", type=int, default=1, metavar="ID")
    gnb.add_argument("--pdu-sessions", action="store_true", help="each UE asks for a session once registered")
    gnb.add_argument("--deregister", action="store_true", help="each UE deregisters then, and is released")
    gnb.add_argument("--release", action="store_true", help="the gNB asks for the release of each UE then")
    gnb.add_argument("--one-stream", action="store_true", help="all UEs on stream 1, not spread over all")
    gnb.add_argument("--on-order", action="store_true", help="UEs start with the order `go`")

    amf = parser.add_argument_group("amf")
    amf.add_argument("--cpu", type=float, default=0.0, metavar="MS", help="burnt for each uplink message")
    amf.add_argument("--answer-delay", type=float, default=0.0, metavar="MS", help="of each answer; no CPU")
    amf.add_argument("--reject", type=int, default=0, metavar="N", help="every Nth UE; 0 = none")
    amf.add_argument("--lose", type=int, default=0, metavar="N", help="every Nth UE gets no answer; 0 = none")
    amf.add_argument("--no-guti", action="store_true", help="so that nobody sends RegistrationComplete")
    amf.add_argument(
        "--accept-in-downlink", action="store_true", help="RegistrationAccept in DownlinkNASTransport"
    )
    amf.add_argument("--first-amf-id", type=int, default=1, metavar="ID")


def ppid(options: argparse.Namespace) -> int:
    """The PPID to send with, in host order."""
    return socket.ntohl(options.ppid) if options.swapped_ppid else int(options.ppid)


def writer(options: argparse.Namespace) -> Writer:
    """Writes from --templates; without it from the lab's cache, made now if need be."""
    if options.templates is None:
        # Only here: in a guest the standard library alone is at hand, and slow enough.
        from tests.lab.core import ngap_templates

        options.templates = ngap_templates.file()
    return Writer(load(options.templates))
