"""Every small change that can be made to the text of a module."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

OTHER: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
"""What takes the place of an operator."""


@dataclass(frozen=True)
class Mutant:
    """One change: the module's bytes from ``start`` to ``end``, ``old``, become ``new``. ``line`` counts from 1."""

    line: int
    start: int
    end: int
    old: str
    new: str

    def applied(self, text: bytes) -> bytes:
        """The module with the change in it."""
        return text[: self.start] + self.new.encode() + text[self.end :]

    @property
    def change(self) -> str:
        """In one line."""
        old, new = (" ".join(text.split()) for text in (self.old, self.new))
        return f"{old}  →  {new}"

    def named(self, text: bytes, names: Iterable[tuple[str, str, str]]) -> bool:
        """Whether the module's line and the change are among those names: line, change, reason."""
        line = text.splitlines()[self.line - 1].decode().strip()
        return any((line, self.change) == name[:2] for name in names)


def mutants(text: bytes) -> list[Mutant]:
    """All that can be made of a module, in the order of its lines."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found = []
    for node, new in _changes(ast.parse(text)):
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        found.append(Mutant(node.lineno, start, end, text[start:end].decode(), new))
    return sorted(found, key=lambda one: (one.start, one.end, one.new))


Placed = ast.expr | ast.stmt


def _changes(node: ast.AST) -> Iterator[tuple[Placed, str]]:
    """Every expression or statement below, and what could stand there instead."""
    if isinstance(node, ast.expr):
        # In parentheses, so that what is around it binds as before.
        yield from ((node, f"({ast.unparse(new)})") for new in _other_values(node))
    elif isinstance(node, ast.stmt):
        yield from ((node, new) for new in _other_statements(node))
        if isinstance(node, (ast.If, ast.While)):
            yield node.test, f"({ast.unparse(_negated(node.test))})"
    for child in _children(node):
        yield from _changes(child)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """All but what says nothing at run time, and what has no place of its own in the text (f-strings)."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, ast.JoinedStr) and not _is_text(child):
                yield child


def _is_text(node: ast.AST) -> bool:
    """Whether it is a docstring, or one of an attribute."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _other_values(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.Compare):
        for place, op in enumerate(node.ops):
            ops = [*node.ops[:place], OTHER[type(op)](), *node.ops[place + 1 :]]
            yield ast.Compare(node.left, ops, node.comparators)  # type: ignore[arg-type]
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(OTHER[type(node.op)](), node.values)  # type: ignore[arg-type]
    elif isinstance(node, ast.BinOp) and type(node.op) in OTHER:
        yield ast.BinOp(node.left, OTHER[type(node.op)](), node.right)  # type: ignore[arg-type]
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.IfExp):
        yield ast.IfExp(_negated(node.test), node.body, node.orelse)
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield ast.Constant(not node.value)
        elif isinstance(node.value, (int, float)):
            yield ast.Constant(node.value + 1)
        elif isinstance(node.value, str):
            yield ast.Constant(node.value + "!")


def _other_statements(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.Return) and not (
        node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None)
    ):
        yield "return None"
    elif isinstance(node, (ast.AugAssign, ast.Continue, ast.Break, ast.Expr)) and not _is_text(node):
        yield "pass"


def _negated(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), test)
