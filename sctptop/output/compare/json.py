"""A comparison as one JSON object: times in ms, sizes in bytes, what is not known null."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sctptop.comparison.load_curves.curves import LoadCurve, SideCurve, load_curves
from sctptop.comparison.result import Comparison, Pair
from sctptop.comparison.sides.intervals import interval_of
from sctptop.comparison.statistics.percentiles import FIGURES
from sctptop.comparison.statistics.ratio import Ratio
from sctptop.comparison.summaries.ended import Ended
from sctptop.comparison.summaries.summary import End, Summary
from sctptop.comparison.wording.method import method
from sctptop.comparison.wording.verdict import Verdict
from sctptop.model.associations.distribution import NANOSECONDS, PERCENTILES, Distribution
from sctptop.model.registrations.tally import PARTS

SCHEMA = 3
LEAST_RATIO = 1e-4


def comparison_to_json(comparison: Comparison, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """``recordings`` in their order, the baseline first; ``comparisons`` of each other with it.

    ``ratio`` is other over baseline with its 95 % interval, and the 90 % one of the equivalence test; ``word`` "slower"
    or "faster", "same" (no difference beyond ``margin``), "cannot tell" or "too few". ``unit``: "run" where the
    set-ups are compared, "registration" where these very runs are.
    Ratios are of one ``kind`` of registration; the network is in the core's or the RAN's where either does not tell it.
    ``total_ms_95``: the 95 % interval of each figure of a side or run, null where there are too few for it.
    """
    return {
        "schema": SCHEMA,
        "baseline": comparison.summaries[0].name,
        "margin": comparison.margin,
        "method": method(comparison),
        "caveats": list(comparison.caveats),
        "settings": [
            {
                "end": one.role or None,
                "name": one.name,
                "values": [list(values) or None for values in one.values],
                "differs": one.differs,
            }
            for one in comparison.settings
        ],
        "recordings": [_side(one, comparison.ends[place]) for place, one in enumerate(comparison.summaries)],
        "comparisons": [_pair(comparison, verdict) for verdict in verdicts],
        "load_curves": [_curve(one) for one in load_curves(comparison)],
    }


def _curve(curve: LoadCurve) -> dict[str, Any]:
    """``from``: where each level of load begins; of each recording its mean load, n and times there, null without."""
    return {
        "by": curve.axis.replace(" ", "_"),
        "span_s": curve.span_s,
        "from": list(curve.edges),
        "to": curve.most,
        "recordings": [_side_curve(one) for one in curve.sides],
    }


def _side_curve(one: SideCurve) -> dict[str, Any]:
    return {
        "load_varied": one.varied,
        "levels": [
            None
            if level is None
            else {
                "load": round(level.load, 6),
                "n": level.n,
                **{f"{name}_ms": ms for name, ms in level.ms.items()},
            }
            for level in one.levels
        ],
        "knees": {
            name: None
            if found is None
            else {"load": round(found.load, 6), "ms": round(found.ms, 6), "climb": round(found.climb, 6)}
            for name, found in one.knees.items()
        },
    }


def _side(one: Summary, end: str) -> dict[str, Any]:
    """Of a side of several recordings all of them together, and each of its ``runs``."""
    return {**_recording(one, end), "runs": [_recording(run, end) for run in one.runs]}


def _recording(one: Summary, end: str) -> dict[str, Any]:
    return {
        "name": one.name,
        "file": one.path,
        "host": one.host or None,
        "kernel": one.kernel or None,
        "machine": one.machine or None,
        "hz": one.hz,
        "began": one.began.isoformat(timespec="microseconds"),
        "span_s": one.span_s,
        "samples": one.samples,
        "samples_with_probes": one.probed,
        "events_lost": one.lost,
        "events_missed": one.missed,
        "messages_unseen": one.unseen,
        "damaged": one.damaged,
        "seen_from": end or None,
        "registrations": [
            {
                "end": role,
                "kinds": [_ended(found) for (end, _), found in one.registrations.items() if end == role],
            }
            for role in dict.fromkeys(end for end, _ in one.registrations)
        ],
        "standard": dict(one.standard),
        "running_at_the_end": one.running,
        "procedures": [
            {
                "name": name,
                "asked": asked,
                "failures": failures,
                "unanswered": unanswered,
                "latency_ms": _times(latency),
            }
            for (name, asked), (latency, failures, unanswered) in one.procedures.items()
        ],
        "hb_rtt_ms": _times(one.heartbeats),
        "ends": [_end(entry) for entry in one.ends.values()],
        "counters": dict(one.counters),
        "advice": [
            {
                "rule": fired.rule,
                "severity": fired.severity,
                "end": fired.role,
                "associations": fired.associations,
                "lasted_s": fired.lasted_s,
                "seen": fired.seen,
                "remedy": fired.remedy,
            }
            for fired in one.advice
        ],
    }


def _ended(one: Ended) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "started": one.started,
        **{outcome.replace(" ", "_"): count for outcome, count in one.ended.items()},
        "success": one.success,
        "inferred": one.inferred,
        "causes": [
            {"outcome": outcome, "cause": cause, "n": count} for (outcome, cause), count in one.causes.items()
        ],
        "per_second": one.rate,
        "at_once": one.at_once,
        "accepted": {"n": one.accepted.n, "mean_ms": round(one.accepted.sum_ms / one.accepted.n, 6)}
        if one.accepted.n
        else None,
        **{published: _part(one, part) for part, published in PARTS.items()},
        "total_ms_95": {name: interval_of(one, name) for name in FIGURES},
        "stages": [
            {"whose": whose, "message": name, "n": stalls.n, "sum_ms": stalls.sum_ms}
            for (whose, name), stalls in sorted(one.stages.items(), key=lambda entry: -entry[1].sum_ms)
        ],
    }


def _part(one: Ended, part: str) -> dict[str, float | int] | None:
    if not one.times[part]:
        return None
    times = sorted(one.times[part])
    found: dict[str, float | int] = {"n": one.n, "min": times[0], "mean": round(one.mean(part), 6)}
    found |= {name: one.percentile(part, share) or 0.0 for name, share in PERCENTILES.items()}
    return {**found, "max": times[-1]}


def _end(one: End) -> dict[str, Any]:
    return {
        "end": one.role,
        "associations": one.associations,
        "processes": list(one.processes),
        "held_ms": _times(one.held),
        "read_wait_ms": _times(one.read_wait),
        "send_queue": _sizes(one.send_queue),
        "recv_queue": _sizes(one.recv_queue),
        "rtx_chunks": one.rtx_chunks,
        "out_data_chunks": one.out_data_chunks,
        "peer_window": one.peer_window,
        "cwnd": one.cwnd,
    }


def _times(values: Distribution) -> Mapping[str, float | int] | None:
    if not values.n or values.min_ns is None or values.max_ns is None:
        return None
    found: dict[str, float | int] = {"n": values.n, "min": values.min_ns / NANOSECONDS}
    found |= {name: round(values.percentile(share) or 0.0, 6) for name, share in PERCENTILES.items()}
    return {**found, "max": values.max_ns / NANOSECONDS}


def _sizes(values: Distribution) -> Mapping[str, int] | None:
    """These distributions count bytes where others count nanoseconds."""
    if not values.n:
        return None
    found = {
        name: round((values.percentile(share) or 0.0) * NANOSECONDS) for name, share in PERCENTILES.items()
    }
    return {**found, "max": values.max_ns or 0}


def _pair(comparison: Comparison, verdict: Verdict) -> dict[str, Any]:
    pair: Pair = verdict.pair
    shares = {id(piece): share for piece, share in verdict.shares}
    return {
        "recording": comparison.summaries[pair.other].name,
        "kind": pair.kind or None,
        "result": verdict.result,
        "by": verdict.by or None,
        "settings_explain": verdict.settings_explain,
        "success_differs": pair.success.differs,
        "success_p": pair.success.p,
        "causes_that_differ": [
            {"outcome": outcome, "cause": cause or None, "p_adjusted": p}
            for (outcome, cause), p in pair.success.reasons.items()
        ],
        "ratios": {name: _ratio(ratio) for name, ratio in pair.ratios.items()},
        "other_kinds": [
            {"kind": kind, "ratios": {name: _ratio(ratio) for name, ratio in ratios.items()}}
            for kind, ratios in pair.others.items()
        ],
        "pieces": [
            {
                "kind": piece.kind,
                "end": piece.role or None,
                "baseline_ms": round(piece.base_ms, 6),
                "ms": round(piece.other_ms, 6),
                "share": shares.get(id(piece)),
            }
            for piece in pair.pieces
        ],
        "causes": [
            {
                "setting": cause.setting or None,
                "rule": cause.rule or None,
                "counter": cause.counter or None,
                "text": cause.text,
            }
            for cause in verdict.causes
        ],
        "verdict": f"{verdict.about}: {verdict.text}" if verdict.about else verdict.text,
    }


def _ratio(ratio: Ratio) -> dict[str, Any]:
    """null where a time of 0 leaves no figure; the word stays."""
    bounds = (ratio.value, ratio.low, ratio.high)
    extreme = any(one is not None and not LEAST_RATIO <= one <= 1 / LEAST_RATIO for one in bounds)
    value, low, high = (None, None, None) if extreme else bounds
    inner = ratio.inner if ratio.inner and not extreme else (None, None)
    return {
        "ratio": value,
        "low": low,
        "high": high,
        "low_90": inner[0],
        "high_90": inner[1],
        "n": list(ratio.n),
        "runs": list(ratio.runs),
        "p": ratio.p,
        "p_adjusted": ratio.adjusted,
        "unit": "run" if ratio.across else "registration",
        "word": ratio.word,
    }
