"""The mutants of `tests/mutate` are what they should be: each a module that compiles, each with one change."""

from __future__ import annotations

from pathlib import Path

import pytest

import sctptop
from tests.mutation.equivalent import EQUIVALENT
from tests.mutation.mutants import mutants

TEXT = '''"""Text."""

def least(values: "list[int]", bound: int = 7) -> int:
    """Text."""
    total = 0
    for é in values:
        if é < bound and not total:
            total += é * 2
            continue
        print(f"{é + 1}")
    return total
'''


def test_every_kind_of_change_is_made_once() -> None:
    told = [(mutant.line, mutant.old, mutant.new) for mutant in mutants(TEXT.encode())]
    assert sorted(told) == [
        (3, "7", "(8)"),
        (5, "0", "(1)"),
        (7, "not total", "(total)"),
        (7, "é < bound", "(é <= bound)"),
        (7, "é < bound and not total", "(not (é < bound and (not total)))"),
        (7, "é < bound and not total", "(é < bound or not total)"),
        (8, "2", "(3)"),
        (8, "total += é * 2", "pass"),
        (8, "é * 2", "(é + 2)"),
        (9, "continue", "pass"),
        (10, 'print(f"{é + 1}")', "pass"),
        (11, "return total", "return None"),
    ]


def test_a_change_leaves_all_else() -> None:
    (one,) = (mutant for mutant in mutants(TEXT.encode()) if mutant.old == "é < bound")
    assert one.applied(TEXT.encode()).decode() == TEXT.replace("é < bound", "(é <= bound)")


@pytest.mark.parametrize("module", EQUIVALENT)
def test_equivalent_mutants_are_named_once_and_exist(module: str) -> None:
    text = (Path(sctptop.__file__).parent / module).read_bytes()
    every = mutants(text)
    names = EQUIVALENT[module]
    assert [name for name in names if not any(one.named(text, [name]) for one in every)] == []
    assert len(set(names)) == len(names) and all(reason for *_, reason in names)


@pytest.mark.parametrize(
    "module",
    ["fields/expression/tree.py", "model/advice/checks/of_paths.py", "comparison/wording/verdict.py"],
)
def test_every_mutant_compiles(module: str) -> None:
    text = (Path(sctptop.__file__).parent / module).read_bytes()
    found = mutants(text)
    assert len(found) > 50
    for mutant in found:
        compile(mutant.applied(text), module, "exec")
