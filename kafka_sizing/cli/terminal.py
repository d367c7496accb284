"""Text and progress in; what a person at a terminal sees out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar() -> Iterator[Callable[[float], None] | None]:
    """Show how far reading is, where a person watches."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("reading"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("reading", total=None)
        yield lambda done: progress.update(task, total=1.0, completed=done)


def width() -> int | None:
    """Give the columns of the terminal, if there is one."""
    if sys.stdout is None or not sys.stdout.isatty():
        return None
    return max(40, os.get_terminal_size(sys.stdout.fileno()).columns)


def say(text: str) -> None:
    """Write to standard output, unless it is closed."""
    if sys.stdout is not None:
        sys.stdout.write(text)
