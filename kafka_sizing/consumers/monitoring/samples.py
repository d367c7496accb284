"""Offsets of a consumer group as seen now and then in; checked, sorted `LagSamples` out."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    import pandas as pd

NO_COMMIT: Final = -1  # a committed offset that is not there yet
NOBODY: Final = -1  # the owner of a partition that no member reads
_WHOLE_BELOW: Final = 2**63


class TopicPartition(NamedTuple):
    """A partition by its topic and number; reads as Kafka writes it: ``orders-3``."""

    topic: str
    partition: int

    def __str__(self) -> str:
        """Write it as Kafka does."""
        return f"{self.topic}-{self.partition}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LagSamples:
    """What a group had committed, and what was written, at moments in time.

    One row per partition and moment, sorted by partition, then by time; a sample that was
    missed is a row that is absent. Rows may come in any order: they are sorted. Two rows of one
    partition at one time must agree, and count once. A committed offset beyond the end offset
    is kept: tools ask for the two one after the other, so a commit may overtake the end; its
    lag is 0.

    Parameters
    ----------
    partitions : tuple of TopicPartition
        The partitions, each once; numbers in ``partition`` point here.
    times_s : (samples,) numbers
        When each sample was taken, from any zero, such as the epoch. [s]
    partition : (samples,) whole numbers
        Which of ``partitions`` a row is about, from 0.
    committed_offsets : (samples,) whole numbers
        The offset the group reads next; -1: it never committed. >= -1
    end_offsets : (samples,) whole numbers
        The offset that is written next. >= 0
    members : tuple of str, default ()
        The names that numbers in ``owner`` point to.
    owner : (samples,) whole numbers or None, default None
        Which of ``members`` read the partition; -1: nobody. None: owners are not known.

    Raises
    ------
    TypeError
        If a column of whole numbers holds something else than numbers.
    ValueError
        If there is no row, a number is out of range, columns differ in length, a label comes
        twice, or two rows of a partition at one time disagree.

    Examples
    --------
    >>> from kafka_sizing.consumers.monitoring.samples import LagSamples, TopicPartition
    >>> LagSamples(
    ...     partitions=(TopicPartition("orders", 0),),
    ...     times_s=[0, 30],
    ...     partition=[0, 0],
    ...     committed_offsets=[100, 160],
    ...     end_offsets=[120, 200],
    ... )
    LagSamples(2 samples of 1 partition over 30 s, lag=40 records)
    """

    partitions: tuple[TopicPartition, ...]
    times_s: NDArray[np.float64]
    partition: NDArray[np.int64]
    committed_offsets: NDArray[np.int64]
    end_offsets: NDArray[np.int64]
    members: tuple[str, ...] = ()
    owner: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        """Check, sort and freeze the rows."""
        partitions = tuple(TopicPartition(*label) for label in self.partitions)
        _check_labels("partitions", partitions)
        members = tuple(str(name) for name in self.members)
        _check_labels("members", members)
        object.__setattr__(self, "partitions", partitions)
        object.__setattr__(self, "members", members)
        times = np.array(self.times_s, dtype=np.float64)
        if times.ndim != 1 or not times.size:
            raise ValueError(f"times_s must be 1-D with a sample, got shape {times.shape}")
        if not np.isfinite(times).all():
            raise ValueError(f"times_s must be finite, got {times[~np.isfinite(times)][0]}")
        rows = {
            name: _whole_column(name, getattr(self, name), times.size)
            for name in ("partition", "committed_offsets", "end_offsets", "owner")
            if getattr(self, name) is not None
        }
        _check_range("partition", rows["partition"], least=0, most=len(partitions) - 1)
        _check_range("committed_offsets", rows["committed_offsets"], least=NO_COMMIT)
        _check_range("end_offsets", rows["end_offsets"], least=0)
        if "owner" in rows:
            _check_range("owner", rows["owner"], least=NOBODY, most=len(members) - 1)
        order = np.lexsort((times, rows["partition"]))
        times, rows = times[order], {name: column[order] for name, column in rows.items()}
        kept = ~self._repeated(times, rows)
        for name, column in {"times_s": times, **rows}.items():
            frozen = column[kept]
            frozen.flags.writeable = False
            object.__setattr__(self, name, frozen)

    @classmethod
    def from_grid(
        cls,
        times_s: ArrayLike,
        committed_offsets: ArrayLike,
        end_offsets: ArrayLike,
        *,
        partitions: Iterable[tuple[str, int]] | None = None,
        members: Sequence[str] = (),
        owner: ArrayLike | None = None,
        seen: ArrayLike | None = None,
    ) -> LagSamples:
        """Take samples of all partitions at the same moments.

        Parameters
        ----------
        times_s : (moments,) numbers
            When each sample was taken. [s]
        committed_offsets, end_offsets : (moments, partitions) numbers
            As in the fields of that name.
        partitions : sequence of (topic, partition), optional
            Labels of the columns; by default partitions 0, 1, … of "topic".
        members : sequence of str, default ()
            Names that ``owner`` points to.
        owner : (moments, partitions) numbers, optional
            Who reads each partition; -1: nobody.
        seen : (moments, partitions) of bool, optional
            Which samples there are; all by default.

        Returns
        -------
        LagSamples
            A row for each sample seen.

        Raises
        ------
        ValueError
            If shapes do not fit, or as the class says.
        """
        times = np.asarray(times_s, dtype=np.float64)
        ends = np.asarray(end_offsets)
        if times.ndim != 1 or ends.ndim != 2 or ends.shape[0] != times.size:
            raise ValueError(
                "end_offsets must have a row per time and a column per partition, "
                f"got shape {ends.shape} for {times.size:,} times"
            )
        labels = (
            tuple(TopicPartition("topic", number) for number in range(ends.shape[1]))
            if partitions is None
            else tuple(TopicPartition(*label) for label in partitions)
        )
        grids = {"committed_offsets": np.asarray(committed_offsets)}
        if owner is not None:
            grids["owner"] = np.asarray(owner)
        mask = np.ones(ends.shape, np.bool_) if seen is None else np.asarray(seen, dtype=np.bool_)
        for name, shape in {
            **{name: grid.shape for name, grid in grids.items()},
            "seen": mask.shape,
            "partitions": (times.size, len(labels)),
        }.items():
            if shape != ends.shape:
                raise ValueError(
                    f"{name} must have the shape of end_offsets {ends.shape}, got {shape}"
                )
        at, partition = np.nonzero(mask)
        return cls(
            partitions=labels,
            times_s=times[at],
            partition=partition,
            end_offsets=ends[mask],
            members=tuple(members),
            **{name: grid[mask] for name, grid in grids.items()},
        )

    @classmethod
    def from_frame(cls, frame: Any) -> LagSamples:
        """Take a frame of any engine, one row per partition and moment.

        Parameters
        ----------
        frame : data frame
            Columns ``time_s`` [s], or ``time`` or ``timestamp`` (dates, ISO text, seconds since
            the epoch, or milliseconds where they exceed 10**11); ``partition``;
            ``committed_offset`` (null or -1: never committed); ``end_offset`` (null: a sample
            that was missed); perhaps ``topic`` ("topic" if not there) and ``member`` (null:
            nobody).

        Returns
        -------
        LagSamples
            The rows that have an end offset; partitions sorted by topic and number.

        Raises
        ------
        ValueError
            If a column is missing, no row is left, or as the class says.
        """
        from kafka_sizing.consumers.monitoring.frames import samples_of

        return samples_of(frame)

    @property
    def has_commit(self) -> NDArray[np.bool_]:
        """Which rows have a committed offset."""
        return np.not_equal(self.committed_offsets, NO_COMMIT)

    @property
    def is_ahead(self) -> NDArray[np.bool_]:
        """Which rows have a commit beyond the end, by the order in which a tool asked."""
        return np.greater(self.committed_offsets, self.end_offsets)

    @property
    def lags_records(self) -> NDArray[np.int64]:
        """Unread records of each row, >= 0; 0 where nothing was committed yet."""
        lags = np.maximum(self.end_offsets - self.committed_offsets, 0)
        return np.where(self.has_commit, lags, 0)

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Where the rows of each partition begin and end; no rows: where both are equal."""
        bounds = np.searchsorted(self.partition, np.arange(len(self.partitions) + 1))
        return list(itertools.pairwise(bounds.tolist()))

    @property
    def moments_s(self) -> NDArray[np.float64]:
        """Times at which there is a sample of any partition, each once. [s]"""
        return np.unique(self.times_s)

    @property
    def duration_s(self) -> float:
        """From the first sample to the last. [s]"""
        return float(self.times_s.max() - self.times_s.min())

    @property
    def interval_s(self) -> float | None:
        """Median time between two samples of a partition; None if no partition has two. [s]"""
        gaps = np.diff(self.times_s)[np.diff(self.partition) == 0]
        return float(np.median(gaps)) if gaps.size else None

    @property
    def last_lag_records(self) -> int:
        """Unread records of all partitions, each at its last sample."""
        last = [end - 1 for begin, end in self.spans if end > begin]
        return int(self.lags_records[last].sum())

    def rows(self, kept: NDArray[np.bool_] | slice) -> LagSamples:
        """Give these rows alone; partitions and members keep their numbers."""
        return LagSamples(
            partitions=self.partitions,
            times_s=self.times_s[kept],
            partition=self.partition[kept],
            committed_offsets=self.committed_offsets[kept],
            end_offsets=self.end_offsets[kept],
            members=self.members,
            owner=None if self.owner is None else self.owner[kept],
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per sample: time_s, topic, partition, offsets, lag_records, member."""
        import pandas as pd

        committed = pd.array(self.committed_offsets, dtype="Int64")
        lags = pd.array(self.lags_records, dtype="Int64")
        committed[~self.has_commit] = pd.NA
        lags[~self.has_commit] = pd.NA
        topics = np.array([label.topic for label in self.partitions], dtype=object)
        numbers = np.array([label.partition for label in self.partitions], dtype=np.int64)
        frame = pd.DataFrame(
            {
                "time_s": self.times_s,
                "topic": topics[self.partition],
                "partition": numbers[self.partition],
                "committed_offset": committed,
                "end_offset": self.end_offsets,
                "lag_records": lags,
            }
        )
        if self.owner is not None:
            names = np.array([*self.members, None], dtype=object)  # -1 is the last
            frame["member"] = names[self.owner]
        return frame

    def __len__(self) -> int:
        """How many rows there are."""
        return self.times_s.size

    def __repr__(self) -> str:
        """Say how much was seen, and how much is unread."""
        n = len(self.partitions)
        return (
            f"LagSamples({len(self):,} {'sample' if len(self) == 1 else 'samples'} of {n:,} "
            f"{'partition' if n == 1 else 'partitions'} over {self.duration_s:,.0f} s, "
            f"lag={self.last_lag_records:,} records)"
        )

    def _repr_html_(self) -> str:
        return self.to_frame().head(20).to_html(index=False)

    def _repeated(
        self, times: NDArray[np.float64], rows: dict[str, NDArray[np.int64]]
    ) -> NDArray[np.bool_]:
        """Find rows that say again what the row before says; refuse those that disagree."""
        same = np.zeros(times.size, np.bool_)
        same[1:] = (np.diff(times) == 0) & (np.diff(rows["partition"]) == 0)
        for name, column in rows.items():
            differs = same.copy()
            differs[1:] &= np.diff(column) != 0
            if differs.any():
                at = int(np.flatnonzero(differs)[0])
                label = self.partitions[int(rows["partition"][at])]
                raise ValueError(
                    f"{name} must be one value for each partition and time, got "
                    f"{column[at - 1]} and {column[at]} for {label} at {times[at]:.15g} s"
                )
        return same


def _check_labels(name: str, labels: tuple[Any, ...]) -> None:
    if name == "partitions" and not labels:
        raise ValueError("partitions must name at least one, got none")
    if len(set(labels)) < len(labels):
        twice = next(label for label in labels if labels.count(label) > 1)
        raise ValueError(f"{name} must be named once each, got {twice!s} twice")


def _whole_column(name: str, values: ArrayLike, size: int) -> NDArray[np.int64]:
    """Copy a column of whole numbers; refuse others, and those beyond a 64-bit integer."""
    column = np.asarray(values)
    if column.shape != (size,):
        raise ValueError(f"{name} must have a value per time ({size:,}), got shape {column.shape}")
    if column.dtype.kind in "iub" and column.dtype != np.uint64:
        return column.astype(np.int64)
    try:
        numbers = column.astype(np.float64)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be whole numbers, got {column.dtype}") from None
    wrong = ~(np.isfinite(numbers) & (numbers == np.floor(numbers)))
    wrong |= np.abs(numbers) >= _WHOLE_BELOW
    if wrong.any():
        raise ValueError(
            f"{name} must be whole numbers below 2**63, got {column[wrong].tolist()[0]!r}"
        )
    return column.astype(np.int64)


def _check_range(
    name: str, column: NDArray[np.int64], *, least: int, most: int | None = None
) -> None:
    wrong = column < least
    rule = f">= {least}"
    if most is not None:
        wrong |= column > most
        rule = f"in {least} … {most}"
    if wrong.any():
        raise ValueError(f"{name} must be {rule}, got {column[wrong][0]}")
