"""Two recordings of a load that rises, as files."""

from __future__ import annotations

from pathlib import Path

from tests.unit.comparison.loading import queueing, rising_run

SECONDS = 20


def full_and_free(folder: Path) -> list[Path]:
    """A core of four workers, which such a load fills at the end, and one of forty."""
    return [
        rising_run(queueing(workers, per_second), seed, SECONDS, 5, 44).written(folder / f"{name}.sctp")
        for seed, (name, workers, per_second) in enumerate((("full", 4, 40.0), ("free", 40, 400.0)))
    ]
