"""Which rules of advice fired in a recording, on which end, for how long and with what at worst."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sctptop.comparison.summaries.summary import Fired
from sctptop.model.advice.given import Advice
from sctptop.model.associations.identity import Key
from sctptop.model.ngap.dialect import NGAP, NGAP_PORT, S1AP, S1AP_PORT
from sctptop.model.peers.peer import PeerKey

SEVERITIES = ("problem", "warning", "note")


@dataclass(slots=True)
class _Rule:
    title: str
    severity: str
    seen: str = ""
    remedy: str = ""
    cost: float = 0.0
    lasted_s: float = 0.0


class FiredBook:
    """Takes the advice of each snapshot in turn."""

    def __init__(self) -> None:
        self._rules: dict[tuple[str, Key | None, PeerKey | None], _Rule] = {}

    def take(self, given: Iterable[Advice], interval_s: float) -> None:
        """Add what was advised in this one."""
        names = set()
        for advice in given:
            names.add(name := (advice.rule, advice.association, advice.peer))
            rule = self._rules.setdefault(name, _Rule(advice.title, advice.severity))
            if advice.cost >= rule.cost:
                rule.seen, rule.remedy, rule.cost = advice.seen, advice.remedy, advice.cost
        for name in names:
            self._rules[name].lasted_s += interval_s

    def fired(self, roles: Mapping[Key, str], ngap: bool) -> list[Fired]:
        """One entry per rule and role, the worst first and those given longest; ``roles`` of what is compared."""
        together: dict[tuple[str, str], list[_Rule]] = {}
        for (rule, key, peer), one in self._rules.items():
            role = _towards(peer, ngap) if key is None else roles.get(key)
            if role is not None:
                together.setdefault((rule, role or "client"), []).append(one)
        fired = [
            Fired(
                rule=rule,
                title=said[0].title,
                severity=min((one.severity for one in said), key=SEVERITIES.index),
                role=role,
                associations=len(said),
                lasted_s=max(one.lasted_s for one in said),
                seen=(longest := max(said, key=lambda one: one.lasted_s)).seen,
                remedy=longest.remedy,
            )
            for (rule, role), said in together.items()
        ]
        return sorted(
            fired, key=lambda one: (SEVERITIES.index(one.severity), -one.lasted_s, one.rule, one.role)
        )


def _towards(peer: PeerKey | None, ngap: bool) -> str | None:
    """The role of this end towards a peer; None where only NGAP is compared, and its port is another."""
    if peer is None:
        return None
    _, _, port, called = peer
    dialect = {NGAP_PORT: NGAP, S1AP_PORT: S1AP}.get(port)
    if dialect is None:
        return None if ngap else "client" if called else "server"
    return dialect.ran if called else dialect.core
