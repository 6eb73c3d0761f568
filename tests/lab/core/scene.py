"""A 5G core's front door in the lab: gNBs that register UEs at an AMF, over SCTP, with real NGAP and NAS.

with core_scene(ues=20, rate=5, amf_cpu_ms=4) as scene:
    report = scene.finish(60)                  # report["completed"], report["total_ms"]["p50"], ...
    scene.registrations()                      # each one, with what the AMF saw of it
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from tests.lab.core import ngap_templates
from tests.lab.core.report import milliseconds
from tests.lab.scenes.hosts import Host, clear, impair, two_hosts
from tests.lab.traffic.process import Traffic, start

Rto = tuple[int, int, int]
"""Initial, minimum and maximum in ms."""


@dataclass
class CoreScene:
    """Both hosts, and the process in each; `other` is the AMF that UEs are re-routed to."""

    gnb: Host
    amf: Host
    ran: Traffic
    core: Traffic
    gnb_words: list[str]
    other: Traffic | None = None

    def go(self) -> None:
        """Starts the UEs of a scene that was told to wait (`on_order`)."""
        self.ran.ask("go")

    def finish(self, seconds: float = 120.0) -> dict[str, Any]:
        """The gNB's report (see `core_gnb`) once all rounds are done; at the latest after so many seconds.

        Nagle may hold the last messages: the AMF has read them too by then, if it ever does within 10 s.
        """
        found: dict[str, Any] = self.ran.ask(f"finish {seconds}", timeout=seconds + 30)
        end = time.monotonic() + 10
        while not self._agree(found) and time.monotonic() < end:
            time.sleep(0.1)
        return found

    def _agree(self, report: dict[str, Any]) -> bool:
        core = self.core_report()
        return all(core[name] >= report[name] for name in ("completed", "sessions", "released")) and all(
            2 * kind["started"] == sum(value for value in kind.values() if isinstance(value, int))
            for kind in core["kinds"].values()
        )

    def ran_report(self) -> dict[str, Any]:
        """The gNB's counts and times up to now."""
        found: dict[str, Any] = self.ran.ask("report")
        return found

    def core_report(self) -> dict[str, Any]:
        """The AMF's counts and times up to now."""
        found: dict[str, Any] = self.core.ask("report")
        return found

    def kill_amf(self) -> None:
        """SIGKILL: the kernel closes its sockets."""
        self.core.process.kill()

    def lose_gnb(self) -> None:
        """It loses its power: gone without a word, so that the AMF keeps the association."""
        impair(self.gnb, loss_percent=100)
        self.ran.ask("vanish")
        self.ran.process.kill()
        self.ran.process.wait(10)
        clear(self.gnb)

    def start_gnb(self, *options: str) -> None:
        """Starts it again, as it was or with other options."""
        self.ran = start(self.gnb, "gnb", *self.gnb_words, *options)

    def registrations(self) -> list[dict[str, Any]]:
        """What the gNB knows of each registration that is over, and `heard_ms`: None unless it completed.

        `heard_ms` is from the hand-over of InitialUEMessage at the gNB to the AMF's end (RegistrationComplete read, or
        RegistrationAccept handed over without a GUTI): unlike `total_ms` it holds the time that Nagle costs at the end.
        """
        ended = {
            facts["amf_ue_id"]: facts["ended_ns"]
            for facts in self.core.ask("registrations")
            if facts["outcome"] == "completed"
        }
        found: list[dict[str, Any]] = self.ran.ask("registrations")
        for facts in found:
            end_ns = ended.get(facts["amf_ue_id"])
            facts["heard_ms"] = None if end_ns is None else milliseconds(end_ns - facts["started_ns"])
        return found


@contextmanager
def core_scene(
    *,
    ues: int = 1,
    rate: float = 0.0,
    rounds: int = 1,
    gnbs: int = 1,
    on_order: bool = False,
    gnb_nodelay: bool = False,
    amf_nodelay: bool = False,
    gnb_sack_delay_ms: int | None = None,
    amf_sack_delay_ms: int | None = None,
    gnb_rto_ms: Rto | None = None,
    amf_rto_ms: Rto | None = None,
    amf_cpu_ms: float = 0.0,
    amf_delay_ms: float = 0.0,
    ue_delay_ms: float = 0.0,
    reject: int = 0,
    lose: int = 0,
    guti: bool = True,
    ciphered: bool = False,
    kinds: str = "initial",
    ways: str = "ok",
    fates: str = "ok",
    timeout: float = 15.0,
    reroute: bool = False,
    gnb_options: Sequence[str] = (),
    amf_options: Sequence[str] = (),
    hosts: tuple[Host, Host] | None = None,
    prefix: str = "core-",
) -> Iterator[CoreScene]:
    """Starts an AMF and gNBs in two hosts; NG is set up when the block begins, and UEs register (not `on_order`).

    Everything is a kernel's default unless said otherwise. `rounds` 0: again and again. `gnb_options`, `amf_options`:
    more of `python -m tests.lab.traffic --help`, e.g. ("--deregister", "--reuse-ids"). `hosts`: some that exist.
    `kinds`, `ways`, `fates`: see `ways`. `reroute`: another AMF, at an address of its own in the AMF's host.
    """
    options = ["--templates", str(ngap_templates.file()), "--timeout", str(timeout)]
    options += ["--ciphered"] if ciphered else []
    amf_words = _both(amf_nodelay, amf_sack_delay_ms, amf_rto_ms)
    amf_words += ["--cpu", str(amf_cpu_ms), "--answer-delay", str(amf_delay_ms)]
    amf_words += ["--reject", str(reject), "--lose", str(lose), *([] if guti else ["--no-guti"])]
    amf_words += ["--fates", fates]
    gnb_words = _both(gnb_nodelay, gnb_sack_delay_ms, gnb_rto_ms)
    gnb_words += ["--ues", str(ues), "--rate", str(rate), "--count", str(rounds), "--gnbs", str(gnbs)]
    gnb_words += ["--ue-delay", str(ue_delay_ms), *(["--on-order"] if on_order else [])]
    gnb_words += ["--kinds", kinds, "--ways", ways]
    with ExitStack() as stack:
        gnb, amf = hosts or stack.enter_context(two_hosts(prefix=prefix))
        core = start(amf, "amf", "--local", amf.ipv4[0], *options, *amf_words, *amf_options)
        stack.callback(core.stop)
        other = None
        if reroute:
            address = str(ip_address(amf.ipv4[0]) + 1)
            amf.run(["ip", "address", "replace", f"{address}/24", "dev", amf.interfaces[0]])
            other = start(amf, "amf", "--local", address, *options, *_both(amf_nodelay, None, None))
            stack.callback(other.stop)
            gnb_words += ["--other-amf", address]
        gnb_words = ["--to", amf.ipv4[0], *options, *gnb_words, *gnb_options]
        scene = CoreScene(gnb, amf, start(gnb, "gnb", *gnb_words), core, gnb_words, other)
        stack.callback(lambda: scene.ran.stop())
        yield scene


@contextmanager
def lte_scene(
    *,
    kinds: str,
    ues: int,
    rate: float = 0.0,
    ways: str = "ok",
    fates: str = "ok",
    ciphered: bool = True,
    on_order: bool = False,
    release_after_s: float = -1.0,
    timeout: float = 15.0,
    hosts: tuple[Host, Host] | None = None,
) -> Iterator[CoreScene]:
    """The same of an MME and an eNB; `kinds` as in `lte.context`. NODELAY at both ends."""
    options = ["--templates", str(ngap_templates.file("S1AP")), "--port", "36412", "--nodelay"]
    options += ["--timeout", str(timeout), *(["--ciphered"] if ciphered else [])]
    words = ["--kinds", kinds, "--ues", str(ues), "--rate", str(rate), "--ways", ways]
    words += [*(["--on-order"] if on_order else []), *(["--await-release"] if release_after_s >= 0 else [])]
    with ExitStack() as stack:
        enb, mme = hosts or stack.enter_context(two_hosts(("enb", "mme"), prefix="core-"))
        released = ["--fates", fates, "--release-after", str(release_after_s)]
        core = start(mme, "mme", "--local", mme.ipv4[0], *options, *released)
        stack.callback(core.stop)
        words = ["--to", mme.ipv4[0], *options, *words]
        ran = start(enb, "enb", *words)
        stack.callback(ran.stop)
        yield CoreScene(enb, mme, ran, core, words)


def _both(nodelay: bool, sack_delay_ms: int | None, rto_ms: Rto | None) -> list[str]:
    words = ["--nodelay"] if nodelay else []
    words += [] if sack_delay_ms is None else ["--sack-delay", str(sack_delay_ms)]
    words += [] if rto_ms is None else ["--rto", ",".join(map(str, rto_ms))]
    return words
