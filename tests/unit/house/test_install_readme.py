"""What people are told to type to install is found by the trial of it, each command in its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.install.readme import FIRST, README, TOPIC, ways


def test_every_way_of_the_readme() -> None:
    found = {way.name: way for way in ways()}
    assert list(found) == [FIRST, "deb", "pipx", "venv", "uv", "pip"]
    first = found[FIRST]
    assert first.install.startswith(first.packages) and first.packages.count("sudo apt-get") == 2
    assert (first.start, first.as_user) == ("sudo sctptop", "sctptop")
    assert found["pip"].as_user == "~/.local/bin/sctptop" and found["pip"].packages.endswith(" python3-pip")
    assert found["uv"].packages.endswith(" python3-bpfcc")
    assert found["deb"].packages == "sudo apt-get update"
    assert all(way.start.startswith("sudo ") and way.remove for way in found.values())


def test_the_topic_begins_with_the_way_of_the_readme() -> None:
    first, text = ways()[0], TOPIC.read_text()
    assert f"```\n{first.install}\n{first.start}\n```" in text
    assert f"`{first.remove}` removes it" in text


def test_texts_without_them(tmp_path: Path) -> None:
    empty = tmp_path / "empty.md"
    empty.write_text("# sctptop\n")
    with pytest.raises(ValueError, match="how to install"):
        ways(empty)
    with pytest.raises(ValueError, match="no other ways"):
        ways(README, empty)
