"""`sctptop help` from the command line."""

from __future__ import annotations

import pytest

from sctptop.cli import main
from sctptop.manual.topics import TOPICS


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["help", *words]) == 0
    return capsys.readouterr().out


def test_without_a_topic_it_lists_them(capsys: pytest.CaptureFixture[str]) -> None:
    out = answer(capsys)
    assert [line.split()[0] for line in out.splitlines() if line.strip().startswith(tuple(TOPICS))] == list(
        TOPICS
    )


def test_a_topic_goes_to_the_width_of_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    heights = []
    for columns in ("60", "100"):
        monkeypatch.setenv("COLUMNS", columns)
        out = answer(capsys, "numbers")
        assert out.startswith("READING THE NUMBERS\n\n") and "**" not in out
        assert max(map(len, out.splitlines())) <= int(columns)
        heights.append(out.count("\n"))
    assert heights[0] > heights[1]


def test_commands_and_fields_are_answered_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "record").startswith("    usage: sctptop record")
    said = answer(capsys, "CWND")
    assert said.startswith("CWND\n\n  CWND: congestion window of the primary path\n\n  More: `sctptop help ")
    assert "sctptop help containers" in answer(capsys, "netns")
    assert "More" not in answer(capsys, "own_tag")
    assert "Options\n" in answer(capsys, "compare")


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        ("filtr", "did you mean filter"),
        ("registration", "(try: sctptop help registrations, or "),
        ("qqqq", "no topic 'qqqq' (try: sctptop help)"),
        ("docker", "others tell of it (try: sctptop help containers"),
        ("slow", "(try: sctptop help "),
    ],
)
def test_a_topic_that_there_is_not(topic: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help", topic]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    assert said in err and "(try: sctptop help" in err
