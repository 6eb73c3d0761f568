"""What differs between one JSON document and the next: most of a sample is as it was a second ago.

A patch that is no object replaces the value. An object holds the patches of an object's names or a list's places;
``{"=": value}`` replaces by a value that is an object itself, and ``"-"`` lists the names that went.
"""

from __future__ import annotations

from typing import Any

REPLACE, REMOVED = "=", "-"
SAME: Any = object()
"""The patch between two documents that do not differ."""


class PatchError(ValueError):
    """A patch that does not fit what it should change."""


def patch_between(before: Any, after: Any) -> Any:
    """What makes ``after`` of ``before``; SAME when nothing does. A tuple stands for a list that is written whole."""
    if before is after:
        return SAME
    if isinstance(before, dict) and isinstance(after, dict):
        patch: dict[str, Any] = {}
        for name, value in after.items():
            change = patch_between(before[name], value) if name in before else _whole(value)
            if change is not SAME:
                patch[name] = change
        gone = sorted(before.keys() - after.keys())
        if gone:
            patch[REMOVED] = gone
        return patch or SAME
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        changed = {
            str(place): change
            for place, pair in enumerate(zip(before, after, strict=True))
            if (change := patch_between(*pair)) is not SAME
        }
        return changed or SAME
    # 1 == True == 1.0, and each is written in its own way.
    return SAME if type(before) is type(after) and before == after else _whole(after)


def _whole(value: Any) -> Any:
    return {REPLACE: value} if isinstance(value, dict) else value


def patched(before: Any, patch: Any) -> Any:
    """What ``patch`` makes of ``before``, which may be altered and used in it. Raises PatchError."""
    if not isinstance(patch, dict):
        return patch
    if REPLACE in patch:
        return patch[REPLACE]
    try:
        if isinstance(before, list):
            for place, change in patch.items():
                before[int(place)] = patched(before[int(place)], change)
            return before
        for name, change in patch.items():
            if name == REMOVED:
                for gone in change:
                    del before[gone]
            else:
                before[name] = patched(before.get(name), change)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise PatchError(f"a change that fits nothing: {error!r}") from error
    return before
