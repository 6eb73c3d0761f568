"""What sock_diag answers, as bytes: records that were captured, and messages around them.

Benchmarks take them too, of whose memory a test's own modules would be a part.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path

from sctptop.kernel.netlink import messages
from sctptop.kernel.reading.diag.diag_records import SOCK_DIAG_BY_FAMILY


def message(kind: int, sequence: int, payload: bytes = b"", flags: int = 0) -> bytes:
    return struct.pack("=IHHII", 16 + len(payload), kind, flags, sequence, 0) + payload


def captured(name: str) -> list[bytes]:
    """The records of one family in the oldest capture, without their headers."""
    file = min(Path(__file__).with_name("captured").glob("*.json"))
    buffers = json.loads(file.read_text())["buffers"][name]
    found = [one for buffer in buffers for one in messages(bytes.fromhex(buffer))]
    return [one.payload for one in found if one.type == SOCK_DIAG_BY_FAMILY]
