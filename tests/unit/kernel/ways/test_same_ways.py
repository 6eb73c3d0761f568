"""A path that says what it said is asked for as if it were new, and keeps its way while the answer stays."""

from __future__ import annotations

from dataclasses import replace

from sctptop.kernel.ways.questions import PathQuestion
from sctptop.kernel.ways.ways import REFRESH_S, Ways
from tests.unit.kernel.ways.routing import ETH0, UP, Host, path


def asked(ways: Ways, number: int = 2) -> PathQuestion:
    question = ways.question(*path(number))
    assert question is not None
    ways.again(question)
    return question


def test_the_same_answer_is_the_same_object_through_a_refresh(host: Host) -> None:
    question = asked(host.ways)
    way = question.way
    for after_s in (1.0, REFRESH_S + 1, 1.0):
        host.ways.end_reading()
        host.now_s += after_s
        assert host.ways.same([question])
        assert question.way is way
    assert len(host.asked) == 2


def test_another_answer_is_noticed_in_the_reading_after_the_refresh(host: Host) -> None:
    questions = [asked(host.ways), asked(host.ways, 3)]
    host.ways.end_reading()
    host.links[2] = replace(ETH0, up=False)
    host.now_s += REFRESH_S + 1
    assert host.ways.same(questions)
    host.ways.end_reading()
    assert not host.ways.same(questions)
    assert [question.way.link_up for question in questions if question.way] == [False, False]
    assert host.ways.same(questions)


def test_one_that_nobody_asked_for_in_a_reading_begins_anew(host: Host) -> None:
    question = asked(host.ways)
    host.ways.end_reading()
    host.ways.end_reading()
    before, host.asked = question.way, []
    assert not host.ways.same([question]) and question.way == before
    assert len(host.asked) == 1
    host.ways.end_reading()
    # It is known again: the next reading asks nothing.
    assert host.ways.same([question]) and len(host.asked) == 1


def test_a_path_that_changes_beside_one_that_stays_asks_anew(host: Host) -> None:
    stays, moves = asked(host.ways), asked(host.ways)
    for signs in (UP, UP._replace(state="PF"), UP._replace(state="PF"), UP):
        host.ways.end_reading()
        host.asked = []
        assert host.ways.same([stays])
        news = signs != moves.signs
        moves = host.ways.question(*path(signs=signs)) or moves
        host.ways.again(moves)
        # The one that stays always says UP: what the other goes back to is nothing new.
        assert len(host.asked) == (news and signs != UP)
