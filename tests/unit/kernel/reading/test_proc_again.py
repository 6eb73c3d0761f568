"""Files of /proc read again say what they say to who reads them the first time."""

from __future__ import annotations

import random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from sctptop.kernel.reading.joining import by_association
from sctptop.kernel.reading.proc_again import AssocLines, Transports
from sctptop.kernel.reading.procfs import parse_assocs, parse_remaddr
from tests.unit.kernel.reading.test_sockdiag import captured
from tests.unit.kernel.synthetic import ASSOCS, REMADDR, Entry

PAYLOAD = next(payload for payload in captured("2") if len(payload) == 912)


def next_text(text: str, kind: int, seed: int, make: str) -> str:
    """What the file may say next: numbers move, lines come, go, change places or tear, columns come and go."""
    chance = random.Random(seed)
    heading, *lines = text.splitlines() or [""]
    match kind:
        case 0 if lines:
            at = chance.randrange(len(lines))
            words = lines[at].split(" ")
            words[chance.randrange(len(words))] = str(chance.randint(0, 400))
            lines[at] = " ".join(words)
        case 1:
            entry = Entry(chance.randint(1, 9), PAYLOAD)
            entry.rto[0] = chance.randint(1, 9)
            lines += (entry.line() if make == "assocs" else entry.paths()).splitlines()
        case 2 if lines:
            del lines[chance.randrange(len(lines))]
        case 3:
            chance.shuffle(lines)
        case 4 if lines:
            at = chance.randrange(len(lines))
            lines[at] = lines[at][: chance.randrange(len(lines[at]) + 1)]
        case 5:
            heading = chance.choice([ASSOCS, REMADDR, "ADDR ASSOC_ID HB_ACT RTO", ""]).strip("\n")
        case _:
            return ""
    return "\n".join([heading, *lines]) + "\n"


STEPS = st.lists(
    st.tuples(st.sampled_from([0, 0, 0, 1, 1, 1, 2, 3, 4, 5, 6]), st.integers(0, 1 << 32)), max_size=12
)


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_assocs(steps: list[tuple[int, int]]) -> None:
    text, again = ASSOCS, AssocLines()
    for kind, seed in steps:
        text = next_text(text, kind, seed, "assocs")
        assert again.update(text) == parse_assocs(text)


@settings(max_examples=150, deadline=None)
@given(STEPS)
@example([(1, 4624), (1, 4701893), (3, 0)])  # the second line that moved is another path's
def test_remaddr(steps: list[tuple[int, int]]) -> None:
    text, again = REMADDR, Transports()
    before = dict(again.of)
    for kind, seed in steps:
        text = next_text(text, kind, seed, "remaddr")
        changed = again.update(text)
        expected = {ident: tuple(lines) for ident, lines in by_association(parse_remaddr(text)).items()}
        assert again.of == expected
        assert all(
            again.of[ident] is before[ident] for ident in expected if before.get(ident) == expected[ident]
        )
        if changed is not None:
            assert changed >= {ident for ident in expected if expected[ident] != before[ident]}
            assert expected.keys() == before.keys()
        before = dict(again.of)


def test_a_line_that_stays_is_the_same_object() -> None:
    entries = [Entry(ident, PAYLOAD) for ident in (1, 2)]
    lines, transports = AssocLines(), Transports()
    first = lines.update(ASSOCS + "".join(entry.line() for entry in entries))
    transports.update(REMADDR + "".join(entry.paths() for entry in entries))
    old = transports.of[2]
    entries[0].rtx_marked, entries[0].rto[1] = 3, 500
    second = lines.update(ASSOCS + "".join(entry.line() for entry in entries))
    assert second[1] is first[1] and second[0].rtx_marked_chunks == 3
    assert transports.update(REMADDR + "".join(entry.paths() for entry in entries)) == {1}
    assert [one.rto for one in transports.of[1]] == [250, 500]
    assert transports.of[2] is old
