"""The options of the traffic kinds `gnb`, `amf`, `enb` and `mme`, beside those that every kind has."""

from __future__ import annotations

import argparse
import socket
from pathlib import Path

from tests.lab.core.ngap_messages import Writer, load
from tests.lab.core.ways import FATES, UE_WAYS, Ways


def add(parser: argparse.ArgumentParser) -> None:
    """Adds them in groups of their own."""
    _both(parser.add_argument_group("gnb and amf, enb and mme"))
    ran = "--count rounds of --ues registrations, --period s between them. Ways: "
    _gnb(parser.add_argument_group("gnb", ran + _listed(UE_WAYS)))
    _amf(parser.add_argument_group("amf", "Fates: " + _listed(FATES)))


def _listed(words: object) -> str:
    assert isinstance(words, dict)
    return "; ".join(f"{word} = {text}" for word, text in words.items())


def _both(both: argparse._ArgumentGroup) -> None:
    both.add_argument("--templates", type=Path, metavar="FILE", help="made by tests.lab.core.ngap_templates")
    both.add_argument(
        "--ciphered", action="store_true", help="NAS cannot be read after security mode; give it to both ends"
    )
    both.add_argument("--swapped-ppid", action="store_true", help="forget htonl: the PPID is 0x3c000000")
    both.add_argument(
        "--timeout", type=float, default=15.0, metavar="SEC", help="of a UE, default 15 (T3510)"
    )
    both.add_argument(
        "--blocking",
        action="store_true",
        help="a send waits for room in the send buffer, and all else for it",
    )


def _gnb(gnb: argparse._ArgumentGroup) -> None:
    gnb.add_argument("--gnbs", type=int, default=1, metavar="N", help="as many gNBs; UEs in turn on each")
    gnb.add_argument("--first-gnb-id", type=int, default=1, metavar="ID")
    gnb.add_argument("--ues", type=int, default=1, metavar="N", help="of a round, default 1")
    gnb.add_argument("--kinds", default="initial", metavar="KIND[,KIND]", help="of UEs in turn: initial, "
        "mobility, periodic, emergency; service, deregistration")  # fmt: skip
    gnb.add_argument("--ways", type=_ways, default="ok", metavar="WAY[,WAY]", help="of UEs in turn")
    gnb.add_argument("--again", type=float, default=1.0, metavar="SEC", help="until a UE begins anew")
    gnb.add_argument("--rate", type=float, default=0.0, metavar="PER_S", help="evenly; 0 = all at once")
    gnb.add_argument("--ue-delay", type=float, default=0.0, metavar="MS", help="before each answer; no CPU")
    gnb.add_argument("--reuse-ids", action="store_true", help="a new UE gets the RAN id last given back")
    gnb.add_argument("--first-ran-id", type=int, default=1, metavar="ID")
    gnb.add_argument("--pdu-sessions", action="store_true", help="each UE asks for a session once registered")
    gnb.add_argument("--deregister", action="store_true", help="each UE deregisters then, and is released")
    gnb.add_argument("--release", action="store_true", help="the gNB asks for the release of each UE then")
    gnb.add_argument(
        "--await-release", action="store_true", help="an update or a service is over with its release"
    )
    gnb.add_argument("--one-stream", action="store_true", help="all UEs on stream 1, not spread over all")
    gnb.add_argument("--on-order", action="store_true", help="UEs start with the order `go`")
    gnb.add_argument(
        "--twin",
        choices=("named", "nameless"),
        help="a second association to the AMF, by RANConfigurationUpdate",
    )
    gnb.add_argument("--other-amf", metavar="ADDRESS", help="an association to that AMF too, for re-routes")
    gnb.add_argument("--setup-period", type=float, default=1.0, metavar="SEC", help="after an NGSetupFailure")
    gnb.add_argument("--reconnect", type=float, default=0.0, metavar="SEC", help="after a loss; 0 = never")


def _amf(amf: argparse._ArgumentGroup) -> None:
    amf.add_argument("--cpu", type=float, default=0.0, metavar="MS", help="burnt for each uplink message")
    amf.add_argument("--answer-delay", type=float, default=0.0, metavar="MS", help="of each answer; no CPU")
    amf.add_argument("--reject", type=int, default=0, metavar="N", help="every Nth UE; 0 = none")
    amf.add_argument("--lose", type=int, default=0, metavar="N", help="every Nth UE gets no answer; 0 = none")
    amf.add_argument("--fates", type=_fates, default="ok", metavar="FATE[,FATE]", help="of UEs in turn")
    amf.add_argument("--no-guti", action="store_true", help="so that nobody sends RegistrationComplete")
    amf.add_argument(
        "--accept-in-downlink", action="store_true", help="RegistrationAccept in DownlinkNASTransport"
    )
    amf.add_argument(
        "--update-in-setup", action="store_true", help="that of an update in InitialContextSetupRequest"
    )
    amf.add_argument(
        "--release-after",
        type=float,
        default=-1.0,
        metavar="SEC",
        help="updates and services; below 0 = never",
    )
    amf.add_argument(
        "--t3550", type=float, default=0.0, metavar="SEC", help="until an accept is repeated; 0 = never"
    )
    amf.add_argument("--answer-on-other", action="store_true", help="of the two associations that a gNB has")
    amf.add_argument("--refuse-setups", type=int, default=0, metavar="N", help="NGSetups; below 0 = all")
    amf.add_argument("--first-amf-id", type=int, default=1, metavar="ID")


def _ways(text: str) -> Ways:
    return Ways(text, UE_WAYS)


def _fates(text: str) -> Ways:
    return Ways(text, FATES)


def ppid(options: argparse.Namespace) -> int:
    """The PPID to send with, in host order."""
    return socket.ntohl(options.ppid) if options.swapped_ppid else int(options.ppid)


def shape(sock: socket.socket, options: argparse.Namespace) -> socket.socket:
    """The socket with the buffers that the options say."""
    if options.send_buffer:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, options.send_buffer)
    if options.receive_buffer:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, options.receive_buffer)
    return sock


def writer(options: argparse.Namespace, protocol: str = "NGAP") -> Writer:
    """Writes from --templates; without it from the lab's cache, made now if need be."""
    if options.templates is None:
        # Only here: in a guest the standard library alone is at hand, and slow enough.
        from tests.lab.core import ngap_templates

        options.templates = ngap_templates.file(protocol)
    return Writer(load(options.templates))
