"""From when to when associations lived, as derived from samples."""

from __future__ import annotations

from dataclasses import replace

from sctptop.model.association import Association, Path
from sctptop.model.lives.lives import Lived
from sctptop.model.sample import Sample
from sctptop.tui.feeds.derivation import Derivation
from tests.ui.scripted import START, association, sample

T0 = START.timestamp()


def derived(samples: list[Sample]) -> tuple[Lived, ...]:
    derivation = Derivation((), 1.0)
    for one in samples:
        derivation.take(one, 1.0)
    return derivation.last.lives


def with_path(number: int, tick: int, state: str) -> Association:
    entry = association(number, tick)
    spare = Path("48.1.70.9", state, False)
    return replace(
        entry, paths=(entry.paths[0], spare), remote_addresses=(entry.paths[0].address, "48.1.70.9")
    )


def test_what_was_there_is_not_seen_to_begin_and_what_comes_is() -> None:
    found = derived([sample(0, [association(0)]), sample(1, [association(0, 1), association(3, 1)])])
    assert [(one.key[-1], one.from_s - T0, one.born, one.until_s) for one in found] == [
        (59058, 0, False, None),
        (59061, 1, True, None),
    ]


def test_an_end_has_its_time_and_its_reason_and_stays_known() -> None:
    samples = [sample(0, [association(0), association(1)])]
    samples += [sample(tick, [association(0, tick)]) for tick in range(1, 12)]
    (gone,) = [one for one in derived(samples) if one.until_s is not None]
    assert gone.key[-1] == 59059 and gone.until_s == T0 + 1 and gone.why, (
        "five seconds after it left the table"
    )


def test_a_path_is_dead_from_when_to_when() -> None:
    states = ["ACTIVE", "INACTIVE", "INACTIVE", "ACTIVE", "INACTIVE"]
    (one,) = derived([sample(tick, [with_path(0, tick, state)]) for tick, state in enumerate(states)])
    assert [(down.address, down.from_s - T0, down.until_s and down.until_s - T0) for down in one.downs] == [
        ("48.1.70.9", 1, 3),
        ("48.1.70.9", 4, None),
    ]
    assert one.dead == ("48.1.70.9",)
    assert [bool(one.dead_at(T0 + at)) for at in range(5)] == [False, True, True, False, True]


def test_potentially_failed_is_not_dead() -> None:
    (one,) = derived(
        [sample(tick, [with_path(0, tick, state)]) for tick, state in enumerate(["ACTIVE", "PF"])]
    )
    assert one.downs == ()


def test_a_path_that_was_dead_at_the_first_sight_is_dead_since_then() -> None:
    (one,) = derived([sample(tick, [with_path(0, tick, "INACTIVE")]) for tick in range(3)])
    assert [(down.from_s - T0, down.until_s) for down in one.downs] == [(0, None)]


def test_the_end_of_an_association_ends_its_dead_paths() -> None:
    samples = [sample(tick, [with_path(0, tick, "INACTIVE")]) for tick in range(3)]
    (one,) = derived([*samples, *(sample(tick) for tick in range(3, 6))])
    assert one.downs[0].until_s == T0 + 3 == one.until_s and one.dead == ()


def test_the_same_lives_are_the_same_object() -> None:
    derivation = Derivation((), 1.0)
    first = derivation.take(sample(0, [association(0)]), 1.0).lives
    assert derivation.take(sample(1, [association(0, 1)]), 1.0).lives is first
