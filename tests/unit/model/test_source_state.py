"""States of sources: their text is a contract, and whatever stands in a recording is read back as it is."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sctptop.model.source_state import COMPILING, OFF, OK, Kind, SourceState, Trouble, TroubleError, not_ok

PIECES = (
    "ok",
    "off",
    "waiting",
    "compiling",
    "error",
    "unwanted",
    ": ",
    ":",
    " (try: ",
    " (try:",
    ")",
    "--no-bpf",
    "x",
)
texts = st.text() | st.lists(st.sampled_from(PIECES)).map("".join)
remedies = st.none() | texts
reasons = texts.filter(lambda text: " (try:" not in text)
kinds = st.sampled_from([Kind.OFF, Kind.COMPILING, Kind.WAITING, Kind.ERROR])
known = st.builds(SourceState, kinds, reasons, remedies).filter(
    lambda state: state.kind is not Kind.OFF or not state.reason.startswith("--")
)
unwanted = st.builds(SourceState, st.just(Kind.UNWANTED), reasons.map("--{}".format))


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (OK, "ok"),
        (COMPILING, "compiling"),
        (OFF, "off"),
        (SourceState(Kind.OFF, "needs root", "sudo sctptop"), "off: needs root (try: sudo sctptop)"),
        (SourceState(Kind.OFF, "no BTF: none at all"), "off: no BTF: none at all"),
        (SourceState(Kind.UNWANTED, "--no-bpf"), "off: --no-bpf"),
        (SourceState(Kind.UNWANTED, "--netns self"), "off: --netns self"),
        (
            SourceState(Kind.WAITING, "not loaded", "modprobe sctp"),
            "waiting: not loaded (try: modprobe sctp)",
        ),
        (
            SourceState(Kind.ERROR, "/proc/net/sctp/assocs: Permission denied"),
            "error: /proc/net/sctp/assocs: Permission denied",
        ),
        (SourceState(Kind.OTHER, "no source was read"), "no source was read"),
        (SourceState(Kind.OTHER, "permission denied", "sudo"), "permission denied (try: sudo)"),
        (SourceState(Kind.OTHER, "ok: partly"), "ok: partly"),
        (SourceState(Kind.OTHER, "unwanted"), "unwanted"),
        (SourceState(Kind.OTHER, ""), ""),
        (SourceState(Kind.OTHER, "off: "), "off: "),
    ],
)
def test_each_kind_has_its_text(state: SourceState, text: str) -> None:
    assert (str(state), SourceState.parse(text)) == (text, state)


@given(st.just(OK) | known | unwanted)
def test_what_was_written_is_read_back(state: SourceState) -> None:
    assert SourceState.parse(str(state)) == state


@given(texts)
@example("off: (try: x)")
@example("off:  (try: x)")
@example("off: x (try: a (try: b))")
@example("off (try: x)")
@example("ok (try: x)")
@example("ok: ")
def test_any_text_stays_as_it_is(text: str) -> None:
    state = SourceState.parse(text)
    assert (str(state), state.ok) == (text, text == "ok")


def test_a_hostile_text_takes_no_time() -> None:
    begin = time.thread_time()
    assert SourceState.parse("off: " + " (try: )" * 200_000 + "x").kind is Kind.OFF
    assert time.thread_time() - begin < 1


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_is_of_one_sort(kind: Kind) -> None:
    state = SourceState(kind, "x")
    sorts = [name for name in ("ok", "off", "coming") if getattr(state, name)]
    expected = {
        Kind.OK: ["ok"],
        Kind.OFF: ["off"],
        Kind.UNWANTED: ["off"],
        Kind.COMPILING: ["coming"],
        Kind.WAITING: ["coming"],
    }
    assert sorts == expected.get(kind, [])


def test_the_first_that_is_not_ok() -> None:
    assert not_ok([OK, COMPILING, OFF]) is COMPILING
    assert (not_ok([OK, OK]), not_ok([], OFF)) == (OK, OFF)


def test_an_error_carries_the_parts_and_says_both() -> None:
    error = TroubleError("it is gone", "sudo make it")
    assert (error.trouble, str(error)) == (
        Trouble("it is gone", "sudo make it"),
        "it is gone (try: sudo make it)",
    )
    assert str(TroubleError("it is gone")) == "it is gone"
