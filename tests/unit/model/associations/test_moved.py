"""What is another object than was in its place before."""

from __future__ import annotations

from sctptop.model.associations.moved import moved

ONE, OTHER, THIRD = (object() for _ in range(3))


def test_what_is_another_object_moved() -> None:
    assert moved([ONE, OTHER], (ONE, OTHER)) == []
    assert moved([ONE, THIRD, OTHER], [ONE, OTHER, THIRD]) == [(THIRD, OTHER), (OTHER, THIRD)]
    assert moved((1.0, 2), (1, 2)) == [(1.0, 1)], "equal is not the same"


def test_of_more_or_fewer_nothing_is_known() -> None:
    assert moved([ONE], []) is None and moved([], [ONE]) is None and moved([], []) == []
