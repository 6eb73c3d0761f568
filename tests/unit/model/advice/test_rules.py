"""Every rule is declared once, and whatever else names rules names those there are."""

from __future__ import annotations

import ast
from collections import Counter
from inspect import getmembers, isgeneratorfunction
from pathlib import Path

import sctptop
from sctptop.comparison.wording.causes import ADVICE_BEHIND
from sctptop.model.advice.brief import BRIEF, REFUSED, UNANSWERED
from sctptop.model.advice.checks import (
    of_ngap,
    of_paths,
    of_peers,
    of_reading,
    of_retransmissions,
    of_sending,
)
from sctptop.model.advice.rules import RULES
from sctptop.views import VIEWS

PACKAGE = Path(sctptop.__file__).parent
ADVICE = PACKAGE / "model" / "advice"


def test_every_check_belongs_to_one_rule() -> None:
    rooms = (of_ngap, of_paths, of_peers, of_reading, of_retransmissions, of_sending)
    assert {f"{room.__name__.rpartition('.')[2]}.py" for room in rooms} == {
        file.name for file in ADVICE.glob("checks/of_*.py")
    }
    written = {check for room in rooms for _, check in getmembers(room, isgeneratorfunction)}
    asked = Counter(rule.check for rule in RULES.values())
    assert set(asked) == written
    assert set(asked.values()) == {1}


def test_each_rule_is_told_in_brief_and_has_a_view() -> None:
    assert list(BRIEF) and set(BRIEF) == set(RULES)
    for brief in (*BRIEF.values(), UNANSWERED, REFUSED):
        assert brief.view in {view.id for view in VIEWS} and len(brief.short) <= 14, brief
        assert brief.counted(1) != brief.counted(2) and not set("{}") & set(brief.short)
        brief.reason.format(address="10.9.0.2", lasted="for 3s")


def test_a_comparison_names_rules_that_exist() -> None:
    named = {rule for pairs in ADVICE_BEHIND.values() for _, rule in pairs}
    assert named and not named - set(RULES)


def test_no_other_module_names_a_rule() -> None:
    at_home = {ADVICE / "rules.py", ADVICE / "brief.py", PACKAGE / "comparison" / "wording" / "causes.py"}
    for file in set(PACKAGE.rglob("*.py")) - at_home:
        words = {
            node.value for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Constant)
        }
        assert not words & set(RULES), file
