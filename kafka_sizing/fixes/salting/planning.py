"""Keys and what a partition may carry in; which keys to split into how many shards out."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, SupportsIndex, get_args

import numpy as np

from kafka_sizing._checks import (
    ROUNDING,
    ceil_ratio,
    check_choice,
    check_count,
    check_open_share,
    check_positive,
    check_share,
)
from kafka_sizing.fixes.salting.expectation import (
    DRAWS,
    SaltedLoads,
    SaltedModel,
    ShardPlacement,
)
from kafka_sizing.fixes.salting.fullest import MOST_SHARDS
from kafka_sizing.fixes.salting.search import Search, cost_of
from kafka_sizing.keys.loads import KeyLoads, KeyShare
from kafka_sizing.keys.partitioners import Partitioner
from kafka_sizing.partitions.placement import MOST_PLACED
from kafka_sizing.units import format_share

if TYPE_CHECKING:
    import pandas as pd

SaltingOrder = Literal["per key", "none"]
Obstacle = Literal["even share", "null keys", "order", "fan-in", "chance"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SaltingPlan:
    """Which keys to split into how many shards, so that every partition keeps within a line.

    ``options`` are the choices that keep it: more keys in fewer shards, or fewer in more.
    ``chosen`` is the one that makes the fewest new keys.
    """

    keys: KeyLoads
    partitions: int
    most_share: float  #: of the whole load, that one partition may carry
    certainty: float  #: probability over hashes with which it must
    placement: ShardPlacement
    ordering: SaltingOrder
    most_shards: int
    options: tuple[SaltedLoads, ...]  #: all that keep the line, by rising number of keys
    closest: SaltedLoads | None  #: where none does: the most probable one tried
    obstacle: Obstacle | None  #: why there is none
    proof: str | None  #: the obstacle in numbers

    @property
    def feasible(self) -> bool:
        """Whether splitting keys, or none at all, keeps the line."""
        return bool(self.options)

    @property
    def chosen(self) -> SaltedLoads | None:
        """The option with the fewest new keys; of two, the one that splits fewer."""
        return min(self.options, key=cost_of, default=None)

    @property
    def hot_keys(self) -> int | None:
        """How many of the heaviest keys to split; 0: none needs it; None: no plan."""
        return None if self.chosen is None else self.chosen.hot_keys

    @property
    def shards(self) -> int | None:
        """Shards of each key that is split, and so the fan-in of its readers; None: no plan."""
        return None if self.chosen is None else self.chosen.shards

    @property
    def split_keys(self) -> tuple[KeyShare, ...]:
        """The keys to split, heaviest first."""
        return self.keys.top(self.hot_keys) if self.hot_keys else ()

    @property
    def probability(self) -> float | None:
        """The part of random hashes under which the plan keeps the line; None: no plan."""
        return None if self.chosen is None else self.chosen.probability_within(self.most_share)

    @property
    def reason(self) -> str:
        """What to split and why, or the proof that nothing helps, without a full stop."""
        if self.chosen is not None:
            return self.reason_for(self.chosen)
        line = format_share(self.most_share)
        return (
            f"no split keeps every one of {self._places} within {line} of the load: {self.proof}"
        )

    def reason_for(self, option: SaltedLoads) -> str:
        """What one of the options splits, how surely it keeps the line, and its price."""
        chance = f"{format_share(option.probability_within(self.most_share))} of random hashes"
        if error := option.standard_error(self.most_share):
            chance += f" (standard error {format_share(error)})"
        kept = f"{chance} keep every one of {self._places} within {format_share(self.most_share)}"
        if not option.hot_keys:
            return f"no key needs a split: {kept}"
        which = "the heaviest key"
        if option.hot_keys > 1:
            which = f"the {option.hot_keys:,} heaviest keys"
            if option.hot_keys == len(self.keys):
                which = f"all {option.hot_keys:,} keys"
        where = "on consecutive partitions" if self.placement == "consecutive" else "hashed"
        return (
            f"{which} in {option.shards:,} shards, {where}: {kept} (wanted: "
            f"{format_share(self.certainty)}); readers merge {option.shards:,} shards of a key, a "
            f"key has state on {option.state_copies:.3g} partitions, "
            f"{format_share(option.split_share)} of the load loses its order per key"
        )

    @property
    def _places(self) -> str:
        return f"{self.partitions:,} partition{'s' if self.partitions > 1 else ''}"

    def to_frame(self) -> pd.DataFrame:
        """One row per option: hot_keys, shards, …, probability, chosen."""
        import pandas as pd

        chosen = self.chosen
        return pd.DataFrame(
            [
                {
                    **option.row(),
                    "probability": option.probability_within(self.most_share),
                    "chosen": option is chosen,
                }
                for option in self.options
            ]
        )

    def __repr__(self) -> str:
        return (
            f"SaltingPlan({self.partitions:,} partitions, most_share={self.most_share:.4g}, "
            f"hot_keys={self.hot_keys}, shards={self.shards}, {self.placement}, "
            f"feasible={self.feasible})"
        )

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html(index=False)
        return f"<p>{html.escape(self.reason)}</p>{table}"


def plan_salting(
    keys: KeyLoads,
    partitions: SupportsIndex,
    *,
    capacity: float | None = None,
    most_share: float | None = None,
    certainty: float = 0.95,
    placement: ShardPlacement = "hashed",
    ordering: SaltingOrder = "none",
    most_shards: int = MOST_SHARDS,
    hot_keys: int | None = None,
    partitioner: Partitioner | str = "java",
    draws: int = DRAWS,
    rng: Any = None,
) -> SaltingPlan:
    """Choose which keys to split, and into how many shards, under a line and a certainty.

    Splitting the hottest key helps until the next one takes over, so the two are chosen
    together: for each number of keys the fewest shards that keep the line, and of these the
    choice that makes the fewest new keys.

    Parameters
    ----------
    keys : KeyLoads
        The keys and their loads. The plan holds for any hash of them.
    partitions : int
        How many partitions the topic has. [1, 100,000]
    capacity : float, optional
        What one partition carries; this or ``most_share``. [``keys.unit``] > 0
    most_share : float, optional
        Part of the whole load that one partition may carry. (0, 1]
    certainty : float, default 0.95
        Part of random hashes under which every partition must keep the line. (0, 1)
    placement : {"hashed", "consecutive"}, default "hashed"
        Each shard hashed on its own, or shard s on partition (that of the key + s) mod N: the
        second needs a custom partitioner, and fewer shards.
    ordering : {"per key", "none"}, default "none"
        Whether every key must keep its order: then none can be split.
    most_shards : int, default 10,000
        Largest fan-in that readers accept. [1, 10,000]
    hot_keys : int, optional
        Split so many of the heaviest keys; without it the number is chosen. >= 1
    partitioner : Partitioner or str, default "java"
        Says where records without a key go.
    draws : int, default 2,000
        Hashes to draw for a choice that is tried, 200 where they tell; what is chosen is verified
        with up to ten times as many, and must pass by more than chance. [1, 1,000,000]
    rng : optional
        Seed or generator, through ``numpy.random.default_rng``.

    Returns
    -------
    SaltingPlan
        The choice, its price, and the others that keep the line; or the proof that none does.

    Raises
    ------
    TypeError
        If ``keys`` is not a KeyLoads.
    ValueError
        If a number is out of range, a choice is unknown, there is no load, or not exactly one
        of ``capacity`` and ``most_share`` is given.

    Examples
    --------
    >>> from kafka_sizing import KeyLoads
    >>> from kafka_sizing.fixes.salting import plan_salting
    >>> keys = KeyLoads([f"user-{rank}" for rank in range(9)], [92, *[1] * 8])
    >>> plan = plan_salting(keys, 12, most_share=0.3, rng=1)
    >>> plan.hot_keys, plan_salting(keys, 12, most_share=0.05, rng=1).obstacle
    (1, 'even share')
    """
    model = SaltedModel.of(keys, partitions, placement, partitioner)
    check_open_share("certainty", certainty)
    check_choice("ordering", ordering, get_args(SaltingOrder))
    most_shards = check_count("most_shards", most_shards, most=MOST_SHARDS)
    wanted = None if hot_keys is None else min(check_count("hot_keys", hot_keys), len(keys))
    search = Search(
        model=model,
        share=_share_of(keys, capacity, most_share),
        certainty=float(certainty),
        most_shards=1 if ordering == "per key" else most_shards,
        draws=check_count("draws", draws, most=1_000_000),
        rng=np.random.default_rng(rng),
    )
    obstacle, proof = _obstacle(search, ordering, wanted)
    options = () if obstacle else search.options(wanted)
    if not obstacle and not options:
        obstacle = "order" if ordering == "per key" else "chance"
        kept = "every key must keep its order; " if ordering == "per key" else ""
        proof = kept + search.failure()
    return SaltingPlan(
        keys=keys,
        partitions=model.base.size,
        most_share=search.share,
        certainty=search.certainty,
        placement=placement,
        ordering=ordering,
        most_shards=most_shards,
        options=options,
        closest=None if options else search.closest,
        obstacle=obstacle,
        proof=proof,
    )


def _share_of(keys: KeyLoads, capacity: float | None, most_share: float | None) -> float:
    if capacity is not None and most_share is None:
        check_positive("capacity", capacity)
        share = min(1.0, float(capacity) / keys.total)
        check_positive("capacity as a share of the load", share)
        return share
    if most_share is not None and capacity is None:
        check_share("most_share", most_share)
        return float(most_share)
    given = "none of them" if capacity is None else "both"
    raise ValueError(f"one of capacity and most_share must be given, got {given}")


def _obstacle(
    search: Search, ordering: SaltingOrder, hot_keys: int | None
) -> tuple[Obstacle | None, str | None]:
    """Find what no choice overcomes, before any is drawn."""
    model, share = search.model, search.share * (1 + ROUNDING)
    n, line = model.base.size, format_share(search.share)
    if 1 / n > share:
        least = ceil_ratio(1, search.share)
        needed = f"at least {least:,}" if least <= MOST_PLACED else f"more than {MOST_PLACED:,}"
        return "even share", (
            f"spread evenly each would carry {format_share(1 / n)}, so {line} needs {needed} "
            "partitions"
        )
    if _asks_for_even(search):
        return "even share", (
            f"that is the even share, and hashed shards meet: at most one hash in {n:,} spreads "
            "all load as evenly as that"
        )
    if (null := float(model.base.max())) > share:
        return "null keys", (
            f"records without a key put {format_share(null)} on one partition, and have no key "
            "to split"
        )
    hottest = float(model.shares[0])
    if ordering == "per key" and hottest > share:
        return "order", (
            f"the hottest key alone writes {format_share(hottest)}, and to keep its order it must "
            "stay on one partition"
        )
    most = search.most_shards
    if hottest / min(most, n) > share:
        return "fan-in", (
            f"the hottest key writes {format_share(hottest)}, and {_shards(most)} cannot leave "
            f"less than {format_share(hottest / min(most, n))} of the load on one partition"
        )
    if hot_keys and (next_one := float(model.shares[hot_keys:].max(initial=0.0))) > share:
        return "fan-in", (
            f"with the {hot_keys:,} heaviest split the next key writes {format_share(next_one)}"
        )
    return None, None


def _asks_for_even(search: Search) -> bool:
    """Whether the line is the even share, and chance spreads too seldom as evenly as that.

    Wherever all else is, the last shard that is hashed has to hit one partition: 1 in N.
    """
    model, n = search.model, search.model.base.size
    is_chance = model.placement == "hashed" and n > 1 and bool(model.shares[0])
    return is_chance and search.share * n <= 1 + ROUNDING and search.certainty > 1 / n


def _shards(number: int) -> str:
    return f"{number:,} shard{'s' * (number > 1)}"
