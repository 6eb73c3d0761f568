"""What settings do: to the options, to the file when they are kept, to what is printed."""

from __future__ import annotations

import dataclasses
import os
import pwd
import stat
from pathlib import Path

import pytest

from sctptop.arguments.meaning import options_of
from sctptop.arguments.parsers import parse
from sctptop.cli import main
from sctptop.model.thresholds import USUAL, Thresholds
from sctptop.options import Options
from sctptop.settings.catalogue import LIMITS
from sctptop.settings.changing import changed, keep
from sctptop.settings.errors import SettingsError
from sctptop.settings.files import usual_file
from sctptop.settings.reading import read_settings
from sctptop.settings.understanding import understood

MINE = """\
# mine
sort = "cwnd"  # big first
period = 2
columns = ["local", "cwnd"]
both_ends = true
theme = "light"

[advice]
unread_s = 8.5
off = ["nagle"]

[keys]
pause = ["f8", "?"]
help = "f1"
"""


def options(*words: str, text: str = MINE) -> Options:
    return options_of(parse(words), understood(Path("a"), text))


def test_the_dashboard_and_batch_take_them() -> None:
    for words in ((), ("-b",)):
        one = options(*words)
        assert one.order is not None
        assert (one.order.field.id, one.interval_s, one.both_ends, one.theme) == ("cwnd", 2.0, True, "light")
        assert [column.id for column in one.columns or ()] == ["local", "cwnd"]
        assert one.limits == Thresholds(unread_s=8.5, silent=frozenset({"nagle"}))
        assert one.keys == {"pause": "f8,question_mark", "help": "f1"}


def test_flags_win() -> None:
    one = options("--sort", "state", "-d", "5", "--columns", "remote", "--view", "paths")
    assert one.order is not None
    assert (one.order.field.id, one.interval_s, one.view) == ("state", 5.0, "paths")
    assert [column.id for column in one.columns or ()] == ["remote"]


@pytest.mark.parametrize("words", [("--json",), ("--csv",), ("--events",), ("record", "-o", "x")])
def test_what_programs_read_changes_with_thresholds_alone(words: tuple[str, ...]) -> None:
    one, usual = options(*words), options_of(parse(words))
    assert one.limits.unread_s == 8.5
    assert dataclasses.replace(one, limits=USUAL, keys={}) == usual


def test_each_threshold_is_a_setting_with_its_default() -> None:
    by_limit = {one.limit: one.default for one in LIMITS}
    assert by_limit.keys() == {one.name for one in dataclasses.fields(Thresholds)}
    for name, default in by_limit.items():
        assert getattr(USUAL, name) == (frozenset(default) if isinstance(default, list) else default)


def test_what_is_printed_says_who_says_so_and_can_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(MINE)
    assert main(["--config", str(file), "--print-config", "-d", "3"]) == 0
    out = capsys.readouterr().out
    assert str(file) in out and "#linger_s = 10.0" in out
    assert 'sort = "cwnd"  # line 2' in out and "period = 3.0  # --interval wins over line 3" in out
    assert 'pause = ["f8", "?"]  # line 13' in out and '#record = "w"  # ' in out
    again = understood(file, out)
    assert again.values == {**understood(file, MINE).values, "period": 3.0}
    # All that stands behind a # as a default is a setting too.
    bare = "\n".join(line.removeprefix("#") for line in out.splitlines() if not line.startswith("# "))
    assert understood(file, bare).limits == Thresholds(unread_s=8.5, silent=frozenset({"nagle"}))


def test_what_is_kept_leaves_the_rest_as_it_was(tmp_path: Path) -> None:
    real, file = tmp_path / "dotfiles.toml", tmp_path / "config.toml"
    real.write_text(MINE)
    real.chmod(0o640)
    file.symlink_to(real.name)
    keep(file, {"sort": "state:asc", "view": "paths", "alarms.severity": "problem"})
    text = real.read_text()
    assert text.startswith('# mine\nsort = "state:asc"  # big first\nperiod = 2\n')
    assert file.is_symlink() and stat.S_IMODE(real.stat().st_mode) == 0o640
    after = read_settings(str(file))
    assert after.values["view"] == "paths" and after.limits.alarm_severity == "problem"
    assert after.values["advice.unread_s"] == 8.5
    assert sorted(one.name for one in tmp_path.iterdir()) == ["config.toml", "dotfiles.toml"]


def test_the_first_that_is_kept_makes_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a" / "sctptop" / "config.toml"
    keep(file, {"theme": "light"})
    assert read_settings(str(file)).values == {"theme": "light"}


def test_a_file_that_became_wrong_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("sotr = 1\n")
    with pytest.raises(SettingsError, match="unknown setting sotr"):
        keep(file, {"theme": "light"})
    assert file.read_text() == "sotr = 1\n"


def test_no_space_left_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "config.toml"
    file.write_text(MINE)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(
        SettingsError, match=r"config.toml: cannot be written: No space left on device \(try: "
    ):
        keep(file, {"theme": "dark"})
    assert file.read_text() == MINE and len(list(tmp_path.iterdir())) == 1


def test_above_tables_stays_above_tables() -> None:
    assert understood(Path("a"), changed("[advice]\nunread_s = 1\n", {"view": "rtt"})).values["view"] == "rtt"


def test_with_sudo_it_is_the_callers() -> None:
    me = pwd.getpwuid(os.getuid())
    home = Path(me.pw_dir, ".config/sctptop/config.toml")
    assert usual_file({"SUDO_UID": str(os.getuid()), "HOME": "/nowhere"}) == home
    other = {"SUDO_UID": str(os.getuid() + 1)}
    assert usual_file(other) == Path(os.environ["XDG_CONFIG_HOME"], "sctptop/config.toml")


def test_none_is_read_where_none_is_asked_for_or_there() -> None:
    assert read_settings("none").file is None
    missing = read_settings(None)
    assert missing.file is not None and missing.text is None and not missing.values


@pytest.mark.parametrize(
    ("kind", "theme"), [("linux", "terminal"), ("screen", "terminal"), ("xterm-256color", "light")]
)
def test_sixteen_colours_are_the_terminals(kind: str, theme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLORTERM")
    monkeypatch.setenv("TERM", kind)
    assert options().theme == theme
