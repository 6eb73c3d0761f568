"""How the state of the probes is worded and coloured."""

from __future__ import annotations

from sctptop.model.source_state import Kind, SourceState

_WORDS = {Kind.OK: "on", Kind.COMPILING: "compiling", Kind.WAITING: "waiting"}


def word(probes: SourceState) -> str:
    """On, compiling, waiting or off."""
    return _WORDS.get(probes.kind, "off")


def tone(probes: SourceState) -> str:
    """The style of the words shown in place of what they see: a warning where nothing will come by itself."""
    return "dim" if probes.ok or probes.coming else "warn"


def why_nothing(probes: SourceState) -> str:
    """Why there is nothing from them, and what helps; empty while they are on."""
    match probes.kind:
        case Kind.OK:
            return ""
        case Kind.COMPILING:
            return "The probes are being compiled; what they see appears here by itself."
        case Kind.WAITING:
            return f"The probes wait{reason_of(probes)}. They begin by themselves{_remedy(probes, ', or try: ')}."
        case _:
            return f"The probes are off{reason_of(probes)}.{_remedy(probes, ' Try: ')}"


def reason_of(probes: SourceState) -> str:
    """``: WHY``, to follow other words; empty where nothing is to be added."""
    return f": {probes.reason.rstrip('.')}" if probes.reason else ""


def _remedy(probes: SourceState, lead: str) -> str:
    return f"{lead}{probes.remedy}" if probes.remedy else ""
