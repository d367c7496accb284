"""Files in; whether they are still what they were out."""

from __future__ import annotations

import os
from collections.abc import Sequence

from kafka_sizing.sources.paths import LogFile


class Unchanged:
    """What files were when reading began."""

    def __init__(self, logs: Sequence[LogFile]) -> None:
        self._was = {log.path: _mark(log.path) for log in logs}

    def check(self) -> None:
        """Refuse files that changed while they were read."""
        for path, was in self._was.items():
            if _mark(path) != was:
                raise ValueError(
                    f"{path} must not change while it is read, got a change of its bytes, name or "
                    "rights meanwhile; copy it, or read what is complete"
                )


def _mark(path: str) -> tuple[int, ...] | None:
    """Give what a file system says of a file; nobody can set the time of its last change back."""
    try:
        state = os.stat(path)  # noqa: PTH116 - a path may be any text
    except FileNotFoundError:
        return None
    return state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns
