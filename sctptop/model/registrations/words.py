"""How registrations are told: outcomes and causes, by their names."""

from __future__ import annotations

from sctptop.model.ngap.causes import cause_text, nas_cause_text
from sctptop.model.ngap.message import Message

RUNNING, COMPLETED, REJECTED = "running", "completed", "rejected"
REFUSED, NOT_ACCEPTED = "refused by authentication", "not accepted by the UE"
RELEASED, SUPERSEDED, ASSOCIATION_LOST = "released", "superseded", "association lost"
TIMED_OUT, UNKNOWN = "timed out", "unknown"
OUTCOMES = (
    COMPLETED,
    REJECTED,
    REFUSED,
    NOT_ACCEPTED,
    RELEASED,
    SUPERSEDED,
    ASSOCIATION_LOST,
    TIMED_OUT,
    UNKNOWN,
)
"""How a registration may end."""


def nas_cause_of(message: Message | None) -> str | None:
    """The cause in a NAS message, such as "5GMM 20 MAC failure"; None where there is none to be read."""
    if message is None or message.nas_cause is None:
        return None
    return nas_cause_text(message.dialect.ppid, message.nas_cause)


def cause_of(message: Message | None) -> str | None:
    """The cause in a message of NGAP or S1AP, such as "NGAP nas 0 normal-release"; None without one."""
    if message is None or message.cause is None:
        return None
    return cause_text(message.dialect.ppid, *message.cause)
