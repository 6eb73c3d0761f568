"""An association whose paths go every sort of way."""

from __future__ import annotations

from sctptop.model.association import Association, Path
from sctptop.model.way import Way
from tests.ui.scripted import association

WAYS = (
    Way("unicast", "eth0", "10.9.0.254", "10.9.0.1", 1500, True, 0, 0, 0, 0),
    Way("unicast", "eth1", "10.9.1.254", "10.9.1.1", 1400, False, 12, 3, 0, 7),
    Way("none", "eth2", link_up=False),
    Way("unicast", "lo", source="fd00:9:9:9:9:9:9:9", gateway="fd00:9:9:9:9:9:9:fe", mtu=65536, link_up=True),
    Way("unreachable"),
    Way(),
    None,
)


def with_ways(tick: int) -> Association:
    """An association with one path for each sort of way."""
    paths = tuple(
        Path(f"48.0.70.{number}", "ACTIVE", number == 0, way=way) for number, way in enumerate(WAYS)
    )
    return association(0, tick, paths=paths)
