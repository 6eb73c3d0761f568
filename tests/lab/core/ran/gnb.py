"""The gNB of the bench: registers UEs at a pace, and knows what became of each.

Orders beside those of `socket_owner`:

    go              starts the UEs (with --on-order)
    pause SEC       stands still: nothing is read or answered
    report          counts, the spread of the registration times (ms), whether all rounds are done
    finish SEC      the same as soon as all rounds are done, at the latest after so many seconds
    registrations   each one: number of the UE, ids, stream, outcome, instants (ns, CLOCK_MONOTONIC) and times (ms)

A registration takes from the hand-over of its InitialUEMessage to that of RegistrationComplete; without a GUTI to the
reading of RegistrationAccept. `ran_ms` is the part of it between reading a message and handing over the answer.
"""

from __future__ import annotations

import argparse
import threading
import time
from collections import Counter, deque
from functools import partial
from typing import Any

from tests.lab.core import causes, report
from tests.lab.core import nas_messages as nas
from tests.lab.core import ngap_messages as ngap
from tests.lab.core import options as core_options
from tests.lab.core.loop import Loop
from tests.lab.core.ran.procedure import Procedure, Registrar
from tests.lab.core.ran.setup import FIRST, OTHER, Setup
from tests.lab.core.ran.ue import BY_THE_BOOK, OTHERS, Link, Node, Ue
from tests.lab.core.report import KEPT, Ledger, milliseconds, spread
from tests.lab.core.ways import Way
from tests.lab.traffic import sctp_sockets as sctp
from tests.lab.traffic.socket_owner import SocketOwner

COUNTED = {report.COMPLETED: "completed", report.REJECTED: "rejected", report.TIMED_OUT: "timed_out"}
NAMES = (
    "started completed rejected timed_out released sessions sessions_refused served deregistered stuck stale"
)


def gnb(owner: SocketOwner, options: argparse.Namespace) -> None:
    """Associates, sets NG up, and registers."""
    ran = Ran(owner, options)
    ran.set_up()
    ran.loop.run()


class Ran:
    """All gNBs of the process: --count rounds of --ues registrations."""

    def __init__(self, owner: SocketOwner, options: argparse.Namespace) -> None:
        self.loop = Loop()
        self._owner, self._options = owner, options
        self._counts = dict.fromkeys(NAMES.split(), 0)
        self._ledger, self._others = Ledger(), Counter[str]()
        writer = core_options.writer(options)
        registrar = Registrar(self._ended, self._settled, self._later_anew)
        self._procedure = Procedure(self.loop, options, writer, self._counts, registrar)
        self._setup = Setup(owner, self.loop, options, writer, self._hear, self._lost, self._ready)
        self._kinds = options.kinds.split(",")
        self._rounds = self._unsettled = self._first_ns = self._last_ns = 0
        self._not_ready = set(range(options.gnbs))
        self._finished = threading.Event()
        self._registered: dict[int, Ue] = {}
        self._past: deque[Ue] = deque(maxlen=KEPT)
        self.nodes = [
            Node(number, options.first_gnb_id + number, options.first_ran_id)
            for number in range(options.gnbs)
        ]
        owner.order("go", self._go)
        owner.order("pause", lambda words: self.loop.pause(float(words[0])))
        owner.order("report", lambda _: self.report())
        owner.order("finish", self._finish)
        owner.order("registrations", lambda _: [ue.facts() for ue in list(self._past)])

    def set_up(self) -> None:
        """Associates all gNBs; OSError when the AMF is not there."""
        for node in self.nodes:
            self._setup.begin(node)

    def report(self) -> dict[str, Any]:
        """Counts and spreads; `rate_per_s`: completed ones from the first hand-over to the last end."""
        done = [ue for ue in list(self._past) if ue.outcome == report.COMPLETED]
        seconds = (self._last_ns - self._first_ns) / 1e9
        return {
            **self._counts,
            "kinds": self._ledger.as_json(),
            "others": dict(self._others),
            "setup": self._setup.as_json(),
            "rounds": self._rounds,
            "done": self._finished.is_set(),
            "total_ms": spread(milliseconds(ue.ended_ns - ue.started_ns) for ue in done),
            "ran_ms": spread(milliseconds(ue.ran_ns) for ue in done),
            "seconds": round(max(seconds, 0.0), 3),
            "rate_per_s": round(self._counts["completed"] / seconds, 1) if seconds > 0 else None,
        }

    def _go(self, words: list[str]) -> dict[str, int]:
        self.loop.ask(self.begin_round)
        return {"ues": self._options.ues}

    def _finish(self, words: list[str]) -> dict[str, Any]:
        self._finished.wait(float(words[0]))
        return self.report()

    def _ready(self, node: Node) -> None:
        before, self._not_ready = self._not_ready, self._not_ready - {node.number}
        if before and not self._not_ready:
            sock = self.nodes[0].links[FIRST].line.sock
            self._owner.ready(local_port=sock.getsockname()[1], gnbs=len(self.nodes))
            if not self._options.on_order:
                self.begin_round()

    def _lost(self, link: Link) -> None:
        self._owner.counters["errors"] += 1
        for ue in [ue for ue in link.node.ues.values() if ue.link is link]:
            # What the other association to the same AMF can go on with.
            rest = [other for role, other in link.node.links.items() if OTHER not in (role, link.role)]
            if rest:
                ue.link = rest[0]
                continue
            if ue.outcome == report.RUNNING:
                self._ended(ue, report.ASSOCIATION_LOST, time.monotonic_ns(), None)
            self._settled(ue)
            self._drop(ue)

    def begin_round(self) -> None:
        """Starts all UEs of one round, each at its time."""
        self._rounds += 1
        self._unsettled = self._options.ues
        begin_ns = time.monotonic_ns()
        gap_ns = 1e9 / self._options.rate if self._options.rate else 0.0
        for number in range(self._options.ues):
            self.loop.at(begin_ns + round(number * gap_ns), partial(self._start, number))

    def _start(self, number: int) -> None:
        before = self._registered.pop(number, None)
        if before is not None:
            self._drop(before)
        node = self.nodes[number % len(self.nodes)]
        link = node.links.get(FIRST)
        if link is None:
            self._one_less()
            return
        kind = self._kinds[number % len(self._kinds)]
        way = BY_THE_BOOK if kind in OTHERS else self._options.ways.of(number)
        ue = Ue(number, node, link, node.new_id(), self._stream(link, number), kind, way)
        self._begin(ue, in_uplink=False)

    def _begin(self, ue: Ue, *, in_uplink: bool, before: Ue | None = None, how: str = "") -> None:
        ue.node.ues[ue.ran] = ue
        # The AMF releases only those who came for a moment.
        ue.awaits_release = self._options.await_release and ue.kind in (*nas.UPDATES, *OTHERS)
        ue.patience = self.loop.later(self._options.timeout, lambda: self._give_up(ue))
        if ue.registers:
            self._counts["started"] += 1
            self._ledger.begin(ue.kind)
        else:
            self._others[ue.kind] += 1

        def handed_over(at_ns: int) -> None:
            ue.started_ns = at_ns
            self._first_ns = self._first_ns or at_ns
            if before is not None and in_uplink:
                self._ended(before, report.NOT_ACCEPTED, at_ns, causes.of_5gmm(before.way.cause))
            elif before is not None and how == "reuse":
                self._ended(before, report.SUPERSEDED, at_ns, None)

        self._procedure.begin(ue, handed_over, in_uplink=in_uplink)

    def _later_anew(self, ue: Ue, how: str) -> None:
        self.loop.later(self._options.again, lambda: self._anew(ue, how))

    def _anew(self, old: Ue, how: str) -> None:
        if old.settled:
            return
        # Whatever becomes of it, the round waits for the new one.
        old.settled = True
        if old.patience is not None:
            old.patience.cancel()
        ran = old.node.new_id() if how == "anew" else old.ran
        way = Way("anew under protection") if how.startswith("hidden") else BY_THE_BOOK
        ue = Ue(old.number, old.node, old.link, ran, old.stream, old.kind, way, old.attempt + 1)
        in_uplink = how.endswith("status")
        if in_uplink:
            ue.amf, ue.count = old.amf, old.count
        self._begin(ue, in_uplink=in_uplink, before=old, how=how)

    def _stream(self, link: Link, number: int) -> int:
        # Stream 0 is for what concerns no UE (TS 38.412, clause 7); a peer may leave us no other.
        others = 1 if self._options.one_stream else link.streams - 1
        return 1 + number % others if link.streams > 1 else 0

    def _hear(self, link: Link, message: sctp.Message) -> None:
        read_ns = time.monotonic_ns()
        self._owner.counters["received"] += 1
        try:
            heard = ngap.read(message.data)
        except (ValueError, IndexError):
            self._owner.counters["errors"] += 1
            return
        if self._setup.answered(link, heard):
            return
        ue = link.node.ues.get(heard.ran if heard.ran is not None else -1)
        if ue is None or (heard.amf is not None and ue.amf not in (None, heard.amf)):
            self._counts["stale"] += 1
            return
        # The answer takes the association on which the message came.
        ue.link = link
        self._procedure.hear(ue, heard, read_ns)

    def _ended(self, ue: Ue, outcome: str, at_ns: int, cause: str | None) -> None:
        if not ue.registers:
            ue.outcome = outcome
            return
        ue.outcome, ue.ended_ns, ue.cause = outcome, at_ns, cause
        self._ledger.end(ue.kind, outcome, cause)
        if outcome in COUNTED:
            self._counts[COUNTED[outcome]] += 1
        self._last_ns = at_ns
        self._past.append(ue)

    def _give_up(self, ue: Ue) -> None:
        if ue.outcome == report.RUNNING:
            self._ended(ue, report.TIMED_OUT, time.monotonic_ns(), None)
        else:
            self._counts["stuck"] += 1
        ue.settled = True
        self._drop(ue)
        self._one_less()

    def _settled(self, ue: Ue) -> None:
        again, ue.settled = ue.settled, True
        stays = not (self._options.deregister or self._options.release or ue.awaits_release)
        if ue.outcome == report.COMPLETED and stays and not again:
            self._registered[ue.number] = ue
        else:
            self._drop(ue)
        if not again:
            if ue.patience is not None:
                ue.patience.cancel()
            self._one_less()

    def _drop(self, ue: Ue) -> None:
        if self._registered.get(ue.number) is ue:
            del self._registered[ue.number]
        if ue.node.ues.get(ue.ran) is ue:
            del ue.node.ues[ue.ran]
            if self._options.reuse_ids:
                ue.node.given_back.append(ue.ran)

    def _one_less(self) -> None:
        self._unsettled -= 1
        if self._unsettled:
            return
        if self._rounds == self._options.count:
            self._finished.set()
        else:
            self.loop.later(self._options.period, self.begin_round)
