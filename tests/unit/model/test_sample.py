"""What the states of its sources make of a sample."""

from __future__ import annotations

import pytest

from tests.unit.associations import sample


@pytest.mark.parametrize(
    ("sources", "trouble", "why"),
    [
        ({"sock_diag": "ok", "procfs": "error: gone"}, None, None),
        ({"sock_diag": "error: gone", "procfs": "ok"}, None, None),
        ({"sock_diag": "off: a (try: b)", "procfs": "off: c", "bpf": "ok"}, "off: a (try: b)", "a (try: b)"),
        ({"bpf": "ok", "sock_diag": "error: a: b"}, "error: a: b", "a: b"),
        ({"bpf": "ok"}, "no source was read", "no source was read"),
        ({}, "no source was read", "no source was read"),
    ],
)
def test_nothing_can_be_watched_and_why(
    sources: dict[str, str], trouble: str | None, why: str | None
) -> None:
    one = sample(sources=sources)
    assert one.watchable == (trouble is None)
    assert (one.trouble and str(one.trouble), one.trouble and one.trouble.why) == (trouble, why)


@pytest.mark.parametrize(
    ("sources", "on"), [({"bpf": "ok"}, True), ({"bpf": "compiling"}, False), ({"procfs": "ok"}, False)]
)
def test_probes_of_which_nothing_is_said_are_off(sources: dict[str, str], on: bool) -> None:
    probes = sample(sources=sources).probes
    assert (probes.ok, probes.off) == (on, "bpf" not in sources)


@pytest.mark.parametrize(
    ("state", "own_only"),
    [
        ("ok", False),
        ("off: --netns self", True),
        ("off: other network namespaces need CAP_SYS_ADMIN (try: sudo sctptop)", True),
        ("error: a: not permitted (try: sudo on the host itself)", False),
        (None, False),
    ],
)
def test_whether_other_namespaces_were_read(state: str | None, own_only: bool) -> None:
    assert sample(sources={"netns": state} if state else {}).own_netns_only == own_only
