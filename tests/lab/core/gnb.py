"""The gNB of the bench: registers UEs at a pace, and knows what became of each.

Orders beside those of `socket_owner`:

    go              starts the UEs (with --on-order)
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
from collections import deque
from functools import partial
from typing import Any

from tests.lab.core import ngap_messages as ngap
from tests.lab.core import options as core_options
from tests.lab.core.loop import Line, Loop
from tests.lab.core.report import KEPT, milliseconds, spread
from tests.lab.core.ue import Gnb, Procedure, Ue
from tests.lab.traffic import clients
from tests.lab.traffic import sctp_sockets as sctp
from tests.lab.traffic.socket_owner import SocketOwner

SETUP_SECONDS = 30.0


def gnb(owner: SocketOwner, options: argparse.Namespace) -> None:
    """Associates, sets NG up, and registers."""
    ran = Ran(owner, options)
    line = ran.gnbs[0].line
    assert line is not None
    owner.ready(local_port=line.sock.getsockname()[1], gnbs=len(ran.gnbs))
    if not options.on_order:
        ran.loop.ask(ran.begin_round)
    ran.loop.run()


class Ran:
    """All gNBs of the process: --count rounds of --ues registrations."""

    def __init__(self, owner: SocketOwner, options: argparse.Namespace) -> None:
        self.loop = Loop()
        self._owner, self._options = owner, options
        self._ppid = core_options.ppid(options)
        self._counts = dict.fromkeys(
            "started completed rejected timed_out released sessions deregistered stuck stale".split(), 0
        )
        self._procedure = Procedure(
            *(self.loop, options, core_options.writer(options), self._ppid, self._counts),
            *(self._ended, self._settled),
        )
        self._rounds = self._unsettled = self._first_ns = self._last_ns = 0
        self._finished = threading.Event()
        self._registered: dict[int, Ue] = {}
        self._past: deque[Ue] = deque(maxlen=KEPT)
        self.gnbs = [self._set_up(number) for number in range(options.gnbs)]
        owner.order("go", self._go)
        owner.order("report", lambda _: self.report())
        owner.order("finish", self._finish)
        owner.order("registrations", lambda _: [self._facts(ue) for ue in list(self._past)])

    def report(self) -> dict[str, Any]:
        """Counts and spreads; `rate_per_s`: completed ones from the first hand-over to the last end."""
        done = [ue for ue in list(self._past) if ue.outcome == "completed"]
        seconds = (self._last_ns - self._first_ns) / 1e9
        return {
            **self._counts,
            "rounds": self._rounds,
            "done": self._finished.is_set(),
            "total_ms": spread(milliseconds(ue.ended_ns - ue.started_ns) for ue in done),
            "ran_ms": spread(milliseconds(ue.ran_ns) for ue in done),
            "seconds": round(max(seconds, 0.0), 3),
            "rate_per_s": round(self._counts["completed"] / seconds, 1) if seconds > 0 else None,
        }

    def _facts(self, ue: Ue) -> dict[str, Any]:
        over = ue.outcome == "completed"
        return {
            "ue": ue.number,
            "gnb": ue.gnb.number,
            "stream": ue.stream,
            "ran_ue_id": ue.ran,
            "amf_ue_id": ue.amf,
            "outcome": ue.outcome,
            "started_ns": ue.started_ns,
            "ended_ns": ue.ended_ns,
            "total_ms": milliseconds(ue.ended_ns - ue.started_ns) if over else None,
            "ran_ms": milliseconds(ue.ran_ns) if over else None,
        }

    def _go(self, words: list[str]) -> dict[str, int]:
        self.loop.ask(self.begin_round)
        return {"ues": self._options.ues}

    def _finish(self, words: list[str]) -> dict[str, Any]:
        self._finished.wait(float(words[0]))
        return self.report()

    def _set_up(self, number: int) -> Gnb:
        sock = clients.connected(self._owner, self._options)
        sock.settimeout(SETUP_SECONDS)
        sctp.send(sock, self._procedure.writer.write("NGSetupRequest", gnb=number + 1), ppid=self._ppid)
        answer = sctp.receive(sock).data
        if not answer or ngap.read(answer).name != "NGSetupResponse":
            raise OSError("no NGSetupResponse came")
        made = Gnb(number, sctp.status(sock).out_streams, self._options.first_ran_id)

        def hear(_: Line, message: sctp.Message) -> None:
            self._hear(made, message)

        made.line = Line(self.loop, sock, self._ppid, hear, self._lost_line)
        return made

    def _lost_line(self, line: Line) -> None:
        self._owner.counters["errors"] += 1
        self._owner.drop(line.sock)

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
        gnb = self.gnbs[number % len(self.gnbs)]
        ue = Ue(number, gnb, gnb.new_id(), self._stream(gnb, number))
        gnb.ues[ue.ran] = ue
        ue.patience = self.loop.later(self._options.timeout, lambda: self._give_up(ue))
        self._counts["started"] += 1

        def handed_over(at_ns: int) -> None:
            ue.started_ns = at_ns
            self._first_ns = self._first_ns or at_ns

        self._procedure.begin(ue, handed_over)

    def _stream(self, gnb: Gnb, number: int) -> int:
        # Stream 0 is for what concerns no UE (TS 38.412, clause 7); a peer may leave us no other.
        others = 1 if self._options.one_stream else gnb.streams - 1
        return 1 + number % others if gnb.streams > 1 else 0

    def _hear(self, gnb: Gnb, message: sctp.Message) -> None:
        read_ns = time.monotonic_ns()
        self._owner.counters["received"] += 1
        try:
            heard = ngap.read(message.data)
        except (ValueError, IndexError):
            self._owner.counters["errors"] += 1
            return
        ue = gnb.ues.get(heard.ran if heard.ran is not None else -1)
        if ue is None or ue.amf not in (None, heard.amf):
            self._counts["stale"] += 1
            return
        self._procedure.hear(ue, heard, read_ns)

    def _ended(self, ue: Ue, outcome: str, at_ns: int) -> None:
        ue.outcome, ue.ended_ns = outcome, at_ns
        self._counts[outcome] += 1
        self._last_ns = at_ns
        self._past.append(ue)

    def _give_up(self, ue: Ue) -> None:
        if ue.outcome == "running":
            self._ended(ue, "timed_out", time.monotonic_ns())
        else:
            self._counts["stuck"] += 1
        self._drop(ue)
        self._one_less()

    def _settled(self, ue: Ue) -> None:
        if ue.patience is not None:
            ue.patience.cancel()
        if ue.outcome == "completed" and not (self._options.deregister or self._options.release):
            self._registered[ue.number] = ue
        else:
            self._drop(ue)
        self._one_less()

    def _drop(self, ue: Ue) -> None:
        if ue.gnb.ues.get(ue.ran) is ue:
            del ue.gnb.ues[ue.ran]
            if self._options.reuse_ids:
                ue.gnb.given_back.append(ue.ran)

    def _one_less(self) -> None:
        self._unsettled -= 1
        if self._unsettled:
            return
        if self._rounds == self._options.count:
            self._finished.set()
        else:
            self.loop.later(self._options.period, self.begin_round)
