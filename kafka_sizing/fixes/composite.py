"""Keys, and which of them to split into how many shards, in; the loads of the shards out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_choice, check_count, check_open_share
from kafka_sizing.fixes.base import (
    Fix,
    OrderingScope,
    Outcome,
    placed_keys,
    unchanged,
)
from kafka_sizing.fixes.peaks import CUSTOMARY_CERTAINTY, SEED, peaks_of
from kafka_sizing.fixes.salting.expectation import (
    MOST_PARTITIONS_DRAWN,
    SaltedLoads,
    SaltedModel,
    ShardPlacement,
)
from kafka_sizing.fixes.salting.fullest import MOST_SHARDS
from kafka_sizing.fixes.salting.planning import SaltingPlan, plan_salting
from kafka_sizing.fixes.shards import Split, split
from kafka_sizing.fixes.subkeys import check_separator, positions_of
from kafka_sizing.keys.columns import KeyColumn, bytes_of
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.pairs import PairLoads
from kafka_sizing.partitions.lines import Line
from kafka_sizing.partitions.placement import PartitionLoads

ShardChoice = Literal["random", "round robin"]

CHOICE_DRAWS: Final = 1_000  # hashes drawn for each choice of keys and shards
DEARER: Final = 4  # how many times the new keys of the cheapest choice are tried


@dataclass(frozen=True, slots=True)
class CompositeKey(Fix):
    """Key and shard number together: one key becomes several.

    Parameters
    ----------
    shards : int, optional
        Shards of each key that is split. One shard is the key itself. Without a number, keys
        and shards are chosen on use, as the fewest new keys that keep every partition below the
        line as surely as ``certainty`` says (`plan_salting`), and for the keys given. [1, 10,000]
    hot_keys : int or sequence of str and bytes, optional
        Which keys to split: that many of the heaviest, or these. None splits every key, or if
        the shards are to be chosen, as many of the heaviest as it takes.
    shard_by : {"random", "round robin"} or PairLoads, default "random"
        How a record gets its shard: drawn, dealt in turn, or as MurmurHash3 of another
        column modulo the shards; then these are the joint counts `count_pairs` gives.
    placed : {"hashed", "consecutive"}, default "hashed"
        "hashed": key, separator and shard number are hashed as the key was, so two shards may
        meet on a partition. "consecutive": a custom partitioner puts shard s on partition
        (partition of the key + s) mod N, so they do not while there are at most N.
    separator : str or bytes, default "-"
        What stands between key and shard number.
    certainty : float, optional
        Part of random hashes under which a choice of keys and shards must keep the line; without
        it what `compare_fixes` asks for, or else 95 %. (0, 1)

    Raises
    ------
    ValueError
        If a number is out of range, a choice is unknown, the separator is empty or ends in a
        digit, or shards are to be chosen for listed keys or by another column; on use, if a key
        to be split is not among the keys.

    Notes
    -----
    Drawn or dealt, each shard is given an equal part: the long-run expectation. The outcome of
    a fix without a number has the fix with its numbers, and says in its notes why these; if no
    split keeps the line, nothing is split and the notes say why none can.

    Examples
    --------
    >>> from kafka_sizing import CompositeKey, KeyLoads
    >>> keys = KeyLoads(["UA", "B6", "EV"], [60, 20, 20])
    >>> fix = CompositeKey(4, hot_keys=1, placed="consecutive")
    >>> outcome = fix.evaluate(keys, 4)
    >>> fix.name, outcome.peak_share, outcome.ordering_scope
    ('composite key for the heaviest key, 4 shards on consecutive partitions', 0.35, 'per shard')
    """

    shards: int | None = None
    _: KW_ONLY
    hot_keys: int | tuple[str | bytes, ...] | None = None
    shard_by: ShardChoice | PairLoads = "random"
    placed: ShardPlacement = "hashed"
    separator: str | bytes = "-"
    certainty: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "hot_keys", _checked_hot_keys(self.hot_keys))
        if self.shards is not None:
            shards = check_count("shards", self.shards, most=MOST_SHARDS)
            object.__setattr__(self, "shards", shards)
        elif isinstance(self.hot_keys, tuple) or isinstance(self.shard_by, PairLoads):
            by = "for listed hot_keys" if isinstance(self.hot_keys, tuple) else "by another column"
            raise ValueError(f"shards must be given as a number {by}, got None")
        if not isinstance(self.shard_by, PairLoads):
            if not isinstance(self.shard_by, str):
                raise TypeError(
                    "shard_by must be 'random', 'round robin' or PairLoads, "
                    f"got {type(self.shard_by).__name__}"
                )
            check_choice("shard_by", self.shard_by, get_args(ShardChoice))
        check_choice("placed", self.placed, get_args(ShardPlacement))
        check_separator(self.separator)
        if self.certainty is not None:
            check_open_share("certainty", self.certainty)

    @property
    def name(self) -> str:
        """Which keys, how many shards, and where they go."""
        match self.hot_keys:
            case None:
                which = ""
            case 1:
                which = " for the heaviest key"
            case int(n):
                which = f" for the {n:,} heaviest keys"
            case listed:
                which = f" for {len(listed):,} listed key{'s' * (len(listed) > 1)}"
        how = {"random": "", "round robin": " in turn"}.get(
            self.shard_by if isinstance(self.shard_by, str) else "", " by another column"
        )
        where = " on consecutive partitions" if self.placed == "consecutive" else ""
        number = "as many shards as it takes"
        if self.shards is None and self.hot_keys is None:
            number = "as many keys and shards as it takes"
        elif self.shards is not None:
            number = f"{self.shards:,} shard{'s' * (self.shards > 1)}"
        return f"composite key{which}, {number}{how}{where}"

    @property
    def intrusiveness(self) -> int:
        """Split keys lose their order; less changes if only hot keys are split."""
        return 4 if self.hot_keys is None and self.shards is not None else 3

    def drawn_peaks(self, before: PartitionLoads, partitions: int) -> NDArray[np.float64] | None:
        """Hash every shard, or the first of each key; None for some that are not the heaviest."""
        keys, today, partitioner = placed_keys(before)
        if self.shards is None or self.shards == 1:  # nothing is split
            return peaks_of(keys, partitions, partitioner)
        can_draw = isinstance(self.shard_by, str) and partitions <= MOST_PARTITIONS_DRAWN
        if can_draw and today.min() >= 0 and self._splits_heaviest(keys):
            hot = len(keys) if self.hot_keys is None else _count(self.hot_keys)
            return salted_loads(before, hot, self.shards, self.placed).max_shares
        if self.placed == "consecutive":
            return None
        shards = self._split(before, self.shards).loads.keys
        return None if shards is None else peaks_of(shards, partitions, partitioner)

    def with_certainty(self, certainty: float) -> Fix:
        """Take over what is asked for, if there is something to choose and nothing was said."""
        if self.shards is not None or self.certainty is not None:
            return self
        return replace(self, certainty=certainty)

    def applied_to(self, before: PartitionLoads, *, line: Line) -> Outcome:
        """Split the keys, and place every shard."""
        if self.shards is None:
            return chosen_outcome(self, before, line)
        if self.shards == 1:
            return unchanged(self, before, line)
        parts = self._split(before, self.shards)
        fan_in, scope = self.shards, self._ordering()
        column = "the other column" if isinstance(self.shard_by, PairLoads) else ""
        return Outcome(
            fix=self,
            loads=parts.loads,
            line=line,
            ordering_scope=scope,
            ordering_note=(
                "records of a split key stay in order only within a shard"
                + (f": those with the same value in {column} do" if column else "")
                + ("" if self.hot_keys is None else "; keys that are not split keep their order")
            ),
            producer_change=self._producer_change(fan_in),
            consumer_change=(
                f"read {fan_in:,} shards for all of a split key and merge them"
                + ("" if self.hot_keys is None else "; know which keys are split")
            ),
            read_fan_in=fan_in,
            state_copies=min(fan_in, before.partitions),
            moved_key_share=parts.moved_key_share,
            moved_load_share=parts.moved_load_share,
            notes=tuple(self._notes(before, parts, fan_in)),
        )

    def _split(self, before: PartitionLoads, shards: int) -> Split:
        keys, _, _ = placed_keys(before)
        return split(
            before,
            positions=self._positions(keys),
            shards=shards,
            pairs=self.shard_by if isinstance(self.shard_by, PairLoads) else None,
            consecutive=self.placed == "consecutive",
            separator=self.separator,
        )

    def _positions(self, keys: KeyLoads) -> NDArray[np.int64] | None:
        """Say where the keys to split stand; None for all of them."""
        if self.hot_keys is None:
            return None
        if isinstance(self.hot_keys, int):
            return keys.heaviest(self.hot_keys) if self.hot_keys < len(keys) else None
        found = positions_of(KeyColumn.of([bytes_of(key) for key in self.hot_keys]), keys.keys)
        if (missing := np.flatnonzero(found < 0)).size:
            raise ValueError(
                f"hot_keys must be among the keys, got {self.hot_keys[missing[0]]!r:.60}"
            )
        return found

    def _splits_heaviest(self, keys: KeyLoads) -> bool:
        """Whether none of the keys left whole is heavier than one that is split."""
        positions = self._positions(keys)
        if positions is None or isinstance(self.hot_keys, int):
            return True
        heaviest = keys.loads[keys.heaviest(len(positions))]
        return bool(np.array_equal(np.sort(keys.loads[positions]), np.sort(heaviest)))

    def _ordering(self) -> OrderingScope:
        return "per shard"

    def _producer_change(self, shards: int) -> str:
        match self.shard_by:
            case "random":
                shard = f"a random number below {shards:,}"
            case "round robin":
                shard = f"a counter mod {shards:,}"
            case _:
                shard = f"murmur3(the other column) mod {shards:,}"
        listed = self.hot_keys is not None
        if self.placed == "hashed":
            keys = "the keys on a list that all producers share" if listed else "every key"
            return f"append a shard number to {keys}: {shard}"
        keys = "a key on a list that all producers share" if listed else "a key"
        return (
            f"a custom partitioner puts records of {keys} on (partition of the key + shard) mod "
            f"partitions; the shard is {shard}"
        )

    def _notes(self, before: PartitionLoads, parts: Split, shards: int) -> Iterable[str]:
        keys, _, _ = placed_keys(before)
        if self.shard_by == "random" and keys.sample_size is not None and keys.total:
            records = parts.heaviest_share * keys.sample_size
            if records >= 1:
                deviation = ((shards - 1) / records) ** 0.5
                yield (
                    "shards drawn at random: in a log as long as this one a shard of the hottest "
                    f"split key varies by ± {100 * deviation:.2g} % (one standard deviation)"
                )
        if parts.has_collision:
            yield "a shard has the same bytes as another key: readers cannot tell them apart"
        if self.placed == "consecutive" and shards > before.partitions:
            yield (
                f"with more shards than the {before.partitions:,} partitions some partitions get "
                "one shard more of a key than others"
            )


def chosen_outcome(fix: CompositeKey, before: PartitionLoads, line: Line) -> Outcome:
    """Choose keys and shards for a line, and say why these; split nothing if none keep it."""
    keys, _, partitioner = placed_keys(before)
    as_is = unchanged(fix, before, line)
    if as_is.fits and fix.certainty is None:
        return replace(as_is, notes=("as it is no partition is above the line: nothing to split",))
    plan = plan_salting(
        keys,
        before.partitions,
        capacity=line.load,
        certainty=CUSTOMARY_CERTAINTY if fix.certainty is None else fix.certainty,
        placement=fix.placed,
        hot_keys=fix.hot_keys if isinstance(fix.hot_keys, int) else None,
        partitioner=partitioner,
        draws=CHOICE_DRAWS,
        rng=SEED,
    )
    if as_is.fits and plan.hot_keys == 0:
        return replace(as_is, notes=(plan.reason,))
    options = list(_verified(plan, before))
    if not options:
        return replace(as_is, notes=(plan.reason,))
    outcomes = (_numbered(fix, option, keys).applied_to(before, line=line) for option in options)
    tried = []
    for option, outcome in zip(options, outcomes, strict=True):
        tried.append((option, outcome))
        if outcome.fits:
            break
    option, outcome = tried[-1] if tried[-1][1].fits else tried[0]
    return replace(outcome, notes=(*_why(plan, option, outcome), *outcome.notes))


def salted_loads(
    before: PartitionLoads, hot_keys: int, shards: int, placed: ShardPlacement
) -> SaltedLoads:
    """Draw what the heaviest keys in shards make of the hottest partition, always alike.

    What is chosen and what is compared is judged by the same draws.
    """
    keys, _, partitioner = placed_keys(before)
    model = SaltedModel.of(keys, before.partitions, placed, partitioner)
    draws = model.draws_to_verify(CHOICE_DRAWS)
    return model.draw(hot_keys, shards, draws, np.random.default_rng(SEED))


def _verified(plan: SaltingPlan, before: PartitionLoads) -> Iterator[SaltedLoads]:
    """Give the options worth trying as the comparison sees them, if they hold there too."""
    for option in _worth_trying(plan):
        drawn = salted_loads(before, option.hot_keys, option.shards, option.placement)
        if drawn.probability_within(plan.most_share) >= plan.certainty:
            yield drawn


def _worth_trying(plan: SaltingPlan) -> list[SaltedLoads]:
    """Give the options that split a key, cheapest first, without those that are far dearer."""
    options = sorted(
        (option for option in plan.options if option.hot_keys), key=lambda one: one.extra_shards
    )
    return [one for one in options if one.extra_shards <= DEARER * options[0].extra_shards]


def _count(hot_keys: int | tuple[str | bytes, ...]) -> int:
    return hot_keys if isinstance(hot_keys, int) else len(hot_keys)


def _numbered(fix: CompositeKey, option: SaltedLoads, keys: KeyLoads) -> CompositeKey:
    hot_keys = None if option.hot_keys == len(keys) else option.hot_keys
    return replace(fix, shards=option.shards, hot_keys=hot_keys, certainty=None)


def _why(plan: SaltingPlan, option: SaltedLoads, outcome: Outcome) -> Iterable[str]:
    """Say what was chosen, and what the hash of these keys makes of it."""
    yield f"chosen: {plan.reason_for(option)}"
    if not outcome.fits:
        yield (
            "these keys are among the few that their hash does not favour: another separator "
            "draws anew where shards are hashed"
        )


def _checked_hot_keys(given: Any) -> int | tuple[str | bytes, ...] | None:
    if given is None:
        return None
    if isinstance(given, (str, bytes)):
        raise TypeError(f"hot_keys must be a number or a sequence of keys, got one key {given!r}")
    if not isinstance(given, Iterable):
        return check_count("hot_keys", given)
    listed: Sequence[Any] = tuple(given)
    if not listed:
        raise ValueError("hot_keys must hold at least one key, got none")
    for key in listed:
        if not isinstance(key, (str, bytes)):
            raise TypeError(f"hot_keys must be str or bytes, got {type(key).__name__}")
    if len({bytes_of(key) for key in listed}) < len(listed):
        raise ValueError(f"hot_keys must be distinct, got one twice in {len(listed):,} keys")
    return tuple(listed)
