"""Advice in JSON and in text tables: for the associations shown, the worst first."""

from __future__ import annotations

import json
from dataclasses import replace

from sctptop.model.association import Association, Path
from sctptop.options import Options
from sctptop.output.json_lines import json_line
from sctptop.output.text import TextWriter
from sctptop.schema import from_json
from tests.unit.model.advice.advised import MS, NEAR, calm, ngap, pictures

LABELS = (
    "rule",
    "severity",
    "netns",
    "own_tag",
    "local_port",
    "remote_port",
    "address",
    "since",
    "seen",
    "remedy",
)


def script(tick: int) -> list[Association]:
    dead = replace(calm(tick, 2), paths=(Path(NEAR, "INACTIVE", True, errors=6),))
    return [calm(tick, 1, held_bins=((199 * MS, 2),)), dead]


def test_json_has_all_advice_on_the_associations_shown() -> None:
    picture = pictures(script, 5)[-1]
    document = json.loads(json_line(picture, list(picture.rows)))
    assert [entry["rule"] for entry in document["advice"]] == ["dead_path", "nagle"]
    first = document["advice"][0]
    assert all(first[name] is not None for name in LABELS)
    assert first["since"] == picture.sample.time.replace(second=0).isoformat(timespec="microseconds")
    (only,) = json.loads(json_line(picture, list(picture.rows[:1])))["advice"]
    assert only["rule"] == "nagle" and only["local_port"] == 38412
    assert from_json(document).associations, "what is derived is passed over when read back"


def test_text_has_the_worst_in_one_line_and_no_notes() -> None:
    write = TextWriter(Options())
    seen = pictures(script, 5)
    lines = write(seen[-1], list(seen[-1].rows)).splitlines()
    assert lines[2].startswith(
        "advice: Dead path, 10.9.0.2:38412 → 10.9.0.1:50002: primary path 10.9.0.1 is INACTIVE"
    )
    assert lines[2].endswith("(+1 more)") and "(try: check the way to 10.9.0.1" in lines[2]
    noted = pictures(
        lambda tick: calm(tick, nodelay=True), 5, events=lambda tick: [ngap(tick, ue) for ue in range(4)]
    )[-1]
    assert [entry.severity for entry in noted.advice] == ["note"]
    assert "advice" not in write(noted, list(noted.rows))
