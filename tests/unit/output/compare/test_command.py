"""``sctptop compare`` from files to words: in a terminal, in Markdown, as JSON; and what it makes of bad files."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from sctptop.cli import main
from sctptop.model.sample import Sample
from sctptop.output.compare.given import names_of
from sctptop.output.compare.text import WIDTH
from sctptop.recording.log.frames import FrameKind
from tests.ui.scripted import with_probes
from tests.unit.associations import sample
from tests.unit.comparison.comparing import Run, slower
from tests.unit.output.compare.running import QUICK, said
from tests.unit.recording.damaging import frames_of, remade, with_data
from tests.unit.recording.recordings import written

RATIO = re.compile(r"\d× \(\d")


def test_the_report_has_all_parts_in_order(
    files: Mapping[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    out = said(capsys, files["slow"], files["fast"])
    titles = (
        "Caveats",
        "Recordings",
        "Settings",
        "Initial registrations, at the gNB",
        "Stages that differ most",
        "Procedures",
        "Transport",
        "Advice given",
        "Distribution of initial registrations",
        "Intervals are of these very runs: ",
        "Verdict on initial registrations: Too few registrations for a verdict: ",
    )
    places = [out.index(f"\n{title}" if place else title) for place, title in enumerate(titles)]
    assert places == sorted(places)
    lines = out.splitlines()
    assert max(map(len, lines)) <= WIDTH and "\x1b" not in out
    (nodelay,) = (line for line in lines if line.strip().startswith("NODELAY of the gNB"))
    assert nodelay.split()[-3:] == ["off", "on", "≠"]
    (expiries,) = (line for line in lines if "for each registration" in line)
    assert expiries.split()[-2:] == ["1.00", "0.00"]
    (median,) = (line for line in lines if line.strip().startswith("time, p50"))
    assert RATIO.search(median) and median.endswith("*")
    assert "slow: problem, Nagle stall (gNB" in out and "fast: none" in out
    assert "compares settings, not cores" in " ".join(out.split())


@pytest.mark.parametrize(
    ("end", "far", "how"),
    [
        (("gNB",), "core", "Network: round trips × heartbeat RTT."),
        (("AMF",), "RAN", "Network: round trips × heartbeat RTT."),
        (("gNB", "AMF"), "core", "Network: seen from both ends."),
    ],
)
def test_the_network_has_a_row_and_what_it_leaves(
    end: tuple[str, ...], far: str, how: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs: Mapping[str, Run] = {
        "base": replace(QUICK, ends=end),
        "late": replace(QUICK, ends=end, change=slower(far == "RAN", 3)),
    }
    paths = [run.written(tmp_path / f"{name}.sctp") for name, run in runs.items()]
    out = said(capsys, *paths)
    assert how in " ".join(out.split())
    told = json.loads(said(capsys, *paths, "--json"))
    pieces = told["comparisons"][0]["pieces"]
    for label, kinds in (("network", ["network"]), (far, ["far"] if len(end) == 1 else ["own"])):
        role = None if label == "network" else {"core": "AMF", "RAN": "gNB"}[far]
        (piece,) = (one for one in pieces if one["kind"] in kinds and one["end"] == role)
        (line,) = (line for line in out.splitlines() if line.startswith(f"    {label}  "))
        totals = [piece["baseline_ms"], piece["ms"]]
        assert totals[0] > 1
        shown = line.removeprefix(f"    {label}").split()[:4:2]
        assert [float(one.removesuffix("ms")) for one in shown] == pytest.approx(totals, abs=0.06)
        (registered,) = (one for one in told["recordings"][1]["registrations"] if one["end"] == end[0])
        assert registered["kinds"][0][f"{label.lower()}_ms"]["mean"] == pytest.approx(totals[1], abs=1e-5)


def test_without_a_heartbeat_the_network_has_no_row(
    files: Mapping[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blind = replace(QUICK, heartbeats=False, change=slower(False, 3)).written(tmp_path / "blind.sctp")
    for paths in ((blind, files["fast"]), (files["fast"], blind)):
        out = said(capsys, *paths)
        assert "SCTP + unread + core + RAN = mean." in out and "\n    network  " not in out
        assert "Time of the core contains the network." in " ".join(out.split())
        told = json.loads(said(capsys, *paths, "--json"))
        (kind,) = told["recordings"][paths.index(blind)]["registrations"][0]["kinds"]
        assert kind["network_ms"] is None
        parts = [kind[f"{name}_ms"]["mean"] for name in ("total", "sctp", "unread", "core", "ran")]
        assert parts[0] == pytest.approx(sum(parts[1:]), abs=1e-5)
        assert told["comparisons"][0]["pieces"][-1]["kind"] == "far and network"


def test_markdown_can_be_pasted(files: Mapping[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, files["slow"], files["fast"], "--markdown").splitlines()
    assert lines[0] == "## SCTP and registrations: fast against slow"
    rows = [line for line in lines if line.startswith("|")]
    widths = {line.replace("\\|", "").count("|") for line in rows}
    assert widths == {4, 5}
    assert "| NODELAY of the gNB | off | on | ≠ |" in rows
    assert any(
        line.startswith(
            "**Verdict on initial registrations:** Too few registrations for a verdict: in so few"
        )
        and "a hint where to look and no verdict" in line
        and "is faster" not in line
        for line in lines
    )
    assert lines.count("```") == 2


def test_json_has_stable_names(files: Mapping[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(said(capsys, files["slow"], files["fast"], files["again"], "--json"))
    assert set(told) == {
        *("schema", "baseline", "margin", "method", "caveats", "settings", "recordings", "comparisons"),
        "load_curves",
    }
    assert (told["schema"], told["baseline"]) == (3, "slow")
    slow, fast, _ = told["recordings"]
    assert slow["seen_from"] == "gNB" and slow["host"] == "amf-1" and slow["damaged"] == 0
    (registrations,) = slow["registrations"]
    assert registrations["end"] == "gNB"
    (kind,) = registrations["kinds"]
    assert (kind["kind"], kind["completed"], kind["timed_out"]) == ("initial", 15, 0)
    assert (kind["success"], kind["inferred"], kind["causes"]) == (1.0, 0, [])
    total = kind["total_ms"]
    assert set(total) == {"n", "min", "mean", "p50", "p95", "p99", "max"} and total["n"] == 15
    split = ("held", "blocked", "lost", "order"), ("sctp", "unread", "network", "core", "ran")
    for whole, parts in zip((kind["sctp_ms"], total), split, strict=True):
        assert whole["mean"] == pytest.approx(sum(kind[f"{part}_ms"]["mean"] for part in parts), abs=1e-5)
    assert kind["stages"][0]["message"] == "RegistrationComplete"
    assert [advice["rule"] for advice in slow["advice"]] == ["nagle"] and fast["advice"] == []
    assert slow["ends"][0]["held_ms"]["max"] > 200 and slow["counters"]["SctpDelaySackExpireds"] == 15
    assert {"end": "gNB", "name": "nodelay", "values": [[False], [True], [True]], "differs": True} in told[
        "settings"
    ]
    first, second = told["comparisons"]
    assert (first["recording"], second["recording"]) == ("fast", "again")
    assert (first["result"], first["by"], first["settings_explain"]) == ("too few", "p50", True)
    assert (first["kind"], first["other_kinds"]) == ("initial", [])
    assert set(first["ratios"]) == {
        *("p50", "p95", "p99", "mean", "heartbeat"),
        *("sctp", "unread", "network", "core", "ran"),
    }
    assert set(first["ratios"]["p50"]) == {
        *("ratio", "low", "high", "low_90", "high_90", "n", "runs", "p", "p_adjusted", "unit", "word")
    }
    assert first["ratios"]["sctp"]["ratio"] is None and first["ratios"]["sctp"]["word"] == "faster"
    assert first["causes"][0]["setting"] == "nodelay" and first["pieces"][0]["kind"] == "held"


def test_kinds_are_a_level_of_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kinds = ("initial", "initial", "periodic", None)
    runs = {
        "base": replace(QUICK, ues=40, ends=("gNB", "AMF"), kinds=kinds),
        "other": replace(QUICK, ues=60, ends=("gNB", "AMF"), kinds=kinds, rejected=28, cause=22),
    }
    paths = [run.written(tmp_path / f"{name}.sctp") for name, run in runs.items()]
    told = json.loads(said(capsys, *paths, "--json"))
    counts = [
        {
            (one["end"], kind["kind"]): (kind["completed"], kind["rejected"])
            for one in recording["registrations"]
            for kind in one["kinds"]
        }
        for recording in told["recordings"]
    ]
    per_end = (
        {"initial": (20, 0), "periodic": (10, 0), "registration": (10, 0)},
        {"initial": (16, 14), "periodic": (8, 7), "registration": (8, 7)},
    )
    for found, expected in zip(counts, per_end, strict=True):
        assert found == {(end, kind): both for end in ("gNB", "AMF") for kind, both in expected.items()}
    (initial, *_) = told["recordings"][1]["registrations"][0]["kinds"]
    assert initial["success"] == 16 / 30
    assert initial["causes"] == [{"outcome": "rejected", "cause": "5GMM 22 Congestion", "n": 14}]
    (pair,) = told["comparisons"]
    assert pair["kind"] == "initial" and pair["verdict"].startswith(
        "initial registrations: Within these runs no difference that matters between"
    )
    assert "16 of 30 in other (14 rejected: 5GMM 22 Congestion)" in pair["verdict"]
    assert [one["kind"] for one in pair["other_kinds"]] == ["periodic", "registration"]
    assert pair["other_kinds"][0]["ratios"]["p50"]["n"] == [10, 8]
    assert [(one["kind"], one["end"]) for one in pair["pieces"]] == [
        *(
            ("held", "gNB"),
            ("blocked", "gNB"),
            ("held", "AMF"),
            ("blocked", "AMF"),
            ("lost", None),
            ("order", None),
        ),
        *(("unread", "gNB"), ("own", "gNB"), ("unread", "AMF"), ("own", "AMF"), ("network", None)),
    ]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["SLOW"], 2, "two recordings or sides"),
        ([], 2, "required: SIDE"),
        (["SLOW", "SLOW"], 2, "are one file"),
        (["SLOW", "LINK"], 2, "are one file"),
        (["SLOW", "MISSING"], 1, "cannot read"),
        (["SLOW", "TEXT"], 1, "is not a recording of sctptop"),
        (["SLOW", "EMPTY"], 1, "is empty"),
        (["SLOW", "FOLDER"], 1, "is no file but a folder"),
        (["SLOW", "NOTHING"], 1, "not one sample of it can be read"),
        (["SLOW", "FAST", "--json", "--markdown"], 2, "not allowed with"),
    ],
)
def test_what_cannot_be_compared_is_one_line_with_a_way_out(
    words: list[str],
    code: int,
    told: str,
    files: Mapping[str, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    places = {"SLOW": files["slow"], "FAST": files["fast"], "FOLDER": tmp_path}
    for name in ("MISSING", "TEXT", "EMPTY", "LINK", "NOTHING"):
        places[name] = tmp_path / name.lower()
    places["TEXT"].write_text("no recording\n" * 20)
    places["EMPTY"].touch()
    places["LINK"].symlink_to(files["slow"])
    shutil.copy(files["fast"], tmp_path / "fast")
    remade(
        tmp_path / "fast",
        "nothing",
        lambda one, data: [(one, data if one.kind == FrameKind.FACTS else b"\0")],
    )
    assert main(["compare", *(str(places.get(word, word)) for word in words)]) == code
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and err.startswith("sctptop: error: ")
    assert told in err and ("(try: " in err or told == "is empty")


def test_a_damaged_one_is_compared_and_said_to_be(
    files: Mapping[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = replace(QUICK, ues=240).written(tmp_path / "whole.sctp")
    marred = with_data(whole, "marred.sctp", (max(one.first for _, one, _ in frames_of(whole)), b"\0"))
    assert main(["compare", str(files["fast"]), str(marred)]) == 0
    out, err = capsys.readouterr()
    assert "marred: 1 part of the file could not be read" in out and "Verdict on initial" in out
    assert err == f"sctptop: 1 part of {marred} could not be read\n"


def test_what_a_recording_says_cannot_act_on_a_terminal_or_a_page(
    files: Mapping[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evil = replace(QUICK, comm="<img src=x>|`\x1b[31m@all").written(
        tmp_path / "e\x1b[2Jvil|.sctp", {"sysctls": {"net.sctp.\x1b[0m": "1|2"}, "machine": ["x"]}
    )
    assert "\x1b" not in said(capsys, files["fast"], evil)
    page = said(capsys, files["fast"], evil, "--markdown")
    assert "\x1b" not in page and "<img" not in page and "@all" not in page
    assert "\\x1b" not in said(capsys, files["fast"], evil, "--json").replace("\\u001b", "\\x1b")


def test_without_registrations_only_transport_is_compared(
    files: Mapping[str, Path], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    quiet = written(tmp_path / "quiet.sctp", list(with_probes(60)))
    out = " ".join(said(capsys, quiet, files["fast"]).split())
    assert "quiet holds no completed registration: only transport is compared." in out
    assert "The heartbeat RTT" in out
    bare = [written(tmp_path / f"{name}.sctp", _bare()) for name in ("a", "b")]
    assert "Verdict: a and b hold no completed registration" in said(capsys, *bare)


def _bare() -> list[Sample]:
    return [sample(at_s=second) for second in range(3)]


def test_names_are_told_apart() -> None:
    assert names_of([Path("x/a.sctp"), Path("y/b")]) == ["a", "b"]
    assert names_of([Path("x/a.sctp"), Path("y/a.sctp")]) == ["x/a.sctp", "y/a.sctp"]
