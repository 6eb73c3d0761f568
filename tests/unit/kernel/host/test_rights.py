"""What is left once rights are given up, in children of the tests: it is for good. That sudo's user is taken: lab."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = os.geteuid() == 0
USER, GROUP = 4711, 4712
SUDO = {"SUDO_UID": str(USER), "SUDO_GID": str(GROUP), "SUDO_USER": "nobody of that name"}
PRELUDE = """
import json, os, subprocess, sys
from sctptop.kernel.host import rights
from sctptop.kernel.host.landlock import forbid_writing
def status(of="thread-self"):
    return dict(line.rstrip("\\n").split(":\\t", 1) for line in open(f"/proc/{of}/status") if ":\\t" in line)
def fails(*call):
    try:
        os.close(os.open(*call))
    except OSError as error:
        return error.strerror
"""


def child(code: str, **environment: str) -> Any:
    """The JSON that Python prints for this code."""
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + code],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_nothing_is_left_of_nothing() -> None:
    found = child("rights.give_up(rights.NOTHING, {}); print(json.dumps([status(), os.getuid()]))")
    for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert int(found[0][name], 16) == 0
    assert found[0]["NoNewPrivs"] == "1" and found[1] == os.getuid()


@pytest.mark.skipif(not ROOT, reason="only root has rights to give up")
def test_what_reading_takes_is_kept_and_no_child_has_it() -> None:
    code = """
rights.give_up(rights.READING, {})
words = subprocess.run(["cat", "/proc/self/status"], capture_output=True, text=True).stdout
print(json.dumps([status(), words]))
"""
    kept, of_child = child(code)
    from sctptop.kernel.host.rights import READING

    allowed = sum(1 << number for number in READING)
    permitted, effective = int(kept["CapPrm"], 16), int(kept["CapEff"], 16)
    assert permitted and permitted & ~allowed == 0 and effective == permitted & ~(1 << 2)
    assert int(kept["CapBnd"], 16) == 0
    assert "CapEff:\t0000000000000000" in of_child and "CapPrm:\t0000000000000000" in of_child


@pytest.mark.skipif(not ROOT, reason="only root can be another")
def test_files_of_others_are_read_only_where_that_is_asked_for(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_text("")
    os.chown(theirs, USER, GROUP)
    theirs.chmod(0o600)
    code = f"""
rights.give_up(rights.READING, {{}})
before = fails({str(theirs)!r}, os.O_RDONLY)
with rights.reading_all():
    with rights.reading_all():
        pass
    within = fails({str(theirs)!r}, os.O_RDONLY), fails({str(theirs)!r}, os.O_WRONLY)
print(json.dumps([before, *within, fails({str(theirs)!r}, os.O_RDONLY)]))
"""
    denied = "Permission denied"
    assert child(code) == [denied, None, denied, denied]


@pytest.mark.skipif(not ROOT, reason="only root can be another")
def test_who_called_sudo_is_who_we_are_if_he_may_read_our_code() -> None:
    code = (
        "rights.give_up(rights.READING); print(json.dumps([os.getresuid(), os.getresgid(), os.getgroups()]))"
    )
    readable = Path(sys.prefix).stat().st_mode & 0o005 and all(
        parent.stat().st_mode & 0o001
        for parent in (*Path(sys.executable).parents, *Path(os.__file__).parents)
    )
    if readable:
        assert child(code, **SUDO) == [[USER] * 3, [GROUP] * 3, [GROUP]]
    else:
        assert child(code, **SUDO)[0] == [0, 0, 0]
        assert child(f"rights._readable = lambda *_: True\n{code}", **SUDO) == [
            [USER] * 3,
            [GROUP] * 3,
            [GROUP],
        ]


@pytest.mark.parametrize("uid", ["", "0", "-1", "4294967295", "٣", "1e3", "root"])
def test_a_user_that_is_none_is_not_taken(uid: str) -> None:
    code = "rights.give_up(rights.NOTHING); print(json.dumps(os.getresuid()))"
    assert child(code, SUDO_UID=uid, SUDO_GID="1") == list(os.getresuid())


def test_a_thread_gives_up_for_itself_and_those_it_starts() -> None:
    code = """
import threading
found = {}
gate = threading.Event()
def reader():
    gate.wait()
    found["reader"] = status()["CapPrm"]
rights.give_up(rights.READING, {})
before = status()["CapPrm"]
one = threading.Thread(target=reader)
one.start()
rights.give_up_here()
found["drawer"] = status()["CapPrm"]
late = threading.Thread(target=lambda: found.update(late=status()["CapPrm"]))
late.start()
gate.set()
one.join()
late.join()
print(json.dumps([before, found]))
"""
    before, found = child(code)
    assert found["reader"] == before
    assert int(found["drawer"], 16) == int(found["late"], 16) == 0


def test_landlock_lets_nothing_be_written(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_text("")
    places = [str(tmp_path / "new"), str(old)]
    code = f"""
on = forbid_writing()
tried = [fails({places[0]!r}, os.O_CREAT | os.O_WRONLY), fails({places[1]!r}, os.O_WRONLY)]
print(json.dumps([on, tried, fails({places[1]!r}, os.O_RDONLY), fails("/dev/null", os.O_WRONLY)]))
"""
    on, tried, read, thrown_away = child(code)
    if not on:
        pytest.skip("this kernel has no Landlock")
    assert tried == ["Permission denied"] * 2 and read is thrown_away is None


def test_folders_may_be_left_open_to_writing(tmp_path: Path) -> None:
    """One that is not there closes no other."""
    for name in ("open", "shut"):
        (tmp_path / name).mkdir()
    places = [str(tmp_path / name / "new") for name in ("open", "shut")]
    code = f"""
from pathlib import Path
on = forbid_writing([Path({str(tmp_path / "gone")!r}), Path({str(tmp_path / "open")!r})])
print(json.dumps([on, *(fails(place, os.O_CREAT | os.O_WRONLY) for place in {places!r})]))
"""
    on, opened, shut = child(code)
    if not on:
        pytest.skip("this kernel has no Landlock")
    assert (opened, shut) == (None, "Permission denied")
