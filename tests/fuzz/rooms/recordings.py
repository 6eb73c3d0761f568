"""Bytes of a whole file as a recording: opened, checked, read from end to end, and told about."""

from __future__ import annotations

import contextlib
import io
import os
import resource
import tempfile
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from sctptop.output.recording_info import report_info
from sctptop.recording.file_format import RecordingError
from sctptop.recording.reader import Recording
from tests.fuzz.rooms.samples import documents
from tests.fuzz.target import Choices, Target
from tests.unit.recording.recordings import written

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
    # The one that is shipped takes a hundred times as long.
    held = bytearray(small()[(0, 0, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 2)[choices.byte() % 16]])
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


@cache
def small() -> Sequence[bytes]:
    """Recordings as they are written now, closed and left by a process that died; and the one that is shipped."""
    import json

    from sctptop.cli import DEMO
    from sctptop.schema import from_json

    samples = [from_json(json.loads(one)) for one in documents()]
    found = []
    for closed in (True, False):
        file = Path(tempfile.mkdtemp(dir="/dev/shm")) / "small.sctp"
        found.append(written(file, samples, close=closed).read_bytes())
        for one in (*file.parent.iterdir(), file.parent):
            one.rmdir() if one.is_dir() else one.unlink()
    return [*found, DEMO.read_bytes()]


TARGETS = {
    "recording": Target(whole, lambda: small()[:2], 65536),
    "damaged-recording": Target(
        damaged, lambda: [bytes(40), bytes((3, *range(60))), bytes((15, *range(80, 140)))], 64
    ),
}
