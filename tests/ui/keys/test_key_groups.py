"""The help lists keys by task: each of them once."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from textual.binding import Binding

from sctptop.tui.key_groups import GROUPS, grouped
from sctptop.tui.keys import LIVE_KEYS, REPLAY_KEYS
from sctptop.views import VIEWS


@pytest.mark.parametrize("keys", [LIVE_KEYS, REPLAY_KEYS], ids=["live", "replay"])
def test_every_key_stands_in_one_group_of_the_help(keys: Sequence[Binding]) -> None:
    named = [name for _, names in GROUPS for name in names]
    assert len(named) == len(set(named))
    for view in VIEWS:
        found = [binding.id for group in grouped(keys, view.id) for binding in group.keys]
        assert sorted(filter(None, found)) == sorted(binding.id or "" for binding in keys)
