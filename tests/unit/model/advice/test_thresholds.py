"""What the user sets of advice: rules that are silent, later or earlier, and what becomes an alarm."""

from __future__ import annotations

from sctptop.model.association import Association
from sctptop.model.thresholds import Thresholds
from tests.unit.model.advice.advised import advised, calm, pictures, rules


def hanging(tick: int) -> Association:
    return calm(tick, recv_queue=5000, read_wait_bins=None)


def test_a_silent_rule_says_nothing_and_raises_no_alarm() -> None:
    usual = pictures(hanging, 20)[-1]
    assert "unread_data" in rules(usual.advice) and "unread_data" in [one.rule for one in usual.alarms]
    silent = pictures(hanging, 20, limits=Thresholds(silent=frozenset({"unread_data"})))[-1]
    assert "unread_data" not in rules(silent.advice)
    assert "unread_data" not in [one.rule for one in silent.alarms]


def test_a_limit_holds_from_where_it_is_set() -> None:
    assert "unread_data" not in rules(advised(hanging, 20, limits=Thresholds(unread_s=30)))
    assert "unread_data" in rules(advised(hanging, 40, limits=Thresholds(unread_s=30)))
    assert "unread_data" not in rules(advised(hanging, 5))
    assert "unread_data" in rules(advised(hanging, 5, limits=Thresholds(unread_s=2)))


def test_alarms_may_be_of_problems_alone() -> None:
    small = pictures(lambda tick: calm(tick, rcvbuf=2000, pending=1, in_data_chunks=100 * tick), 20)[-1]
    assert [one.severity for one in small.advice] == ["warning"] and small.alarms
    severe = Thresholds(alarm_severity="problem")
    small = pictures(
        lambda tick: calm(tick, rcvbuf=2000, pending=1, in_data_chunks=100 * tick), 20, limits=severe
    )[-1]
    assert [one.severity for one in small.advice] == ["warning"] and not small.alarms
    assert pictures(hanging, 20, limits=severe)[-1].alarms
