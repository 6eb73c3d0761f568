from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sctptop.model.association import Process
from sctptop.model.selection import SelectorError, parse_selector, selected
from tests.unit.associations import association

ENTRY = association(
    local_port=59058,
    remote_port=38412,
    assoc_id=7,
    local_addresses=("10.9.0.1", "fd00:9::1"),
    remote_addresses=("48.0.70.132", "fd00:9::2", "fe80::2"),
)


@pytest.mark.parametrize(
    "text",
    [
        "59058",
        "38412",
        "7",
        "48.0.70.132",
        "48.0.70.132:38412",
        "10.9.0.1:59058",
        "fd00:9::2",
        "fd00:9:0:0:0:0:0:2",
        "[fd00:9::2]:38412",
        "[fd00:9::1]",
        "fe80::2",
        "[fe80::2%eth0]:38412",
        "::ffff:48.0.70.132",
        "[::ffff:48.0.70.132]:38412",
        " 59058 ",
    ],
)
def test_every_form_selects_either_end(text: str) -> None:
    assert parse_selector(text).matches(ENTRY)


@pytest.mark.parametrize("text", ["59059", "48.0.70.133", "48.0.70.132:59058", "[fd00:9::2]:59058", "8"])
def test_what_is_not_meant_is_not_selected(text: str) -> None:
    assert not parse_selector(text).matches(ENTRY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "",
        "1.2.3",
        "1.2.3.4:",
        "1.2.3.4:99999",
        "1.2.3.4:0",
        "[::1",
        "[::1]9",
        "[::1]:",
        "-1",
        "99999999999",
    ],
)
def test_what_cannot_be_understood_is_one_clear_line(text: str) -> None:
    with pytest.raises(SelectorError) as caught:
        parse_selector(text)
    assert repr(text) in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.text(max_size=40))
def test_any_text_is_a_selector_or_a_selector_error(text: str) -> None:
    try:
        parse_selector(text).matches(ENTRY)
    except SelectorError as error:
        assert len(str(error).splitlines()) == 1


def test_no_selectors_select_all_and_several_are_alternatives() -> None:
    assert selected(ENTRY, ())
    assert selected(ENTRY, (parse_selector("1"), parse_selector("7")))


OWNED = replace(
    ENTRY,
    process=Process(812, "nr-gnb", container="ran-1", container_id="0123456789ab"),
    netns_name="ran",
    own_name="srsgnb01",
    peer_name="Open5GS AMF",
)


@pytest.mark.parametrize(
    "text", ["nr-gnb", "NR-gNB[812]", "ran-1", "0123456789ab", "ran", "srsgnb01", "open5gs amf", " ran-1 "]
)
def test_a_name_selects_by_process_container_namespace_gnb_and_amf(text: str) -> None:
    assert parse_selector(text).matches(OWNED)
    assert not parse_selector(text).matches(ENTRY), "nor one of which no name is known"


@pytest.mark.parametrize("text", ["gnb", "nr-gnb[81]", "812x", "srsgnb0"])
def test_a_part_of_a_name_selects_nothing(text: str) -> None:
    assert not parse_selector(text).matches(OWNED)
