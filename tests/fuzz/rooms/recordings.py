"""Bytes of a whole file as a recording: opened, checked, read from end to end, and told about."""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from sctptop.cli import DEMO
from sctptop.output.recording_info import report_info
from sctptop.recording.file_format import RecordingError
from sctptop.recording.log.frames import FILE_BYTES, FrameKind, file_head
from sctptop.recording.packing import packed_block, packed_line
from sctptop.recording.reader import Recording
from sctptop.schema import from_json
from tests.fuzz.rooms.samples import documents
from tests.fuzz.target import Choices, Target
from tests.unit.recording.damaging import Content, framed, frames_of
from tests.unit.recording.old_format import written_as_database
from tests.unit.recording.recordings import written

NUMBERED = ("kind", "first", "count", "associations", "first_us", "last_us")
MOST = {
    "kind": 1 << 8,
    "first": 1 << 64,
    "count": 1 << 32,
    "associations": 1 << 32,
    "first_us": 1 << 63,
    "last_us": 1 << 63,
}
LINES = (
    b"",
    b"{}",
    b"[]",
    b"null",
    b'{"hb_rtt": 7}',
    b'{"-": ["time"]}',
    b'{"=": {"=": 1}}',
    b"[" * 5000,
    b"1e999",
)
LONGEST_S, MOST_KIB = 5.0, 300 << 10
"""What a file that a stranger sends may cost."""


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="sctptop-fuzz-", dir="/dev/shm"))


def whole(data: bytes) -> None:
    """The file as it is."""
    file = _folder() / "any.sctp"
    file.write_bytes(data)
    begun, before_kib = time.monotonic(), _most_kib()
    try:
        recording = Recording(file)
    except RecordingError as error:
        assert "\n" not in str(error), error
    else:
        _read(recording)
    took_s, more_kib = time.monotonic() - begun, _most_kib() - before_kib
    assert took_s < LONGEST_S, f"{took_s:.1f} s"
    assert more_kib < MOST_KIB, f"{more_kib} KiB"
    assert os.listdir(_folder()) == ["any.sctp"]  # noqa: PTH208


def _read(recording: Recording) -> None:
    try:
        recording.check()
        for place, _ in recording.samples(0, len(recording)):
            recording.following(place)
        recording.preceding(len(recording) - 1)
        recording.position_at(recording.last_s)
        with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.suppress(RecordingError):
            report_info(recording, as_json=False)
        shown = out.getvalue().replace("\n", "")
        assert shown.isprintable(), shown
    finally:
        recording.close()


def damaged(data: bytes) -> None:
    """A good file with bytes changed in some places: what, where and by what are chosen."""
    choices = Choices(data)
    kind = choices.byte()
    # The one that is shipped takes a hundred times as long.
    held = bytearray(small()[3 if kind == 255 else kind % 3])
    while choices.left:
        at = int.from_bytes(choices.bytes(3), "little") % len(held)
        how = choices.byte()
        if how < 200:
            held[at] = choices.byte()
        elif how < 230:
            del held[at:]
            break
        else:
            held[at : at + 64] = bytes(64)
    whole(bytes(held))


def _most_kib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def frames(data: bytes) -> None:
    """A file whose checksums are right, and whose frames say and hold what they like."""
    choices = Choices(data)
    head, good = _contents()
    contents = list(good)
    while choices.left:
        at = choices.byte() % len(contents)
        one, held = contents[at]
        match choices.byte() % 5:
            case 0:
                name = choices.of(NUMBERED)
                told: dict[str, Any] = {name: choices.number() % MOST[name]}
                contents[at] = replace(one, **told), held
            case 1:
                contents[at] = one, packed_line(choices.of(LINES))
            case 2:
                contents[at] = one, packed_block([choices.of(LINES), choices.of(LINES)])
            case 3:
                contents[at] = replace(one, about=choices.of(LINES)), held
            case _:
                contents.insert(choices.byte() % len(contents), (one, held[: len(held) - choices.byte() % 9]))
    known = file_head(head)
    assert known is not None
    whole(head + b"".join(framed(one, held, known.recording_id) for one, held in contents))


@cache
def _contents() -> tuple[bytes, tuple[Content, ...]]:
    """The head of a recording of now, and its frames: facts, a block and a tail."""
    file = _folder() / "any.sctp"
    file.write_bytes(small()[0])
    facts = [(one, held) for _, one, held in frames_of(file) if one.kind != FrameKind.FREE]
    file.write_bytes(small()[1])
    tails = [(one, held) for _, one, held in frames_of(file) if one.kind == FrameKind.TAIL]
    return small()[1][:FILE_BYTES], (*facts, *tails)


@cache
def small() -> Sequence[bytes]:
    """As they are written now, closed and left by a process that died; of format 1; and the one that is shipped."""
    samples = [from_json(json.loads(one)) for one in documents()]
    found = []
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        writers: list[Callable[..., Path]] = [written, partial(written, close=False), written_as_database]
        for number, write in enumerate(writers):
            found.append(write(Path(folder) / f"{number}.sctp", samples).read_bytes())
    return [*found, DEMO.read_bytes()]


TARGETS = {
    "recording": Target(whole, lambda: small()[:3], 65536),
    "damaged-recording": Target(
        damaged, lambda: [bytes((which, *range(40, 40 + 9 * min(which, 9)))) for which in (0, 1, 2, 255)], 64
    ),
    "frames": Target(frames, lambda: [b"", bytes(range(60)), bytes(range(100, 160))], 64),
}
