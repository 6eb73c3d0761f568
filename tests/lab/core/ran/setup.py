"""How a gNB of the bench comes to its AMF: associations, NGSetup again and again, a second association, another AMF."""

from __future__ import annotations

import argparse
import contextlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.lab.core import causes
from tests.lab.core import ngap_messages as ngap
from tests.lab.core import options as core_options
from tests.lab.core.loop import Line, Loop
from tests.lab.core.ran.ue import Link, Node
from tests.lab.traffic import clients
from tests.lab.traffic import sctp_sockets as sctp
from tests.lab.traffic.socket_owner import SocketOwner

SECONDS = 30.0
"""For the first answer of the AMF."""
FIRST, TWIN, OTHER = "first", "twin", "other"
ANSWERS = ("NGSetupResponse", "NGSetupFailure", "RANConfigurationUpdateAcknowledge")


@dataclass
class Setup:
    """Sets nodes up; `ready` hears of each that is up for the first time, or was refused."""

    owner: SocketOwner
    loop: Loop
    options: argparse.Namespace
    writer: ngap.Writer
    hear: Callable[[Link, sctp.Message], None]
    lost: Callable[[Link], None]
    ready: Callable[[Node], None]
    counts: Counter[str] = field(default_factory=Counter)
    """setups, refused_setups and, by their names, causes."""

    def begin(self, node: Node) -> None:
        """Associates now, and then whatever the options want, one after the other. OSError when nobody answers."""
        link = self._associate(node, FIRST)

        def give_up() -> None:
            if not link.up and not self.counts["refused_setups"]:
                raise OSError("no NGSetupResponse came")

        self.loop.later(SECONDS, give_up)

    def as_json(self) -> dict[str, Any]:
        """For the report."""
        return dict(self.counts)

    def answered(self, link: Link, heard: ngap.Heard) -> bool:
        """True if it is about a setup, which is then gone on with."""
        if heard.name not in ANSWERS:
            return False
        if heard.name == "NGSetupFailure":
            self.counts["refused_setups"] += 1
            self.counts[causes.of_ngap(heard.cause)] += 1
            self.loop.later(self.options.setup_period, lambda: self._ask(link))
            self.ready(link.node)
            return True
        self.counts["setups" if heard.name == "NGSetupResponse" else "twins"] += 1
        link.up = True
        if self.options.twin and link.role == FIRST and TWIN not in link.node.links:
            self._associate(link.node, TWIN)
        elif self.options.other_amf and OTHER not in link.node.links:
            self._associate(link.node, OTHER)
        else:
            self.ready(link.node)
        return True

    def _associate(self, node: Node, role: str) -> Link:
        options = self.options
        if role != FIRST:
            # A second association has a port of its own.
            options = argparse.Namespace(**{**vars(options), "local_port": 0})
        if role == OTHER:
            options.to = [options.other_amf]
        sock = core_options.shape(clients.new_client(self.owner, options), options)
        try:
            sctp.connect_all(sock, options.to, options.port)
        except OSError:
            self.owner.drop(sock)
            raise
        found: list[Link] = []
        line = Line(
            *(self.loop, sock, core_options.ppid(options)),
            *(lambda _, message: self.hear(found[0], message), lambda _: self._gone(found[0])),
            blocking=options.blocking,
        )
        found.append(Link(node, role, line, sctp.status(sock).out_streams))
        node.links[role] = found[0]
        self._ask(found[0])
        return found[0]

    def _ask(self, link: Link) -> None:
        name = "NGSetupRequest"
        if link.role == TWIN:
            nameless = self.options.twin == "nameless"
            name = "RANConfigurationUpdate of nobody" if nameless else "RANConfigurationUpdate"
        link.line.send(self.writer.write(name, gnb=link.node.ident), 0)

    def _gone(self, link: Link) -> None:
        self.counts["lost_associations"] += 1
        self.owner.drop(link.line.sock)
        del link.node.links[link.role]
        self.lost(link)
        if self.options.reconnect and link.role == FIRST:
            self._return(link.node)

    def _return(self, node: Node) -> None:
        def again() -> None:
            with contextlib.suppress(OSError):
                self._associate(node, FIRST)
                return
            self.counts["failed_connects"] += 1
            self._return(node)

        self.loop.later(self.options.reconnect, again)
