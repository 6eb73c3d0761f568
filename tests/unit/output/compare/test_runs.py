"""``sctptop compare`` of several runs a side, from files to words and JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from sctptop.cli import main
from tests.unit.comparison.comparing import SLOW
from tests.unit.output.compare.running import QUICK, said


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Three runs of either set-up, as words of the command line."""
    folder = tmp_path_factory.mktemp("runs")
    kinds = {"nagle": replace(SLOW, ues=12), "nodelay": replace(QUICK, ues=12)}
    for name, run in kinds.items():
        for seed in range(3):
            replace(run, seed=seed).written(folder / f"{name}-{seed}.sctp")
    return {name: f"{name}={folder}/{name}-*.sctp" for name in kinds}


def test_set_ups_are_compared_run_by_run(runs: Mapping[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, *runs.values())
    flat = " ".join(out.split())
    assert "Verdict on initial registrations: nodelay is faster than nagle by 10." in flat
    assert "(median, 3 and 3 runs, n = 36 and 36, 95 % interval)" in flat
    assert (
        "Nearly all of the difference is SCTP on the gNB" in flat
        and "NODELAY of the gNB is off in nagle" in flat
    )
    assert "Welch's t" in flat and "Holm 1979" in flat and "Of the set-ups nothing" not in flat
    rows = {line.split("  ")[1]: line.split()[-2:] for line in out.splitlines() if line.startswith("  runs")}
    assert rows == {"runs": ["3", "3"], "runs with ten or more": ["3", "3"]}
    assert "p50 from run to run" in out and "ms…" in out


def test_json_tells_each_run(runs: Mapping[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(said(capsys, *runs.values(), "--json", "--margin", "10%"))
    assert told["margin"] == 0.1
    nagle, _ = told["recordings"]
    assert [one["name"] for one in nagle["runs"]] == [f"nagle-{place}" for place in range(3)]
    median = told["comparisons"][0]["ratios"]["p50"]
    assert (median["unit"], median["runs"], median["n"]) == ("run", [3, 3], [36, 36])
    assert 0 < median["p"] <= median["p_adjusted"] < 0.001
    assert told["comparisons"][0]["ratios"]["p99"]["p"] is None


@pytest.mark.parametrize("margin", ["0", "100%", "five", "-5%", "5 percent"])
def test_a_margin_is_a_share(
    margin: str, runs: Mapping[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", *runs.values(), f"--margin={margin}"]) == 2
    assert "argument --margin: " in capsys.readouterr().err
