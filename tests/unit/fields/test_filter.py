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
        ("cwnd==4380", True),
        ("cwnd=4381", False),
        ("cwnd!=4381", True),
        ("srtt_ms>7.9 and srtt_ms>=8 and not srtt_ms>8", True),
        ("srtt_ms<8.1 and srtt_ms<=8 and not srtt_ms<8", True),
        ("srtt_ms>-1", True),
        ("remote_addresses=10.9.0", False),
        ("cwnd=1 state=ESTABLISHED or cwnd=4380", True),
        ("cwnd=1 or not state=ESTABLISHED", False),
        ("not cwnd=1 state=ESTABLISHED", True),
        ("not not state=ESTABLISHED", True),
        ("EST", True),
        ("est 10.9 amf", True),
        ("est 10.8", False),
        ("  state = ESTABLISHED  ", True),
        ("cwnd=1 OR cwnd=4380 AND Not state=CLOSED", True),
        ("cwnd=1||cwnd=4380&&!state=CLOSED", True),
        ("! ! cwnd=1", False),
        ("cwnd=4380 and (cwnd=1 or state=CLOSED)", False),
        ("cwnd=4380 and cwnd=1 or state=ESTABLISHED", True),
        ("(cwnd=1 or srtt_ms=8) (state=ESTAB)", True),
        ("not(cwnd=1 or cwnd=4380)", False),
        ("(cwnd=1)or(cwnd=4380)", True),
        ("((10.9.0.1))", True),
        ("state=estab", True),
        ("state!=CLOSE", True),
        ('state = "ESTABLISHED"', True),
        ("'amf[812]'", True),
        ("'state'", False),
        ('"or"', False),
        ("10.9.0.2:38412", True),
        ("cwnd=4.38kB", True),
        ("cwnd=4380B", True),
        ("cwnd<5K", True),
        ("srtt_ms=8000us srtt_ms=8000000ns srtt_ms<1min srtt_ms<1H", True),
        ("peer_rwnd=NULL", True),
        ("nodelay!=on", True),
        ("container='null'", False),
        ("remote_addresses!=10.9.0.1", False),
        ("comm=(sd-pam) or (comm=(sd-pam)) or comm=amf", True),
        ("comm=amf(1)", False),
    ],
)
def test_expressions(text: str, accepted: bool) -> None:
    assert parse_filter(text).accepts(ROW) is accepted


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2k", 2e3),
        ("2M", 2e6),
        ("2G", 2e9),
        ("2.5", 2.5),
        ("0x1F", 31),
        ("0X1f", 31),
        ("2us", 0.002),
        ("2µs", 0.002),
        ("2ms", 2),
        ("2s", 2000),
        ("-2", -2),
    ],
)
def test_a_value_with_a_suffix_is_a_number(text: str, number: float) -> None:
    equal = parse_filter(f"srtt_ms={text}")
    assert equal.accepts(row(srtt_ms=number))
    assert not equal.accepts(row(srtt_ms=number + 1)) and not equal.accepts(row(srtt_ms=number * 1.001))


@pytest.mark.parametrize("value", [True, False])
def test_a_switch_has_many_words_for_on_and_off(value: bool) -> None:
    words = {True: ("on", "true", "yes", "1", "ON"), False: ("off", "false", "no", "0", "Off")}
    for word in words[value]:
        assert parse_filter(f"nodelay={word}").accepts(row(nodelay=value))
        assert not parse_filter(f"nodelay={word}").accepts(row(nodelay=not value))


def test_what_is_unknown_equals_null_or_a_dash_and_contains_nothing() -> None:
    for word in ("null", "-", "–"):
        assert parse_filter(f"peer_rwnd={word}").accepts(ROW)
        assert not parse_filter(f"cwnd={word}").accepts(ROW)
    assert not parse_filter("peer_rwnd=0").accepts(ROW)
    for character in "0123456789abcdefghijklmnopqrstuvwxyz!-–":
        assert not parse_filter(f"peer_rwnd~{character}").accepts(ROW)


def test_what_is_contained_is_found_in_upper_and_lower_case() -> None:
    assert parse_filter("state~estab").accepts(ROW) and parse_filter("comm~AMF").accepts(ROW)
    assert parse_filter("cwnd~38").accepts(ROW)


def test_a_filter_keeps_its_text_as_it_was_typed_and_none_accepts_everything() -> None:
    assert parse_filter("  cwnd < 10k ").text == "cwnd < 10k"
    assert parse_filter("  ").text == "" and parse_filter("  ").accepts(ROW)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("cwnd<", "a value goes after <"),
        ("cwnd=", "a value goes after ="),
        ("<5", "a field name goes before the operator"),
        ("cwnd<abc", "'abc' is no number"),
        ("cwnd<0xg", "'0xg' is no number"),
        ("cwnd<5km", "'5km' is no number"),
        ("nosuch=1", "no field 'nosuch'"),
        ("state<5", "< compares numbers, and state takes"),
        ("a or", "a term is missing"),
        ("or b", "a term is missing"),
        ("a or or b", "a term is missing"),
        ("not", "a term is missing"),
        ("a not", "a term is missing"),
        ("and b", "a term is missing before and"),
        ("a and", "a term is missing after and"),
        ("a &&", "a term is missing after &&"),
        ("a and or b", "a term is missing after and and before or"),
        ("()", "a term is missing after ( and before )"),
        ("(a or b", "this ( is not closed"),
        ("nr(1", "the ( in 'nr(1' is not closed"),
        ("a or b)", "nothing opens this )"),
        ("(" * 40 + "a" + ")" * 40, "brackets are deeper than 32"),
        ("cwn<10k", "no field 'cwn'; did you mean cwnd"),
        ("cwn<", "no field 'cwn'"),
        ("zzz=1", "--filter help lists the fields"),
        ("cwnd=abc", "'abc' is no number; cwnd takes 8, 1.5k"),
        ("cwnd<5ms", "'5ms' is of time, and cwnd is in bytes; cwnd takes"),
        ("srtt_ms>5kB", "'5kB' is of bytes, and srtt_ms is in ms; srtt_ms takes 8, 200us"),
        ("unacked>5s", "'5s' is of time, and unacked is without a unit"),
        ("local_port=5ms", "'5ms' is of time"),
        ("own_tag=0xg", "'0xg' is no number; own_tag takes 8, 0x1f"),
        ("cwnd<null", "'null' is no number"),
        ("cwnd<" + "9" * 5000, "is no number"),
        ("state=BOGUS", "'BOGUS' is no value of state; state is one of CLOSED, COOKIE_WAIT"),
        ("state=ESTABLISHD", "did you mean ESTABLISHED"),
        ("peer_state=EST", "did you mean ESTAB"),
        ("primary_state!=INACTIV", "did you mean INACTIVE"),
        ("socket_type=many", "did you mean one-to-many"),
        ("nodelay=maybe", "'maybe' is neither on nor off; nodelay=on, nodelay=off"),
        ("nodelay>on", "> compares numbers"),
        ("cwnd<<5", "a value goes after <"),
        ("cwnd<5<6", "a field name goes before the operator"),
        ("cwnd<>5", "<> is no operator; != is not equal"),
        ("cwnd=>5", "=> is no operator; did you mean >=?"),
        ("comm=~amf", "=~ is no operator; ~ alone is contains"),
        ("comm!~amf", "not FIELD~TEXT"),
        ("cwnd 10k", "cwnd is a field, and what it is compared with is missing; cwnd=VALUE"),
        ("state:ESTABLISHED", "state=ESTABLISHED, or 'state:ESTABLISHED' in quotes"),
        ("a|b", "one | means nothing; || goes between terms"),
        ("a & b", "one & means nothing"),
        ("comm='amf", "the quote ' is not closed"),
        ('""', "nothing is between the quotes"),
        ("comm~''", "nothing is between the quotes"),
        ("'cwnd'<5", "without quotes"),
        ("cwnd= or state=CLOSED", "a value is missing; 'or' as text in quotes"),
        ("cwnd=(1 or 2)", "the ( in '(1' is not closed; brackets go round terms"),
    ],
)
def test_what_cannot_be_understood_is_one_clear_line(text: str, says: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    assert says in str(caught.value) and len(str(caught.value).splitlines()) == 1


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
