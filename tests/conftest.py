"""What every test has in common."""

from __future__ import annotations

import gc


def pytest_collection_finish() -> None:
    """What was imported stays to the end: no garbage collection looks through it again."""
    gc.collect()
    gc.freeze()
