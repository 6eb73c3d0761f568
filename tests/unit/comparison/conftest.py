"""The same times have the same ratio: it is drawn once for all tests here, which are many and compare few times."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache

import pytest

from sctptop.comparison import compare
from sctptop.comparison.significance import Ratio


def once(ratio: Callable[..., Ratio]) -> Callable[..., Ratio]:
    """The function, asked once for each pair of times."""
    drawn = cache(ratio)

    def asked(base: Sequence[float], other: Sequence[float], *share: float) -> Ratio:
        return drawn(tuple(base), tuple(other), *share)

    return asked


@pytest.fixture(autouse=True, scope="package")
def each_ratio_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("ratio_of_means", "ratio_of_percentiles"):
            patch.setattr(compare, name, once(getattr(compare, name)))
        yield
