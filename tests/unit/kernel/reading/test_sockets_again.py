"""Settings and interfaces of sockets, where their associations are asked for by name again and again."""

from __future__ import annotations

import pytest

from sctptop.kernel.reading import exact
from tests.unit.kernel.reading.rereading import COUNT, Reading


def test_settings_of_new_sockets_are_known_at_once_and_asked_for_once(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exact, "SOCKETS_S", 60.0)
    for ident in (900, 901):
        reading.host.begin(ident, bound=7)
    reading.host.write()
    assert reading.read() == reading.expected()
    # Two families each, where no dump tells it.
    assert reading.host.asked_by_ports in (0, 4)
    for _ in range(3):
        assert reading.read() == reading.expected()
        assert (reading.walks, reading.host.asked_by_ports) == (0, 0)


def test_where_many_sockets_are_new_the_next_readings_go_on(
    many: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exact, "SOCKETS_S", 0.0)
    for ident in (900, 901, 902):
        many.host.begin(ident)
    many.host.write()
    for unknown in (2, 1, 0, 0):
        found = many.read()
        assert sum(entry.nodelay is None for entry in found.values()) == unknown
    assert many.walks == 0 and found == many.expected()


def test_a_crowd_of_sockets_on_the_same_ports_is_not_asked_for_and_yet_read_by_name(
    many: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exact, "MOST_ALIKE", 3)
    crowd = [many.host.begin(900 + 15_000 * place, bound=7).number("tag") for place in range(4)]
    many.host.write()
    many.read()
    for after_s, walks in ((0.1, 0), (0.1, 0), (10.0, 1), (0.1, 0), (0.1, 0)):
        found = many.read(after_s)
        assert {found[tag].nodelay for tag in crowd} == {None} and len(found) == COUNT + 4
        assert (many.walks, many.host.asked_by_ports, many.host.lookups) == (walks, 0, COUNT + 4)


@pytest.mark.parametrize("like", [None, 5])
def test_sockets_bound_to_an_interface_are_asked_for_by_it(reading: Reading, like: int | None) -> None:
    """``like``: with the ends of another that is bound to none, as in a VRF of its own."""
    new = [reading.host.begin(900, 7, like), reading.host.begin(901, 8, like)]
    reading.host.write()
    assert reading.read() == reading.expected() and reading.walks == 1
    for _ in range(3):
        for entry in (*new, reading.host.entries[5]):
            entry.grow()
        assert reading.read() == reading.expected()
        assert (reading.walks, reading.host.lookups) == (0, COUNT + 2)
    reading.host.end(901)
    assert len(reading.read()) == COUNT + 1 and reading.walks == 1
    reading.host.write()
    assert reading.read() == reading.expected()
    assert reading.read() == reading.expected() and reading.walks == 0
