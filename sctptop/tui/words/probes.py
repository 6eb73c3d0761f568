"""What a sample says of the probes, for those who draw it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sctptop.model.sample import Sample

_TOLD = re.compile(r"(?P<state>\w+)(?:: (?P<reason>.*?))?(?: \(try: (?P<remedy>.*)\))?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Probes:
    """``state`` is on, compiling, waiting or off; ``reason`` and ``remedy`` may be empty."""

    state: str
    reason: str = ""
    remedy: str = ""

    @property
    def on(self) -> bool:
        """Whether events and heartbeat RTTs come."""
        return self.state == "on"

    @property
    def off(self) -> bool:
        """Whether none will come by themselves."""
        return self.state == "off"

    @property
    def sentence(self) -> str:
        """Why there is nothing from them, and what helps; empty while they are on."""
        if self.on:
            return ""
        if self.state == "compiling":
            return "The probes are being compiled; what they see appears here by itself."
        reason = f": {self.reason}" if self.reason else ""
        if self.state == "waiting":
            return f"The probes wait{reason}. They begin by themselves{self._try(', or try: ')}."
        return f"The probes are off{reason}.{self._try(' Try: ')}"

    def _try(self, lead: str) -> str:
        return f"{lead}{self.remedy}" if self.remedy else ""


def probes_of(sample: Sample) -> Probes:
    """From ``Sample.sources``: "ok", "compiling", "waiting: …", "off: … (try: …)", or nothing."""
    told = sample.sources.get("bpf", "")
    if told == "ok":
        return Probes("on")
    found = _TOLD.match(told)
    if found is None:
        return Probes("off")
    state = found["state"] if found["state"] in ("compiling", "waiting") else "off"
    return Probes(state, (found["reason"] or "").rstrip("."), found["remedy"] or "")
