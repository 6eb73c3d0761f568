"""Sentences of a comparison, and from where on each is said."""

from __future__ import annotations

from typing import Any

import pytest

from sctptop.comparison.compare import compare
from sctptop.comparison.statistics.ratio import Ratio
from sctptop.comparison.summaries.summary import Summary
from sctptop.comparison.wording.ratio_text import factor_text, times_text
from sctptop.comparison.wording.transport import rtx_share, transport_words
from sctptop.comparison.wording.verdict import ranking
from tests.unit.comparison.recorded import beats, end, ended, judged, summary

MANY = (10, 10)


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (Ratio(MANY), "–"),
        (Ratio(MANY, 1.5), "1.50×"),
        # Of a side that has as good as nothing of it.
        (Ratio(MANY, 0.002, None, 0.01), "<0.002×"),
        (Ratio(MANY, 828.0, 700.0, None), ">828×"),
        (Ratio(MANY, 1001.0, 700.0, None), ">1000×"),
        (Ratio((9, 10), 1.5, 1.0, 2.0), "1.50×"),
        (Ratio(MANY, 1.5, 1.25, 1.994), "1.50× (1.25–1.99)"),
        (Ratio(MANY, 1.995, 0.0995, 99.4), "2.0× (0.10–99.4)"),
        (Ratio(MANY, 99.5, 0.0994, 1000.0), "100× (0.099–1000)"),
        (Ratio(MANY, 0.001, 0.0009, 1001.0), "0.001× (<0.001–>1000)"),
        (Ratio(MANY, 0.0009, 0.0009, 1.0), "<0.001×"),
        (Ratio(MANY, 1000.0, 1.0, 1001.0), "1000× (1.00–>1000)"),
        (Ratio(MANY, 1001.0, 1.0, 1001.0), ">1000×"),
    ],
)
def test_a_ratio_with_its_interval(ratio: Ratio, text: str) -> None:
    assert times_text(ratio) == text


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (Ratio(MANY, 0.5, 0.25, 0.8), "2.0× (1.25–4.0)"),
        (Ratio(MANY, 1.0, 0.5, 4.0), "1.00× (0.50–4.0)"),
        (Ratio(MANY, 2.0, 1.25, 4.0), "2.0× (1.25–4.0)"),
        (Ratio(MANY, 0.5), "0.50×"),
        (Ratio(MANY, 0.002, None, 0.01), ">500×"),
        (Ratio(MANY), "–"),
    ],
)
def test_a_factor_is_above_one(ratio: Ratio, text: str) -> None:
    assert factor_text(ratio) == text


def chunks(name: str, rtx: int | None, out: int | None, **facts: Any) -> Summary:
    return summary(
        name, None, end("gNB", rtx_chunks=rtx, out_data_chunks=out), **{"heartbeats": beats(1.0), **facts}
    )


@pytest.mark.parametrize(
    ("rtx", "out", "share"), [(5, 100, 0.05), (5, 99, None), (None, 100, None), (5, None, None), (0, 200, 0)]
)
def test_the_share_of_chunks_sent_again(rtx: int | None, out: int | None, share: float | None) -> None:
    assert rtx_share(chunks("a", rtx, out)) == share


def test_the_share_is_of_all_ends_whose_chunks_were_counted() -> None:
    ends = [
        end("gNB", rtx_chunks=1, out_data_chunks=100),
        end("AMF", rtx_chunks=3, out_data_chunks=300),
        end("MME", rtx_chunks=7),
        end("eNB", out_data_chunks=1000),
    ]
    assert rtx_share(summary("a", None, *ends)) == 4 / 400


@pytest.mark.parametrize(
    ("base", "other", "told"),
    [
        ((20, 1000), (40, 1000), "Retransmissions differ: 2.00% of the chunks in a and 4.00% in b."),
        ((40, 1000), (20, 1000), "Retransmissions differ: 4.00% of the chunks in a and 2.00% in b."),
        (
            (21, 1000),
            (40, 1000),
            "Retransmissions do not differ much: 2.10% of the chunks in a and 4.00% in b.",
        ),
        ((0, 1000), (1, 1000), "Retransmissions differ: 0.00% of the chunks in a and 0.10% in b."),
        (
            (0, 1100),
            (1, 1100),
            "Retransmissions do not differ much: 0.00% of the chunks in a and 0.09% in b.",
        ),
        ((0, 99), (9, 1000), "Too little data was sent to compare retransmissions."),
        ((9, 1000), (0, 99), "Too little data was sent to compare retransmissions."),
    ],
)
def test_loss_is_said_to_differ_by_a_factor_and_a_thousandth(
    base: tuple[int, int], other: tuple[int, int], told: str
) -> None:
    comparison = compare([chunks("a", *base), chunks("b", *other)])
    assert transport_words(comparison, comparison.pairs[0]) == (
        f"The heartbeat RTT shows no difference that matters (median 1ms and 1ms, n = 20 and 20). {told}"
    )


def test_expired_timers_are_told_where_both_counted_them() -> None:
    counted = [chunks("a", 0, 1000, counters={"SctpT3RtxExpireds": 2}), chunks("b", 50, 1000)]
    comparison = compare(counted)
    assert transport_words(comparison, comparison.pairs[0]).endswith("5.00% in b.")
    counted[1] = chunks("b", 50, 1000, counters={"SctpT3RtxExpireds": 7})
    comparison = compare(counted)
    assert transport_words(comparison, comparison.pairs[0]).endswith("5.00% in b; T3 expired 2 and 7 times.")


@pytest.mark.parametrize(
    ("base", "other", "told"),
    [
        (beats(1), beats(3), "The heartbeat RTT is longer in b (median 1ms and 3ms, n = 20 and 20)."),
        (beats(3), beats(1), "The heartbeat RTT is shorter in b (median 3ms and 1ms, n = 20 and 20)."),
        (
            beats(1),
            beats(3, 9),
            "The heartbeat RTT was timed too rarely to compare (median 1ms and 3ms, n = 20 and 9).",
        ),
        (beats(1, 0), beats(3), "No heartbeat was timed in a."),
        (beats(1), beats(3, 0), "No heartbeat was timed in b."),
        (beats(1, 0), beats(3, 0), "No heartbeat was timed in a and b."),
    ],
)
def test_heartbeats_in_words(base: object, other: object, told: str) -> None:
    comparison = compare([chunks("a", 9, 1000, heartbeats=base), chunks("b", 9, 1000, heartbeats=other)])
    assert transport_words(comparison, comparison.pairs[0]).startswith(told)


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        # (succeeded, failed) of the baseline and the other.
        (
            (40, 0, 7, 3),
            "Mind that not as many succeed: 40 of 40 in a, 7 of 10 in b (3 rejected); times are of those alone.",
        ),
        ((40, 0, 8, 2), ""),
        ((5, 0, 9, 1), ""),
        ((4, 1, 5, 0), ""),
        ((3, 1, 5, 0), "In a 1 of 4 registrations failed (1 rejected), in b none of 5. That may be chance."),
        (
            (2, 2, 4, 1),
            "In a 2 of 4 registrations failed (2 rejected), in b 1 of 5 (1 rejected). That may be chance.",
        ),
        ((5, 5, 9, 0), "In a 5 of 10 registrations failed (5 rejected), in b none of 9. That may be chance."),
        ((9, 0, 5, 9), "In b 9 of 14 registrations failed (9 rejected), in a none of 9. That may be chance."),
    ],
)
def test_few_that_succeed_or_not(counts: tuple[int, int, int, int], told: str) -> None:
    a, b = ended(counts[0], failed=counts[1]), ended(counts[2], failed=counts[3])
    assert judged(summary("a", a), summary("b", b)).text.partition("a hundred.")[2].strip() == told


@pytest.mark.parametrize(
    ("counts", "differs"),
    [
        ((20, 20, 40, 0), True),
        ((40, 0, 20, 20), True),
        ((36, 4, 40, 0), False),
        ((33, 7, 40, 0), False),
        ((32, 8, 40, 0), True),
    ],
)
def test_success_differs_beyond_chance(counts: tuple[int, int, int, int], differs: bool) -> None:
    a, b = ended(counts[0], failed=counts[1]), ended(counts[2], failed=counts[3])
    assert ("not as many succeed" in judged(summary("a", a), summary("b", b)).text) == differs


def test_three_of_one_end_are_ranked_and_others_are_not() -> None:
    three = [summary("a", ended(core=30.0)), summary("b", ended(core=10.0)), summary("c", ended(core=20.0))]
    assert ranking(compare(three)) == "Fastest first, by the median: b 20ms, c 30ms, a 40ms."
    assert ranking(compare(three[:2])) == ""
    assert ranking(compare([*three[:2], summary("c", ended(0, failed=5))])) == ""


def test_different_ends_are_told_in_whole_sentences() -> None:
    other = summary("b", ended(end="AMF"))
    assert judged(summary("a"), other).text == (
        "a and b cannot be compared: their registrations were recorded at different ends (gNB and AMF). Record both "
        "at the same end. The heartbeat RTT shows no difference that matters (median 1ms and 1ms, n = 20 and 20). Too "
        "little data was sent to compare retransmissions."
    )
