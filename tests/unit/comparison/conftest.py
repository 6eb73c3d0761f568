"""The same times have the same ratio: it is drawn once for all tests here, which are many and compare few times."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache

import pytest

from sctptop.comparison.sides import ratios
from sctptop.comparison.statistics.ratio import MARGIN, Ratio
from sctptop.comparison.statistics.within_runs import ratio_within


def once(ratio: Callable[..., Ratio]) -> Callable[..., Ratio]:
    """The function, asked once for each pair of times."""
    drawn = cache(ratio)

    def asked(
        base: Sequence[float], other: Sequence[float], share: float | None, margin: float = MARGIN
    ) -> Ratio:
        return drawn(tuple(base), tuple(other), share, margin)

    return asked


@pytest.fixture(autouse=True, scope="package")
def each_ratio_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ratios, "ratio_within", once(ratio_within))
        yield
