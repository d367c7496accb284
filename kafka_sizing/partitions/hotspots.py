"""`PartitionLoads` in; which partitions are hot, because of which keys, and what helps, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_count, check_positive, check_type
from kafka_sizing.keys.loads import KeyShare
from kafka_sizing.partitions.hot_wording import LabelOf, explain, undecided
from kafka_sizing.partitions.lines import Line, hot_lines, thresholds
from kafka_sizing.partitions.placement import MOST_PLACED, PartitionLoads
from kafka_sizing.partitions.sampled import SampledLoads, sampled_loads
from kafka_sizing.partitions.separation import (
    Cause,
    CountSearch,
    Heat,
    null_load_of_one,
    search_counts,
)
from kafka_sizing.units import format_load

if TYPE_CHECKING:
    import pandas as pd

KEYS_NAMED: Final = 5  # of those that heat one partition


@dataclass(frozen=True, slots=True, kw_only=True)
class HotKey(KeyShare):
    """A key that heats a partition, and its share of that partition."""

    partition_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HotPartition:
    """A partition above a line, the keys that heat it, and whether more partitions help."""

    partition: int
    load: float
    share: float
    imbalance_ratio: float  #: its load over the even share
    line: Line  #: the line it crossed; of several the lowest
    line_share: float  #: the line as a part of the total
    keys: tuple[HotKey, ...]  #: the heaviest, up to where they cross the line together
    keys_left_out: int  #: further keys that would be needed for that
    cause: Cause
    separating_partitions: int | None  #: first count that helps: see `find_hot`
    searched_to: int  #: largest count tried
    chance: float | None = None  #: of a sample to show this by chance, at most; None: no sample
    margin: float = 0.0  #: by how much the load may differ: see `PartitionLoads`
    light_load: float = 0.0  #: of keys that a sketch does not hold one by one

    @property
    def partitions(self) -> int:
        """How many partitions the topic has."""
        return round(self.imbalance_ratio / self.share)

    @property
    def is_certain(self) -> bool:
        """Whether neither the noise of a sample nor the margin explains that it is above."""
        return self.cause != "noise" and self.line.is_crossed_by(self.load - self.margin)

    @property
    def reason(self) -> str:
        """Why it is hot, and what helps, in one or two sentences."""
        return self.explain()

    def explain(self, label_of: LabelOf | None = None) -> str:
        """Say why it is hot and what helps, with keys named by ``label_of``."""
        return explain(self, label_of or repr)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HotReport:
    """The hot partitions of a topic, hottest first, and the lines that make them hot."""

    loads: PartitionLoads
    lines: tuple[Line, ...]
    hot: tuple[HotPartition, ...]
    first_fitting: int | None  #: first count, the present one included, with nothing above a line
    searched_to: int  #: largest count tried

    @property
    def certain(self) -> tuple[HotPartition, ...]:
        """The hot partitions that neither the noise of the sample nor the margin explains."""
        return tuple(partition for partition in self.hot if partition.is_certain)

    @property
    def is_known(self) -> bool:
        """Whether the margin of the loads leaves no doubt if a partition is above a line."""
        return self.loads.decides(min(self.lines, key=lambda line: line.load).load)

    @property
    def fits(self) -> bool:
        """Whether nothing is above a line, noise of the sample aside, and that is known."""
        return not self.certain and self.is_known

    @property
    def verdict(self) -> str:
        """The answer in one sentence or two."""
        return self.explain()

    def explain(self, label_of: LabelOf | None = None) -> str:
        """Give the answer in a sentence or two, with keys named by ``label_of``."""
        line = min(self.lines, key=lambda line: line.load)
        n = self.loads.partitions
        certain = self.certain
        if not certain and not self.is_known:
            return undecided(self.loads, line)
        if not self.hot:
            hottest = format_load(float(self.loads.loads.max()), self.loads.unit)
            return (
                f"No partition of {n:,} is hot: the hottest, {self.loads.hottest}, carries "
                f"{hottest}, and the line is {format_load(line.load, line.unit)}."
            )
        if not certain:
            return (
                f"No partition of {n:,} is hot for certain: {len(self.hot):,} "
                f"{'is' if len(self.hot) == 1 else 'are'} above the line, but in a sample of this "
                "size that may be chance."
            )
        count = f"{len(certain):,} of {n:,} partitions {'is' if len(certain) == 1 else 'are'} hot"
        return f"{count}. {certain[0].explain(label_of)}"

    def to_frame(self) -> pd.DataFrame:
        """One row per hot partition and key that heats it."""
        import pandas as pd

        columns = [
            "partition",
            "load",
            "share",
            "imbalance_ratio",
            "line",
            "cause",
            "separating_partitions",
            "key",
            "key_load",
            "key_share",
            "key_partition_share",
        ]
        rows = [
            (
                partition.partition,
                partition.load,
                partition.share,
                partition.imbalance_ratio,
                partition.line.name,
                partition.cause,
                partition.separating_partitions,
                *key,
            )
            for partition in self.hot
            for key in _key_rows(partition)
        ]
        frame = pd.DataFrame(rows, columns=columns)
        return frame.astype({"separating_partitions": "Int64"})

    def __repr__(self) -> str:
        """Say how many partitions are hot, noise aside, and which carries most."""
        return (
            f"HotReport({len(self.certain):,} of {self.loads.partitions:,} partitions hot, "
            f"hottest={self.loads.hottest}, max_share={self.loads.max_share:.4f})"
        )

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(self.verdict)}</p>" + self.to_frame().head(20).to_html(index=False)


def find_hot(
    loads: PartitionLoads,
    *,
    capacity: float | None = None,
    ratio: float | None = None,
    sample_size: float | None = None,
    most_partitions: int | None = None,
) -> HotReport:
    """Find the partitions above a line, the keys that heat them, and what could help.

    Parameters
    ----------
    loads : PartitionLoads
        What `place` returns. Without keys, causes rest on the loads alone.
    capacity : float, optional
        What one partition, or the member that reads it, can carry. [``loads.unit``] > 0
    ratio : float, optional
        Largest multiple of the even share to accept. >= 1; 1.5, a rule of thumb, if neither
        this nor a capacity is given.
    sample_size : float, optional
        How many records the loads come from; by default what their keys say. None: the loads are
        no sample, and nothing is taken for noise. > 0
    most_partitions : int, optional
        How far to look for a count that helps; by default 8 times the present one, at least
        200, and less for millions of keys.

    Returns
    -------
    HotReport
        The hot partitions, hottest first, each with its cause: "one key" (alone above the
        line, so more partitions cannot help), "null keys" (all of them on one partition),
        "several keys" (which more partitions may separate: the first count at which all of
        these keys are below the line), "too few partitions" (even spread would cross the line:
        the first count at which nothing does), or "noise" (the
        sample is too small to tell its share from the line), or "unknown" (loads without keys).

    Raises
    ------
    TypeError
        If ``loads`` is no `PartitionLoads`.
    ValueError
        If the capacity, the ratio or the size of the sample is out of range.

    Notes
    -----
    A line stays where it is, in units of load, when other counts are tried: what a partition
    can carry does not change with their number.

    In a sample a partition is hot for certain if an exact one-sided binomial test rejects that
    its true share is at most the line's, at 5 % over all partitions (Bonferroni). So in at most 5
    of 100 samples a partition is called hot for certain that is not, be the keys even or
    uneven: docs/howto/trust_a_sample.md has the false alarms by simulation. Records that weigh
    unequally, in bytes, are held to Bennett's inequality instead, which asks for more of them.
    Few even keys may still be hot: what the hash does with them it does again tomorrow, and that
    is no noise.

    Examples
    --------
    >>> from kafka_sizing import KeyLoads, find_hot, place
    >>> keys = KeyLoads(["UA", "B6", "EV", "DL"], [60, 20, 15, 5])
    >>> report = find_hot(place(keys, 4), capacity=50)
    >>> report.hot[0].cause, report.first_fitting is None
    ('one key', True)
    """
    check_type("loads", loads, PartitionLoads, "place")
    lines = hot_lines(loads, capacity=capacity, ratio=ratio)
    if sample_size is not None:
        check_positive("sample_size", sample_size)
    if most_partitions is not None:
        check_count("most_partitions", most_partitions, most=MOST_PLACED)
    sample = sampled_loads(loads, sample_size)
    line = min(lines, key=lambda line: line.load)
    order = np.argsort(-loads.loads, kind="stable")
    above = [at for at in order.tolist() if line.is_crossed_by(float(loads.loads[at]))]
    heats = [
        _heat(loads, at, there, line, sample)
        for at, there in zip(above, _keys_on(loads, above), strict=True)
    ]
    search = search_counts(loads, line, heats, most_partitions)
    return HotReport(
        loads=loads,
        lines=lines,
        hot=tuple(_hot_partition(loads, line, heat, search) for heat in heats),
        first_fitting=search.first_fitting,
        searched_to=search.searched_to,
    )


def _key_rows(hot: HotPartition) -> list[tuple[str | bytes | None, float, float, float]]:
    if not hot.keys:
        return [(None, np.nan, np.nan, np.nan)]
    return [(key.key, key.load, key.share, key.partition_share) for key in hot.keys]


def _keys_on(loads: PartitionLoads, partitions: list[int]) -> list[NDArray[np.int64]]:
    """Give the keys of each of these partitions by falling load; ties in their order."""
    if loads.keys is None or loads.partition_of_key is None:
        return [np.empty(0, np.int64)] * len(partitions)
    wanted = np.zeros(loads.partitions, np.bool_)
    wanted[partitions] = True
    placed = loads.partition_of_key[: loads.keys.named]
    there = np.flatnonzero((placed >= 0) & wanted[placed])
    there = there[np.lexsort((-loads.keys.loads[there], placed[there]))]
    begins = np.searchsorted(placed[there], partitions, side="left").tolist()
    ends = np.searchsorted(placed[there], partitions, side="right").tolist()
    return [there[begin:end] for begin, end in zip(begins, ends, strict=True)]


def _heat(
    loads: PartitionLoads,
    partition: int,
    there: NDArray[np.int64],
    line: Line,
    sample: SampledLoads | None,
) -> Heat:
    """Find the fewest keys that take a partition above the line, and name the cause."""
    load, keys = float(loads.loads[partition]), loads.keys
    chance = None if sample is None else sample.chance(load, line.load)
    is_noise = chance is not None and chance > thresholds()["significance"]["value"]
    if keys is None or loads.partition_of_key is None:
        cause: Cause = "noise" if is_noise else "unknown"
        return Heat(partition=partition, keys=there, cause=cause, chance=chance)
    together = np.cumsum(keys.loads[there])
    spread = load - float(together[-1]) if there.size else load
    enough = int(np.searchsorted(spread + together, line.load, side="right")) + 1
    null_load = _null_load_on(loads, partition)
    heaviest = float(keys.loads[there[0]]) if there.size else 0.0
    cause = "several keys"
    if is_noise:
        cause = "noise"
    elif line.is_crossed_by(null_load):
        cause = "null keys"
    elif line.is_crossed_by(heaviest):
        cause = "one key"
    elif line.is_crossed_by(loads.even_share):
        cause = "too few partitions"
    if cause != "one key" and line.is_crossed_by(spread):
        enough = 0
    return Heat(partition=partition, keys=there[:enough], cause=cause, chance=chance)


def _null_load_on(loads: PartitionLoads, partition: int) -> float:
    """Give the load of null keys, if the client puts all of it on this partition."""
    null_load = null_load_of_one(loads)
    if not null_load or loads.partitioner is None:
        return 0.0
    return null_load if loads.partitioner.null_partition(loads.partitions) == partition else 0.0


def _light_load_on(loads: PartitionLoads, partition: int) -> float:
    """Give the load of the bins of a sketch on a partition; 0 where keys are no sketch."""
    if loads.keys is None or loads.partition_of_key is None:
        return 0.0
    bins = slice(loads.keys.named, None)
    return float(loads.keys.loads[bins][loads.partition_of_key[bins] == partition].sum())


def _hot_partition(
    loads: PartitionLoads, line: Line, heat: Heat, search: CountSearch
) -> HotPartition:
    load = float(loads.loads[heat.partition])
    named = loads.keys.key_shares(heat.keys[:KEYS_NAMED]) if loads.keys is not None else ()
    return HotPartition(
        partition=heat.partition,
        load=load,
        share=load / loads.total,
        imbalance_ratio=load / loads.even_share,
        line=line,
        line_share=line.load / loads.total,
        keys=tuple(
            HotKey(key=key.key, load=key.load, share=key.share, partition_share=key.load / load)
            for key in named
        ),
        keys_left_out=max(0, len(heat.keys) - KEYS_NAMED),
        cause=heat.cause,
        separating_partitions=search.separating.get(heat.partition),
        searched_to=search.searched_to,
        chance=heat.chance,
        margin=loads.margin,
        light_load=_light_load_on(loads, heat.partition),
    )
