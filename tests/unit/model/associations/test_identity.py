"""By which names one association is known while more and more of it is read."""

from __future__ import annotations

from sctptop.model.associations.identity import aliases, identity
from tests.unit.associations import NETNS, association

FULL = (NETNS, 1, 1001, 38412, 50001)
OPENING = (NETNS, 1, 0, 38412, 50001)
BY_ID = (NETNS, "id", 4, 38412, 50001)


def test_its_names() -> None:
    whole, waiting = association(1, assoc_id=4), association(1, assoc_id=4, peer_tag=0)
    unread, silent = association(1, peer_tag=None, assoc_id=None), association(1, own_tag=None, assoc_id=4)
    assert [identity(one) for one in (whole, waiting, unread, silent)] == [FULL, OPENING, OPENING, BY_ID]
    assert list(aliases(whole)) == [FULL, OPENING, BY_ID]
    assert list(aliases(waiting)) == [OPENING, BY_ID]
    assert list(aliases(unread)) == [OPENING]
    assert list(aliases(silent)) == [BY_ID]
    assert list(aliases(association(1, assoc_id=None))) == [FULL, OPENING]
    assert list(aliases(association(1, assoc_id=0)))[-1] == (NETNS, "id", 0, 38412, 50001)
