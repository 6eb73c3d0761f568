"""The two ends of an association, by what they are in NGAP or S1AP."""

from __future__ import annotations

from collections.abc import Mapping

from sctptop.model.ngap.dialect import NGAP, RAN_ENDS, S1AP

PEERS: Mapping[str, str] = {
    NGAP.ran: NGAP.core,
    NGAP.core: NGAP.ran,
    S1AP.ran: S1AP.core,
    S1AP.core: S1AP.ran,
    "client": "server",
    "server": "client",
}
"""Each role and the one at its other end; in the order in which they are shown."""
RADIO = RAN_ENDS
