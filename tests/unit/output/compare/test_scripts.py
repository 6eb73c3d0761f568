"""What ``sctptop compare`` gives scripts: exit codes, a line, tidy CSV; and of which part of recordings."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from sctptop.cli import main
from sctptop.output.compare.csv import COLUMNS
from tests.unit.comparison.comparing import SLOW
from tests.unit.output.compare.running import QUICK, said


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    folder = tmp_path_factory.mktemp("scripts")
    kinds = {
        "nagle": replace(SLOW, ues=12),
        "nodelay": replace(QUICK, ues=12),
        "again": replace(QUICK, ues=12),
    }
    for place, (name, run) in enumerate(kinds.items()):
        for seed in range(3):
            replace(run, seed=10 * place + seed).written(folder / f"{name}-{seed}.sctp")
    return {name: f"{name}={folder}/{name}-*.sctp" for name in kinds}


@pytest.mark.parametrize(
    ("base", "other", "flags", "code"),
    [
        ("nodelay", "nagle", ["--verdict"], 1),
        ("nagle", "nodelay", ["--verdict"], 0),
        ("nodelay", "again", ["--verdict", "--fail-above", "30%"], 0),
        ("nodelay", "nagle", ["--fail-above", "30%", "--json"], 1),
        ("nodelay", "nagle", ["--fail-above", "99%", "--verdict"], 1),
        ("nodelay", "nagle", ["--json"], 0),
    ],
)
def test_exit_codes(
    base: str,
    other: str,
    flags: list[str],
    code: int,
    runs: Mapping[str, str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["compare", runs[base], runs[other], *flags]) == code
    out, err = capsys.readouterr()
    assert err == "" and (out.count("\n") == 1)
    if "--verdict" in flags:
        assert out.startswith(f"{'worse' if code else 'no worse'}: {other} against {base}, median of initial")


def test_one_run_a_side_cannot_be_told(runs: Mapping[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    one, other = (runs[name].partition("=")[2].replace("*", "0") for name in ("nodelay", "nagle"))
    assert main(["compare", one, other, "--verdict"]) == 4
    assert capsys.readouterr().out.startswith("cannot tell: nagle-0 against nodelay-0, median of")


@pytest.mark.parametrize("flags", [["--verdict"], ["--fail-above", "10%"], ["--fail-above", "10%", "--json"]])
def test_what_is_no_answer_is_never_one_by_its_exit_code(
    flags: list[str],
    runs: Mapping[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """1 is "worse" and 0 "no worse"; without these words trouble has the codes that it has everywhere."""
    (tmp_path / "empty.sctp").touch()
    words = ["compare", str(tmp_path / "empty.sctp"), runs["nagle"]]
    assert main(words) == 1 and main([*words, *flags]) == 2
    assert capsys.readouterr().err.count("is empty") == 2

    def ends(error: BaseException) -> int:
        def broken(*_: object) -> None:
            raise error

        monkeypatch.setattr("sctptop.output.compare.command.compare", broken)
        return main(["compare", *runs.values(), *flags])

    assert (
        ends(KeyboardInterrupt()) == 130 and ends(RuntimeError("odd")) == 2 and ends(BrokenPipeError()) == 141
    )
    assert "internal: RuntimeError: odd" in capsys.readouterr().err


def test_runs_that_a_shell_made_sides_are_told_in_a_line_too(
    runs: Mapping[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, pattern = runs["nagle"].partition("=")
    assert main(["compare", *(pattern.replace("*", str(place)) for place in range(3)), "--verdict"]) == 4
    out, err = capsys.readouterr()
    assert out.count("\n") == 2 and "make them one side: 'nagle-*.sctp', in quotes" in err


def test_csv_is_tidy(runs: Mapping[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.DictReader(io.StringIO(said(capsys, runs["nodelay"], runs["nagle"], "--csv"))))
    assert tuple(rows[0]) == COLUMNS
    names = [(row["side"], row["run"], row["kind"], row["part"], row["figure"]) for row in rows]
    assert len(set(names)) == len(names)
    totals = {
        (row["side"], row["run"]): row for row in rows if (row["part"], row["figure"]) == ("total", "p50")
    }
    assert list(totals) == [
        *(("nodelay", run) for run in ("", "nodelay-0", "nodelay-1", "nodelay-2")),
        *(("nagle", run) for run in ("", "nagle-0", "nagle-1", "nagle-2")),
    ]
    nagle, nodelay = totals["nagle", ""], totals["nodelay", ""]
    assert (nagle["runs"], nagle["n"], nagle["unit"], nagle["answer"]) == ("3", "36", "run", "slower")
    assert float(nagle["ratio"]) == pytest.approx(float(nagle["ms"]) / float(nodelay["ms"]), rel=1e-4)
    assert nodelay["ratio"] == "" and totals["nagle", "nagle-1"]["p"] == ""
    held = rows[names.index(("nagle", "", "initial", "sctp", "mean"))]
    assert float(held["ms"]) > 200 and held["answer"] == "slower"


def test_the_beginning_can_be_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """UEs come at 1.0 s, 1.3 s and so on; what is left out counts nowhere."""
    files = [replace(SLOW, ues=40, seed=seed).written(tmp_path / f"{seed}.sctp") for seed in (1, 2)]

    def counts(*flags: str) -> tuple[int, int, int]:
        one, _ = json.loads(said(capsys, *files, "--json", *flags))["recordings"]
        (kind,) = one["registrations"][0]["kinds"]
        return kind["started"], kind["completed"], one["counters"]["SctpDelaySackExpireds"]

    assert counts() == (40, 40, 40)
    # Of those of the first 7 s, 20 began; one was under way, and its timer expires within.
    started, completed, expired = counts("--warm-up", "7s")
    assert started == completed == 20 and expired in (20, 21)
    started, completed, expired = counts("--from", "4s", "--to", "7s")
    assert 8 <= completed <= 11 and completed <= started <= completed + 1 and 8 <= expired <= 12
    assert counts("--from", "4s", "--warm-up", "3s") == counts("--warm-up", "7s")
    assert counts("--to", "-1s")[1] == 40


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["--warm-up", "soon"], "argument --warm-up"),
        (["--warm-up", "10m"], "no sample is left of it"),
        (["--from", "10m"], "argument --from"),
        (["--to", "yesterday"], "argument --to"),
        (["--filter", "bogus=1"], "argument --filter"),
        (["--fail-above", "much"], "argument --fail-above"),
        (["--verdict", "--csv"], "not allowed with"),
    ],
)
def test_what_cannot_be_meant(
    flags: list[str], told: str, files: Mapping[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", str(files["slow"]), str(files["fast"]), *flags]) in (1, 2)
    out, err = capsys.readouterr()
    assert out == "" and told in err and "(try: " in err


def test_associations_can_be_chosen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of both ends on one host the AMF's alone."""
    both = [
        replace(QUICK, ends=("gNB", "AMF"), seed=seed).written(tmp_path / f"{seed}.sctp") for seed in (1, 2)
    ]
    told = json.loads(said(capsys, *both, "--json", "--filter", "local_port=38412"))
    one = told["recordings"][0]
    assert [entry["end"] for entry in one["registrations"]] == ["AMF"] and one["seen_from"] == "AMF"
    assert [entry["end"] for entry in one["ends"]] == ["AMF"]
    every = json.loads(said(capsys, *both, "--json"))["recordings"][0]
    asked = [sum(proc["latency_ms"]["n"] for proc in side["procedures"]) for side in (one, every)]
    assert 0 < asked[0] < asked[1]
