"""Finds in the source what the dashboard may tell: notices, and texts that say that something is not there."""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

DENIES = re.compile(
    r"\b(no|not|none|nothing|nobody|never|cannot|could not|gone|ended|failed|stopped)\b", re.I
)
WORDS = re.compile(r"[A-Za-z]{2,}")
LEAST_WORDS = 3
"""Fewer are a title or a value."""
TELLING = ("_say", "say", "_count_from")
HOLE = r".{0,80}?"
FRAMES = re.compile("[│┃▌▐█▎▊▕▏╭╮╰╯─]")
_CELL = re.compile(r'<text [^>]*?x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>')


class Module:
    """One source file of the dashboard."""

    def __init__(self, name: str, source: str) -> None:
        self.name = name
        self.tree = ast.parse(source)

    @cached_property
    def assigned(self) -> dict[str, list[ast.expr]]:
        """What is assigned to a name, in whatever function."""
        found: dict[str, list[ast.expr]] = {}
        for node in ast.walk(self.tree):
            targets = node.targets if isinstance(node, ast.Assign) else ()
            for target in targets:
                if isinstance(target, ast.Name) and isinstance(node, ast.Assign):
                    found.setdefault(target.id, []).append(node.value)
        return found

    @cached_property
    def functions(self) -> dict[str, list[ast.FunctionDef]]:
        """By name, methods too."""
        found: dict[str, list[ast.FunctionDef]] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef):
                found.setdefault(node.name, []).append(node)
        return found

    def denials(self) -> Iterator[str]:
        """Patterns of all texts of some words that deny something."""
        for told in _literals(self.tree):
            if len(WORDS.findall(" ".join(told))) >= LEAST_WORDS and DENIES.search(" ".join(told)):
                yield _pattern(told)


def notices(modules: list[Module]) -> Iterator[tuple[str, str]]:
    """Patterns of all texts that may become a notice, each with its module: followed through names and functions."""
    for module in modules:
        for node in ast.walk(module.tree):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(node, ast.Call) and isinstance(called, ast.Attribute) and called.attr in TELLING:
                for told in _reached(node.args[0], module, modules):
                    yield module.name, told


def _reached(node: ast.expr, module: Module, modules: list[Module]) -> Iterator[str]:
    yield from map(_pattern, _literals(node))
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            for value in module.assigned.get(part.id, ()):
                yield from map(_pattern, _literals(value))
        elif isinstance(part, ast.Attribute):
            for other in modules:
                for function in other.functions.get(part.attr, ()):
                    yield from map(_pattern, _literals(function))


def _literals(tree: ast.AST) -> Iterator[list[str]]:
    """Each text with words as its pieces, of which a value goes between any two; docstrings are left out."""
    within = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, (ast.JoinedStr, ast.Expr))
        for part in (node.values if isinstance(node, ast.JoinedStr) else [node.value])
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            told = "".join(_constant(part, "\0") for part in node.values)
        elif isinstance(node, ast.Constant) and id(node) not in within:
            told = re.sub(r"\{\w+\}", "\0", _constant(node, ""))
        else:
            continue
        if WORDS.search(told) and " " in told.strip():
            yield told.split("\0")


def _constant(node: ast.expr, otherwise: str) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else otherwise


def _pattern(told: list[str]) -> str:
    pieces = [" ".join(f"|{piece}|".split())[1:-1] for piece in told]
    pieces[0] = pieces[0].lstrip()
    pieces[-1] = pieces[-1].rstrip()
    return HOLE.join(map(re.escape, pieces))


def shown_in(folder: Path) -> str:
    """All snapshots in a folder as one text: without frames, and without the ends of lines."""
    texts = [path.read_text() for path in sorted(folder.rglob("*.ambr"))]
    for path in sorted(folder.rglob("*.svg")):
        lines: dict[float, list[tuple[float, str]]] = {}
        for x, y, cell in _CELL.findall(path.read_text()):
            lines.setdefault(float(y), []).append((float(x), html.unescape(cell).replace("\xa0", " ")))
        texts += ["".join(cell for _, cell in sorted(lines[y])) for y in sorted(lines)]
    return " ".join(FRAMES.sub(" ", "\n".join(texts)).split())
