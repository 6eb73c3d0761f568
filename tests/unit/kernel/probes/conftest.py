"""The maps of a program as a test fills them."""

from __future__ import annotations

import pytest

from sctptop.kernel.probes import session
from sctptop.kernel.program.bpf import maps as bpf_maps
from tests.unit.kernel.probes.fake_program import FakeMaps


@pytest.fixture
def maps(monkeypatch: pytest.MonkeyPatch) -> FakeMaps:
    fake = FakeMaps()
    monkeypatch.setattr(bpf_maps, "entries", fake.entries)
    monkeypatch.setattr(bpf_maps, "content", fake.content)
    monkeypatch.setattr(bpf_maps, "put", fake.put)
    monkeypatch.setattr(bpf_maps, "remove", fake.remove)
    monkeypatch.setattr(bpf_maps, "remove_all", fake.remove)
    monkeypatch.setattr(bpf_maps, "get", fake.get)
    monkeypatch.setattr(bpf_maps, "put_bytes", fake.put_bytes)
    monkeypatch.setattr(session, "missing_for_probes", lambda: None)
    monkeypatch.setattr(session, "missing_sctp", lambda: None)
    return fake
