"""The keys of a design and candidate counts in; what the hottest partition carries at each out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import ROUNDING
from kafka_sizing.partitions.limits import Limit
from kafka_sizing.partitions.sweep import sweep_partitions
from kafka_sizing.topic.design import Keys
from kafka_sizing.units import format_share


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeyedCount:
    """What the real keys ask of the count: their hottest partition must not be too full."""

    most_share: float  #: largest part of the load that one partition can take
    most_share_of: str  #: the need that sets it
    hottest_key_share: float
    counts: NDArray[np.int64]  #: those tried, rising
    max_shares: NDArray[np.float64]  #: the hottest partition's part, at each
    partitioner: str

    def fits(self, count: int) -> bool:
        """Whether the hottest partition takes its load at a count that was tried."""
        return self.max_share(count) <= self.most_share * (1 + ROUNDING)

    def max_share(self, count: int) -> float:
        """The hottest partition's part of the load, at a count that was tried."""
        return float(self.max_shares[np.searchsorted(self.counts, count)])

    def first_from(self, least: int) -> int | None:
        """The first count tried, from ``least`` on, that fits; None if none does."""
        fits = (self.counts >= least) & (self.max_shares <= self.most_share * (1 + ROUNDING))
        return int(self.counts[fits][0]) if fits.any() else None

    @property
    def searched_to(self) -> int:
        """Largest count tried."""
        return int(self.counts[-1])

    @property
    def one_key_is_too_big(self) -> bool:
        """Whether the hottest key alone is more than a partition takes."""
        return self.hottest_key_share > self.most_share * (1 + ROUNDING)

    def limit_at(self, count: int) -> Limit:
        """Say what the keys ask for, beside a count that was tried."""
        share = format_share(self.max_share(count))
        takes = f"{self.most_share_of!r} leaves a partition {format_share(self.most_share)}"
        if self.fits(count):
            needed: int | None = count
            reason = f"the hottest partition carries {share} at {count:,}, and {takes}"
        elif self.one_key_is_too_big:
            needed = None
            reason = (
                f"the hottest key writes {format_share(self.hottest_key_share)}, and {takes}: "
                "more partitions cannot help"
            )
        else:
            needed = self.first_from(count)
            found = (
                f"{needed:,} partitions are the next to fit"
                if needed
                else f"no count up to {self.searched_to:,} fits"
            )
            reason = f"the hottest partition carries {share} at {count:,}, and {takes}: {found}"
        return Limit(
            name="keys",
            partitions=needed,
            bound="at least",
            kind="exact",
            reason=reason,
            source=f"these keys, placed by the partitioner {self.partitioner!r}",
        )


def keyed_count(
    keys: Keys | None,
    counts: list[int],
    *,
    partitioner: str,
    most_share: float,
    most_share_of: str,
) -> KeyedCount | None:
    """Place the keys at every count; None if only a share, or nothing, is known of them."""
    if keys is None or keys.loads is None:
        return None
    tried = sorted(set(counts))
    sweep = sweep_partitions(keys.loads, tried, partitioner=partitioner)
    return KeyedCount(
        most_share=most_share,
        most_share_of=most_share_of,
        hottest_key_share=sweep.hottest_key_share,
        counts=np.asarray(sweep.partitions),
        max_shares=np.asarray(sweep.max_share),
        partitioner=partitioner,
    )
