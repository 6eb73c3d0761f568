"""Recordings made to take all memory or time of whoever opens them, each of them small as a file."""

from __future__ import annotations

import json
import lzma
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sctptop.model.sample import Sample
from sctptop.recording.file_format import TEXT_LIMIT
from sctptop.recording.log.frames import FileHead, Frame, FrameKind
from sctptop.schema import to_json
from tests.ui.scripted import sample, with_probes
from tests.unit.recording.damaging import framed
from tests.unit.recording.old_format import SCHEMA, keyed

ID = b"bombbomb"
US = 1_795_435_380_000_000
ROOM = TEXT_LIMIT - 4096
"""Bytes of text that a block may have, beside the rest of a sample."""
SOME = 8 << 20
"""As many small things as take hundreds of megabytes once they are objects."""


def bomb(path: Path, lines: Sequence[bytes], count: int = 0, times: int = 1, about: bytes = b"{}") -> Path:
    """A recording of a block of these lines, so many times."""
    data = lzma.compress(b"\n".join(lines), preset=0)
    with path.open("wb") as file:
        file.write(FileHead(2, ID, "sctptop bomb").packed())
        file.write(framed(Frame(FrameKind.FACTS, 0), b'{"host":"a"}', ID))
        many = count or len(lines)
        for turn in range(times):
            head = Frame(
                FrameKind.BLOCK, 0, first=turn * many, count=many, first_us=US, last_us=US, about=about
            )
            file.write(framed(head, data, ID))
    return path


def text_of(one: Sample, **parts: bytes) -> bytes:
    """The line of a sample in which some parts are other text."""
    document = keyed(to_json(one))
    texts = {
        name: json.dumps(value, separators=(",", ":")).encode() for name, value in document.items()
    } | parts
    return b"{" + b",".join(b'"%s":%s' % (name.encode(), text) for name, text in texts.items()) + b"}"


def plain(**parts: bytes) -> bytes:
    """A sample without associations, with some parts of it given."""
    return text_of(sample(0), **parts)


def full(pattern: Callable[[int], bytes], room: int = SOME) -> bytes:
    """Pieces with commas between them, as many as there is room for."""
    size = len(pattern(10**6)) + 1
    return b",".join(map(pattern, range(10**6, 10**6 + room // size)))


def associations(many: int, text: bytes) -> dict[str, bytes]:
    """``many`` associations of this text."""
    names = [b'"%d"' % number for number in range(many)]
    return {
        "associations": b"{%s}" % b",".join(b"%s:%s" % (name, text) for name in names),
        "order": b"[%s]" % b",".join(names),
    }


def grown(turn: int) -> bytes:
    """A patch that adds names of its own."""
    return b'{"more":{%s}}' % full(lambda number: b'"%d%d":0' % (turn, number), 340_000)


def sample_bombs() -> Iterator[tuple[str, list[bytes]]]:
    """The lines of a block."""
    wide = b"\xf0\x9f\x98\x80"
    large = text_of(next(iter(with_probes(1, 10_000))))
    yield "brackets", [b"[" * ROOM]
    yield "deep", [plain(more=b"[" * 900 + b"]" * 900)]
    yield "lists", [plain(more=b"[%s]" % full(lambda number: b"[]"))]
    yield "lists of one", [plain(more=b"[%s]" % full(lambda number: b"[0]"))]
    yield "objects", [plain(more=b"[%s]" % full(lambda number: b"{}"))]
    yield "objects of one", [plain(more=b"[%s]" % full(lambda number: b'{"a":1}'))]
    yield "numbers", [plain(more=b"[%s]" % full(lambda number: b"%d" % number))]
    yield "texts", [plain(more=b"[%s]" % full(lambda number: b'"%d"' % number))]
    yield "names", [plain(more=b"{%s}" % full(lambda number: b'"%d":0' % number))]
    yield "names with quotes", [plain(more=b"{%s}" % full(lambda number: b'"%d\\"":0' % number))]
    yield "names and texts", [plain(more=b"{%s}" % full(lambda number: b'"%d":"%d"' % (number, number)))]
    yield "one text", [plain(more=b'"%s"' % (b"a" * ROOM))]
    yield "one wide text", [plain(more=b'"%s%s"' % (b"a" * ROOM, wide))]
    yield "one wide text in escapes", [plain(more=b'"%s\\ud83d\\ude00"' % (b"a" * (ROOM - 12)))]
    yield "texts to be cleaned", [plain(more=b"[%s]" % full(lambda number: b'"\\u001b"'))]
    yield "a long host", [plain(host=b'"%s"' % (b"a" * ROOM))]
    yield "digits", [plain(hz=b"1" * ROOM)]
    yield "counters", [plain(counters=b'{"1":{%s}}' % full(lambda number: b'"%d":0' % number))]
    yield "namespaces of counters", [plain(counters=b"{%s}" % full(lambda number: b'"%d":{}' % number))]
    yield (
        "some counters",
        [plain(counters=b'{"1":{%s}}' % full(lambda number: b'"%d":1' % number, 3_200_000))],
    )
    yield "sources", [plain(sources=b"{%s}" % full(lambda number: b'"%d":"ok"' % number))]
    event = b'{"time":"2026-11-23T12:03:00+00:00","kind":"ngap","netns":1}'
    yield "events", [plain(events=b"[%s]" % full(lambda number: event))]
    yield "many events", [plain(events=b"[%s]" % full(lambda number: event, 5_000_000))]
    rich = event[:-1] + b"," + b",".join(b'"%d":%d' % (name, 10**6 + name) for name in range(30)) + b"}"
    yield "rich events", [plain(events=b"[%s]" % full(lambda number: rich))]
    yield "some rich events", [plain(events=b"[%s]" % full(lambda number: rich, 15_000_000))]
    yield "endpoints", [plain(endpoints=b"[%s]" % full(lambda number: b'{"netns":1,"local_port":1}'))]
    yield (
        "some endpoints",
        [plain(endpoints=b"[%s]" % full(lambda number: b'{"netns":1,"local_port":1}', 500_000))],
    )
    yield (
        "endpoints, again and again",
        [
            plain(endpoints=b"[%s]" % full(lambda number: b'{"netns":1,"local_port":1}', 500_000)),
            *[b"{}"] * 119,
        ],
    )
    yield "namespaces", [plain(namespaces=b"[%s]" % full(lambda number: b'{"netns":%d}' % number, 170_000))]
    yield "many associations", [plain(**associations(100_000, b'{"netns":1}'))]
    yield "associations", [plain(**associations(10_000, b'{"netns":1}'))]
    yield (
        "one association many times",
        [plain(associations=b'{"a":{"netns":1}}', order=b"[%s]" % full(lambda number: b'"a"'))],
    )
    paths = full(lambda number: b'{"address":"%d"}' % number, 3_900)
    yield "paths", [plain(**associations(10_000, b'{"netns":1,"paths":[%s]}' % paths))]
    few = full(lambda number: b'{"address":"%d"}' % number, 84)
    yield "some paths", [plain(**associations(10_000, b'{"netns":1,"paths":[%s]}' % few))]
    yield (
        "paths of one",
        [
            plain(
                **associations(
                    1,
                    b'{"netns":1,"paths":[%s]}' % full(lambda number: b'{"address":"%d"}' % number, 830_000),
                )
            )
        ],
    )
    bins = full(lambda number: b"[%d,1]" % number, 500)
    yield "bins", [plain(**associations(10_000, b'{"netns":1,"held_bins":[%s]}' % bins))]
    yield (
        "bins of one",
        [plain(**associations(1, b'{"netns":1,"held_bins":[%s]}' % full(lambda number: b"[%d,1]" % number)))],
    )
    yield (
        "addresses",
        [
            plain(
                **associations(
                    1, b'{"netns":1,"remote_addresses":[%s]}' % full(lambda number: b'"%d"' % number)
                )
            )
        ],
    )
    yield "a large sample, again and again", [large, *[b"{}"] * 119]
    touched = json.loads(large)["order"]
    yield (
        "a large sample, of which all changes",
        [
            large,
            *[
                b'{"associations":{%s}}'
                % b",".join(b'%s:{"cwnd":%d}' % (json.dumps(one).encode(), turn) for one in touched)
                for turn in range(20)
            ],
        ],
    )
    yield from row_bombs()
    yield "removals", [plain(), *[b'{"-":[%s]}' % full(lambda number: b'"a"', 300_000)] * 100]
    yield "growth", [plain(), *[grown(turn) for turn in range(110)]]


def row_bombs() -> Iterator[tuple[str, list[bytes]]]:
    """Of format 3, in which a few bytes stand for a column."""
    new = b'"associations":{"new":10000,"columns":{"netns":{"all":1}}}'
    order = b'"order":[0,%s]' % b",".join([b"1"] * 9999)
    without = b'{%s,"counts":{"all":0},%s}' % (new, order)
    yield "rows", [plain(rows=without), *[b'{"rows":{"order":[9999,%s]}}' % b",".join([b"-1"] * 9999)] * 100]
    yield "rows without end", [plain(rows=without), *[b'{"rows":{%s,"counts":{"all":0}}}' % new] * 119]
    paths = b'"paths":{"new":40000,"columns":{"address":{"all":"%s"}}}' % (b"a" * 60_000)
    yield "rows of paths", [plain(rows=b'{%s,%s,"counts":{"all":4},%s}' % (new, paths, order))]
    bins = b'{"bins":[%s],"of":[1],"which":[%s],"times":[%s]}' % (
        b",".join([b"100"] * 10_000),
        b",".join([b"0"] * 1_000_000),
        b",".join([b"1"] * 1_000_000),
    )
    held = b'"associations":{"new":10000,"columns":{"netns":{"all":1},"held_bins":%s}}' % bins
    yield "rows of bins", [plain(rows=b'{%s,"counts":{"all":0},%s}' % (held, order))]
    more = b'{"rows":{"associations":{"rows":[0,%s],"by":{"netns":[%s]}}}}' % (
        b",".join([b"1"] * 9999),
        b",".join([b"1000000"] * 10_000),
    )
    yield "rows that all change", [plain(rows=without), *[more] * 119]


def file_bombs() -> Iterator[tuple[str, Callable[[Path], object]]]:
    """Whole files."""
    one = plain()
    yield "a block of zeros", lambda path: bomb(path, [b"\0" * (8 * TEXT_LIMIT)], count=1)
    yield "blocks of zeros", lambda path: bomb(path, [b"\0" * TEXT_LIMIT], times=300)
    yield "blocks of no sample", lambda path: bomb(path, [b"{}"], times=260_000)
    yield (
        "blocks of texts",
        lambda path: bomb(path, [plain(more=b'"%s"' % (b"a" * (ROOM - 9))), b"[]"], times=300),
    )
    yield "blocks in millions", lambda path: bomb(path, [one], times=260_000)
    yield "blocks of many", lambda path: bomb(path, [one], count=2**32 - 1)
    for size in (3900, 65_000):
        kinds = b"{%s}" % full(lambda number: b'"%d":1' % number, size)
        yield (
            f"{size} bytes of kinds of events",
            partial(bomb, lines=(one,), times=100_000_000 // size, about=kinds),
        )
    yield "lines", lambda path: bomb(path, [b"\n" * (TEXT_LIMIT - 1)], count=120)
    yield "frames", frames_without_end
    yield "tails", tails
    yield "facts", lambda path: facts(path, b"[%s]" % full(lambda number: b"[]", 1_000_000))
    yield "facts that are too large", lambda path: facts(path, b"[" + b" " * (64 << 20) + b"]")
    yield "a database of rows", rows
    yield (
        "a database of large blocks",
        lambda path: database(path, lzma.compress(b"\0" * (4 * TEXT_LIMIT)), 200),
    )
    yield (
        "a database of objects",
        lambda path: database(path, lzma.compress(plain(more=b"[%s]" % full(lambda number: b"{}"))), 3),
    )
    yield "a database of tails", database_tail


def frames_without_end(path: Path) -> None:
    """Frames of one byte."""
    with path.open("wb") as file:
        file.write(FileHead(2, ID, "").packed())
        for kind in (FrameKind.FREE, FrameKind.TAIL, FrameKind.FACTS, 9):
            file.write(framed(Frame(kind, 0, first=7, count=1, first_us=US, last_us=US), b"x", ID) * 200_000)


def tails(path: Path) -> None:
    with path.open("wb") as file:
        file.write(FileHead(2, ID, "").packed())
        for count in range(1, 200):
            data = zlib.compress(b"[" * (TEXT_LIMIT // 3))
            file.write(
                framed(Frame(FrameKind.TAIL, 0, first=0, count=count, first_us=US, last_us=US), data, ID)
            )


def facts(path: Path, text: bytes) -> None:
    bomb(path, [plain()])
    content = path.read_bytes()
    head, rest = content[:64], content[64:]
    old = framed(Frame(FrameKind.FACTS, 0), b'{"host":"a"}', ID)
    path.write_bytes(head + framed(Frame(FrameKind.FACTS, 0), b'{"a":%s}' % text, ID) + rest[len(old) :])


def database(path: Path, data: bytes, times: int, count: int = 1) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA)
    rows: list[tuple[Any, ...]] = [(turn, count, US, US, 1, "{}", data) for turn in range(times)]
    connection.executemany("INSERT INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()


def rows(path: Path) -> None:
    database(path, lzma.compress(b"{}"), 400_000)


def database_tail(path: Path) -> None:
    database(path, b"", 0)
    connection = sqlite3.connect(path)
    data = zlib.compress(b"[" * (TEXT_LIMIT // 3))
    connection.executemany("INSERT INTO tail VALUES (?, ?, ?)", [(turn, US, data) for turn in range(2000)])
    connection.commit()
    connection.close()
