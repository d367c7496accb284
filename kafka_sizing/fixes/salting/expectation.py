"""Keys, some of them split into shards, in; the peak share a random hash would give out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, SupportsIndex, get_args

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import (
    ROUNDING,
    check_choice,
    check_count,
    check_fraction,
    check_share,
    check_type,
)
from kafka_sizing.fixes.salting.fullest import (
    MOST_SHARDS,
    distinct_partitions,
    fullest_partition,
)
from kafka_sizing.keys.loads import KeyLoads, sum_by
from kafka_sizing.keys.partitioners import Partitioner, require_keyed
from kafka_sizing.partitions.placement import null_loads
from kafka_sizing.units import format_share

if TYPE_CHECKING:
    import pandas as pd

ShardPlacement = Literal["hashed", "consecutive"]

MOST_PARTITIONS_DRAWN: Final = 100_000
DRAWS: Final = 2_000
_ITEMS_DRAWN: Final = 512  # the heaviest keys and shards; a normal variable stands for the rest
_MOST_EXACT: Final = 2_000  # shards of a lone key whose exact distribution is worked out
_HELD: Final = 2**22  # numbers held at once
_ONE_SIDED: Final = 1.645  # standard errors that chance exceeds once in twenty
_VERIFIED: Final = 10  # times the draws of a trial, to verify what is chosen
_VERIFIED_CELLS: Final = 2**23  # as far as this many placed shards and partitions allow
_BINOMIAL_COST: Final = 6  # how many placed shards cost as much as one binomial count

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SaltedLoads:
    """What splitting some keys makes of the hottest partition, over random hashes."""

    partitions: int
    hot_keys: int  #: keys that are split
    shards: int  #: of each of them
    placement: ShardPlacement
    split_share: float  #: part of the load that is split, and so loses its order
    expected_cv2: float  #: exact: mean of the squared coefficient of variation, without null keys
    max_shares: Floats  #: share of the hottest partition in each draw, rising; read-only
    is_exact: bool = False  #: evenly spaced quantiles of the exact distribution, not draws

    def __post_init__(self) -> None:
        shares = np.sort(np.array(self.max_shares, dtype=np.float64))
        shares.flags.writeable = False
        object.__setattr__(self, "max_shares", shares)

    @property
    def draws(self) -> int:
        """How many hashes were drawn."""
        return int(self.max_shares.size)

    @property
    def mean_max_share(self) -> float:
        """The expected share of the hottest partition."""
        return float(self.max_shares.mean())

    @property
    def mean_imbalance_ratio(self) -> float:
        """The expected largest load over the even share."""
        return self.partitions * self.mean_max_share

    def quantile(self, fraction: float) -> float:
        """The share the hottest partition keeps within in that ``fraction`` of hashes. [0, 1)."""
        check_fraction("fraction", fraction)
        at = min(self.draws - 1, int(np.ceil(fraction * self.draws)) - 1)
        return float(self.max_shares[max(0, at)])

    def probability_within(self, share: float) -> float:
        """The part of the hashes under which no partition exceeds ``share``. (0, 1]."""
        check_share("share", share)
        within = np.searchsorted(self.max_shares, share * (1 + ROUNDING), side="right")
        return float(within) / self.draws

    def standard_error(self, share: float) -> float:
        """By how much, typically, that part is off for being drawn; 0 if it is exact."""
        within = self.probability_within(share)
        return 0.0 if self.is_exact else math.sqrt(within * (1 - within) / self.draws)

    def surely_keeps(self, share: float, certainty: float) -> bool:
        """Whether that part is at least the certainty, chance of the draws set aside.

        One choice in twenty whose true part is just the certainty passes, and none in a hundred
        that is two standard errors worse.
        """
        least = certainty + _ONE_SIDED * self.standard_error(share)
        return self.probability_within(share) >= least

    @property
    def state_copies(self) -> float:
        """The expected number of partitions that hold state of a split key."""
        if self.placement == "consecutive":
            return float(min(self.shards, self.partitions))
        return distinct_partitions(self.shards, self.partitions)

    @property
    def extra_shards(self) -> int:
        """How many more keys there are than before: each has its own state to merge."""
        return self.hot_keys * (self.shards - 1)

    @property
    def reason(self) -> str:
        """What is split, and what it gives, in words."""
        split = (
            f"{_which(self.hot_keys)} split into {self.shards:,} {self.placement} shards each"
            if self.hot_keys
            else "no key split"
        )
        return (
            f"{split}: the hottest of {self.partitions:,} partitions carries "
            f"{format_share(self.mean_max_share)} on average, and at most "
            f"{format_share(self.quantile(0.95))} under 95 % of random hashes"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row: hot_keys, shards, placement, mean_max_share, …, extra_shards."""
        import pandas as pd

        return pd.DataFrame([self.row()])

    def row(self) -> dict[str, Any]:
        """Give the figures by name: a row of a table."""
        return {
            "hot_keys": self.hot_keys,
            "shards": self.shards,
            "placement": self.placement,
            "mean_max_share": self.mean_max_share,
            "max_share_p95": self.quantile(0.95),
            "state_copies": self.state_copies,
            "extra_shards": self.extra_shards,
            "split_share": self.split_share,
        }

    def __repr__(self) -> str:
        return (
            f"SaltedLoads({self.partitions:,} partitions, hot_keys={self.hot_keys}, "
            f"shards={self.shards}, {self.placement}, mean_max_share={self.mean_max_share:.4f})"
        )

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html(index=False)
        return f"<p>{self.reason}</p>{table}"


def expect_salted(
    keys: KeyLoads,
    partitions: SupportsIndex,
    *,
    hot_keys: int,
    shards: int,
    placement: ShardPlacement = "hashed",
    partitioner: Partitioner | str = "java",
    draws: int = DRAWS,
    rng: Any = None,
) -> SaltedLoads:
    """Draw what the hottest partition carries if the heaviest keys are split.

    Parameters
    ----------
    keys : KeyLoads
        The keys and their loads; records without a key stay where the partitioner puts them.
    partitions : int
        How many partitions the topic has. [1, 100,000]
    hot_keys : int
        How many of the heaviest keys are split; more than there are is all. >= 0
    shards : int
        Shards of each of them. [1, 10,000]
    placement : {"hashed", "consecutive"}, default "hashed"
        Each shard hashed on its own, or shard s on partition (that of the key + s) mod N.
    partitioner : Partitioner or str, default "java"
        Says where records without a key go.
    draws : int, default 2,000
        Hashes to draw. [1, 1,000,000]
    rng : optional
        Seed or generator, through ``numpy.random.default_rng``.

    Returns
    -------
    SaltedLoads
        The share of the hottest partition in each draw.

    Raises
    ------
    TypeError
        If ``keys`` is not a KeyLoads.
    ValueError
        If a number is out of range, a choice is unknown, or there is no load.

    Notes
    -----
    The heaviest 512 keys and shards are placed one by one; the others, many and small, are a
    normal variable per partition that has their variance and adds up to their load.

    Examples
    --------
    >>> from kafka_sizing import KeyLoads
    >>> from kafka_sizing.fixes.salting import expect_salted
    >>> keys = KeyLoads(["hot", "a", "b"], [8, 1, 1])
    >>> split = expect_salted(keys, 4, hot_keys=1, shards=4, placement="consecutive", rng=1)
    >>> round(split.quantile(0.5), 4), split.extra_shards
    (0.3, 3)
    """
    model = SaltedModel.of(keys, partitions, placement, partitioner)
    return model.draw(
        check_count("hot_keys", hot_keys, least=0),
        check_count("shards", shards, most=MOST_SHARDS),
        check_count("draws", draws, most=1_000_000),
        np.random.default_rng(rng),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SaltedModel:
    """Key shares by falling weight, ready to be split at any key and into any shards."""

    shares: Floats  #: falling
    base: Floats  #: share of each partition that has no key
    placement: ShardPlacement
    sum_from: Floats  #: of the shares from each position on
    squares_from: Floats  #: the same of their squares

    @classmethod
    def of(
        cls,
        keys: KeyLoads,
        partitions: SupportsIndex,
        placement: ShardPlacement,
        partitioner: Partitioner | str,
    ) -> SaltedModel:
        """Check what every caller is given, and order the keys."""
        check_type("keys", keys, KeyLoads, "count_keys")
        n = check_count("partitions", partitions, most=MOST_PARTITIONS_DRAWN)
        check_choice("placement", placement, get_args(ShardPlacement))
        chosen = require_keyed(partitioner)
        if not keys.total:
            raise ValueError("keys must have a load, got 0 in total")
        shares = np.sort(keys.shares)[::-1]
        return cls(
            shares=shares,
            base=null_loads(keys, n, chosen) / keys.total,
            placement=placement,
            sum_from=_sum_from(shares),
            squares_from=_sum_from(np.square(shares)),
        )

    def draw(self, hot: int, shards: int, draws: int, rng: np.random.Generator) -> SaltedLoads:
        """Split the ``hot`` heaviest keys, and place everything ``draws`` times."""
        hot = min(hot, self.shares.size) if shards > 1 else 0
        shards = shards if hot else 1
        groups = self._groups(hot, shards)
        n = self.base.size
        is_exact = self._is_one_key(hot, shards)
        if is_exact:
            peaks = self.base[0] + self.shares[0] * _exact_parts(shards, n, draws)
        else:
            peaks = np.concatenate(list(groups.peaks(draws, rng)))
        return SaltedLoads(
            partitions=n,
            hot_keys=hot,
            shards=shards,
            placement=self.placement,
            split_share=float(self.shares[:hot].sum()),
            expected_cv2=n * n * groups.variance,
            max_shares=peaks,
            is_exact=is_exact,
        )

    def draws_to_verify(self, draws: int) -> int:
        """Say how many fresh hashes verify what so many have chosen."""
        each = self.base.size + min(_ITEMS_DRAWN, self.shares.size)
        return max(draws, min(_VERIFIED * draws, _VERIFIED_CELLS // each))

    def _is_one_key(self, hot: int, shards: int) -> bool:
        """Whether the exact distribution of one key's shards is all there is, and soon known."""
        alone = hot == 1 and not self.shares[1:].any() and self.base.min() == self.base.max()
        return alone and self.placement == "hashed" and shards <= _MOST_EXACT

    def _groups(self, hot: int, shards: int) -> _Groups:
        """Make each key a group of shards: the heaviest to be placed, the others as noise."""
        n, base = self.base.size, self.base
        head = self.shares[: hot + _ITEMS_DRAWN]  # what comes after is among the lightest
        counts = np.where(np.arange(head.size) < hot, shards, 1)
        weights = head / counts
        if self.placement == "consecutive":  # whole rounds reach every partition
            base = base + float((weights * (counts // n)).sum())
            counts = counts % n
            variances = np.square(weights) * (counts / n) * (1 - counts / n)
        else:
            variances = np.square(weights) * counts / n * (1 - 1 / n)
        order = np.argsort(-weights, kind="stable")
        order = order[counts[order] > 0]
        work = np.cumsum(np.minimum(counts[order], _BINOMIAL_COST * n))
        drawn = max(1, int(np.searchsorted(work, _ITEMS_DRAWN, side="right")))
        heavy, light = order[:drawn], order[drawn:]
        noise = float(variances[light].sum())
        noise += float(self.squares_from[head.size]) / n * (1 - 1 / n)
        return _Groups(
            base=base + float((weights * counts)[light].sum() + self.sum_from[head.size]) / n,
            weights=weights[heavy],
            counts=counts[heavy],
            noise=noise,
            variance=noise + float(variances[heavy].sum()),
            is_consecutive=self.placement == "consecutive",
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Groups:
    """What chance places: shards of one weight each, and the noise of all that is lighter."""

    base: Floats  #: what each partition has on average besides
    weights: Floats  #: of one shard of each group
    counts: Counts  #: shards of each group
    noise: float  #: variance of the lighter rest on one partition
    variance: float  #: of all that is on one partition
    is_consecutive: bool

    def peaks(self, draws: int, rng: np.random.Generator) -> Iterator[Floats]:
        """Give the largest share of each draw, some draws at a time."""
        n = self.base.size
        many = self.counts > _BINOMIAL_COST * n  # cheaper to count per partition than to place
        deviation = math.sqrt(self.noise * n / (n - 1)) if n > 1 else 0.0
        at_once = max(1, _HELD // (int(self.counts[~many].sum()) + n))
        for begin in range(0, draws, at_once):
            rows = min(at_once, draws - begin)
            loads = self._placed(~many, rows, rng)
            loads += self.base
            excess = 0.0 if not deviation else _add_noise(loads, deviation, rng)
            for weight, count in zip(self.weights[many], self.counts[many], strict=True):
                loads += weight * rng.multinomial(count, np.full(n, 1 / n), size=rows)
            yield loads.max(axis=1) - excess

    def _placed(self, which: NDArray[np.bool_], rows: int, rng: np.random.Generator) -> Floats:
        """Place every shard of some groups; a row per draw."""
        n, counts = self.base.size, self.counts[which]
        weights = np.repeat(self.weights[which], counts)
        if self.is_consecutive:
            home = rng.integers(n, size=(rows, counts.size))
            first = np.repeat(np.cumsum(counts) - counts, counts)
            step = np.arange(weights.size) - first
            places = (np.repeat(home, counts, axis=1) + step) % n
        else:
            places = rng.integers(n, size=(rows, weights.size))
        cells = (places + n * np.arange(rows)[:, np.newaxis]).ravel()
        return sum_by(cells, np.tile(weights, rows), rows * n).reshape(rows, n)


def _add_noise(loads: Floats, deviation: float, rng: np.random.Generator) -> Floats:
    """Add a normal number to each load; give the mean of each row, by which all are too high."""
    noise = rng.standard_normal(loads.shape, dtype=np.float32)  # half as long to draw
    noise *= np.float32(deviation)
    loads += noise
    excess: Floats = noise.mean(axis=1, dtype=np.float64)
    return excess


def _sum_from(values: Floats) -> Floats:
    """Add up what stands from each position on; 0 after the last."""
    return np.append(np.cumsum(values[::-1])[::-1], 0.0)


def _exact_parts(shards: int, partitions: int, draws: int) -> Floats:
    """Give the fullest partition's part of a key at evenly spaced probabilities, no chance."""
    exact = fullest_partition(shards, partitions)
    wanted = (np.arange(draws) + 0.5) / draws
    at = np.searchsorted(np.cumsum(exact.probabilities), wanted)
    parts: Floats = exact.counts[np.minimum(at, exact.counts.size - 1)] / shards
    return parts


def _which(hot_keys: int) -> str:
    return "the heaviest key" if hot_keys == 1 else f"the {hot_keys:,} heaviest keys"
