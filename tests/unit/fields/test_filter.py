from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sctptop.fields.catalogue import BY_ID
from sctptop.fields.filter import FilterError, parse_filter
from sctptop.model.association import Process
from tests.unit.associations import row

AMF = Process(812, "amf", container="amf-0", unit="amf.service", user="open5gs", shared_by=3)
ROW = row(
    cwnd=4380, srtt_ms=8.0, nodelay=False, peer_rwnd=None, assoc_id=3, hb_interval_ms=30000.0, process=AMF
)


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("", True),
        ("cwnd<10k", True),
        ("cwnd > 4.38k", False),
        ("cwnd>=4380 srtt_ms<=8ms", True),
        ("cwnd<1k or srtt_ms<1s", True),
        ("state=established", True),
        ("state!=ESTABLISHED", False),
        ("not state=ESTABLISHED", False),
        ("not not_a_word", True),
        ("nodelay=off", True),
        ("peer_rwnd=null", True),
        ("peer_rwnd>0", False),
        ("peer_rwnd<1", False),
        ("10.9.0.1", True),
        ("10.9.0.7", False),
        ("state~EST and cwnd=4380", True),
        ("remote_addresses=10.9.0.1", True),
        ("hb_interval_ms=30s", True),
        ("own_tag=0x1", True),
        ("local-port=38412", True),
        ("amf-0", True),
        ("amf[812]", True),
        ("process~smf", False),
        ("comm=amf pid=812 unit=amf.service user=open5gs", True),
        ("container=null", False),
        ("runtime=null", True),
        ("shared_by>1", True),
    ],
)
def test_expressions(text: str, accepted: bool) -> None:
    assert parse_filter(text).accepts(ROW) is accepted


@pytest.mark.parametrize("text", ["cwnd<", "<5", "cwnd<abc", "nosuch=1", "state<5", "a or", "or b", "not"])
def test_what_cannot_be_understood_is_one_clear_line(text: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    assert len(str(caught.value).splitlines()) == 1


@given(st.text(max_size=60))
def test_any_text_is_a_filter_or_a_filter_error(text: str) -> None:
    try:
        parse_filter(text).accepts(ROW)
    except FilterError:
        pass


def test_owners_in_a_column() -> None:
    show = BY_ID["process"].get
    assert show(ROW) == "amf[812]+2"
    assert show(row(process=Process(812, "amf", shared_by=1))) == "amf[812]"
    assert show(row(process=Process(0, "kernel", shared_by=0))) == "kernel"
    assert show(row()) is None
    assert BY_ID["container"].get(row()) is None
