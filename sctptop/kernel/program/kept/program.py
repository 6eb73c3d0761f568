"""A program as it is kept: its source, the shapes of its tables, and the instructions of its functions."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any

from sctptop.kernel.program.bpf.bpf_calls import MapShape
from sctptop.kernel.program.bpf.btf import FunctionType
from sctptop.kernel.program.entry_points import Hook
from sctptop.kernel.program.kept.instructions import SIZE, Instructions
from sctptop.kernel.program.points import ProbeChoice, points
from sctptop.kernel.program.program_source import ProbeSource

_MOST_TEXT = 4 << 20


@dataclass(frozen=True, slots=True)
class Kept:
    """``version``: of the kernel, as old ones ask for it."""

    source: ProbeSource
    tables: Mapping[str, MapShape]
    functions: Mapping[str, Instructions]
    version: int = 0


def encoded(kept: Kept, choice: ProbeChoice) -> bytes:
    """On one line."""
    places = {point: place for place, point in enumerate(points(choice))}
    source = kept.source
    told = {
        "text": _packed(zlib.compress(source.text.encode())),
        "parts": sorted(source.parts),
        "left_out": source.left_out,
        "typed": source.typed,
        "hooks": [
            [places[hook.point], hook.how, hook.why, astuple(hook.function) if hook.function else None]
            for hook in source.hooks
        ],
        "tables": {name: astuple(shape) for name, shape in kept.tables.items()},
        "functions": {
            name: {"code": _packed(code.instructions), "maps": code.maps}
            for name, code in kept.functions.items()
        },
        "version": kept.version,
    }
    return json.dumps(told).encode()


def decoded(content: bytes, choice: ProbeChoice) -> Kept | None:
    """What ``encoded`` had; None where it is nothing of that kind."""
    try:
        told = json.loads(content)
        there = tuple(points(choice))
        source = ProbeSource(
            _text(told["text"]),
            frozenset(map(str, told["parts"])),
            {str(name): str(why) for name, why in told["left_out"].items()},
            tuple(_hook(there, *one) for one in told["hooks"]),
            bool(told["typed"]),
        )
        tables = {str(name): MapShape(*map(int, shape)) for name, shape in told["tables"].items()}
        functions = {name: _instructions(one) for name, one in told["functions"].items()}
        return Kept(source, tables, functions, int(told["version"]))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, zlib.error):
        return None


def _hook(there: tuple[Any, ...], place: int, how: str, why: str, function: list[Any] | None) -> Hook:
    if place < 0:
        raise ValueError("no such point")
    known = None
    if function is not None:
        number, parameters, by_value, in_module = function
        known = FunctionType(int(number), int(parameters), bool(by_value), bool(in_module))
    return Hook(there[place], str(how), str(why), known)


def _instructions(one: Mapping[str, Any]) -> Instructions:
    code = _unpacked(one["code"])
    if len(code) % SIZE:
        raise ValueError("part of an instruction")
    return Instructions(code, tuple((int(place), str(table)) for place, table in one["maps"]))


def _text(packed: str) -> str:
    text = zlib.decompressobj().decompress(_unpacked(packed), _MOST_TEXT)
    return text.decode()


def _packed(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _unpacked(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
