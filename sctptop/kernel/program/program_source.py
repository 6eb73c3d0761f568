"""The C of the probes for the running kernel: our files, with each struct member they name turned into its offset.

A name like ``sctp_association__peer__rwnd(pointer)`` in the C reads member ``peer.rwnd`` of struct sctp_association;
``ADDRESS_…(pointer)`` says where it is, ``OFFSET_…`` how far from the start, ``HAVE_…`` whether it exists here.
``TYPED_…(pointer)`` reads it too, at a tenth of the cost, where the kernel knows the pointer's type: an argument of a
trampoline, or what was read so from one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sctptop.kernel.program.bpf.btf import FunctionType, MemberPlace, MissingMember
from sctptop.kernel.program.entry_points import Hook, bodies, entry_points
from sctptop.kernel.program.points import ProbeChoice, points
from sctptop.kernel.program.records_check import statements
from sctptop.kernel.program.trampolines import ALL, NO_BTF, how

HEADERS = (
    "who.h",
    "tables.h",
    "windows.h",
    "event.h",
    "bins.h",
    "message.h",
    "follow.h",
    "calls.h",
    "read.h",
)
"""What the concerns share, in this order."""
CONCERNS = (
    "windows.c",
    "cwnd.c",
    "rwnd.c",
    "rtt.c",
    "retransmission.c",
    "ends.c",
    "lifecycle.c",
    "blocked.c",
    "ngap_head.c",
    "ngap.c",
    "waits.c",
    "fragments.c",
)
"""In this order: lifecycle.c, waits.c and fragments.c call what those before them have, where it is there."""

_NGAP_ONLY = ("blocked.c", "ngap_head.c", "ngap.c", "fragments.c")

ALL_PROBES = ProbeChoice()

_NAME = re.compile(r"\b(HAVE_|OFFSET_|ADDRESS_|TYPED_)?([a-z]\w*?)__([a-z]\w*)")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_READ = "static inline __attribute__((always_inline)) u64"


class Types(Protocol):
    """What knows where members are."""

    def member(self, struct: str, path: str) -> MemberPlace:
        """As KernelTypes.member."""
        ...

    def function(self, name: str) -> FunctionType | None:
        """As KernelTypes.function."""
        ...


@dataclass(frozen=True, slots=True)
class ProbeSource:
    """The program, the files that are in it, the concerns left out with the reason, how its points are reached, and
    whether it is ``typed``: reads members as TYPED_ says."""

    text: str
    parts: frozenset[str]
    left_out: dict[str, str]
    hooks: tuple[Hook, ...] = ()
    typed: bool = False

    def functions(self, hook: Hook) -> tuple[str, ...]:
        """Names of those that a point needs; where it needs two, that at the entry first."""
        entry = hook.how == "kretprobe" and f"int {hook.remembering}(" in self.text
        return (hook.remembering, hook.name) if entry else (hook.name,)


def folder() -> Path:
    """Where the C is: in the package when installed, beside it in the repository."""
    package = Path(__file__).resolve().parents[2]
    inside = package / "bpf"
    return inside if inside.is_dir() else package.parent / "bpf"


NO_REFUSAL: Mapping[str, str] = {}
BY_TYPE = "by type"
"""In place of a target that was refused: reading members as TYPED_ says."""
_TYPED = frozenset({"at_hand_over", "at_transmission", "at_arrival", "at_reassembly", "at_read"})
"""Ours that do, and all that share their slots."""
PATHS = 16384
"""Room for so many where nothing tells how many there are."""


def from_btf(
    types: Types,
    choice: ProbeChoice = ALL_PROBES,
    where: Path | None = None,
    refused: Mapping[str, str] = NO_REFUSAL,
    room: int = PATHS,
) -> ProbeSource:
    """The program with offsets from BTF, and tables with ``room`` for so many paths.

    A concern that needs a member this kernel does not have is left out. Raises MissingMember when all share it.
    ``refused``: what the kernel does not take trampolines for, as trampolines.how has it.
    """
    place = where or folder()
    shared = [(name, (place / name).read_text()) for name in HEADERS]
    for _, text in shared:
        _check(types, text)
    parts, left_out = list(shared), {}
    for name in _concerns(choice):
        text = (place / name).read_text()
        try:
            _check(types, text)
        except MissingMember as error:
            left_out[name] = str(error)
            continue
        parts.append((name, text))
    members = [
        _with_offset(named, member)
        for named in _named("".join(text for _, text in parts))
        if (member := _resolved(types, named)) is not None
    ]
    hooks = _hooks(choice, dict(parts), types, refused)
    typed = BY_TYPE not in refused and all(
        hook.how in ("fentry", "fexit") for hook in hooks if hook.point.function in _TYPED
    )
    return _source(members, parts, choice, (), left_out, hooks, room, typed=typed)


def from_headers(
    choice: ProbeChoice = ALL_PROBES, where: Path | None = None, room: int = PATHS
) -> ProbeSource:
    """The program for kernel headers: the compiler finds the offsets."""
    place = where or folder()
    parts = [(name, (place / name).read_text()) for name in (*HEADERS, *_concerns(choice))]
    # The compiler cannot be asked whether a member exists: probe_size came with Linux 5.15.
    members = [
        _with_headers(named) for named in _named("".join(text for _, text in parts)) if not named.optional
    ]
    includes = ("uapi/linux/ptrace.h", "net/sock.h", "net/sctp/sctp.h", "net/sctp/structs.h")
    hooks = _hooks(choice, dict(parts), None, NO_REFUSAL)
    return _source(members, parts, choice, includes, {}, hooks, room)


def _hooks(
    choice: ProbeChoice, parts: Mapping[str, str], types: Types | None, refused: Mapping[str, str]
) -> tuple[Hook, ...]:
    found = []
    for point in points(choice):
        if point.concern in parts:
            function = types.function(point.target) if types is not None else None
            way, why = how(point, function, refused if types is not None else {ALL: NO_BTF})
            found.append(Hook(point, way, why, function))
    return tuple(found)


def _concerns(choice: ProbeChoice) -> Iterator[str]:
    return (name for name in CONCERNS if choice.ngap or name not in _NGAP_ONLY)


def _source(
    members: Iterable[str],
    parts: Sequence[tuple[str, str]],
    choice: ProbeChoice,
    includes: Iterable[str],
    left_out: dict[str, str],
    hooks: tuple[Hook, ...],
    room: int,
    *,
    typed: bool = False,
) -> ProbeSource:
    text = [f"#include <{name}>" for name in includes or ("uapi/linux/ptrace.h",)]
    if choice.every_change:
        text.append("#define EVERY_CHANGE 1")
    if choice.every_message:
        text.append("#define EVERY_MESSAGE 1")
    if typed:
        text.append("#define TYPED 1")
    text.append(f"#define ROOM_FOR_PATHS {room}")
    text += ["", "/* Members of the running kernel's structs. */", *members]
    for name, part in parts:
        text += ["", f"/* ==== {name} ==== */", "", part.strip()]
    text += ["", "/* ==== what the kernel calls ==== */", ""]
    text.append(entry_points(hooks, bodies(part for _, part in parts)))
    text += ["/* What sctptop reads of it. */", statements(dict(parts))]
    return ProbeSource("\n".join(text), frozenset(dict(parts)), left_out, hooks, typed)


@dataclass(frozen=True, slots=True)
class _Named:
    """A member that a C text names; ``optional`` if it can do without, ``read``, or ``typed`` too, for its value."""

    struct: str
    path: str
    optional: bool
    read: bool
    typed: bool

    @property
    def full(self) -> str:
        return f"{self.struct}.{self.path}"

    @property
    def name(self) -> str:
        return self.full.replace(".", "__")


def _named(text: str) -> Iterator[_Named]:
    prefixes: dict[tuple[str, str], set[str]] = {}
    for prefix, struct, member in _NAME.findall(_COMMENT.sub("", text)):
        prefixes.setdefault((struct, member.replace("__", ".")), set()).add(prefix)
    for (struct, path), uses in prefixes.items():
        typed = "TYPED_" in uses
        yield _Named(struct, path, optional="HAVE_" in uses, read="" in uses or typed, typed=typed)


def _check(types: Types, text: str) -> None:
    """Raises MissingMember when this kernel lacks a member that the text cannot do without."""
    for named in _named(text):
        _resolved(types, named)


def _resolved(types: Types, named: _Named) -> MemberPlace | None:
    try:
        member = types.member(named.struct, named.path)
    except MissingMember:
        if named.optional:
            return None
        raise
    if named.read and member.size not in (1, 2, 4, 8):
        raise MissingMember(f"{named.full} has {member.size} bytes in this kernel, which is no number")
    return member


def _with_offset(named: _Named, member: MemberPlace) -> str:
    lines = _macros(named.name, str(member.offset))
    if named.read:
        kind, bits = f"u{member.size * 8}", f"v >> {member.shift} & {(1 << member.bits) - 1}"
        value = bits if member.bits else "v"
        lines.append(_reader(named.name, kind, str(member.offset), value))
        if named.typed:
            lines += ["#ifdef TYPED", _typed_reader(named.name, kind, member.offset, value), "#else"]
            lines += [_untyped(named.name), "#endif"]
    return "\n".join(lines)


def _with_headers(named: _Named) -> str:
    offset = f"offsetof(struct {named.struct}, {named.path})"
    lines = _macros(named.name, offset)
    if named.read:
        lines.append(_reader(named.name, f"__typeof__(((struct {named.struct} *)0)->{named.path})", offset))
    if named.typed:
        lines.append(_untyped(named.name))
    return "\n".join(lines)


def _macros(name: str, offset: str) -> list[str]:
    return [
        f"#define HAVE_{name} 1",
        f"#define OFFSET_{name} {offset}",
        f"#define ADDRESS_{name}(p) ((const void *)(p) + {offset})",
    ]


def _reader(name: str, kind: str, offset: str, value: str = "v") -> str:
    return (
        f"{_READ} {name}(const void *p)\n"
        f"{{ {kind} v = 0; bpf_probe_read_kernel(&v, sizeof(v), p + {offset}); return (u64)({value}); }}"
    )


def _typed_reader(name: str, kind: str, offset: int, value: str) -> str:
    # BCC and clang leave assembler as it is: the kernel checks that it reads this member, no more and no less.
    load = f'asm volatile("%0 = *({kind} *)(%1 + {offset})" : "=r"(v) : "r"(p))'
    return f"{_READ} TYPED_{name}(const void *p)\n{{ u64 v; {load}; return {value}; }}"


def _untyped(name: str) -> str:
    return f"#define TYPED_{name} {name}"
