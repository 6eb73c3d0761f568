"""A loaded program gives all back, whatever the library in between says, and tells trouble in one line."""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType

import pytest

from sctptop.kernel.program.compiling import NoProbes, compiled, first_error, source_here
from sctptop.kernel.program.leaving import Leaver
from sctptop.kernel.program.points import POINTS
from sctptop.kernel.program.program import PointState, Program
from sctptop.kernel.program.program_source import ALL_PROBES
from sctptop.kernel.program.trampolines import Kernel, Trampoline
from sctptop.standard_streams import captured_stderr


class Stubborn:
    """BCC where tracefs is hidden: each call closes one more probe, and complains."""

    def __init__(self, probes: int) -> None:
        self.left = probes
        self.calls = 0

    def cleanup(self) -> None:
        self.calls += 1
        if self.left:
            self.left -= 1
            raise Exception("Failed to detach BPF from kprobe")


def test_every_probe_is_closed_although_each_complains() -> None:
    program = Program.__new__(Program)
    program.points = tuple(PointState(point) for point in POINTS)
    program._kernel, program._descriptors, program._trampolines = Kernel(), {}, {}
    program._leaver, program._restored = Leaver(), None
    program._bpf = bcc = Stubborn(len(POINTS))
    program.close()
    program.close()
    assert (bcc.left, bcc.calls) == (0, len(POINTS) + 1)


def test_what_a_library_prints_is_kept_from_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    with captured_stderr() as said:
        os.write(2, b"/virtual/main.c:7:2: error: use of undeclared identifier 'cwdn'\n")
        assert first_error(said()) == "use of undeclared identifier 'cwdn'"
    os.write(2, b"after")
    assert capfd.readouterr().err == "after"


@pytest.mark.parametrize(
    ("printed", "why"),
    [
        (
            b"m.c:9:1: error: static_assert failed due to requirement '0' \"sctptop reads: no u32 told at byte 44\"\n",
            "the C of the probes is not what sctptop reads: no u32 told at byte 44 (try: install sctptop again)",
        ),
        (b"main.c:7:2: error: use of undeclared identifier 'cwdn'\n", "use of undeclared identifier 'cwdn'"),
        (b"", "Failed to compile BPF module <text>"),
    ],
)
def test_c_that_does_not_compile_is_one_line(printed: bytes, why: str) -> None:
    def refuse(text: bytes, cflags: list[str]) -> None:
        os.write(2, printed)
        raise Exception("Failed to compile BPF module <text>")

    bcc = ModuleType("bcc")
    bcc.BPF = refuse  # type: ignore[attr-defined]
    with pytest.raises(NoProbes) as caught:
        compiled(bcc, "int nothing;", None)
    assert str(caught.value).removeprefix("BCC could not compile the probes: ") == why


def test_the_terminal_given_back_meanwhile_stays_given_back(capfd: pytest.CaptureFixture[str]) -> None:
    kept = os.dup(2)
    with captured_stderr():
        os.dup2(kept, 2)
        silence = os.open(os.devnull, os.O_WRONLY)
    os.write(2, b"visible")
    os.close(silence)
    os.close(kept)
    assert capfd.readouterr().err == "visible"


def test_no_types_and_no_headers_is_one_line_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(Exception, match=r"does not tell its types.*\(try: .*(headers|devel)") as caught:
        source_here(ALL_PROBES, tmp_path)
    assert "\n" not in str(caught.value)


def test_what_each_chunk_hits_is_taken_away_first(monkeypatch: pytest.MonkeyPatch) -> None:
    program = Program.__new__(Program)
    program._leaver = Leaver()
    program._trampolines = {point: Trampoline(-1, number) for number, point in enumerate(POINTS)}
    begun = list[int]()
    monkeypatch.setattr(program._leaver, "begin", begun.extend)
    program.take_away()
    assert {POINTS[link] for link in begun} == {point for point in POINTS if point.each_packet}
    concerns = [POINTS[link].concern for link in begun]
    assert concerns == sorted(concerns, key=lambda concern: concern != "waits.c")
    assert concerns[0] == "waits.c" and concerns[-1] != "waits.c"
