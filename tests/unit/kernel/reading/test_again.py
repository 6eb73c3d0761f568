"""Thousands of associations read again and again: as one that reads everything anew would, and with less work."""

from __future__ import annotations

import errno
import random
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from sctptop.kernel.netlink import NLMSG_ERROR
from sctptop.kernel.reading import asked, namespace_reader
from sctptop.kernel.reading.namespace_reader import BY_NAME_ABOVE, MANY
from sctptop.model.association import Association
from sctptop.model.attributes import names_of
from tests.unit.kernel.reading.answers import message
from tests.unit.kernel.reading.rereading import COUNT, INTERFACES, Reading


def test_what_did_not_change_is_the_same_object_and_nothing_is_walked(reading: Reading) -> None:
    assert reading.first == reading.expected() and len(reading.first) == COUNT
    for _ in range(3):
        found = reading.read()
        assert all(found[tag] is entry for tag, entry in reading.first.items())
        assert (reading.walks, reading.host.dumps, reading.host.lookups) == (0, 0, COUNT)
    assert reading.host.opened == 1


def test_what_changed_is_read_anew_and_it_alone(reading: Reading) -> None:
    reading.read()
    moved = [reading.host.entries[ident] for ident in range(3, COUNT, 9)]
    for entry in moved:
        entry.grow()
    found = reading.read()
    assert found == reading.expected()
    again = {tag for tag, entry in found.items() if entry is reading.first[tag]}
    assert len(again) == COUNT - len(moved)
    assert (reading.walks, reading.host.dumps) == (0, 0)


def test_a_path_that_only_remaddr_tells_of_is_seen_at_once(reading: Reading) -> None:
    entry = reading.host.entries[5]
    entry.state[1], entry.rto[1] = 0, 15_000
    reading.host.write()
    found = reading.read()
    assert found == reading.expected() and reading.walks == 0
    path = found[entry.number("tag")].paths[1]
    assert (path.state, path.rto_ms) == ("INACTIVE", 60_000)


def test_chunks_marked_at_an_expiry_are_seen_at_once(reading: Reading) -> None:
    reading.read()
    reading.host.entries[5].rtx_marked = 7
    reading.host.counters["SctpT3Retransmits"] += 1
    reading.host.write()
    assert reading.read() == reading.expected() and reading.walks == 1
    assert reading.read() == reading.expected() and reading.walks == 0


def test_one_that_begins_and_one_that_ends_are_seen_at_once(reading: Reading) -> None:
    reading.host.begin(900)
    reading.host.write()
    found = reading.read()
    assert len(found) == COUNT + 1 and found == {**reading.expected(), **unsettled(found, reading)}
    reading.host.end(7)
    # Gone from sock_diag before any counter or file says so.
    found = reading.read()
    assert len(found) == COUNT and reading.walks == 1
    reading.host.write()
    assert reading.read() == {**reading.expected(), **unsettled(found, reading)}


@pytest.mark.parametrize("last", [asked.LAST, asked.FIRST + 9])
def test_those_that_stay_are_asked_for_by_the_same_request(
    reading: Reading, last: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked, "LAST", last)
    before = requests(reading)
    for _ in range(2):
        reading.host.end(next(iter(reading.host.entries)))
        reading.host.begin(max(reading.host.entries) + 1)
        reading.host.write()
        found = reading.read()
        assert reading.read() == {**reading.expected(), **unsettled(found, reading)}
        now = requests(reading)
        numbers = {one.number for one in now.values()}
        assert len(now) == len(numbers) == COUNT and min(numbers) >= asked.FIRST
        stayed = before.keys() & now.keys()
        same = [now[pair].request is before[pair].request for pair in stayed]
        # Where numbers run out, all are made anew.
        assert len(same) == COUNT - 1 and (all(same) if last > max(numbers) else not any(same))
        before = now


def requests(reading: Reading) -> dict[asked.Pair, asked.Asked]:
    return {one.pair: one for batch in reading.reader._batches for one in batch.asked}


def unsettled(found: dict[int | None, Association], reading: Reading) -> dict[int | None, Association]:
    """Of those whose socket is new the settings may be unknown for a moment."""
    wanted = reading.expected()
    new = {tag: entry for tag, entry in found.items() if entry.nodelay is None}
    for tag, entry in new.items():
        assert (entry.cwnd, entry.paths, entry.assoc_id) == (
            wanted[tag].cwnd,
            wanted[tag].paths,
            wanted[tag].assoc_id,
        )
    return new


def test_a_restart_on_the_same_ports_is_another_association(reading: Reading) -> None:
    entry = reading.host.entries[5]
    entry.put("tag", 77)
    entry.put("peer_tag", 78)
    found = reading.read()
    assert 77 in found and 0x1000_0005 not in found
    assert found == reading.expected()


def test_every_ten_seconds_all_is_walked(reading: Reading) -> None:
    assert [bool(reading.read(3.0) and reading.walks) for _ in range(7)] == [False] * 3 + [True] + [False] * 3
    assert reading.read(9.0)
    # Of each family those that listen, or all.
    assert {reading.host.dumps, reading.host.listened} == {0, 2}


def test_of_many_all_is_walked_every_thirty_seconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reading = Reading(tmp_path, MANY + 1, monkeypatch)
    found = []
    for turn in range(8):
        reading.host.entries[3].grow()
        if turn == 3:
            # A walk of its own, without a dump.
            reading.host.counters["SctpT3Retransmits"] += 1
            reading.host.write()
        assert reading.read(11.0) == reading.expected()
        found.append((reading.walks > 0, reading.host.dumps))
    assert found == [(turn in (2, 3, 6), 2 * (turn in (2, 6))) for turn in range(8)]


def test_with_many_elsewhere_a_few_are_walked_as_rarely(reading: Reading) -> None:
    def walks(elsewhere: int) -> list[int]:
        found = []
        for _ in range(6):
            reading.now_s, reading.walks = reading.now_s + 11.0, 0
            reading.reader.read(elsewhere)
            found.append(reading.walks)
        return found

    assert walks(0) == [1] * 6
    assert walks(MANY) == [1, 0, 0, 1, 0, 0]


def shuffled(answers: list[bytes]) -> list[bytes]:
    return random.Random(1).sample(answers, len(answers))


def doubled(answers: list[bytes]) -> list[bytes]:
    return [answer for answer in answers for _ in range(2)]


def in_one_buffer(answers: list[bytes]) -> list[bytes]:
    return [b"".join(answers[at : at + 3]) for at in range(0, len(answers), 3)]


def late(answers: list[bytes]) -> list[bytes]:
    return [*answers, *answers[:5]]


DISTURBANCES: list[Callable[[list[bytes]], list[bytes]]] = [shuffled, doubled, in_one_buffer, late]


@pytest.mark.parametrize("disturb", DISTURBANCES)
def test_answers_in_another_order_doubled_or_joined(
    reading: Reading, disturb: Callable[[list[bytes]], list[bytes]]
) -> None:
    for _ in range(4):
        for ident in (1, 30, COUNT):
            reading.host.entries[ident].grow()
        reading.host.disturb = disturb
        assert reading.read() == reading.expected()
        assert reading.walks == 0
        reading.host.disturb = list


def test_an_answer_that_does_not_come_makes_everything_be_asked_anew(many: Reading) -> None:
    reading = many
    reading.read()
    reading.host.entries[9].grow()
    reading.host.disturb = lambda answers: answers[:-1]
    reading.read()
    assert "did not answer" in str(reading.last.diag)
    reading.host.disturb = list
    assert reading.read() == reading.expected()
    assert reading.last.diag.ok and reading.host.opened == 3


def test_a_refusal_is_no_record(many: Reading) -> None:
    reading = many

    def refused(answers: list[bytes]) -> list[bytes]:
        sequence = struct.unpack_from("=I", answers[0], 8)[0]
        return [message(NLMSG_ERROR, sequence, struct.pack("=i", -errno.EPERM) + bytes(16)), *answers[1:]]

    reading.host.disturb = refused
    reading.read()
    assert "not permitted" in str(reading.last.diag)
    reading.host.disturb = list
    assert reading.read() == reading.expected()


def differences(found: Association, wanted: Association) -> dict[str, object]:
    return {
        name: (getattr(found, name), getattr(wanted, name))
        for name in names_of(Association)
        if getattr(found, name) != getattr(wanted, name)
    }


@pytest.mark.parametrize("exact_above", [BY_NAME_ABOVE, 1000])
@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_the_values_are_those_of_one_that_reads_everything_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, exact_above: int
) -> None:
    monkeypatch.setattr(namespace_reader, "EXACT_ABOVE", exact_above)
    chance = random.Random(seed)
    reading = Reading(tmp_path, COUNT, monkeypatch)
    host, next_ident = reading.host, 1000
    for step in range(25):
        entries = list(host.entries.values())
        match chance.randrange(7):
            case 0:
                for entry in chance.sample(entries, len(entries) // 5):
                    entry.grow()
            case 1:
                host.begin(next_ident, bound=chance.choice((0, *INTERFACES)))
                next_ident += 1
            case 2:
                host.end(chance.choice(entries).ident)
            case 3:
                entry = chance.choice(entries)
                entry.rto[1] = chance.randint(50, 15_000)
                entry.state[1] = chance.randrange(4)
            case 4:
                chance.choice(entries).rtx_marked += 1
                host.counters["SctpT3Retransmits"] += 1
            case 5:
                entry = chance.choice(entries)
                entry.put("tag", chance.randrange(1, 1 << 28))
            case _:
                host.disturb = chance.choice(DISTURBANCES)
        host.write()
        # Every so often long enough after the last for a dump of all sockets.
        found, wanted = reading.read(chance.choice([0.1, 1.0, 11.0])), reading.expected()
        wanted |= unsettled(found, reading)
        assert found.keys() == wanted.keys(), step
        assert [differences(found[tag], wanted[tag]) for tag in found if found[tag] != wanted[tag]] == [], (
            step
        )


@pytest.mark.parametrize(("elsewhere", "dumps"), [(0, 2), (BY_NAME_ABOVE, 0)])
def test_a_few_of_one_namespace_are_asked_for_by_name_where_others_have_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, elsewhere: int, dumps: int
) -> None:
    reading = Reading(tmp_path, 10, monkeypatch)
    for _ in range(2):
        reading.reader.read(elsewhere)
    reading.host.dumps = 0
    before = {id(row.record) for row in reading.last.rows}
    reading.last = reading.reader.read(elsewhere)
    assert (reading.host.dumps, reading.reader.associations) == (dumps, 10)
    assert {id(row.record) for row in reading.last.rows} == before
