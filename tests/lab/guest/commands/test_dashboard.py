"""The dashboard in a real terminal on live associations, driven by keys and read back as text."""

from __future__ import annotations

import re
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.lab.core.nas_messages import msin, msin_bytes
from tests.lab.core.scene import core_scene
from tests.lab.scenes.hosts import Host, sysctl, two_hosts
from tests.lab.traffic.process import start, traffic
from tests.lab.witness.other_tools import nstat
from tests.lab.witness.patience import load_s
from tests.lab.witness.tmux import START_S, Terminal, run_in, terminal

SCTPTOP = [sys.executable, "-m", "sctptop", "--netns", "self"]
SIZES = [(80, 24), (120, 36)]


@pytest.fixture(scope="module")
def hosts() -> Iterator[tuple[Host, Host]]:
    """Two hosts with three associations between them, so quiet that they send no heartbeats."""
    with two_hosts(links=2, prefix="tui-") as (gnb, amf), quiet(gnb, amf):
        yield gnb, amf


@contextmanager
def quiet(gnb: Host, amf: Host) -> Iterator[None]:
    for host in (gnb, amf):
        sysctl(host, "net.sctp.hb_interval", 3_600_000)
    with (
        traffic(amf, "echo", "--local", amf.ipv4[0], "--ports", "3"),
        traffic(gnb, "idle", "--to", amf.ipv4[0], "--local-port", "59058"),
        traffic(gnb, "idle", "--to", amf.ipv4[0], "--port", "38413", "--local-port", "59059"),
        traffic(gnb, "idle", "--to", amf.ipv4[0], "--port", "38414", "--local-port", "59060"),
    ):
        yield


def opened(screen: Terminal, host: Host, *arguments: str) -> None:
    """Start sctptop in the host and wait until it shows associations."""
    run_in(screen, host.command([*SCTPTOP, "--no-bpf", "-d", "0.5", *arguments]))
    screen.wait(lambda text: "assoc" in text and "▸" in text, START_S)


def cursor_row(text: str) -> str:
    return next((row for row in text.splitlines() if "▸" in row), "")


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_keys_views_and_a_clean_end(hosts: tuple[Host, Host], columns: int, rows: int) -> None:
    gnb, _ = hosts
    with terminal(f"keys{columns}", columns, rows) as screen:
        opened(screen, gnb)
        text = screen.wait(lambda text: text.count("10.9.0.2:3841") >= 3)
        assert max(map(len, text.splitlines())) <= columns
        assert "3 associations" in text
        for key, words in {
            "2": ("cwnd", "200k"),
            "3": ("Send-Q",),
            "4": ("SctpCurrEstab", "3"),
            "5": ("10.9.0.2", "ACTIVE"),
            "1": ("srtt", "HZ"),
        }.items():
            screen.press(key)
            screen.line(*words)
        screen.press("?")
        screen.line("type to search")
        screen.type("deltas")
        screen.line("Count deltas")
        screen.press("F1")
        screen.press("Enter")
        screen.line("59058")
        screen.press("Escape")
        screen.wait(lambda text: "Quit" in text and cursor_row(text))
        assert screen.state[0] == "1"
        screen.press("q")
        screen.wait(lambda text: "exit=0" in text)
        assert screen.state == ("0", "0", "1")


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_the_cursor_stays_with_its_association(hosts: tuple[Host, Host], columns: int, rows: int) -> None:
    gnb, amf = hosts
    with terminal(f"cursor{columns}", columns, rows) as screen:
        opened(screen, gnb, "--sort", "remote_port:asc", "--columns", "local,remote,state,cwnd,rtx_chunks")
        screen.press("j")
        screen.wait(lambda text: ":38413" in cursor_row(text))
        before = screen.text.splitlines().index(cursor_row(screen.text))
        # One that sorts before it comes, and goes again.
        newcomer = start(gnb, "idle", "--to", amf.ipv4[0], "--local-port", "59000")
        try:
            text = screen.wait(lambda text: ":59000" in text and "4 assoc" in text)
            assert ":38413" in cursor_row(text)
            screen.press("I")
            text = screen.wait(lambda text: text.find(":38414") < text.find(":59058"))
            assert ":38413" in cursor_row(text)
            screen.press("I")
        finally:
            # It is shown for five seconds, in which a slow machine may still wait for its process.
            stopping = threading.Thread(target=newcomer.stop)
            stopping.start()
        ended = screen.line(":59000", "shut down")
        stopping.join()
        assert "▸" not in ended
        text = screen.wait(lambda text: ":59000" not in text)
        assert ":38413" in cursor_row(text)
        assert text.splitlines().index(cursor_row(text)) == before
        with traffic(gnb, "idle", "--to", amf.ipv4[0], "--local-port", "59000"):
            text = screen.wait(lambda text: ":59000" in text and "4 assoc" in text)
            assert ":38413" in cursor_row(text)


def test_filter_selection_pause_and_interval(hosts: tuple[Host, Host]) -> None:
    gnb, amf = hosts
    with terminal("habits", 80, 24) as screen:
        opened(screen, gnb)
        screen.press("/")
        screen.type("remote_port=38414")
        screen.wait(lambda text: ":38414" in text and ":38413" not in text)
        screen.press("Escape")
        screen.wait(lambda text: ":38413" in text)
        screen.press("p")
        screen.wait(lambda text: "paused" in text.lower())
        with traffic(gnb, "idle", "--to", amf.ipv4[0], "--local-port", "59001"):
            time.sleep(2)
            assert ":59001" not in screen.text
            screen.press("p")
            screen.wait(lambda text: ":59001" in text)
        screen.press("+")
        screen.line("live", "1.0s")
        screen.press("q")
        screen.wait(lambda text: "exit=0" in text)
        run_in(screen, gnb.command([*SCTPTOP, "--no-bpf", "--assoc", "10.9.0.2:41000"]))
        screen.wait(lambda text: "10.9.0.2:41000" in text and "waiting" in text.lower(), START_S)
        screen.press("C-c")
        screen.wait(lambda text: "exit=0" in text)
        assert screen.state == ("0", "0", "1")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=str)
def test_a_signal_leaves_a_whole_terminal(
    hosts: tuple[Host, Host], number: signal.Signals, code: int
) -> None:
    gnb, _ = hosts
    with terminal(f"signal{int(number)}", 80, 24) as screen:
        before = _settings(screen)
        opened(screen, gnb)
        gnb.run(["pkill", f"-{int(number)}", "-f", "^[^ ]*python[^ ]* -m sctptop"])
        screen.wait(lambda text: f"exit={code}" in text)
        assert screen.state == ("0", "0", "1")
        assert _settings(screen) == before


def _settings(screen: Terminal) -> str:
    screen.type("clear; stty -a; echo done-$((1+1))\n")
    return screen.wait(lambda text: "done-2" in text)


def test_reset_counts_on_as_nstat_does(hosts: tuple[Host, Host]) -> None:
    gnb, amf = hosts
    history = {"NSTAT_HISTORY": "/tmp/sctptop-nstat"}
    with terminal("reset", 120, 36) as screen:
        opened(screen, gnb, "--view", "counters")
        screen.line("SctpOutOrderChunks")
        absolute = nstat(gnb, "-a", "-z", "-s")["SctpOutOrderChunks"]
        screen.press("r")
        _nstat_delta(gnb, history)
        screen.line("SINCE RESET")
        assert _counter(screen.line("SctpOutOrderChunks"))[0] == 0
        with traffic(gnb, "request", "--to", amf.ipv4[0], "--count", "10", "--period", "0.05") as client:
            while client.ask("status")["received"] < 10:
                time.sleep(0.2)
        # The association closes, and the last SACKs and timers come to rest.
        time.sleep(2)
        theirs = _nstat_delta(gnb, history)
        assert theirs["SctpOutOrderChunks"] == 10
        for name in ("SctpOutOrderChunks", "SctpInOrderChunks", "SctpOutSCTPPacks", "SctpInSCTPPacks"):
            gained, now = _counter(screen.line(name))
            assert gained == theirs[name], name
            assert now == nstat(gnb, "-a", "-z", "-s")[name], name
        assert _counter(screen.line("SctpOutOrderChunks"))[1] == absolute + 10
        screen.press("r")
        screen.wait(lambda text: _counter(_row(text, "SctpOutOrderChunks")) == (0, absolute + 10))
        screen.press("q")
        screen.wait(lambda text: "exit=0" in text)


def _nstat_delta(host: Host, environment: dict[str, str]) -> dict[str, int]:
    """What nstat says was added since the last call."""
    words = [f"{name}={value}" for name, value in environment.items()]
    text = host.run(["env", *words, "nstat", "-z", "Sctp*"]).stdout
    return {row[0]: int(row[1]) for line in text.splitlines() if (row := line.split())[0].startswith("Sctp")}


def _row(text: str, name: str) -> str:
    return next((row for row in text.splitlines() if name in row), "")


def _counter(row: str) -> tuple[int, int]:
    """Delta and absolute value of a line of the Counters view."""
    numbers = [word.replace(",", "") for word in re.findall(r"[+-]?[0-9][0-9,.]*[kM]?", row)]
    return int(numbers[0]), int(numbers[2])


def test_registrations_are_seen_live_and_nobody_is_named() -> None:
    ues = 12
    with (
        two_hosts(prefix="ran-") as hosts,
        core_scene(ues=ues, rate=2, on_order=True, hosts=hosts) as scene,
        terminal("registering", 120, 36) as screen,
    ):
        run_in(screen, hosts[0].command([*SCTPTOP, "--view", "registration"]))
        screen.wait(lambda text: "HB probe ●" in text, load_s())
        scene.go()
        assert scene.finish()["completed"] == ues
        screens = [screen.wait(lambda text: re.search(rf" initial +{ues} +{ues} ", text))]
        print(screens[0])
        # Nagle held the last message of each, and the line below the header says so.
        assert "NODELAY" in screens[0]
        screen.press("Tab", "Enter")
        screens.append(screen.wait(lambda text: "RegistrationComplete" in text and "held" in text))
        print(screens[1])
        screen.press("Escape")
        screen.wait(lambda text: "Esc back" not in text)
        screen.press("6", *"eeeee")
        screens.append(screen.wait(lambda text: "InitialUEMessage" in text))
        for ue in range(ues):
            for name in (msin(ue), msin_bytes(ue).hex()):
                assert not [text for text in screens if name in text]
        screen.press("q")
        screen.wait(lambda text: "exit=0" in text)
