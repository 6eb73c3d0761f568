"""Wrong filters, selectors and options: each is one line with the place and the remedy. Of files of settings:
settings/test_wrong.py."""

from __future__ import annotations

import shlex

import pytest

from sctptop.cli import main

WRONG = {
    # Commands and flags.
    "replya demo": "did you mean replay?",
    "doctr": "did you mean doctor?",
    "recrod -o x": "did you mean record?",
    "--viwe rtt": "did you mean --view",
    "--colums a": "did you mean --columns",
    "--fliter x": "did you mean --filter",
    "--keep 3": "--keep is of sctptop record",
    "--at 5": "--at is of sctptop replay",
    "replay demo --interval 3": "--interval is of sctptop and sctptop record",
    "record -o x --keeep 3": "did you mean --keep",
    "record -o x --view rtt": "--view is of sctptop and sctptop replay",
    "-x": "unrecognized arguments: -x",
    "help cwdn": "did you mean cwnd",
    "help feilds": "did you mean fields",
    "help confguration": "did you mean configuration",
    # Choices.
    "--view cwdn": "did you mean cwnd?",
    "--view registrations": "did you mean registration?",
    "--print-completion bsh": "did you mean bash",
    "--events cwn": "did you mean cwnd",
    "--events cwnd,heartbeat": "no kind of event 'heartbeat'",
    "--sort cwdn": "did you mean cwnd",
    "--sort sendq": "did you mean SEND-Q",
    "--sort cwnd:up": "asc or desc",
    "--columns local,stat": "did you mean state",
    "--columns local,,cwnd": "no field ''",
    # Numbers and spans.
    "-d 0": "0.1 to 3600",
    "-d 1s": "0.1 to 3600",
    "-n 0": "1 or more",
    "-n many": "1 or more",
    "record -o x --keep 3x": "--keep",
    "record -o x --max-size 5": "like 50M or 2G",
    "record -o x --label core": "core=open5gs",
    "record -o x --runs 3": "there is no command",
    "record -o x --runs 0 -- true": "1 to 100",
    "replay demo --at 5x": "is not a moment",
    "--config none replay demo": "the command goes first: sctptop replay --config ...",
    "replay demo --save-in /nowhere": "is no folder",
    "replay demo --from 20s --to 10s": "is after --to",
    "compare demo demo --margin 500": "between 0% and 100%",
    "compare demo demo --warm-up 3x": "--warm-up",
    # Selectors and namespaces.
    "--assoc 1.2.3": "[ADDR6]:PORT",
    "--assoc 1.2.3.4:99999": "is not a port",
    "--assoc [::1": "[ADDR]:PORT",
    "--assoc 4294967296": "association id",
    "--netns=--": "expected one argument",
    "--netns net:[0]": "neither a PID nor the inode",
    "--netns=-x": "is not all, self",
    # Filters.
    "-b --filter 'cwn<10k'": "did you mean cwnd",
    "-b --filter 'cwnd<<5'": "--filter",
    "-b --filter 'cwnd'": "what it is compared with is missing",
    "-b --filter 'cwnd=>5'": "did you mean >=?",
    "-b --filter 'cwnd<5x'": "is no number",
    "-b --filter 'state=ESTABLISHD'": "did you mean ESTABLISHED",
    "-b --filter 'state<5'": "compares numbers",
    "-b --filter '(cwnd<5'": "is not closed",
    "-b --filter 'cwnd<5)'": "nothing opens this )",
    "-b --filter 'a or'": "a term is missing after or",
    "-b --filter 'a & b'": "&& goes between terms",
    "-b --filter 'nodelay=maybe'": "neither on nor off",
    "-b --filter '\"amf'": "is not closed",
    "-b --filter 'local=38412'": "local_port=38412",
    "-b --filter 'remote=10.9.0.2'": "remote~10.9.0.2",
    "-b --filter 'rto~='": "~ alone is contains",
    "-b --filter '=5'": "a field name goes before",
    # What does not go together.
    "--json --csv": "not allowed with",
    "--json --both-ends": "--json always tells each end",
    "--registrations -b": "not allowed with -b",
    "--config /nowhere/x.toml": "there is no such file",
    "info": "required: FILE",
    "record": "required: -o/--output",
    "compare demo": "two recordings or sides or more",
}


@pytest.mark.parametrize("words", WRONG)
def test_what_is_wrong_is_one_line_with_the_place_and_the_remedy(
    words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(shlex.split(words)) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1, err
    assert err.startswith("sctptop: error: ") and "(try: " in err
    assert WRONG[words] in err, err


def test_what_the_screen_calls_a_field_is_its_name_too(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["replay", "demo", "--csv", "-n", "1", "--sort", "send-q", "--columns", "LOCAL,SEND-Q,HB RTT"]
    assert main([*words, "--filter", "SEND-Q>1k"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("local,send_queue,hb_rtt") and len(lines) > 1


def test_an_end_is_found_however_many_addresses_it_has(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["replay", "demo", "--csv", "-n", "1", "--columns", "remote", "--filter"]
    assert main([*words, "remote=10.9.2.2:38472"]) == 0
    assert "10.9.2.2:38472+1" in capsys.readouterr().out


@pytest.mark.parametrize("form", ["--csv", "--json", "--events"])
def test_a_filter_that_hides_all_says_so_once(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "demo", form, "-n", "3", "--filter", "zzz"]) == 0
    assert capsys.readouterr().err == "sctptop: no association passes the filter 'zzz' (8 others)\n"


def test_a_table_that_says_so_itself_says_it_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "demo", "-b", "-n", "1", "--filter", "zzz"]) == 0
    out, err = capsys.readouterr()
    assert "no association passes the filter 'zzz'" in out and err == ""
