"""Numbers of DATA chunks, which begin anew at 2^32 (RFC 9260 section 1.6)."""

from __future__ import annotations

TSNS = 1 << 32


def ahead(tsn: int, start: int) -> int:
    """How far a TSN lies behind another one, negative before it."""
    return (tsn - start + TSNS // 2) % TSNS - TSNS // 2
