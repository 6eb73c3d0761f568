"""The Summary of a recording: from the results that stand in it where it has them all, else from its messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sctptop.comparison.summaries.summarizing import Summarizer, WhatCame
from sctptop.comparison.summaries.summary import Summary
from sctptop.model.associations.row import Row
from sctptop.model.model import Model
from sctptop.model.registrations.summary import Registered
from sctptop.recording.packing import DamagedError
from sctptop.recording.reader import Recording
from sctptop.recording.results.reading import Results


@dataclass(frozen=True, slots=True)
class Portion:
    """From when to when, None for the ends of the recording; and which associations ``accepts``, None for all."""

    since: datetime | None = None
    until: datetime | None = None
    accepts: Callable[[Row], bool] | None = None


WHOLE = Portion()


def summary_of(recording: Recording, name: str, path: str, tell: Callable[[int], object]) -> Summary:
    """``tell`` is told the number of each sample. Raises ValueError where none can be read."""
    if recording.has_results:
        try:
            return from_results(recording, name, path, tell)
        except DamagedError:
            # What is damaged, and how much of it, is found on the long way.
            pass
    return from_messages(recording, name, path, tell)


def from_messages(
    recording: Recording,
    name: str,
    path: str,
    tell: Callable[[int], object],
    part: Portion = WHOLE,
) -> Summary:
    """As ``summary_of``, of any recording and a part of it."""
    model, summarizer = Model(running=False), Summarizer(part.accepts, part.since)
    within = part.since is None
    for position, sample in recording.samples(0, len(recording)):
        if part.until is not None and sample.time > part.until:
            break
        if not within and part.since is not None and sample.time > part.since:
            # What was before is known, and not counted.
            within = True
            model.reset()
        snapshot = model.advance(sample)
        if within:
            summarizer.take(snapshot)
        tell(position)
    return summarizer.summary(name, path, recording.facts, recording.damaged)


def from_results(recording: Recording, name: str, path: str, tell: Callable[[int], object]) -> Summary:
    """The same of one that has results. Raises DamagedError where they, or a sample, cannot be read."""
    model, summarizer = Model(running=False), Summarizer()
    results = recording.results()
    now: Results | None = None
    for position, sample in recording.without_messages():
        while now is None or position >= now.first + now.count:
            now = next(results)
            summarizer.take_all(now.ended)
        came = WhatCame(
            now.spoke.get(position, ()), now.roles.get(position, ()), now.advice[position - now.first]
        )
        summarizer.take(model.advance(sample), came)
        tell(position)
    for now in results:
        summarizer.take_all(now.ended)
    registered = now.registered if now is not None else Registered()
    return summarizer.summary(name, path, recording.facts, recording.damaged, registered=registered)
