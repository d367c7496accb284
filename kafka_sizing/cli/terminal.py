"""Text and progress in; what a person at a terminal sees out."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kafka_sizing.units import format_duration, format_load

if TYPE_CHECKING:
    from kafka_sizing.sources.progress import Progress, Reading


@contextmanager
def bar() -> Iterator[Progress | None]:
    """Show how far reading is, how fast it is and how long it will go on, to who watches."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress as Bars, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[pace]}"))
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("reading", total=None, pace="")

        def show(reading: Reading) -> None:
            again = " again, for heavy keys" if reading.look > 1 else ""
            bars.update(
                task,
                total=1.0,
                completed=reading.share,
                description=f"reading{again}",
                pace=pace(reading),
            )

        yield show


def pace(reading: Reading) -> str:
    """Write how many records were read, how fast, and how long reading will go on."""
    left = "" if reading.left_s is None else f", {format_duration(reading.left_s)} left"
    rate = format_load(reading.records_per_s, "records/s")
    return f"{reading.records:,} records, {rate}{left}"


def width() -> int | None:
    """Give the columns of the terminal, if there is one."""
    if sys.stdout is None or not sys.stdout.isatty():
        return None
    return max(40, os.get_terminal_size(sys.stdout.fileno()).columns)


def say(text: str) -> None:
    """Write to standard output, unless it is closed."""
    if sys.stdout is not None:
        sys.stdout.write(text)
