"""sctptop by an ordinary user: without any capability, with those that probes need, and as the help starts it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import pytest

from sctptop.kernel.program.points import POINTS
from sctptop.manual.topics import text_of
from tests.lab.guest.rights.test_doctor import not_well
from tests.lab.scenes.hosts import two_hosts
from tests.lab.scenes.place import NUMBER, SCTPTOP, Place, place, sysctl_kept
from tests.lab.traffic.process import traffic

PARANOID = "kernel.perf_event_paranoid"


@pytest.fixture(scope="module")
def here() -> Iterator[Place]:
    """A host with an association whose socket is root's."""
    with (
        two_hosts(prefix="least-") as (gnb, amf),
        traffic(amf, "echo", "--local", amf.ipv4[0]),
        traffic(gnb, "idle", "--to", amf.ipv4[0], "--local-port", "59058"),
        place(gnb) as found,
        sysctl_kept(PARANOID),
    ):
        yield found


def holding(*names: str) -> list[str]:
    """An ordinary user with these capabilities and no other."""
    capabilities = ",".join(f"+{name}" for name in names)
    kept = [f"--inh-caps=-all,{capabilities}", f"--ambient-caps={capabilities}"]
    return ["setpriv", f"--reuid={NUMBER}", f"--regid={NUMBER}", "--clear-groups", *kept]


def readme_s() -> str:
    """What `help capabilities` has an ordinary user type, up to the name of the program."""
    (line,) = re.findall(r"^(sudo setpriv .*) sctptop$", text_of("capabilities"), re.MULTILINE)
    return str(line)


def test_without_any_associations_are_read_and_the_doctor_s_sudo_helps(here: Place) -> None:
    sample = here.sample(user=True)
    assert [entry["local_port"] for entry in sample["associations"]] == [59058]
    assert sample["sources"]["sock_diag"] == sample["sources"]["procfs"] == "ok"
    assert sample["sources"]["bpf"].startswith("off: needs root, or CAP_BPF and CAP_PERFMON (try: sudo ")
    assert sample["associations"][0]["process"] is None
    checks = here.doctor(user=True)
    assert not_well(checks) == {"rights"}
    again = shlex.split(checks["rights"]["remedy"])
    assert again[0] == "sudo" and again[-len(SCTPTOP) :] == SCTPTOP
    assert not_well(here.doctor(again[: -len(SCTPTOP)], user=True)) == set()


def test_where_capabilities_do_not_do_the_doctor_knows_and_its_sysctl_helps(here: Place) -> None:
    prefix = holding("bpf", "perfmon")
    here.run(["sysctl", f"{PARANOID}=4"])
    checks = here.doctor(prefix)
    state = here.sample(prefix)["sources"]["bpf"]
    assert (not_well(checks) == set()) == (state == "ok"), (checks["kprobes"], state)
    if state != "ok":
        assert not_well(checks) == {"kprobes"}
        assert checks["kprobes"]["found"] in state and checks["kprobes"]["remedy"] in state
        here.obey(checks["kprobes"], user=True)
    assert not_well(here.doctor(prefix)) == set()
    assert here.sample(prefix)["sources"]["bpf"] == "ok"


def test_two_capabilities_are_enough_for_every_probe(here: Place) -> None:
    here.run(["sysctl", f"{PARANOID}=2"])
    prefix = holding("bpf", "perfmon")
    done = here.run([*prefix, *SCTPTOP, "--probes", "-d", "1"])
    print(done.stdout, done.stderr)
    assert f"{len(POINTS)} of {len(POINTS)} attached" in done.stdout
    checks = here.doctor(prefix)
    assert not_well(checks) == set()
    assert checks["rights"]["found"].startswith("enough for probes; not CAP_SYS_ADMIN")
    (association,) = here.sample(prefix, "--no-bpf")["associations"]
    assert association["process"] is None and association["mark"] is None


def test_under_a_small_memlock_the_buffers_fit_it_and_what_helps_is_said(here: Place) -> None:
    with sysctl_kept("kernel.perf_event_mlock_kb"):
        here.run(["sysctl", f"{PARANOID}=2", "kernel.perf_event_mlock_kb=516"])

        def held_to(kib: int) -> list[str]:
            return ["prlimit", f"--memlock={kib << 10}:{kib << 10}", *holding("bpf", "perfmon")]

        # On two processors 264 KiB are wanted beyond those that the kernel gives everybody.
        assert here.doctor(held_to(8192))["buffers"]["status"] == "ok"
        check = here.doctor(held_to(64))["buffers"]
        print(check)
        assert check["status"] == "hint" and "KiB of events a processor instead of 648" in check["found"]
        done = here.run([*held_to(64), *SCTPTOP, "--probes", "-d", "1"])
        print(done.stdout, done.stderr)
        assert f"{len(POINTS)} of {len(POINTS)} attached" in done.stdout
        assert "buffers of events have 328 KiB a processor instead of 648" in done.stdout
        assert f"(try: {check['remedy']})" in done.stdout
        here.obey(check, user=True)
        assert here.doctor(held_to(64))["buffers"]["status"] == "ok"
        # A host with hardly any to give: little is not none.
        here.run(["sysctl", "kernel.perf_event_mlock_kb=16"])
        sample = here.sample(held_to(64))
        assert sample["sources"]["bpf"] == "ok"


@pytest.mark.parametrize("lacking", ["sys_ptrace", "dac_read_search", None])
def test_owners_of_others_sockets_take_two_more(here: Place, lacking: str | None) -> None:
    names = [name for name in ("sys_ptrace", "dac_read_search") if name != lacking]
    (association,) = here.sample(holding(*names))["associations"]
    assert (association["process"] is None) == (lacking is not None)


def test_the_line_of_the_readme(here: Place) -> None:
    here.run(["sysctl", f"{PARANOID}=2"])
    shown = here.run(["bash", "-c", f"{readme_s()} grep -E '^(Uid|CapEff)' /proc/self/status"], user=True)
    uid, effective = (line.split() for line in shown.stdout.splitlines())
    assert set(uid[1:]) == {str(NUMBER)} and int(effective[1], 16).bit_count() == 4
    prefix = ["bash", "-c", f'{readme_s()} "$@"', "readme"]
    sample = here.sample(prefix, user=True)
    assert sample["sources"]["bpf"] == "ok"
    assert sample["associations"][0]["process"]["user"] == "root"
