"""A topic as it is in; the fixes worth comparing for it out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from kafka_sizing.fixes.base import AsIs, Fix, placed_keys
from kafka_sizing.fixes.buckets import KeyBuckets
from kafka_sizing.fixes.certainty import certainty_of
from kafka_sizing.fixes.composite import CompositeKey
from kafka_sizing.fixes.keyless import NoKey
from kafka_sizing.fixes.partitions import MorePartitions
from kafka_sizing.fixes.subkeys import suffixed
from kafka_sizing.fixes.sure_counts import sure_counts
from kafka_sizing.fixes.trials import try_shards
from kafka_sizing.partitions.hotspots import find_hot
from kafka_sizing.partitions.lines import Line
from kafka_sizing.partitions.placement import MOST_PLACED, PartitionLoads
from kafka_sizing.partitions.separation import (
    heaviest_key_load,
    null_load_of_one,
    takes_partitions,
)

BUCKETS_PER_PARTITION: Final = 10  # weights level out; more gains little
BUCKETS_LISTED: Final = 1_000  # a table that is still easy to share
CHOSEN_UP_TO: Final = 1_000  # partitions for which keys and shards are chosen together


def propose_fixes(
    before: PartitionLoads, *, line: Line, certainty: float | None = None
) -> tuple[Fix, ...]:
    """Choose what to compare with a topic as it is: at most eight fixes.

    Always twice the partitions, and if nothing is hot no more than that. Otherwise the first
    count at which nothing is hot, and four times the partitions unless one key alone is too
    big for any count; key buckets placed by weight; where single keys are hot a composite key
    for them, hashed and consecutive, and one for all keys (if neither of the first two fits,
    one that chooses keys and shards stands in for the consecutive one); and no key where single
    keys are hot or null keys share a partition.

    With a certainty a topic is hot too if too few random hashes keep the line; the first count is
    one at which enough of them do, and composite keys are those that choose keys and shards.

    Parameters
    ----------
    before : PartitionLoads
        What `place` returns.
    line : Line
        Above it a partition is hot.
    certainty : float, optional
        Part of random hashes under which a fix must hold; without it for these keys. (0, 1)

    Returns
    -------
    tuple of Fix
        In the order of how much they change.

    Examples
    --------
    >>> from kafka_sizing import KeyLoads, place
    >>> from kafka_sizing.fixes import propose_fixes
    >>> from kafka_sizing.partitions.lines import hot_lines
    >>> before = place(KeyLoads(["UA", "B6", "EV", "DL"], [60, 20, 10, 10]), 4)
    >>> [fix.name for fix in propose_fixes(before, line=hot_lines(before)[0])][:2]
    ['8 partitions', '40 key buckets, placed by weight']
    """
    keys, _, partitioner = placed_keys(before)
    n = before.partitions
    too_big = line.is_crossed_by(max(heaviest_key_load(before), null_load_of_one(before)))
    most = n if too_big else None  # no count can do, so none is tried
    report = find_hot(before, capacity=line.load, most_partitions=most) if line.load else None
    if report is None or (report.fits and _is_sure(before, line, certainty)):
        return tuple(_more_partitions(before, {2 * n}))
    hot = _hot_keys(before, line)
    counts = {2 * n} if too_big else {2 * n, 4 * n}
    if report.first_fitting is not None:
        counts.add(report.first_fitting)
    if certainty is not None and not too_big:
        counts.discard(report.first_fitting or n)  # it may fit by luck
        counts |= {2 * n, *sure_counts(keys, partitioner, n, line=line, certainty=certainty)}
    fixes: list[Fix] = [*_more_partitions(before, counts)]
    if n == 1:
        return tuple(fixes)
    if len(keys) > 1 and not line.is_crossed_by(before.even_share):
        fixes.append(KeyBuckets(_buckets(n)))
    if (hot or certainty is not None) and _takes_shards(before):
        if certainty is not None and _has_room(before, line):
            fixes += [
                CompositeKey(certainty=certainty),
                CompositeKey(placed="consecutive", certainty=certainty),
            ]
        elif hot:
            fixes += _composites(before, line, hot)
    if hot or null_load_of_one(before) or certainty is not None:
        fixes.append(NoKey())
    return tuple(fixes)


def _is_sure(before: PartitionLoads, line: Line, certainty: float | None) -> bool:
    """Whether the topic as it is keeps the line under enough random hashes, if that matters."""
    if certainty is None or not before.total:
        return True
    return certainty_of(AsIs().applied_to(before, line=line), before).is_at_least(certainty)


def _more_partitions(before: PartitionLoads, counts: set[int]) -> Iterator[MorePartitions]:
    """Give the counts that are possible, in rising order."""
    keys, _, partitioner = placed_keys(before)
    for count in sorted(counts):
        if count > before.partitions and takes_partitions(partitioner, keys.keys, count):
            yield MorePartitions(count)


def _buckets(partitions: int) -> int:
    wanted = min(BUCKETS_PER_PARTITION * partitions, BUCKETS_LISTED)
    return min(max(wanted, 4 * partitions), MOST_PLACED)


def _hot_keys(before: PartitionLoads, line: Line) -> int:
    """Count the keys that write more than half an even share, or more than half the line.

    Two of those on a partition are a burden, even where none of them is too big alone.
    """
    keys, _, _ = placed_keys(before)
    heavy = keys.loads[: keys.named] > min(before.even_share, line.load) / 2
    return int(np.count_nonzero(heavy))


def _takes_shards(before: PartitionLoads) -> bool:
    """Whether what places the keys can read one with a shard number: not if keys are numbers."""
    keys, _, partitioner = placed_keys(before)
    try:
        partitioner.partitions_of(suffixed(keys.keys[:1], b"-0"), before.partitions)
    except ValueError:
        return False
    return True


def _composites(before: PartitionLoads, line: Line, hot: int) -> Iterator[CompositeKey]:
    keys, _, _ = placed_keys(before)
    every = hot >= len(keys)
    some = None if every else keys.heaviest(hot)
    listed = None if every else hot
    hashed = try_shards(before, line, some, "hashed")
    dealt = try_shards(before, line, some, "consecutive")
    yield CompositeKey(hashed.shards, hot_keys=listed)
    if hashed.fails and dealt.fails and _has_room(before, line):  # so many keys do not do
        yield CompositeKey(placed="consecutive")
    else:
        yield CompositeKey(dealt.shards, hot_keys=listed, placed="consecutive")
    if not every:
        everyone = try_shards(before, line, None, "hashed", unless_tried=hashed.shards)
        yield CompositeKey(everyone.shards)


def _has_room(before: PartitionLoads, line: Line) -> bool:
    """Whether a choice of keys and shards could keep the line, and is soon found."""
    if before.partitions > CHOSEN_UP_TO or line.is_crossed_by(before.even_share):
        return False
    return not line.is_crossed_by(null_load_of_one(before))
