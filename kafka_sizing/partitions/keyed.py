"""Keys, a write rate and what a partition carries in; the count that fits these keys out."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, SupportsIndex

import numpy as np

from kafka_sizing._checks import (
    ROUNDING,
    check_at_least,
    check_count,
    check_counts,
    check_fraction,
    check_non_negative,
    check_open_share,
    check_positive,
    check_type,
)
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.partitioners import Partitioner, require_keyed
from kafka_sizing.partitions.draws import MOST_DRAWS, HashDraws
from kafka_sizing.partitions.expectation import LEAST_DRAWS
from kafka_sizing.partitions.keyed_demand import KeyedDemand
from kafka_sizing.partitions.keyed_search import Chances, KeyedSearch, counts_to_try, search_keyed
from kafka_sizing.partitions.limits import Limit, as_multiple, as_upper_limits
from kafka_sizing.partitions.luck import EVEN_CHANCE
from kafka_sizing.partitions.placement import MOST_PLACED
from kafka_sizing.partitions.shares import HashedShares
from kafka_sizing.units import format_load, format_share

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedPlan:
    """The count under which the hottest partition fits, for these keys and for others like them.

    ``partitions`` fits these keys, under the hash in use, and is one at which random hashes fit
    at the certainty. A smaller count may fit these keys alone (``partitions_this_hash``): it
    is as good as the keys and their shares are lasting, and no better. Where they are: a few
    airlines, countries, machines, take it, and plan again when one is added.
    """

    partitions: int | None  #: None: no count tried does both
    partitions_this_hash: int | None  #: smallest that fits these keys
    partitions_random_hash: int | None  #: smallest at which random hashes fit at the certainty
    max_share: float | None  #: of the hottest partition, at ``partitions``
    capacity_share: float  #: largest part of the load that one partition can take, at most 1
    hottest_key_share: float
    even_partitions: int  #: what loads that spread evenly would need
    chance: float | None  #: part of random hashes that fit at ``partitions``
    chance_this_hash: float | None  #: part of random hashes that fit at ``partitions_this_hash``
    certainty: float
    searched_to: int | None  #: largest count tried; None: no count was worth a try
    limits: tuple[Limit, ...]
    write_bytes_per_s: float  #: today, before the peak
    partition_bytes_per_s: float  #: measured, before the headroom
    headroom_fraction: float
    peak_ratio: float
    growth_fraction_per_year: float
    horizon_years: float
    partitioner: Partitioner

    @property
    def feasible(self) -> bool:
        """Whether a count was found that fits these keys, and random hashes surely enough."""
        return self.partitions is not None

    @property
    def one_key_is_too_big(self) -> bool:
        """Whether one key is more than a partition takes: the proof that no count can fit."""
        return self.hottest_key_share > self.capacity_share * (1 + ROUNDING)

    @property
    def lucky(self) -> bool:
        """Whether these keys fit at a count at which most random hashes would not."""
        return self.chance_this_hash is not None and self.chance_this_hash < EVEN_CHANCE

    @property
    def binding(self) -> Limit:
        """The lower limit that asks for most; one that no count meets comes first."""
        lower = [limit for limit in self.limits if limit.bound == "at least"]
        none = [limit for limit in lower if limit.partitions is None]
        return none[0] if none else max(lower, key=lambda limit: limit.partitions or 0)

    @property
    def design_write_bytes_per_s(self) -> float:
        """The rate planned for: the peak at the horizon."""
        growth = _growth_ratio(self.growth_fraction_per_year, self.horizon_years)
        return self.write_bytes_per_s * self.peak_ratio * growth

    @property
    def usable_bytes_per_s(self) -> float:
        """What one partition may be given."""
        return self.partition_bytes_per_s * (1 - self.headroom_fraction)

    @property
    def throughput_ceiling_bytes_per_s(self) -> float | None:
        """What the topic carries at most, whatever the count, until the hottest key is too big.

        None if no key is placed whole.
        """
        hottest = self.hottest_key_share
        return self.usable_bytes_per_s / hottest if hottest else None

    @property
    def reason(self) -> str:
        """Why this count, or why none, as a sentence without a full stop."""
        if self.one_key_is_too_big:
            return f"No count fits: {self.binding.reason}"
        if self.searched_to is None:
            return f"No count fits: {self.binding.reason}, {self._nothing_to_try}"
        if self.partitions is None:
            return f"No count up to {self.searched_to:,} will do: {self._missing}{self._luck}"
        count = f"{self.partitions:,} partition{'s' if self.partitions > 1 else ''}"
        return (
            f"{count}: the hottest carries {format_share(self.max_share or 0.0)} of the load and "
            f"may carry {format_share(self.capacity_share)}; {format_share(self.chance or 0.0)} "
            f"of random hashes fit, too{self._luck}"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per limit: name, bound, partitions, binding, kind, reason, source."""
        import pandas as pd

        return pd.DataFrame(
            {
                "name": [limit.name for limit in self.limits],
                "bound": [limit.bound for limit in self.limits],
                "partitions": pd.Series(
                    [limit.partitions for limit in self.limits], dtype="Int64"
                ),
                "binding": [limit is self.binding for limit in self.limits],
                "kind": [limit.kind for limit in self.limits],
                "reason": [limit.reason for limit in self.limits],
                "source": [limit.source for limit in self.limits],
            }
        )

    def __repr__(self) -> str:
        return (
            f"KeyedPlan(partitions={self.partitions}, this_hash={self.partitions_this_hash}, "
            f"random_hash={self.partitions_random_hash} at {format_share(self.certainty)}, "
            f"feasible={self.feasible}, "
            f"design_write={format_load(self.design_write_bytes_per_s, 'bytes/s')!r})"
        )

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html(index=False)
        return f"<p>{html.escape(self.reason)}</p>{table}"

    @property
    def _nothing_to_try(self) -> str:
        """Why there is no count to try."""
        for limit in self.limits:
            if limit.bound == "at most" and (limit.partitions or 0) < self.even_partitions:
                return f"but limit {limit.name!r} allows at most {limit.partitions:,}"
        return "and no count to choose from keeps to that and to the other limits"

    @property
    def _missing(self) -> str:
        """What no count does."""
        sure = f"{format_share(self.certainty)} of random hashes"
        if self.partitions_this_hash is None and self.partitions_random_hash is None:
            return f"none fits these keys, and none fits {sure}"
        if self.partitions_this_hash is None:
            return f"none fits these keys, though {self.partitions_random_hash:,} fit {sure}"
        if self.partitions_random_hash is None:
            return f"none fits {sure}"
        return (
            f"{self.partitions_this_hash:,} fit these keys, {self.partitions_random_hash:,} fit "
            f"{sure}, none does both"
        )

    @property
    def _luck(self) -> str:
        """What is to be known of a smaller count that fits these keys."""
        first, chance = self.partitions_this_hash, self.chance_this_hash
        if first is None or chance is None or first == self.partitions:
            return ""
        how = "by luck" if self.lucky else "not surely"
        return (
            f"; {first:,} fit these keys, but {how}: {format_share(chance)} of random hashes "
            "fit there"
        )


def plan_keyed_partitions(
    keys: KeyLoads,
    write_bytes_per_s: float,
    *,
    partition_bytes_per_s: float,
    certainty: float = 0.95,
    counts: Iterable[int] | None = None,
    headroom_fraction: float = 0.0,
    peak_ratio: float = 1.0,
    growth_fraction_per_year: float = 0.0,
    horizon_years: float = 0.0,
    multiple_of: SupportsIndex | Iterable[SupportsIndex] | Mapping[str, int] = 1,
    upper_limits: Mapping[str, int] | Iterable[Limit] = (),
    partitioner: Partitioner | str = "java",
    draws: int = 3_000,
    rng: int | np.random.Generator | None = None,
) -> KeyedPlan:
    """Count the partitions under which the hottest one fits, for these keys and any hash.

    Keys do not spread evenly: the load over what one partition carries is too few. The hash is
    fixed, so these keys are placed for certain; but which keys a topic has changes, and a count
    at which they happen to lie well is worth little the day after. So the count must fit both:
    these keys now, and random hashes at the certainty.

    Parameters
    ----------
    keys : KeyLoads
        The keys and their loads, best in bytes; only their shares count.
    write_bytes_per_s : float
        Rate written to the topic today: the peak, or with ``peak_ratio`` the average. [bytes/s]
        > 0
    partition_bytes_per_s : float
        Measured: what one partition carries, its producers and its slowest reader; in the same
        bytes, payload or wire, as the rate written. [bytes/s] > 0
    certainty : float, default 0.95
        Part of random hashes that shall fit. (0, 1)
    counts : iterable of int or None, default None
        Counts to choose from; None: all from what even loads need to 8 times that, 200 at
        least. Of a `KeySketch` those at which it is exact. [1, 10,000,000]
    headroom_fraction : float, default 0.0
        Part of the measured rate to leave unused. [0, 1)
    peak_ratio : float, default 1.0
        Peak over average. >= 1
    growth_fraction_per_year : float, default 0.0
        Growth of the rate, compounded; all keys grow alike. >= 0
    horizon_years : float, default 0.0
        How long the count shall last. [years] >= 0
    multiple_of : int, iterable of int, or mapping of name to int, default 1
        Only common multiples of these: brokers, racks, planned members. >= 1
    upper_limits : mapping of name to int, or iterable of Limit, default ()
        Most partitions the topic may have.
    partitioner : Partitioner or str, default "java"
        One of ``PARTITIONERS``, or its name.
    draws : int, default 3_000
        Random hashes to draw: 0.95 is then known to ±0.004, one standard error. [100, 100,000]
    rng : int, numpy.random.Generator or None, default None
        Seed or generator of the draws; None: new ones each time.

    Returns
    -------
    KeyedPlan
        The count and what it rests on; or the proof that none fits, if one key alone is more
        than a partition carries.

    Raises
    ------
    TypeError
        If ``keys`` is no `KeyLoads`.
    ValueError
        If an argument is out of its range, or the keys bring no load.

    Examples
    --------
    >>> from kafka_sizing import MiB
    >>> from kafka_sizing.keys import zipf_keys
    >>> from kafka_sizing.partitions import plan_keyed_partitions
    >>> keys = zipf_keys(10_000, exponent=0.8, total=1, unit="bytes")
    >>> plan = plan_keyed_partitions(
    ...     keys, 200 * MiB, partition_bytes_per_s=20 * MiB, rng=1
    ... )
    >>> plan.even_partitions, plan.partitions_this_hash, plan.partitions
    (10, 13, 21)
    >>> plan.lucky, plan.max_share <= plan.capacity_share  # at 13; at 21
    (True, True)
    >>> plan_keyed_partitions(keys, 900 * MiB, partition_bytes_per_s=20 * MiB).binding.reason
    'the hottest key (3.7 %) brings 33.2 MiB/s to one partition, which carries 20.0 MiB/s:
    more partitions cannot help'
    """
    check_type("keys", keys, KeyLoads, "count_keys")
    check_positive("write_bytes_per_s", write_bytes_per_s)
    check_positive("partition_bytes_per_s", partition_bytes_per_s)
    check_open_share("certainty", certainty)
    check_fraction("headroom_fraction", headroom_fraction)
    check_at_least("peak_ratio", peak_ratio, 1)
    check_non_negative("growth_fraction_per_year", growth_fraction_per_year)
    check_non_negative("horizon_years", horizon_years)
    drawn = check_count("draws", draws, least=LEAST_DRAWS, most=MOST_DRAWS)
    at_most = as_upper_limits(upper_limits)
    multiple = as_multiple(multiple_of)
    chosen = require_keyed(partitioner)
    given = None if counts is None else check_counts("counts", counts, most=MOST_PLACED)

    growth = _growth_ratio(growth_fraction_per_year, horizon_years)
    load = float(write_bytes_per_s) * float(peak_ratio) * growth
    check_positive("write_bytes_per_s at the peak of the horizon", load)
    usable = float(partition_bytes_per_s) * (1 - float(headroom_fraction))
    demand = KeyedDemand(
        load_bytes_per_s=load,
        usable_bytes_per_s=usable,
        shares=HashedShares.of(keys, chosen),
        certainty=float(certainty),
        draws=drawn,
        partitioner=chosen,
    )
    tried = counts_to_try(
        demand.even_partitions,
        step=multiple.step,
        most=min((limit.partitions or MOST_PLACED for limit in at_most), default=MOST_PLACED),
        keys=keys,
        partitioner=chosen,
        given=given,
    )
    searched_to = tried[-1] if tried else None
    share = demand.capacity_share
    chances = Chances(HashDraws(demand.shares, draws=drawn, rng=rng), share)
    found = (
        KeyedSearch()
        if demand.one_key_is_too_big
        else search_keyed(
            keys, tried, chosen, max_share=share, chances=chances, certainty=demand.certainty
        )
    )
    first, both = found.this_hash, found.both
    return KeyedPlan(
        partitions=both,
        partitions_this_hash=first,
        partitions_random_hash=found.random_hash,
        max_share=None if both is None else found.max_shares[both],
        capacity_share=share,
        hottest_key_share=demand.shares.hottest,
        even_partitions=demand.even_partitions,
        chance=None if both is None else chances.at(both),
        chance_this_hash=None if first is None else chances.at(first),
        certainty=demand.certainty,
        searched_to=searched_to,
        limits=(*demand.limits(found, searched_to), *at_most),
        write_bytes_per_s=float(write_bytes_per_s),
        partition_bytes_per_s=float(partition_bytes_per_s),
        headroom_fraction=float(headroom_fraction),
        peak_ratio=float(peak_ratio),
        growth_fraction_per_year=float(growth_fraction_per_year),
        horizon_years=float(horizon_years),
        partitioner=chosen,
    )


def _growth_ratio(growth_fraction_per_year: float, horizon_years: float) -> float:
    try:
        return float((1 + float(growth_fraction_per_year)) ** float(horizon_years))
    except OverflowError:
        return math.inf
