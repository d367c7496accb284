"""What benchmarks measure, and how it is shown: one row a contender, with its ratio to a peer."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from kafka_sizing.keys import fast

MiB = 2**20


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing that was measured."""

    what: str
    measured: float
    unit: str
    ratio: float | None = None  # to the peer of its table
    bar: str = ""  # what it must reach
    peak_mib: float | None = None


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows that were measured in one run."""

    title: str
    rows: Sequence[Row]
    note: str = ""

    def to_markdown(self) -> str:
        """Write the table as it stands in the docs."""
        head = ["", self.rows[0].unit, "ratio", "bar", "peak memory"]
        used = [
            True,
            True,
            any(row.ratio is not None for row in self.rows),
            any(row.bar for row in self.rows),
            any(row.peak_mib is not None for row in self.rows),
        ]
        lines = [head, ["---"] * len(head), *map(_cells, self.rows)]
        kept = [[cell for cell, use in zip(line, used, strict=True) if use] for line in lines]
        body = "\n".join("| " + " | ".join(line) + " |" for line in kept)
        return f"## {self.title}\n\n{body}\n" + (f"\n{self.note}\n" if self.note else "")


def _cells(row: Row) -> list[str]:
    return [
        row.what,
        f"{row.measured:,.3g}" if row.measured < 1000 else f"{row.measured:,.0f}",
        "" if row.ratio is None else f"{row.ratio:.2f}",
        row.bar,
        "" if row.peak_mib is None else f"{row.peak_mib:,.0f} MiB",
    ]


def best_s(call: Callable[[], object], rounds: int = 12) -> float:
    """Give the shortest of several runs; the first, which may compile or warm up, is left out."""
    call()
    best = float("inf")
    for _ in range(rounds):
        begin = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - begin)
    return best


@contextmanager
def one_core() -> Iterator[None]:
    """Let the library use one core only."""
    workers, fast.workers = fast.workers, lambda: 1
    try:
        yield
    finally:
        fast.workers = workers


def apart(script: str, contender: str, *arguments: object) -> tuple[float, float]:
    """Run one contender of a script in a process of its own: its seconds, and its peak MiB."""
    command = [sys.executable, script, "--only", contender, *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    answer = json.loads(done.stdout.splitlines()[-1])
    return answer["seconds"], answer["peak_mib"]


def tell(seconds: float) -> None:
    """Hand what `apart` asked for to it."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mib": peak}))


def show(*tables: Table, as_json: bool) -> None:
    """Print tables for people, or for the runner that gathers them."""
    for table in tables:
        print(json.dumps(asdict(table)) if as_json else table.to_markdown())
