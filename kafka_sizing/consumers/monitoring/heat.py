"""Lag that grew in; partitions that get more than most, and than their readers can do, out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kafka_sizing.consumers.monitoring.causes import Suspect, count, rate
from kafka_sizing.consumers.monitoring.growth import Columns, Growth, Mask, extent
from kafka_sizing.consumers.monitoring.samples import NOBODY
from kafka_sizing.consumers.monitoring.thresholds import threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heat:
    """What a partition got and its reader did while it fell behind."""

    column: int
    came_records_per_s: float
    read_records_per_s: float
    usual_records_per_s: float  # median of what the others got
    reader_records_per_s: float | None  # what its reader read in all; None: not known
    siblings: int  # other partitions of its reader, most of the time

    @property
    def fits_alone(self) -> bool:
        """Whether its reader would keep up if it read nothing else."""
        whole = self.reader_records_per_s
        return whole is not None and whole >= self.came_records_per_s and self.siblings > 0


def judge_heat(growth: Growth) -> list[Suspect]:
    """Find partitions that fall behind while most others do not, for they get more.

    What their readers read in all, if owners are known, tells those that are too much for any
    member from those that would do with a reader of their own.
    """
    narrow = growth.rising_share <= threshold("narrow_share")
    cells = growth.rising & narrow[:, None] & growth.valid
    grown = np.where(cells, growth.records, 0.0).sum(axis=0)
    whole = growth.records.sum(axis=0)
    enough = (grown > 0) & (grown >= threshold("hot_alone_share") * whole)
    all_grown = np.maximum(np.diff(growth.timeline.lag, axis=0), 0.0).sum()
    least = max(threshold("least_share") * whole.sum(), threshold("least_hot_share") * all_grown)
    candidates = np.flatnonzero(enough & (grown >= least))
    others = np.setdiff1d(np.flatnonzero(growth.valid), candidates)
    heats = [
        heat
        for column in (candidates.tolist() if others.size else ())
        if (heat := _heat(growth, column, cells, others)) is not None
    ]
    sorts = ([heat for heat in heats if heat.fits_alone == alone] for alone in (False, True))
    return [_suspect(growth, some) for some in sorts if some]


def _heat(growth: Growth, column: int, cells: Mask, others: Columns) -> _Heat | None:
    """Measure what a partition got and how it was read; None if it is not hot.

    It is not if it gets no more than the others do, or is read more slowly than it was.
    """
    timeline, rows = growth.timeline, cells[:, column]
    lasted = float(timeline.steps_s[rows].sum())
    others = others[timeline.seen[rows][:, others].mean(axis=0) > 0.5]  # the rest came later
    if not others.size:
        return None
    usual = float(np.median(timeline.arrived[rows][:, others].sum(axis=0))) / lasted
    came = float(timeline.arrived[rows, column].sum()) / lasted
    read = float(timeline.read[rows, column].sum()) / lasted
    before = growth.read_before(column, int(np.flatnonzero(rows)[0]))
    slower = before is not None and read < threshold("slow_ratio") * before
    if slower or came < threshold("hot_ratio") * usual:
        return None
    owner = timeline.last_owner[:-1][rows]
    same = (owner == owner[:, [column]]) & (owner != NOBODY)
    whole = float(timeline.read[rows][same].sum()) / lasted
    counted = same & (timeline.usual_records_per_s > 0)
    return _Heat(
        column=column,
        came_records_per_s=came,
        read_records_per_s=read,
        usual_records_per_s=usual,
        reader_records_per_s=whole if same[:, column].all() else None,
        siblings=max(int(np.median(counted.sum(axis=1))) - 1, 0),
    )


def _suspect(growth: Growth, heats: list[_Heat]) -> Suspect:
    """Put partitions together that are hot in the same way."""
    worst = max(heats, key=lambda heat: heat.came_records_per_s - heat.read_records_per_s)
    columns = np.array(sorted(heat.column for heat in heats), dtype=np.int64)
    cells = np.zeros_like(growth.rising)
    cells[:, columns] = growth.rising[:, columns]
    begin, end = extent(cells)
    came, usual = worst.came_records_per_s, worst.usual_records_per_s
    more = f"{came / usual:,.1f} × the median partition" if usual else "and others none"
    evidence = (
        f"{growth.timeline.partitions[worst.column]} gets {rate(came)}, {more}, and is read at "
        f"{rate(worst.read_records_per_s)}, while most others keep up"
    )
    advice = None
    if worst.fits_alone and worst.reader_records_per_s is not None:
        evidence += (
            f"; its reader also reads {count(worst.siblings, 'other partition')}, and with "
            f"{'it' if worst.siblings == 1 else 'them'} {rate(worst.reader_records_per_s)}"
        )
        advice = (
            "Give it a reader of its own: more members, or an assignor that looks at load. Alone, "
            "a member can read it."
        )
    elif worst.reader_records_per_s is None:
        advice = (
            f"If no member can read {rate(came)}, more members cannot help, as one partition has "
            "one reader: find the key that heats it (find_hot), split or move it, or make its "
            "handling faster. If one can, give the partition a reader of its own."
        )
    return Suspect(
        cause="group too small" if worst.fits_alone else "one hot partition",
        columns=columns,
        members=growth.owners_of(columns, begin),
        cells=cells,
        starts_s=float(growth.timeline.times_s[begin]),
        ends_s=growth.end_s(end),
        evidence=evidence,
        confidence="high",
        is_firm=True,
        advice=advice,
    )
