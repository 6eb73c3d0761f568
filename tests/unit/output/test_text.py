"""What the text says of sources that could not be read, and of readings that come late."""

from __future__ import annotations

import pytest

from sctptop.fields.catalogue import BY_ID
from sctptop.fields.default_columns import COLUMNS, WIDE_COLUMNS
from sctptop.model.association import Path
from sctptop.model.model import Model
from sctptop.options import Options
from sctptop.output.text import TextWriter, source_troubles
from tests.unit.associations import association, sample


@pytest.mark.parametrize(
    ("sources", "lines"),
    [
        ({"bpf": "ok"}, []),
        ({"bpf": "off: --no-bpf", "netns": "off: --netns self"}, []),
        ({"bpf": "off: needs root (try: sudo sctptop)"}, ["probes: off: needs root (try: sudo sctptop)"]),
        ({"bpf": "waiting: not loaded"}, ["probes: waiting: not loaded"]),
        (
            {"netns": "error: a: not permitted", "sock_diag": "error: x"},
            ["sock_diag: error: x", "netns: error: a: not permitted"],
        ),
        ({"procfs": "error: nothing can be watched", "bpf": "off: x"}, []),
    ],
)
def test_a_line_for_each_that_nobody_switched_off(sources: dict[str, str], lines: list[str]) -> None:
    assert source_troubles(sample(sources={"procfs": "ok", **sources})) == lines


def test_the_real_interval_is_told_where_it_is_longer_than_asked() -> None:
    def first_line(interval_s: float | None, options: Options) -> str:
        snapshot = Model().advance(sample(at_s=1, interval_s=interval_s))
        return TextWriter(options)(snapshot, []).splitlines()[0]

    assert first_line(2.5, Options()).endswith("read 3ms  interval 2.5s instead of 1.0s")
    for interval_s in (None, 1.0, 1.09):
        assert first_line(interval_s, Options()).endswith("read 3ms")
    assert first_line(2.5, Options(interval_s=0)).endswith("read 3ms")


def test_on_a_terminal_what_has_no_room_is_left_out_from_the_end() -> None:
    snapshot = Model().advance(sample(association(1), at_s=1))

    def titles(room: int | None, options: Options | None = None) -> list[str]:
        lines = TextWriter(options or Options(), room)(snapshot, list(snapshot.rows)).splitlines()
        return next(line for line in lines if "LOCAL" in line).split()

    whole = titles(None)
    assert "CONTAINER" in whole and titles(1000) == whole
    narrow = titles(100)
    assert narrow == whole[: len(narrow)] and len(titles(80)) < len(narrow) < len(whole)
    # Those of 80 columns stay, and so do those that were asked for.
    assert "SEND-Q" in titles(20)
    asked = Options(columns=tuple(BY_ID[name] for name in COLUMNS + WIDE_COLUMNS))
    assert titles(80, asked) == titles(None, asked)


def test_a_path_that_may_have_failed_is_told_from_one_that_is_down() -> None:
    states = ("ACTIVE", "PF")
    paths = tuple(Path(f"10.9.{at}.1", state, not at) for at, state in enumerate(states))
    snapshot = Model().advance(sample(association(1, paths=paths), at_s=1))
    writer = TextWriter(Options(columns=(BY_ID["remote_port"], BY_ID["paths_down"])))
    assert writer(snapshot, list(snapshot.rows)).split()[-4::3] == ["RPORT", "1PF"]
