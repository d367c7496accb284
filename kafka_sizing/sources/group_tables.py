"""What kafka-consumer-groups.sh prints, time after time, in; its rows as a `Table` out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kafka_sizing.sources.cells import Table
from kafka_sizing.sources.times import seconds_of

_HEADER: Final = re.compile(
    r"\s*(?:GROUP\s+)?TOPIC\s+PARTITION\s+(?:LEADER-EPOCH\s+)?CURRENT-OFFSET\s+LOG-END-OFFSET\s+LAG"
    r"(?:\s+.*)?"
)
_SAID: Final = re.compile(  # what stands between tables and says nothing about offsets
    r"\s*(?:$|\$|#|\[|Consumer group|Warning|Error|Note|OpenJDK|Picked up|WARN)", re.IGNORECASE
)
_OURS: Final = {
    "GROUP": "group",
    "TOPIC": "topic",
    "PARTITION": "partition",
    "CURRENT-OFFSET": "committed_offset",
    "LOG-END-OFFSET": "end_offset",
    "LAG": "lag",
    "CONSUMER-ID": "member",
}
_NUMBER: Final = "-|-?[0-9]+"
_CELLS: Final = {
    "GROUP": r"\S.*?",  # a group may have a space in its name, a topic may not
    "TOPIC": "[A-Za-z0-9._-]+",
    "PARTITION": "-|[0-9]+",
    "LEADER-EPOCH": _NUMBER,
    "CURRENT-OFFSET": _NUMBER,
    "LOG-END-OFFSET": "-|[0-9]+",
    "LAG": _NUMBER,
}
_MEMBER: Final = re.compile(r"(?P<member>.*?)\s+/\S*(?:\s.*)?")  # a host begins with a slash


@dataclass(frozen=True, slots=True)
class _Header:
    """The columns of a table, and the shape of its rows."""

    names: tuple[str, ...]
    row: re.Pattern[str]

    @classmethod
    def of(cls, line: str) -> _Header:
        names = tuple(line.split())
        cells = r"\s+".join(f"({_CELLS[name]})" for name in names if name in _CELLS)
        return cls(names, re.compile(rf"\s*{cells}(?:\s+(.*))?"))

    def cells(self, line: str) -> dict[str, str] | None:
        """Take a row apart; None if it is none."""
        match = self.row.fullmatch(line)
        if match is None:
            return None
        named = [name for name in self.names if name in _CELLS]
        *cells, rest = match.groups()
        found = dict(zip(named, cells, strict=True))
        if "CONSUMER-ID" in self.names:
            found["CONSUMER-ID"] = _member_in(rest or "")
        return {_OURS[name]: cell for name, cell in found.items() if name in _OURS}

    def fault(self, line: str) -> str:
        """Say what is wrong with a line that is no row."""
        words = line.split()
        least = [name for name in self.names if name in _CELLS]
        if len(words) < len(least):
            return f"must have {len(self.names)} columns as the header has, got {len(words)}"
        name, word = next(
            (name, word)
            for name, word in zip(least, words, strict=False)
            if not re.fullmatch(_CELLS[name], word)
        )
        wanted = "a name" if name == "TOPIC" else "a whole number or -"
        return f"column {name}: must be {wanted}, got {word[:60]!r}"


@dataclass(frozen=True, slots=True)
class _Time:
    """A time that a line holds."""

    text: str
    seconds: float
    line: int


def find_header(lines: Sequence[str]) -> int | None:
    """Find the first line that heads such a table."""
    return next((at for at, line in enumerate(lines) if _HEADER.fullmatch(line)), None)


def read_group_tables(path: str, lines: Sequence[str]) -> Table:
    """Read all tables in the order they were printed.

    A line that is a time holds for the tables below it; for one group, times never go back.
    Without any, the column ``table`` says which rows were printed together.
    """
    import pandas as pd

    header: _Header | None = None
    rows: list[dict[str, object]] = []
    numbers: list[int] = []
    time: _Time | None = None
    latest: dict[str, _Time] = {}  # of each group
    tables = 0
    for number, line in enumerate(lines, start=1):
        if _HEADER.fullmatch(line):
            header, tables = _Header.of(line), tables + 1
            continue
        cells = None if header is None else header.cells(line)
        if cells is not None:
            rows.append({**cells, "time": None if time is None else time.text, "table": tables})
            numbers.append(number)
            if time is not None:
                before = latest.setdefault(cells.get("group", ""), time)
                if time.seconds < before.seconds:
                    raise ValueError(
                        f"{path}, line {time.line}: must be no earlier than the time before it, "
                        f"{before.text!r}, got {time.text!r}"
                    )
                latest[cells.get("group", "")] = time
        elif (seen := _time_in(line, number)) is not None:
            time = seen
        elif not _SAID.match(line) and header is not None:
            raise ValueError(f"{path}, line {number}{_colon(header.fault(line))}")
    if not rows:
        raise ValueError(f"{path} must hold a row below its header, got none")
    frame = pd.DataFrame(rows, index=numbers, dtype=object)
    frame = frame.fillna({name: "-" for name in frame if name not in ("time", "table")})
    if time is None:
        frame = frame.drop(columns="time")
    elif frame["time"].isna().any():
        first = frame.index[frame["time"].isna()][0]
        raise ValueError(
            f"{path}, line {first}: must stand below a line with the time, as later rows do"
        )
    theirs = {ours: name for name, ours in _OURS.items()}
    return Table(path=path, frame=frame, columns=theirs)


def _colon(fault: str) -> str:
    return f", {fault}" if fault.startswith("column") else f": {fault}"


def _time_in(text: str, line: int) -> _Time | None:
    """Give the time a line holds, if it holds nothing else."""
    text = text.strip().strip("#=-[] \t")
    seconds = seconds_of(text) if text else None
    return None if seconds is None else _Time(text, seconds, line)


def _member_in(rest: str) -> str:
    match = _MEMBER.fullmatch(rest)
    if match is not None:
        return match["member"].strip()
    return next(iter(rest.split()), "-")
