"""The messages with identities and keys are what they say, and of none of them does a header keep what is secret."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pycrate_mobile.NAS import parse_NAS5G, parse_NASLTE_MO, parse_NASLTE_MT

from sctptop.model.ngap.header import decode
from sctptop.model.ngap.nas import nas_name
from sctptop.model.ngap.ppid import NGAP, S1AP
from tests.unit.model.ngap import identities
from tests.unit.model.ngap.identities import Carrying, messages


@pytest.fixture(scope="module")
def carrying() -> list[Carrying]:
    return messages()


def test_each_kind_is_there_once(carrying: list[Carrying]) -> None:
    titles = {(one.ppid, one.title) for one in carrying}
    assert len(titles) == len(carrying) > 500
    assert all(one.data.count(one.secret) == 1 and len(one.secret) >= 4 for one in carrying)


@pytest.mark.parametrize(
    ("ppid", "parse", "told"),
    [
        (NGAP, parse_NAS5G, identities.uplink_5gmm),
        (NGAP, parse_NAS5G, identities.downlink_5gmm),
        (S1AP, parse_NASLTE_MO, identities.uplink_emm),
        (S1AP, parse_NASLTE_MT, identities.downlink_emm),
    ],
)
def test_nas_is_what_pycrate_reads(
    ppid: int, parse: Callable[[bytes], Any], told: Callable[[], Iterator[tuple[str, bytes, bytes]]]
) -> None:
    for title, nas, secret in told():
        name = title.split(",")[0]
        found, error = parse(nas)
        assert error == 0, title
        assert found.to_bytes() == nas and secret in nas
        known = nas_name(ppid, nas[2 if ppid == NGAP else 1])
        assert known.startswith(name), title


def test_digits_and_numbers_are_those_that_were_meant() -> None:
    suci = parse_NAS5G(next(identities.uplink_5gmm())[1])[0]["5GSID"]["5GSID"]["Value"].get_alt()
    assert suci["Output"].get_alt().decode() == identities.DIGITS
    attach = [nas for title, nas, _ in identities.uplink_emm() if title == "AttachRequest, IMSI"]
    assert identities.IMSI in str(parse_NASLTE_MO(attach[0])[0])


def test_a_header_keeps_none_of_it(carrying: list[Carrying]) -> None:
    for one in carrying:
        header = decode(one.data, one.ppid, len(one.data))
        assert header.odd is None
        number = int.from_bytes(one.secret, "big")
        assert number not in header, one.title
        assert not any(one.secret.hex() in str(value) for value in header), one.title


def test_a_header_takes_no_head_that_holds_a_secret(carrying: list[Carrying]) -> None:
    """What it takes, at most 64 octets, ends before the secret; only behind a key, which is longer, it goes on."""
    for one in carrying:
        whole = decode(one.data, one.ppid, len(one.data))
        sizes = range(len(one.data))
        enough = next(size for size in sizes if decode(one.data[:size], one.ppid, len(one.data)) == whole)
        begin = one.data.index(one.secret)
        assert enough <= begin or (enough > 64 and begin > 50 and len(one.secret) == 32), one.title
