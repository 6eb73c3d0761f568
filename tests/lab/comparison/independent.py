"""The statistics of ``sctptop compare`` against scipy's, of the same runs, to three digits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import exp, isclose, log
from statistics import fmean
from typing import Any

from scipy.stats import ttest_ind

FIGURES = ("p50", "mean")
DIGITS = 1e-3


def disagreements(told: Mapping[str, Any]) -> Iterator[str]:
    """Of ``--json`` of two sides of several runs: where the ratio, its interval or p is another than by Welch's t."""
    (pair,) = told["comparisons"]
    for name in FIGURES:
        said = pair["ratios"][name]
        base, other = ([log(_figure(run, name)) for run in side["runs"]] for side in told["recordings"])
        found = ttest_ind(other, base, equal_var=False)
        interval = found.confidence_interval(0.95)
        ours = {
            "ratio": exp(fmean(other) - fmean(base)),
            "low": exp(interval.low),
            "high": exp(interval.high),
            "p": found.pvalue,
        }
        for what, value in ours.items():
            if not isclose(said[what], value, rel_tol=DIGITS):
                yield f"{name}: {what} {said[what]:.4g}, by scipy {value:.4g}"


def _figure(run: Mapping[str, Any], name: str) -> float:
    (kind,) = next(one["kinds"] for one in run["registrations"] if one["end"] == run["seen_from"])
    return float(kind["total_ms"][name])
