"""One word, one thing."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import sctptop

PACKAGE = Path(sctptop.__file__).parent


def test_no_two_classes_share_a_name() -> None:
    names = Counter(
        node.name
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert names
    assert not [name for name, times in names.items() if times > 1]
