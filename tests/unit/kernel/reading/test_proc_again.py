"""Files of /proc read again say what they say to who reads them the first time."""

from __future__ import annotations

import random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from sctptop.kernel.reading.endpoints import KnownEndpoints
from sctptop.kernel.reading.joining import Read, by_association
from sctptop.kernel.reading.proc_again import AssocLines, EpLines, Transports
from sctptop.kernel.reading.procfs import parse_assocs, parse_eps, parse_remaddr
from tests.unit.kernel.reading.answers import captured
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


EPS = " ENDPT     SOCK   STY SST HBKT LPORT   UID INODE LADDRS\n"


def ep(port: int, state: int = 7) -> str:
    return f"32a256e3 f2209462 2   {state}  37   {port}    0 {port} 10.9.0.2\n"


def test_sockets_that_stay_are_the_same_objects_and_one_that_listens_is_known() -> None:
    lines = EpLines()
    for text, listens in (
        (EPS + ep(5) + ep(6), False),
        (EPS + ep(6) + ep(7), False),
        (EPS + ep(6) + ep(7, 10), True),
        (EPS + ep(6) + "torn\n", True),
        (EPS, False),
        ("", True),
    ):
        before = {one.local_port: one for one in lines.found}
        found = lines.update(text)
        assert found == parse_eps(text) and lines.update(text) is found
        assert lines.may_listen == listens
        assert all(one is before[one.local_port] for one in found if before.get(one.local_port) == one)


def test_endpoints_of_the_same_sockets_are_the_same_objects() -> None:
    lines, known = parse_eps(EPS + ep(5) + ep(6)), KnownEndpoints()
    first = known.of({1: Read(endpoints=lines), 2: Read(endpoints=lines)})
    assert [(one.netns, one.local_port) for one in first] == [(1, 5), (1, 6), (2, 5), (2, 6)]
    again = known.of({2: Read(endpoints=lines), 3: Read(endpoints=list(lines))})
    assert all(one is other for one, other in zip(first[2:], again[:2], strict=True))
    assert [one.netns for one in again[2:]] == [3, 3]
