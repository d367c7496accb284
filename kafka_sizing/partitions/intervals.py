"""The loads of a sample in; between which shares the true one lies, and how surely, out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import (
    check_at_least,
    check_choice,
    check_count,
    check_fraction,
    check_positive,
    check_type,
)
from kafka_sizing._tables import read_table
from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.units import format_share

IntervalMethod: TypeAlias = Literal["exact", "bootstrap"]

METHODS: Final[tuple[IntervalMethod, ...]] = ("exact", "bootstrap")
MEASURED_CONFIDENCE: Final = 0.95  # at which the coverage of the bootstrap was measured
_REACH: Final = 8  # standard errors beyond which a partition is never the hottest
_CELLS_HELD: Final = 2**22  # of a draw of many samples
_MOST_REDRAWN: Final = 10**18  # records


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareInterval:
    """Between which shares the true one lies, as far as a sample tells."""

    share: float  #: in the sample
    low: float
    high: float
    records: float  #: in the sample
    confidence: float  #: part of the samples whose interval should hold the true share
    method: IntervalMethod
    hottest_again_share: float | None = None  #: redrawn samples with the same hottest partition

    @property
    def coverage(self) -> float | None:
        """Part of the samples whose interval holds the true share, at the least.

        The confidence itself if the method is exact; as measured in simulations for a bootstrap
        of 95 %, and None for one of another confidence.
        """
        if self.hottest_again_share is None:
            return self.confidence
        if self.confidence != MEASURED_CONFIDENCE:
            return None
        reached = [
            float(row["coverage"])
            for row in _coverages()
            if self.hottest_again_share >= row["least_hottest_again"]
        ]
        return reached[-1]

    @property
    def reason(self) -> str:
        """The interval in a sentence, with how far it can be relied upon."""
        between = (
            f"{format_share(self.share)} in a sample of {self.records:,.0f} records, between "
            f"{format_share(self.low)} and {format_share(self.high)}"
        )
        if self.hottest_again_share is None:
            return f"{between} in at least {format_share(self.confidence)} of samples"
        again = format_share(self.hottest_again_share)
        if self.coverage is None:
            return f"{between} by bootstrap, the same partition hottest in {again} of the draws"
        if self.coverage:
            known = f"which holds the true share in {format_share(self.coverage)} of samples"
        else:
            known = "so several are about as hot and the interval lies too high: use the exact one"
        return f"{between} by bootstrap; the same partition is hottest in {again}, {known}"

    def __repr__(self) -> str:
        """Say the share and between what it lies."""
        return (
            f"ShareInterval({format_share(self.share)}, {format_share(self.low)} … "
            f"{format_share(self.high)}, {self.method})"
        )


def share_interval(
    seen_records: float, records: float, *, confidence: float = 0.95
) -> ShareInterval:
    """Bound the true share of one key or partition, chosen before the sample was looked at.

    Parameters
    ----------
    seen_records : float
        Its records in the sample. 0 … ``records``
    records : float
        Records in the sample. > 0
    confidence : float, default 0.95
        Part of the samples whose interval holds the true share, at the least. [0, 1)

    Returns
    -------
    ShareInterval
        The exact interval of C. Clopper and E. Pearson (1934).

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> from kafka_sizing.partitions import share_interval
    >>> share_interval(80, 1_000)
    ShareInterval(8.0 %, 6.4 % … 9.9 %, exact)
    >>> share_interval(0, 1_000).high < 3.7 / 1_000  # 1 - 0.025 ** (1 / 1,000)
    True
    """
    check_positive("records", records)
    check_at_least("seen_records", seen_records, 0)
    if seen_records > records:
        raise ValueError(f"seen_records must be at most records={records:,}, got {seen_records:,}")
    check_fraction("confidence", confidence)
    seen = np.array([float(seen_records)])
    outside = (1 - confidence) / 2
    return ShareInterval(
        share=float(seen_records / records),
        low=float(_lower(seen, records, outside)[0]),
        high=float(_upper(seen, records, outside)[0]),
        records=float(records),
        confidence=float(confidence),
        method="exact",
    )


def hottest_share_interval(
    loads: PartitionLoads,
    *,
    records: float | None = None,
    confidence: float = 0.95,
    method: IntervalMethod = "exact",
    draws: int = 2_000,
    rng: int | np.random.Generator | None = None,
) -> ShareInterval:
    """Bound the true share of the hottest partition, whichever it is.

    The hottest of a sample was picked for being large, so its share is too high on average.

    Parameters
    ----------
    loads : PartitionLoads
        The loads of a sample.
    records : float, optional
        Records in the sample; by default what the keys say. > 0
    confidence : float, default 0.95
        Part of the samples whose interval should hold the true share. [0, 1)
    method : {"exact", "bootstrap"}, default "exact"
        ``"exact"``: holds in at least so many samples, whatever the shares are.
        ``"bootstrap"``: percentiles of the hottest share in redrawn samples; narrower, but it
        holds less often where several partitions are about as hot: see ``coverage``.
    draws : int, default 2_000
        Redrawn samples of a bootstrap. 2 … 1,000,000
    rng : int, numpy.random.Generator or None, default None
        Seed or generator of the bootstrap; None: a new one each time.

    Returns
    -------
    ShareInterval
        The interval, and how often such an interval holds.

    Raises
    ------
    TypeError
        If ``loads`` is no `PartitionLoads`.
    ValueError
        If a number is out of range, there is no load, or it is not known how many records made
        it.

    Notes
    -----
    Exact, with a = 1 - confidence and N partitions: the low end is the largest lower bound of
    any partition at a / (2 N), for then all bounds hold at once; the high end is the largest upper
    bound at a / 2, for it is enough that the one of the truly hottest partition holds.

    Examples
    --------
    >>> from kafka_sizing import count_keys, place
    >>> from kafka_sizing.partitions import hottest_share_interval
    >>> loads = place(count_keys({"UA": 600, "B6": 200, "EV": 150, "DL": 50}), 4)
    >>> hottest_share_interval(loads)
    ShareInterval(60.0 %, 56.0 % … 63.1 %, exact)
    >>> bootstrap = hottest_share_interval(loads, method="bootstrap", rng=1)
    >>> bootstrap.coverage
    0.93
    """
    check_type("loads", loads, PartitionLoads, "place")
    n = float(sample_records(loads, records))
    check_fraction("confidence", confidence)
    check_choice("method", method, METHODS)
    redrawn = check_count("draws", draws, least=2, most=10**6)
    if not loads.total:
        raise ValueError("loads must add up to more than 0, got 0")
    shares, outside = loads.shares, (1 - confidence) / 2
    again = None
    if method == "exact":
        low = float(_lower(shares * n, n, outside / loads.partitions).max())
        high = float(_upper(shares * n, n, outside).max())
    else:
        if n > _MOST_REDRAWN:
            raise ValueError(f"records must be at most {_MOST_REDRAWN:,} to redraw, got {n!r}")
        drawn, again = _redrawn(shares, n, redrawn, np.random.default_rng(rng))
        low, high = np.quantile(drawn, [outside, 1 - outside]).tolist()
    return ShareInterval(
        share=loads.max_share,
        low=low,
        high=high,
        records=n,
        confidence=float(confidence),
        method=method,
        hottest_again_share=again,
    )


def sample_records(loads: PartitionLoads, records: float | None) -> float:
    """Give the records behind loads: as stated, or as the keys say; refuse not to know."""
    if records is None:
        records = loads.keys.sample_size if loads.keys is not None else None
        if records is None:
            raise ValueError("records must be given where loads do not say their sample, got None")
    check_positive("records", records)
    return records


def _lower(seen: NDArray[np.float64], records: float, outside: float) -> NDArray[np.float64]:
    from scipy.stats import beta

    bound = np.asarray(beta.ppf(outside, np.maximum(seen, 1e-300), records - seen + 1))
    return np.where(seen > 0, bound, 0.0)


def _upper(seen: NDArray[np.float64], records: float, outside: float) -> NDArray[np.float64]:
    from scipy.stats import beta

    left = np.maximum(records - seen, 0.0)
    bound = np.asarray(beta.isf(outside, seen + 1, np.maximum(left, 1e-300)))
    return np.where(left > 0, bound, 1.0)


def _redrawn(
    shares: NDArray[np.float64], records: float, draws: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], float]:
    """Draw samples anew; give their hottest shares, and how often the same one was hottest."""
    n = max(1, round(records))
    falling = np.sort(shares)[::-1]
    errors = np.sqrt(falling * (1 - falling) / n)
    near = falling + _REACH * errors >= falling[0] - _REACH * errors[0]
    rest = max(0.0, 1.0 - float(falling[near].sum()))
    chances = np.append(falling[near], rest)
    chances /= chances.sum()
    step = max(1, _CELLS_HELD // chances.size)
    hottest = np.empty(draws)
    again = 0
    for begin in range(0, draws, step):
        counts = rng.multinomial(n, chances, size=min(step, draws - begin))[:, :-1]
        hottest[begin : begin + step] = counts.max(axis=1) / n
        again += int(np.count_nonzero(counts.argmax(axis=1) == 0))
    return hottest, again / draws


@cache
def _coverages() -> list[dict[str, Any]]:
    """Read how often bootstrap intervals hold, and where that was measured."""
    rows: list[dict[str, Any]] = read_table("kafka_sizing.partitions", "certainty")[
        "bootstrap_coverage"
    ]
    return rows
