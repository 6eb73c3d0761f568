"""Every target by its name."""

from __future__ import annotations

from collections.abc import Mapping

from tests.fuzz.rooms import host, kernel, ngap, recordings, samples, words
from tests.fuzz.target import Target

TARGETS: Mapping[str, Target] = {
    **kernel.TARGETS,
    **host.TARGETS,
    **ngap.TARGETS,
    **samples.TARGETS,
    **recordings.TARGETS,
    **words.TARGETS,
}
