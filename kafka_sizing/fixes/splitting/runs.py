"""A scheme and a stream in; the loads it would make, and what they cost in state, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kafka_sizing._checks import check_count, check_type
from kafka_sizing.fixes.splitting.bounds import most_imbalance_records
from kafka_sizing.fixes.splitting.candidates import Candidates
from kafka_sizing.fixes.splitting.scheme import SplittingScheme
from kafka_sizing.fixes.splitting.states import StateCosts, states_of
from kafka_sizing.partitions.placement import MOST_PLACED
from kafka_sizing.partitions.skew import imbalance_ratio
from kafka_sizing.units import format_share

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SplitRun:
    """What a scheme made of one stream: loads, and on how many partitions keys lie."""

    scheme: SplittingScheme
    loads_by_producer: NDArray[np.int64]  #: (producers, partitions) [records]
    states: StateCosts  #: counted, not bounded

    def __post_init__(self) -> None:
        loads = np.array(self.loads_by_producer, dtype=np.int64)
        loads.flags.writeable = False
        object.__setattr__(self, "loads_by_producer", loads)

    @property
    def partitions(self) -> int:
        """How many partitions there are."""
        return int(self.loads_by_producer.shape[1])

    @property
    def loads_records(self) -> NDArray[np.int64]:
        """The records of each partition."""
        loads: NDArray[np.int64] = self.loads_by_producer.sum(axis=0)
        return loads

    @property
    def records(self) -> int:
        """How many records the stream had."""
        return int(self.loads_by_producer.sum())

    @property
    def imbalance_records(self) -> float:
        """The imbalance I of the literature: largest load less the mean. [records]"""
        loads = self.loads_records
        return float(loads.max() - loads.mean())

    @property
    def imbalance_share(self) -> float:
        """Imbalance as a share of all records: the fraction I / m of published tables."""
        return self.imbalance_records / self.records

    @property
    def imbalance_ratio(self) -> float:
        """Largest load over the even share: 1 + partitions × ``imbalance_share``."""
        return imbalance_ratio(self.loads_records)

    @property
    def most_imbalance_records(self) -> float:
        """The sum of the producers' own imbalances, which the imbalance cannot exceed."""
        return most_imbalance_records(self.loads_by_producer)

    @property
    def reason(self) -> str:
        """What came out, in words."""
        return (
            f"{self.scheme.name}: the fullest of {self.partitions:,} partitions holds "
            f"{format_share(float(self.loads_records.max()) / self.records)} of "
            f"{self.records:,} records, {self.imbalance_ratio:.3g} × the even share; "
            f"{self.states.states_per_key:.3g} states per key"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per partition: partition, records, share."""
        import pandas as pd

        loads = self.loads_records
        return pd.DataFrame(
            {
                "partition": np.arange(self.partitions),
                "records": loads,
                "share": loads / self.records,
            }
        )

    def __repr__(self) -> str:
        """Say which scheme, how many records and partitions, and how uneven."""
        return (
            f"SplitRun({self.scheme.name!r}, {self.records:,} records, "
            f"{self.partitions:,} partitions, imbalance_share={self.imbalance_share:.3g})"
        )

    def _repr_html_(self) -> str:
        return self.to_frame().head(20).to_html(index=False)


def simulate_scheme(
    scheme: SplittingScheme,
    stream: ArrayLike,
    partitions: int,
    *,
    candidates: Candidates | None = None,
    rng: int | np.random.Generator | None = None,
) -> SplitRun:
    """Play a stream of records through a scheme.

    Parameters
    ----------
    scheme : SplittingScheme
        How a partition is chosen; it says how many producers write.
    stream : array_like of int, shape (records,)
        The key of each record, numbered from 0, as `stream_of` gives it.
    partitions : int
        How many partitions there are. [1, 10,000,000]
    candidates : Candidates, optional
        Which partitions each key may be given; drawn at random without it.
    rng : int, numpy.random.Generator or None, default None
        Seed or generator of that draw; None: a new one each time.

    Returns
    -------
    SplitRun
        The loads, and the states that readers would hold.

    Raises
    ------
    TypeError
        If ``scheme`` is none.
    ValueError
        If the stream is no list of key numbers, the candidates are for other keys or
        partitions, or the scheme does not apply to so few partitions.

    Examples
    --------
    >>> from kafka_sizing import zipf_keys
    >>> from kafka_sizing.fixes.splitting import PartialKeyGrouping, simulate_scheme, stream_of
    >>> stream = stream_of(zipf_keys(1_000, exponent=1, total=1), 20_000, rng=1)
    >>> run = simulate_scheme(PartialKeyGrouping(), stream, 10, rng=2)
    >>> run.imbalance_ratio < 1.01, run.states.most_fan_in
    (True, 2)
    """
    check_type("scheme", scheme, SplittingScheme)
    n = check_count("partitions", partitions, most=MOST_PLACED)
    records = _checked(stream)
    keys = int(records.max()) + 1
    may_go = Candidates.drawn(keys, n, rng=rng) if candidates is None else candidates
    if may_go.partitions != n or len(may_go) < keys:
        raise ValueError(
            f"candidates must be for {n:,} partitions and at least {keys:,} keys, got {may_go!r}"
        )
    placed = scheme.placed(records, may_go)
    sent = [placed[producer :: scheme.producers] for producer in range(scheme.producers)]
    return SplitRun(
        scheme=scheme,
        loads_by_producer=np.stack([np.bincount(mine, minlength=n) for mine in sent]),
        states=states_of(records, placed, n),
    )


def _checked(stream: ArrayLike) -> NDArray[np.int32]:
    records = np.asarray(stream)
    rule = "the number of a key, from 0, for each record"
    if records.ndim != 1 or not records.size or not np.issubdtype(records.dtype, np.integer):
        raise ValueError(f"stream must be {rule}, got {stream!r:.60}")
    if records.min() < 0 or records.max() >= 2**31 - 1:
        raise ValueError(f"stream must be {rule}, got {records.min()} … {records.max()}")
    return records.astype(np.int32, copy=False)
