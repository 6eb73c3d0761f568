"""What the probes cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PointCost:
    """One attach point, ``how`` it is reached and ``why`` no better; ``refused`` is why our function is not there.

    Points with one ``function`` share its numbers: ``runs`` and ``nanoseconds`` since the kernel's timing was switched
    on, None where it times nothing of it; ``missed``: hits that the kernel left out, None where it does not say.
    """

    target: str
    how: str
    function: str
    gives: str
    refused: str | None = None
    why: str = ""
    runs: int | None = None
    nanoseconds: int | None = None
    missed: int | None = None

    @property
    def on(self) -> bool:
        """Whether our function is there."""
        return self.refused is None


@dataclass(frozen=True, slots=True)
class ProbeCosts:
    """All attach points, watched for ``watched_s``; ``timed``: whether the kernel times BPF programs; ``from_kept``:
    whether an earlier start had compiled them.

    ``cramped``: why the buffers of events are smaller than is useful, empty where they are not.
    """

    points: tuple[PointCost, ...]
    watched_s: float
    compile_s: float
    timed: bool
    cramped: str = ""
    from_kept: bool = False
