"""What a reading asks of ways, on the records and lines of a real kernel."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from sctptop.kernel.host.jiffies import JiffyClock
from sctptop.kernel.netlink import messages
from sctptop.kernel.reading.associations import merge_associations
from sctptop.kernel.reading.diag.diag_records import SOCK_DIAG_BY_FAMILY, DiagRecord, decode_record
from sctptop.kernel.reading.procfs import parse_assocs, parse_remaddr
from sctptop.kernel.ways.questions import Signs
from sctptop.kernel.ways.ways import Ways
from sctptop.model.association import Association
from sctptop.model.way import Way

CAPTURE = json.loads(
    min((Path(__file__).parents[1] / "reading" / "captured").glob("*.json")).read_text(encoding="utf-8")
)


class Asked:
    """Answers with a way that tells the question."""

    def __init__(self) -> None:
        self.questions: list[tuple[Any, ...]] = []

    def question(self, *question: Any) -> tuple[Any, ...]:
        return question

    def again(self, question: tuple[Any, ...]) -> Way:
        self.questions.append(question)
        return Way(source=question[2])


def records() -> list[DiagRecord]:
    return [
        decode_record(message.payload)
        for buffers in CAPTURE["buffers"].values()
        for buffer in buffers
        for message in messages(bytes.fromhex(buffer))
        if message.type == SOCK_DIAG_BY_FAMILY
    ]


def merged(asked: Asked, found: list[DiagRecord]) -> tuple[Association, ...]:
    proc = CAPTURE["proc"]
    return merge_associations(
        7,
        found,
        parse_assocs(proc["assocs"]),
        parse_remaddr(proc["remaddr"]),
        JiffyClock(),
        ways=cast(Ways, asked),
    )


def test_each_path_gets_its_own_way_and_is_asked_for_once() -> None:
    asked = Asked()
    found = merged(asked, records())
    paths = [(entry, path) for entry in found for path in entry.paths]
    assert len(paths) > len(found) > 3
    assert len(asked.questions) == len(paths)
    for (entry, path), question in zip(paths, asked.questions, strict=True):
        assert path.way == Way(source=path.address)
        netns, local_addresses, destination, signs, interface = question
        assert (netns, destination, interface) == (7, path.address, 0)
        assert local_addresses == entry.local_addresses
        assert signs[1:] == (path.state, path.primary, path.pathmtu)


def test_the_kernel_tells_by_which_interface_the_primary_path_goes() -> None:
    asked = Asked()
    found = merged(asked, records())
    used = {path.address: 0 for entry in found for path in entry.paths if not path.primary}
    for _, _, destination, signs, _ in asked.questions:
        assert isinstance(signs, Signs)
        assert (signs.used > 0) == bool(signs.primary), destination
    assert used


def test_without_sock_diag_it_is_asked_by_what_proc_tells() -> None:
    asked = Asked()
    found = merged(asked, [])
    assert asked.questions and all(path.way for entry in found for path in entry.paths)
    assert {signs.used for _, _, _, signs, _ in asked.questions} == {0}


def test_the_interface_that_a_socket_is_bound_to_or_that_an_address_needs() -> None:
    bound = [record if record.is_association else replace(record, interface=4) for record in records()]
    asked = Asked()
    merged(asked, bound)
    assert {interface for *_, interface in asked.questions} == {4}
    scoped = [replace(record, scopes=dict.fromkeys(record.remote_addresses, 5)) for record in bound]
    asked = Asked()
    merged(asked, scoped)
    assert {interface for *_, interface in asked.questions} == {5}
