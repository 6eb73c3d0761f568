"""What UEs and the AMF do other than by the book, each UE its own: the UE of number n takes the n-th way, in turn.

`--ways ok,mac-failure` lets every second UE fail; `--fates ok,reject:11` has the AMF reject every second one. A fate
goes with the UE's number too, which the AMF reads in its identity: so both ends know who is meant, whatever the order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

UE_WAYS: Mapping[str, str] = {
    "ok": "by the book",
    "mac-failure": "AuthenticationFailure, MAC failure",
    "sync-failure": "AuthenticationFailure, synch failure, the first time",
    "wrong-res": "AuthenticationResponse with a wrong RES*",
    "silent": "no answer to AuthenticationRequest",
    "radio-lost": "UEContextReleaseRequest instead of an answer to it",
    "error": "ErrorIndication instead of an answer to it",
    "anew": "no answer to it; --again later begins anew under another RAN id",
    "reuse": "no answer to it; --again later begins anew under the same RAN id",
    "setup-failure": "InitialContextSetupFailure",
    "status:N": "5GMM STATUS to the accept; --again after that is repeated begins anew in an UplinkNASTransport",
    "hidden-status:N": "the same, the new request under protection too",
    "session-failure": "PDUSessionResourceSetupResponse with the session among those that failed",
}
FATES: Mapping[str, str] = {
    "ok": "by the book",
    "reject:N": "RegistrationReject at once, plain",
    "late-reject:N": "RegistrationReject in place of the accept, under protection",
    "lose": "no answer at all",
    "hold": "none after AuthenticationResponse",
    "release": "UEContextReleaseCommand instead of AuthenticationRequest",
    "identity": "asks for the identity before the accept",
    "reroute": "RerouteNASRequest",
    "session-reject:N": "PDU SESSION ESTABLISHMENT REJECT",
}


class Way(NamedTuple):
    """A word of UE_WAYS or FATES, and the cause behind its colon."""

    word: str = "ok"
    cause: int = 0


class Ways:
    """Of one end, in turn."""

    def __init__(self, text: str, known: Mapping[str, str]) -> None:
        self._ways = [_way(word, known) for word in text.split(",")]

    def of(self, number: int) -> Way:
        """The way of the UE of this number."""
        return self._ways[number % len(self._ways)]


def _way(text: str, known: Mapping[str, str]) -> Way:
    word, colon, cause = text.partition(":")
    if f"{word}:N" in known if colon else word in known:
        return Way(word, int(cause or 0))
    raise ValueError(f"{text} is none of {', '.join(known)}")
