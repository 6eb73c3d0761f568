"""What the user has chosen to see, and how: a value that each key replaces, and the notice of each change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sctptop.fields.field import Field
from sctptop.fields.filter import Filter
from sctptop.fields.ordering import BY_TROUBLE, Order, natural
from sctptop.model.associations.row import Row
from sctptop.model.ngap.dialect import CORE_PORTS
from sctptop.model.selection import Selector
from sctptop.model.snapshot import Snapshot
from sctptop.options import Options
from sctptop.tui.views.scene import Toggles
from sctptop.tui.words.host_state import kind_of
from sctptop.views import View, view


@dataclass(frozen=True, slots=True)
class Chosen:
    """``netns``: that network namespace only. ``both_ends``: one line for an association with both ends here.
    ``at_s``: the instant of the cursor along time, seconds since 1970; None while the views show what is now.
    """

    order: Order
    filter: Filter
    selectors: tuple[Selector, ...]
    view: View
    toggles: Toggles = field(default_factory=Toggles)
    netns: int | None = None
    both_ends: bool = False
    at_s: float | None = None

    def lines(self, snapshot: Snapshot | None) -> tuple[Row, ...]:
        """What there is to filter."""
        return snapshot.lines(self.both_ends) if snapshot else ()

    def sorted_by(self, chosen: Field) -> Chosen:
        """By that field as people mean it; the other way round where it is that already."""
        return replace(self, order=self.order.inverted if chosen == self.order.field else natural(chosen))

    def sorted_by_next(self, shown: Sequence[Field], step: int) -> Chosen:
        """By the column so many further on, of those on the screen."""
        if not shown:
            return self
        place = shown.index(self.order.field) if self.order.field in shown else -max(step, 0)
        return self.sorted_by(shown[(place + step) % len(shown)])

    def switched(self, **toggles: Any) -> Chosen:
        """With other toggles."""
        return replace(self, toggles=replace(self.toggles, **toggles))

    def next_netns(self, snapshot: Snapshot) -> Chosen:
        """The next network namespace; after the last all of them."""
        known = snapshot.namespaces
        later = [netns for netns in known if self.netns is None or netns > self.netns]
        return replace(self, netns=later[0] if later and len(known) > 1 else None)

    @property
    def order_text(self) -> str:
        """The notice of a change of order."""
        return f"sorted by {self.order.field.title} {'▼' if self.order.descending else '▲'}"

    def netns_text(self, snapshot: Snapshot) -> str:
        """The notice of a change of namespace."""
        known = snapshot.namespaces
        if self.netns is not None:
            return f"network namespace {snapshot.namespace_label(self.netns)} only"
        if len(known) > 1:
            return f"all {len(known)} network namespaces"
        sample = snapshot.sample
        return "one network namespace" + (
            f"; others {sample.sources['netns']}" if sample.own_netns_only else ""
        )

    def ends_text(self, snapshot: Snapshot | None) -> str:
        """The notice that ends share a line or not."""
        if not self.both_ends:
            return "each end on its own line"
        if snapshot is not None and snapshot.totals.distinct == snapshot.totals.associations:
            return "both ends on one line; now no association has both here"
        return "both ends on one line"


def opening_view(snapshot: Snapshot) -> View | None:
    """The view with the answer: Registration where NGAP or S1AP runs and is read, else that of the worst advice."""
    probes = snapshot.sample.probes
    if (probes.ok or probes.coming) and any(map(_of_a_core, snapshot.rows)):
        return view("registration")
    worst = next((one for one in snapshot.advice if one.severity != "note"), None)
    return view(kind_of(snapshot, worst).view) if worst else None


def _of_a_core(row: Row) -> bool:
    entry = row.association
    return entry.remote_port in CORE_PORTS or entry.local_port in CORE_PORTS


def chosen_by(options: Options) -> Chosen:
    """What the command line chose."""
    return Chosen(
        order=options.order or BY_TROUBLE,
        filter=options.filter,
        selectors=options.selectors,
        view=view(options.view),
        both_ends=options.both_ends,
        toggles=Toggles(own_scale=options.own_scale, hide_zeros=options.hide_zeros),
    )
