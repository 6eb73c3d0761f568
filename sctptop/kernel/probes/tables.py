"""What the tables of the probes hold."""

from __future__ import annotations

from collections.abc import Iterator

from sctptop.kernel.probes import bins
from sctptop.kernel.program.bpf import maps
from sctptop.kernel.program.declarations import CTable
from sctptop.kernel.program.program import Program


def entries(program: Program, table: CTable) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of one. Raises OSError."""
    return maps.entries(program.map_fd(table.name), table.key_size, table.value_size)


def content(program: Program, table: CTable) -> tuple[bytes, bytes]:
    """The same, all keys one behind the other, and all values. Raises OSError."""
    return maps.content(program.map_fd(table.name), table.key_size, table.value_size)


def counted(program: Program, table: CTable, turn: int) -> list[tuple[bytes, bytes]]:
    """What was counted up to that reading, taken out of the table; nothing where its concern is left out."""
    if not program.has(table.file):
        return []
    found = bins.until(entries(program, table), table, turn)
    maps.remove_all(program.map_fd(table.name), [key for key, _ in found])
    return found
