"""How packets to a path leave this host, in the words of ip-route(8)."""

from __future__ import annotations

from sctptop.model.way import Way
from sctptop.quantity import show
from sctptop.tui.words.line import Line, Span, clipped

INDENT = " "
NO_ROUTE = {
    "none": "no route",
    "unreachable": "unreachable",
    "prohibit": "prohibited",
    "blackhole": "blackhole",
}


def way_line(way: Way, width: int) -> Line | None:
    """One line below that of the path; None where nothing is known. What is amiss comes first."""
    amiss = [NO_ROUTE[way.route]] if way.route in NO_ROUTE else []
    amiss += ["link down"] if way.link_up is False else []
    spans = [Span(f" {', '.join(amiss)}", "bad")] if amiss else []
    for word, value in (("via", way.gateway), ("dev", way.interface), ("src", way.source), ("mtu", way.mtu)):
        if value is not None:
            spans += [Span(f" {word} ", "faint"), Span(f"{value}", "dim")]
    for word, number in (("drops", way.drops), ("errors", way.errors)):
        if number:
            spans += [Span(f" {word} ", "faint"), Span(show(number, "n"), "dim")]
    return clipped((Span(INDENT), *spans), width) if spans else None
