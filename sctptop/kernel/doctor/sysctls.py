"""The net.sctp sysctls that a measurement depends on: what each is set to, what that means, how to change it.

They are of the network namespace, in the kernel's units, and a socket takes them over when it is opened.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sctptop.kernel.host.host_facts import sctp_sysctls
from sctptop.model.check import HINT, OK, Check

USUAL_SACK_DELAY_MS = 200
"""How long a peer may hold its SACK back when nothing is set: an RTO below it sends again too soon."""


@dataclass(frozen=True, slots=True)
class _Sysctl:
    """``means`` explains the value; ``fine``: there is nothing to report; ``instead`` is a value to try."""

    name: str
    means: Callable[[int], str]
    fine: Callable[[int], bool]
    instead: int


def _rto_min(ms: int) -> str:
    if ms <= USUAL_SACK_DELAY_MS:
        return f"below most peers' SACK delay ({USUAL_SACK_DELAY_MS} ms), too soon"
    return f"what is lost waits {ms} ms or more"


def _max_burst(packets: int) -> str:
    return f"at most {packets} packets are sent at once" if packets else "no limit to what is sent at once"


_SYSCTLS = (
    _Sysctl(
        "hb_interval",
        lambda ms: f"heartbeat RTT of an idle path every {ms / 1000:g} s",
        lambda ms: ms <= 5000,
        1000,
    ),
    _Sysctl(
        "sack_timeout",
        lambda ms: f"our SACKs may wait {ms} ms, part of the peer's RTT",
        lambda ms: ms <= 50,
        20,
    ),
    _Sysctl("rto_min", _rto_min, lambda ms: USUAL_SACK_DELAY_MS < ms < 1000, 300),
    _Sysctl("max_burst", _max_burst, lambda packets: packets == 0 or packets > 4, 16),
)


def sysctls(folder: Path) -> list[Check]:
    """A check for each that can be read; none where the kernel runs no SCTP. Never worse than a hint."""
    values = sctp_sysctls(folder)
    found = []
    for entry in _SYSCTLS:
        text = values.get(f"net.sctp.{entry.name}", "")
        if text.isascii() and text.isdigit():
            found.append(_check(entry, int(text)))
    return found


def _check(entry: _Sysctl, value: int) -> Check:
    what = f"{value}: {entry.means(value)}"
    if entry.fine(value):
        return Check(entry.name, OK, what)
    return Check(
        entry.name,
        HINT,
        what,
        f"sudo sysctl net.sctp.{entry.name}={entry.instead}  # for sockets opened after it",
    )
