"""What finding the two ends of each association costs, beside comparing every record with every other.

python -m tests.bench.both_ends [N ...]        # default 100 1000 10000 associations, both ends of each
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace

from sctptop.model.association import Association
from sctptop.model.associations.both_ends import other_ends
from sctptop.model.model import Model
from tests.bench.timing import best_of
from tests.unit.associations import association, sample

COUNTS = (100, 1000, 10_000)
COMPARED_MOST = 1000
"""Records by records would take minutes beyond."""


def both(count: int) -> list[Association]:
    """Clients of one server, in two namespaces: a record for each end."""
    entries: list[Association] = []
    for number in range(count):
        address = f"10.{number >> 8}.{number & 255}.1"
        entries += [
            replace(
                association(),
                netns=netns,
                paths=(),
                own_tag=1 + number + (netns << 24),
                peer_tag=1 + number + ((3 - netns) << 24),
                local_port=ports[0],
                remote_port=ports[1],
                local_addresses=(ours,),
                remote_addresses=(theirs,),
                primary=theirs,
            )
            for netns, ports, ours, theirs in (
                (1, (9487, 38412), address, "10.255.0.2"),
                (2, (38412, 9487), "10.255.0.2", address),
            )
        ]
    return entries


def compared(entries: Sequence[Association]) -> dict[int, int]:
    """The same pairs, each record held against each."""
    return {
        place: other
        for place, one in enumerate(entries)
        for other, two in enumerate(entries)
        if one.own_tag == two.peer_tag and one.peer_tag == two.own_tag
    }


def untagged(entries: Sequence[Association]) -> list[Association]:
    """As /proc alone tells them."""
    return [replace(entry, own_tag=None, peer_tag=None) for entry in entries]


def main() -> int:
    """Print the table."""
    titles = ("by tags", "by addresses", "each with each", "whole snapshot")
    print("best of five, ms\n" + f"{'associations':>12}" + "".join(f"{title:>16}" for title in titles))
    for count in [int(word) for word in sys.argv[1:]] or COUNTS:
        entries = both(count)
        blind = untagged(entries)
        reading = sample(*entries)
        pairs = other_ends(entries)
        assert pairs == other_ends(blind) and len(pairs) == 2 * count
        times = [best_of(lambda: other_ends(entries), 5), best_of(lambda: other_ends(blind), 5)]  # noqa: B023
        times.append(best_of(lambda: compared(entries), 1) if count <= COMPARED_MOST else float("nan"))  # noqa: B023
        times.append(best_of(lambda: Model().advance(reading), 5))  # noqa: B023
        print(f"{count:>12}" + "".join(f"{seconds * 1000:>16.1f}" for seconds in times), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
