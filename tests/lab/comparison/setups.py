"""Set-ups that are recorded to be compared: what differs from PLAIN, or from BURST, in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Setup:
    """A run: ``rounds`` of ``ues`` registrations, ``rate`` a second (0: all at once), with ``pause_s`` between them.

    ``delay_ms`` and ``loss_percent`` each way; ``ends`` are words of core_scene, ``gnb`` and ``amf`` options of the
    simulators. ``captured``: by tcpdump too, once. Pauses are long enough for heartbeats; the load is small enough for
    an emulated machine.
    """

    ues: int = 8
    rate: float = 2.0
    rounds: int = 3
    pause_s: float = 3.0
    delay_ms: float = 10.0
    loss_percent: float = 0.0
    ends: Mapping[str, Any] = field(default_factory=dict)
    gnb: Sequence[str] = ()
    amf: Sequence[str] = ()
    captured: bool = False

    @property
    def registrations(self) -> int:
        """How many there are in a run."""
        return self.ues * self.rounds

    def scene(self) -> Mapping[str, Any]:
        """The words of core_scene."""
        beat = ("--heartbeat", "500")
        return {
            "gnb_nodelay": True,
            "amf_nodelay": True,
            **self.ends,
            "ues": self.ues,
            "rate": self.rate,
            "rounds": self.rounds,
            "gnb_options": (*beat, "--period", str(self.pause_s), *self.gnb),
            "amf_options": (*beat, *self.amf),
        }


PLAIN = Setup()
BURST = Setup(ues=30, rate=0.0, rounds=1, delay_ms=100.0)
"""All UEs at once, far away: what is sent is more than a small window takes in a round trip."""
NAGLE = {"gnb_nodelay": False}
RTO = (3000, 3000, 60_000)
"""Three times the usual one."""
SETUPS: Mapping[str, Setup] = {
    "plain": PLAIN,
    "again": PLAIN,
    "nagle": replace(PLAIN, ends=NAGLE),
    "nagle-sack20": replace(PLAIN, ends={**NAGLE, "amf_sack_delay_ms": 20}),
    "sack20": replace(PLAIN, ends={"amf_sack_delay_ms": 20}),
    "loss": replace(PLAIN, loss_percent=8.0),
    "loss-rto3": replace(PLAIN, loss_percent=8.0, ends={"gnb_rto_ms": RTO, "amf_rto_ms": RTO}),
    "cpu": replace(PLAIN, ends={"amf_cpu_ms": 30.0}),
    "ran": replace(PLAIN, ends={"ue_delay_ms": 40.0}),
    "far": replace(PLAIN, delay_ms=40.0),
    "burst": BURST,
    "plain-wire": replace(PLAIN, captured=True),
    "loss-wire": replace(PLAIN, loss_percent=8.0, captured=True),
    "burst-rwnd": replace(BURST, amf=("--receive-buffer", "2304")),
    "burst-rwnd4k": replace(BURST, amf=("--receive-buffer", "4096")),
    "burst-cpu": replace(BURST, ends={"amf_cpu_ms": 30.0}),
}


def captures(folder: Path, run: str) -> list[Path]:
    """What tcpdump saw of a run, at the gNB and at the AMF."""
    return [folder / f"{run}-{host}.pcap" for host in ("gnb", "amf")]
