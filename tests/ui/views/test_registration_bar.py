"""The bar of where the time went, and its figures."""

from __future__ import annotations

import pytest

from sctptop.tui.views.parts.registration_bar import SIDES, bar_lines, percent, split_bar
from sctptop.tui.words.line import cells, plain

SPLIT = {"sctp": 203.0, "held": 203.0, "unread": 0.0, "core": 2.0, "ran": 1.0}


@pytest.mark.parametrize(
    "parts",
    [
        (203.0, 0.0, 0.0, 2.0, 1.0),
        (0.0, 4.0, 0.5, 1.0, 1.0),
        (0.001, 0.001, 0.001, 0.001, 1000.0),
        (5.0, 0.0, 0.0, 0.0, 0.0),
    ],
)
@pytest.mark.parametrize("width", [12, 37, 150])
def test_the_bar_is_as_wide_as_asked_and_hides_no_share(parts: tuple[float, ...], width: int) -> None:
    bar = split_bar(parts, width)
    assert cells(bar) == width
    for (_, mark, _), part in zip(SIDES, parts, strict=True):
        assert (mark in plain(bar)) == (part > 0)


def test_the_bar_has_its_line_where_its_figures_leave_no_room() -> None:
    assert len(bar_lines("mean", SPLIT, True, 50, tall=False)) == 2
    (one,) = bar_lines("mean", SPLIT, True, 120, tall=False)
    assert cells(one) == 120
    assert bar_lines("mean", dict.fromkeys(SPLIT, 0.0), True, 120, tall=False)


@pytest.mark.parametrize(
    ("more", "from_ran", "width", "words"),
    [
        ({}, True, 100, "mean 206ms  █ SCTP 203ms 99% (held)  ▒ core+network 2ms 1.0%  ░ RAN 1ms 0.5%"),
        ({}, False, 74, "mean 206ms  █ SCTP 99% (held)  ▒ core 1.0%  ░ RAN+network 0.5%"),
        ({}, True, 60, "mean 206ms  █ SCTP 99%  ▒ core+network 1.0%  ░ RAN 0.5%"),
        ({}, True, 54, "mean 206ms █ SCTP 99% ▒ core+network 1.0% ░ RAN 0.5%"),
        (
            {"held": 3.0, "lost": 200.0, "network": 1.0, "unread": 10.0},
            True,
            130,
            "mean 217ms  █ SCTP 203ms 94% (lost 200ms, held 3ms)  ▓ unread 10ms 4.6%  ─ network 1ms 0.5%"
            "  ▒ core 2ms 0.9%  ░ RAN 1ms 0.5%",
        ),
    ],
)
def test_figures_as_many_as_fit(more: dict[str, float], from_ran: bool, width: int, words: str) -> None:
    figures, bar = bar_lines("mean", SPLIT | more, from_ran, width, tall=True)
    assert plain(figures) == words and cells(figures) <= width == cells(bar)


def test_percent_never_rounds_to_all_or_nothing() -> None:
    assert [percent(share) for share in (0, 0.0001, 0.004, 0.0995, 0.5, 0.999, 1)] == [
        "0%", "<0.1%", "0.4%", "10%", "50%", ">99%", "100%",
    ]  # fmt: skip


def test_small_shares_give_way_before_a_figure_is_cut_off() -> None:
    split = {"sctp": 270.0, "unread": 0.2, "network": 24.0, "core": 0.6, "ran": 63.0}
    whole = plain(bar_lines("initial mean", split, True, 120, tall=True)[0])
    assert "unread" in whole and whole.endswith(" 18%")
    for width in (77, 60, 56):
        narrow = plain(bar_lines("initial mean", split, True, width, tall=True)[0])
        assert narrow.endswith("RAN 18%") and "SCTP 75%" in narrow and "…" not in narrow
    assert "unread" not in narrow and "core" not in narrow
