"""Registrations under the names of 3GPP, where an AMF's host was recorded."""

from __future__ import annotations

from dataclasses import replace

from sctptop.comparison.compare import compare
from sctptop.comparison.sides.pooling import pooled
from sctptop.output.compare.tables import tables
from tests.unit.comparison.comparing import Run

RUN = Run(ues=15, rejected=3, cause=22, ends=("AMF",), kinds=("initial", "periodic"))
TITLE = "As an AMF counts them, TS 28.552 5.2.2"


def test_an_amf_s_counters_and_the_rate_of_success() -> None:
    once, again = (replace(RUN, seed=seed).summary(f"r{seed}") for seed in (1, 2))
    comparison = compare([once, pooled("both", [once, again])])
    table = next(one for one in tables(comparison, ()) if one.title == TITLE)
    rows = {line.label: line.cells for line in table.lines}
    assert rows == {
        "RM.RegInitReq": ("8", "16"),
        "RM.RegInitSucc": ("6", "12"),
        "RM.RegPeriodReq": ("7", "14"),
        "RM.RegPeriodSucc": ("6", "12"),
        "RSR (TS 28.554 6.2.3)": ("80.0%", "80.0%"),
    }


def test_a_gnb_is_no_amf() -> None:
    one = replace(RUN, ends=("gNB",)).summary("a")
    assert TITLE not in {table.title for table in tables(compare([one, one]), ())}
