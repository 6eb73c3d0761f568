"""The numbers of ``sctptop compare`` against what tcpdump saw at both ends: the median time, and whose it was.

At each instant the message that was first sent first has it: lost, until the transmission that arrived; in the network;
waiting in order. Where none is on its way it is the time of that end which read last. Nothing of sctptop is used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import fmean, median
from typing import Any

from tests.lab.comparison.cases import compared
from tests.lab.comparison.setups import captures
from tests.lab.scenes.hosts import Host
from tests.lab.witness.packets import Way, ways
from tests.lab.witness.wire_split import by_ue

LOST, NETWORK, ORDER, GNB, AMF = "lost", "network", "order", "gNB", "AMF"
PARTS = (LOST, NETWORK, ORDER, GNB, AMF)
NEAR, NEAR_MS = 0.03, 0.3
"""Probes and tcpdump look at other places of the same kernel."""
ENDS = (
    Host("gnb", "cmp-gnb", ("eth0",), ("10.11.0.1",), ()),
    Host("amf", "cmp-amf", ("eth0",), ("10.11.1.1",), ()),
)
"""As `recording` makes them."""


def seen_by_tcpdump(files: list[Path]) -> Mapping[str, float]:
    """In ms: the median ``total`` of a registration, from the gNB's first message to its last, and means of PARTS."""
    of_each = [_parts(found) for found in by_ue(ways(files, ENDS)).values()]
    totals = [sum(parts.values()) for parts in of_each]
    means = {part: fmean(parts[part] for parts in of_each) / 1e6 for part in PARTS}
    return {"total": median(totals) / 1e6, **means}


def _parts(of_ue: Sequence[Way]) -> Counter[str]:
    up = [way.out_of[0] == ENDS[0].ipv4[0] for way in of_ue]
    last = max(place for place, way_up in enumerate(up) if way_up)
    began_ns, ended_ns = of_ue[0].first_ns, of_ue[last].first_ns
    edges = {began_ns, ended_ns}
    for way in of_ue:
        edges |= {way.first_ns, way.sent_ns, way.arrived_ns, way.order_ns}
    found = Counter[str]()
    for begin_ns, end_ns in pairwise(sorted(one for one in edges if began_ns <= one <= ended_ns)):
        under_way = [way for way in of_ue if way.first_ns <= begin_ns < way.order_ns]
        if under_way:
            way = min(under_way, key=lambda one: one.first_ns)
            part = LOST if begin_ns < way.sent_ns else NETWORK if begin_ns < way.arrived_ns else ORDER
        else:
            read = [place for place, way in enumerate(of_ue) if way.order_ns <= begin_ns]
            part = AMF if up[max(read, key=lambda place: of_ue[place].order_ns)] else GNB
        found[part] += end_ns - begin_ns
    return found


def told_by_compare(files: Sequence[Path]) -> list[Mapping[str, float]]:
    """The same of two recordings or more, by its ``--json``."""
    told = compared([f"{place}={file}" for place, file in enumerate(files)])
    pairs = told["comparisons"]
    first = [pairs[0], *pairs]
    return [
        {"total": _median(side), **_means(pair, "ms" if place else "baseline_ms")}
        for place, (side, pair) in enumerate(zip(told["recordings"], first, strict=True))
    ]


def _median(side: Mapping[str, Any]) -> float:
    (kind,) = next(one["kinds"] for one in side["registrations"] if one["end"] == side["seen_from"])
    return float(kind["total_ms"]["p50"])


def _means(pair: Mapping[str, Any], column: str) -> Mapping[str, float]:
    found = dict.fromkeys(PARTS, 0.0)
    for piece in pair["pieces"]:
        found[piece["end"] or piece["kind"]] += piece[column]
    return found


def disagreements(said: Mapping[str, float], seen: Mapping[str, float]) -> list[str]:
    """Where they lie further apart than they may."""
    return [
        f"{part}: compare {said[part]:.2f} ms, tcpdump {seen[part]:.2f} ms"
        for part in seen
        if abs(said[part] - seen[part]) > max(NEAR * seen[part], NEAR_MS)
    ]


def table(folder: Path, names: Sequence[str]) -> tuple[str, list[str]]:
    """A row for each run that was captured too, and what does not agree."""
    rows = ["| ms | " + " | ".join(("median", *PARTS)) + " |", "|---" * (len(PARTS) + 2) + "|"]
    wrong: list[str] = []
    for name, said in zip(names, told_by_compare([folder / f"{name}.sctp" for name in names]), strict=True):
        seen = seen_by_tcpdump(captures(folder, name))
        for who, values in (("compare", said), ("tcpdump", seen)):
            rows.append(f"| {name}, {who} | " + " | ".join(f"{values[part]:.2f}" for part in seen) + " |")
        wrong += [f"{name}: {text}" for text in disagreements(said, seen)]
    return "\n".join(rows), wrong
