"""How guests share the tests out, with guests that are played: no kernel, no boot."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.lab.board import Board, Name, room
from tests.lab.guests import Guests, Outcome
from tests.lab.machine.jobs import Result

TESTS: list[Name] = [("a/test_1.py", "test_x"), ("a/test_2.py", "test_y"), ("b/test_3.py", "test_z")]


@dataclass
class Played(Guests):
    """Guests that do as `script` says: the variants that one brings before it ends; the dead do not say all."""

    script: dict[str, dict[Name, dict[str, str]]] = field(default_factory=dict)

    def _carry(self, guest: str) -> Result:
        for name in TESTS:
            self.board.say(guest, name=name, variants=2 if name[1] == "test_y" else 1)
        for name, variants in self.script.get(guest, {}).items():
            assert self.board.claim(room(name), guest)
            for variant, problem in variants.items():
                facts = {"problem": problem, "skipped": "", "seconds": 1.0, "busy_percent": 50}
                self.board.say(guest, name=name, variant=variant, **facts)
        return Result(125, "", f"the end of {guest}", "vm (tcg)", 1.0)


@pytest.fixture
def played(tmp_path: Path) -> Played:
    return Played(TESTS, Board(tmp_path))


def test_a_room_is_of_one_guest(tmp_path: Path) -> None:
    board = Board(tmp_path)
    board.want(TESTS)
    assert board.wanted() == set(TESTS)
    assert board.claim("a", "one") and board.claim("a", "one") and not board.claim("a", "other")
    board.hand_over("a", "other")
    assert board.claim("a", "other") and not board.claim("a", "one")


def test_a_line_that_the_dying_did_not_finish_is_left_out(tmp_path: Path) -> None:
    board = Board(tmp_path)
    board.want(TESTS)
    board.say("one", name=TESTS[0], variants=1)
    with (tmp_path / "said" / "one").open("a") as file:
        file.write('{"name": ["a/te')
    assert [line["variants"] for _, line in board.said()] == [1]


def test_what_a_guest_did_not_finish_is_run_once_more_in_a_fresh_one(played: Played) -> None:
    played.script = {
        "guest0": {TESTS[0]: {"test_x": ""}, TESTS[1]: {"test_y[1]": "call: assert 1 == 2"}},
        "guest0-again": {TESTS[1]: {"test_y[1]": "", "test_y[2]": ""}, TESTS[2]: {"test_z": "call: no"}},
    }
    played.start(1)
    assert played.outcome(TESTS[0]) == Outcome((), (), 1)
    # A failure that was said is not undone by a guest that finishes for another.
    second = played.outcome(TESTS[1])
    assert second is not None and second.problems == ("test_y[1]\ncall: assert 1 == 2",) and second.ran == 2
    third = played.outcome(TESTS[2])
    assert third is not None and third.problems == ("test_z\ncall: no",)
    said = "\n".join(played.report())
    assert "guest0 died or hung; a fresh guest was to run a/test_2.py::test_y\n" in said
    assert "the end of guest0" in said


def test_what_nobody_finishes_has_no_result(played: Played) -> None:
    played.script = {
        "guest0": {TESTS[0]: {"test_x": ""}, TESTS[1]: {}},
        "guest0-again": {TESTS[1]: {"test_y[1]": ""}},
    }
    played.start(1)
    assert played.outcome(TESTS[1]) is None and played.outcome(TESTS[2]) is None
    assert [life.lost for life in played.lives] == [(TESTS[1],), (TESTS[1],)]
    assert "the end of guest0-again" in played.words()


def test_what_failed_is_tried_once_more_alone_and_both_are_told(played: Played) -> None:
    first = {
        TESTS[0]: {"test_x": ""},
        TESTS[1]: {"test_y[1]": "late", "test_y[2]": ""},
        TESTS[2]: {"test_z": "no"},
    }
    again = {TESTS[1]: {"test_y[1]": "", "test_y[2]": ""}, TESTS[2]: {"test_z": "no"}}
    played.script = {"guest0": first, "alone": again}
    played.start(1)
    assert [played.outcome(name) for name in TESTS] == [
        Outcome((), (), 1),
        Outcome((), (), 2),
        Outcome(("test_z\nno",), (), 1),
    ]
    said = played.report()
    assert "tried again alone, passed: a/test_2.py::test_y" in said and "test_y[1]\nlate" in said
    assert "tried again alone, failed again: b/test_3.py::test_z" in said


def test_many_failures_are_no_lack_of_time(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.lab.guests.MOST_AGAIN", 1)
    first = {
        TESTS[0]: {"test_x": ""},
        TESTS[1]: {"test_y[1]": "no", "test_y[2]": ""},
        TESTS[2]: {"test_z": "no"},
    }
    played.script = {"guest0": first, "alone": {TESTS[2]: {"test_z": ""}}}
    played.start(1)
    assert played.outcome(TESTS[2]) == Outcome(("test_z\nno",), (), 1)
    assert "tried again alone, not run: b/test_3.py::test_z" in played.report()
