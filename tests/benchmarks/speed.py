"""Run every benchmark of speed and size in turn, and write their tables as a page of the docs.

Run: python tests/benchmarks/speed.py docs/benchmarks.md     (needs the extra dev, gcc, Java)
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import platform
import subprocess
import sys
from pathlib import Path

from table import Row, Table

from kafka_sizing.keys import fast

SCRIPTS = ["bench_hashing", "bench_log", "bench_sweep", "bench_growth", "bench_spark"]
PACKAGES = ["numpy", "numba", "pyarrow", "duckdb", "polars", "chdb", "pyspark"]

HEAD = """# Benchmarks

How fast, and in how much memory, side by side with what else there is. All rows of a table were
measured in one run; ratios are what to look at, for they say the same on another machine. To run
them on yours: `python tests/benchmarks/speed.py docs/benchmarks.md`.

{machine}

{findings}
"""


def machine() -> str:
    """Say on what and when."""
    models = [
        line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    model = models[0].partition(": ")[2] if models else platform.processor()
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    today = datetime.datetime.now(tz=datetime.UTC).date()
    return (
        f"Measured on {today:%d %B %Y}: {fast.workers()} cores of {model}, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}, {versions}."
    )


def tables_of(script: str) -> list[Table]:
    """Run one script in a process of its own."""
    path = Path(__file__).with_name(f"{script}.py")
    done = subprocess.run(
        [sys.executable, path, "--json"], check=True, stdout=subprocess.PIPE, text=True
    )
    read = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"title"')]
    return [Table(**{**table, "rows": [Row(**row) for row in table["rows"]]}) for table in read]


def main(page: Path) -> None:
    """Gather all tables; keep what the page says of them in words."""
    findings = ""
    if page.exists():
        findings = page.read_text().partition("<!-- findings -->")[2].partition("<!-- end -->")[0]
    tables = [table for script in SCRIPTS for table in tables_of(script)]
    words = f"<!-- findings -->{findings}<!-- end -->"
    text = HEAD.format(machine=machine(), findings=words)
    page.write_text("\n".join([text, *(table.to_markdown() for table in tables)]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
