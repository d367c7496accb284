"""Loads as they are in; what a fix makes of them, and what it costs, out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_choice, check_count
from kafka_sizing.fixes.peaks import peaks_of
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.partitioners import Partitioner
from kafka_sizing.partitions.hotspots import find_hot
from kafka_sizing.partitions.lines import Line, hot_lines
from kafka_sizing.partitions.placement import PartitionLoads, null_loads, place
from kafka_sizing.units import format_share

if TYPE_CHECKING:
    import pandas as pd

OrderingScope = Literal["per key", "per shard", "per key and slice", "none"]

_ROUNDING = 1e-9  # shares are sums of many parts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """What one fix makes of a topic: the new loads, and what they cost."""

    fix: Fix
    loads: PartitionLoads
    line: Line  #: above it a partition is hot; it stays where it is, in units of load
    ordering_scope: OrderingScope  #: records that share this keep their order
    ordering_note: str
    producer_change: str
    consumer_change: str
    read_fan_in: int  #: shards or partitions to read for all records of one key
    state_copies: int  #: partitions, at most, that hold state of one key
    moved_key_share: float  #: keys with any record that goes elsewhere than "as is"
    moved_load_share: float  #: part of the load that goes elsewhere than "as is"
    notes: tuple[str, ...] = ()
    is_noise: bool = False  #: what is above the line, the noise of the sample explains
    long_run_max_share: float | None = None  #: over all slices, where loads change with time

    def __post_init__(self) -> None:
        check_choice("ordering_scope", self.ordering_scope, get_args(OrderingScope))
        for name in ("read_fan_in", "state_copies"):
            object.__setattr__(self, name, check_count(name, getattr(self, name)))
        for name in ("moved_key_share", "moved_load_share"):
            share = float(getattr(self, name))
            if not -_ROUNDING <= share <= 1 + _ROUNDING:
                raise ValueError(f"{name} must be a share in [0, 1], got {share}")
            object.__setattr__(self, name, min(1.0, max(0.0, share)))

    @property
    def name(self) -> str:
        """The fix in a few words."""
        return self.fix.name

    @property
    def peak_share(self) -> float:
        """The hottest partition's part of the total."""
        return self.loads.max_share

    @property
    def imbalance_ratio(self) -> float:
        """Largest load over the even share."""
        return self.loads.imbalance_ratio

    @property
    def throughput_ceiling(self) -> float | None:
        """What the topic carries until its hottest partition is full, in ``loads.unit``.

        None without a capacity, or without a load.
        """
        if self.line.name != "capacity" or not self.peak_share:
            return None
        return self.line.load / self.peak_share

    @property
    def hot_partitions(self) -> int:
        """How many partitions are above the line."""
        above = self.loads.loads[self.loads.loads > self.line.load]
        return sum(map(self.line.is_crossed_by, above.tolist()))

    @property
    def is_known(self) -> bool:
        """Whether the margin of the loads leaves no doubt if a partition is above the line."""
        return self.loads.decides(self.line.load)

    @property
    def fits(self) -> bool:
        """Whether no partition is above the line, noise of the sample aside, and that is known."""
        return self.is_known and (self.is_noise or not self.hot_partitions)

    def to_frame(self) -> pd.DataFrame:
        """One row: fix, partitions, peak_share, imbalance_ratio, …, fits."""
        import pandas as pd

        return pd.DataFrame([row_of(self)])

    def __repr__(self) -> str:
        """Say which fix, what it leaves on the hottest partition, and what order it keeps."""
        return (
            f"Outcome({self.name!r}, {self.loads.partitions:,} partitions, "
            f"peak_share={self.peak_share:.4f}, ordering_scope={self.ordering_scope!r}, "
            f"fits={self.fits})"
        )

    def _repr_html_(self) -> str:
        return self.to_frame().to_html(index=False)


class Fix(ABC):
    """A change to how records are placed. A frozen dataclass that says what it would do.

    A fix of your own needs a ``name`` and ``applied_to``.
    """

    __slots__ = ()

    @property
    @abstractmethod
    def name(self) -> str:
        """The fix in a few words, such as "composite key, 8 shards"."""

    @property
    def intrusiveness(self) -> int:
        """How much has to change; of several that fit, `compare_fixes` takes the lowest."""
        return 7

    @property
    def is_hashed(self) -> bool:
        """Whether a hash decides where the fix puts load; False for tables and even spread."""
        return True

    def hashed_shares(self, before: PartitionLoads) -> KeyLoads | NDArray[np.float64] | None:
        """Give what the hash places, as shares of the load; None where that is not known."""
        del before
        return None

    def drawn_peaks(self, before: PartitionLoads, partitions: int) -> NDArray[np.float64] | None:
        """Give the hottest partition's share under thousands of random hashes.

        None where they cannot be drawn as shares that a hash places.
        """
        shares = self.hashed_shares(before)
        return None if shares is None else peaks_of(shares, partitions, placed_keys(before)[2])

    def replayed_peaks(self, before: PartitionLoads, replays: range) -> NDArray[np.float64] | None:
        """Give the same where each has to be played, by number; None: nothing to play."""
        del before, replays
        return None

    def with_certainty(self, certainty: float) -> Fix:
        """Give the fix as it chooses its numbers if it must hold so surely. (0, 1)."""
        del certainty
        return self

    @abstractmethod
    def applied_to(self, before: PartitionLoads, *, line: Line) -> Outcome:
        """Give the outcome for loads that `place` gave, under a line that makes hot."""

    def evaluate(
        self,
        keys: KeyLoads,
        partitions: int,
        *,
        capacity: float | None = None,
        partitioner: Partitioner | str = "java",
    ) -> Outcome:
        """Work out what the fix does for these keys.

        Parameters
        ----------
        keys : KeyLoads
            The keys and their loads.
        partitions : int
            How many partitions the topic has today. [1, 10,000,000]
        capacity : float, optional
            What one partition carries; above it a partition is hot. Without it 1.5 times
            today's even share stands in. [``keys.unit``] > 0
        partitioner : Partitioner or str, default "java"
            What places keys today.

        Returns
        -------
        Outcome
            The new loads and what they cost.

        Raises
        ------
        ValueError
            If an argument is out of range, or the fix does not apply to such a topic.
        """
        before = place(keys, partitions, partitioner=partitioner)
        return self.applied_to(before, line=line_for(before, capacity))


@dataclass(frozen=True, slots=True)
class AsIs(Fix):
    """No change: what every fix is measured against."""

    @property
    def name(self) -> str:
        """The words "as is"."""
        return "as is"

    @property
    def intrusiveness(self) -> int:
        """Nothing changes."""
        return 0

    def hashed_shares(self, before: PartitionLoads) -> KeyLoads | NDArray[np.float64] | None:
        """Give the keys."""
        return before.keys

    def applied_to(self, before: PartitionLoads, *, line: Line) -> Outcome:
        """Give the loads as they are."""
        return unchanged(self, before, line)


def unchanged(fix: Fix, before: PartitionLoads, line: Line) -> Outcome:
    """Give the outcome of a fix that changes nothing."""
    return Outcome(
        fix=fix,
        loads=before,
        line=line,
        ordering_scope="per key",
        ordering_note="records of a key stay in order",
        producer_change="none",
        consumer_change="none",
        read_fan_in=1,
        state_copies=1,
        moved_key_share=0.0,
        moved_load_share=0.0,
        is_noise=_is_noise(before, line),
    )


def keeps(scope: OrderingScope, need: OrderingScope) -> bool:
    """Whether records that keep their order within a scope keep the order that is needed.

    A shard may span slices and a slice shards: neither has the order of the other.
    """
    return need == "none" or scope in ("per key", need)


def cost_of(outcome: Outcome) -> tuple[int, int, float]:
    """Order fixes by cost: how much changes, then the fan-in, then the load that moves."""
    return outcome.fix.intrusiveness, outcome.read_fan_in, outcome.moved_load_share


def peak_text(outcome: Outcome) -> str:
    """Write the hottest partition's share, and by how much it may differ."""
    share, margin = format_share(outcome.peak_share), outcome.loads.margin
    return f"{share} ± {format_share(margin / outcome.loads.total)}" if margin else share


def row_of(outcome: Outcome) -> dict[str, Any]:
    """Give the figures of an outcome by name: a row of a table."""
    ceiling = outcome.throughput_ceiling
    return {
        "fix": outcome.name,
        "partitions": outcome.loads.partitions,
        "peak_share": outcome.peak_share,
        "imbalance_ratio": outcome.imbalance_ratio,
        "throughput_ceiling": np.nan if ceiling is None else ceiling,
        "hot_partitions": outcome.hot_partitions,
        "ordering_scope": outcome.ordering_scope,
        "read_fan_in": outcome.read_fan_in,
        "state_copies": outcome.state_copies,
        "moved_key_share": outcome.moved_key_share,
        "moved_load_share": outcome.moved_load_share,
        "fits": outcome.fits,
    }


def line_for(before: PartitionLoads, capacity: float | None, ratio: float | None = None) -> Line:
    """Draw the line that makes a partition hot, as `find_hot` does: of several the lowest."""
    return min(hot_lines(before, capacity=capacity, ratio=ratio), key=lambda line: line.load)


def placed_keys(before: PartitionLoads) -> tuple[KeyLoads, NDArray[np.int32], Partitioner]:
    """Give the keys, where they stand and what put them there; refuse loads without them."""
    keys, placed, partitioner = before.keys, before.partition_of_key, before.partitioner
    if keys is None or placed is None or partitioner is None:
        raise ValueError("loads must come with their keys, as place gives them, got none")
    return keys, placed, partitioner


def loads_of_null_keys(before: PartitionLoads) -> NDArray[np.float64]:
    """Give the load of each partition that has no key; no fix of the keys moves it."""
    keys, _, partitioner = placed_keys(before)
    return null_loads(keys, before.partitions, partitioner)


def _is_noise(before: PartitionLoads, line: Line) -> bool:
    """Whether something is above the line, and all of it may be the noise of a sample."""
    if before.keys is None or before.keys.sample_size is None or not line.load:
        return False
    report = find_hot(before, capacity=line.load, most_partitions=before.partitions)
    return bool(report.hot) and report.fits
