"""A stream and what producers know in; the partition of each record, one after another, out.

Record t comes from producer t mod ``producers``. A producer knows only what it wrote itself:
its row of ``loads`` (producers, partitions), which come in as zeros and are counted up. With
``hashes`` come the first candidate and the seed of each key.
Every loop runs as plain Python and under Numba (`compiled.fastest`), with the same result: of
equally loaded partitions the first candidate is taken, or the lowest number.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.fixes.splitting.candidates import candidate
from kafka_sizing.fixes.splitting.choices import fewest_choices

Placed = NDArray[np.int32]

ALL: Final = 0  # in place of a number of choices: every partition
IN_TURN: Final = -1  # one partition after the other
SOLVED: Final = -2  # as few as the producer thinks will do
TRIES_PER_PARTITION: Final = 8  # hashes that all miss the one partition with room: exp(-8)


def least_loaded(loads: Any, first: Any, seed: Any, choices: int) -> Any:
    """Take the least loaded of the first candidates of a key."""
    best = first
    for number in range(1, choices):
        other = candidate(first, seed, number, loads.size)
        if loads[other] < loads[best]:
            best = other
    return best


def split_by_load(stream: Any, hashes: Any, loads: Any, choices: int) -> Placed:
    """Greedy-d with key splitting: each record to the least loaded candidate of its key."""
    first, seeds = hashes
    producers = len(loads)
    placed = np.empty(stream.size, dtype=np.int32)
    for record in range(stream.size):
        mine = loads[record % producers]
        key = stream[record]
        best = least_loaded(mine, first[key], seeds[key], choices)
        mine[best] += 1
        placed[record] = best
    return placed


def remembered(stream: Any, hashes: Any, loads: Any, choices: int) -> Placed:
    """Where each key stays: the least loaded candidate at first sight, -1 if never seen.

    There is one row of loads, of all producers together: all see and remember the same.
    """
    first, seeds = hashes
    together = loads[0]
    home = np.full(first.size, -1, dtype=np.int32)
    for record in range(stream.size):
        key = stream[record]
        if home[key] < 0:
            if choices == ALL:
                home[key] = together.argmin()
            else:
                home[key] = least_loaded(together, first[key], seeds[key], choices)
        together[home[key]] += 1
    return home


def smallest_counter(counts: Any, scan: Any) -> Any:
    """Find the first of the smallest counters.

    They only grow, so none before ``scan[0]`` is as small as ``scan[1]`` any more.
    """
    at, smallest = scan
    while at < counts.size and counts[at] != smallest:
        at += 1
    if at == counts.size:
        at = counts.argmin()
    scan[0] = at
    scan[1] = counts[at]
    return at


def estimated_count(key: Any, counts: Any, counted: Any, counter_of_key: Any, scan: Any) -> Any:
    """Space-Saving: count one more record of a key, and say how many there may have been.

    A key that is not counted takes over the smallest counter, with what it says.
    """
    at = counter_of_key[key]
    if at < 0:
        at = smallest_counter(counts, scan)
        if counted[at] >= 0:
            counter_of_key[counted[at]] = -1
        counted[at] = key
        counter_of_key[key] = at
    counts[at] += 1
    return counts[at]


def split_head(stream: Any, hashes: Any, loads: Any, counts: Any, rule: Any) -> Placed:
    """W-Choices, D-Choices and round robin of the head; the tail goes by two choices.

    A key is in the head of a producer while its estimated count is at least ``head_share`` of
    the records that producer wrote. The rule: choices of the head, which is a number, ALL,
    IN_TURN or SOLVED; the ``head_share``; and the imbalance that SOLVED may leave.
    """
    first, seeds = hashes
    choices, head_share, tolerance = rule
    producers, partitions = loads.shape
    counted = np.full(counts.shape, -1, dtype=np.int32)
    counter_of_key = np.full((producers, first.size), -1, dtype=np.int32)
    scan = np.zeros((producers, 2), dtype=np.int64)
    turn = np.arange(producers)
    solved = np.full(producers, max(choices, 2))
    solve_at = np.zeros(producers, dtype=np.int64)
    placed = np.empty(stream.size, dtype=np.int32)
    for record in range(stream.size):
        producer = record % producers
        written = record // producers + 1
        mine = loads[producer]
        key = stream[record]
        estimate = estimated_count(
            key, counts[producer], counted[producer], counter_of_key[producer], scan[producer]
        )
        if estimate < head_share * written:
            best = least_loaded(mine, first[key], seeds[key], 2)
            mine[best] += 1
        elif choices == IN_TURN:
            best = turn[producer] % partitions
            turn[producer] += 1
        else:
            if choices == SOLVED and written >= solve_at[producer]:
                head = counts[producer][counts[producer] >= head_share * written] / written
                solved[producer] = fewest_choices(np.sort(head)[::-1], partitions, tolerance)
                solve_at[producer] = written + written // 8 + 1  # heads change less and less
            if choices == ALL or solved[producer] >= partitions:
                best = mine.argmin()
            else:
                best = least_loaded(mine, first[key], seeds[key], solved[producer])
            mine[best] += 1
        placed[record] = best
    return placed


def overflow_by_hash(stream: Any, hashes: Any, loads: Any, slack: float) -> Placed:
    """PoRC: the first candidate of the key with less than (1 + slack) × the mean load."""
    first, seeds = hashes
    producers, partitions = loads.shape
    placed = np.empty(stream.size, dtype=np.int32)
    for record in range(stream.size):
        mine = loads[record % producers]
        limit = (1.0 + slack) * (record // producers + 1) / partitions
        key = stream[record]
        at = first[key]
        number = 0
        while mine[at] >= limit and number < TRIES_PER_PARTITION * partitions:
            number += 1
            at = candidate(first[key], seeds[key], number, partitions)
        if mine[at] >= limit:
            at = mine.argmin()
        mine[at] += 1
        placed[record] = at
    return placed


def overflow_by_ring(stream: Any, ring: Any, loads: Any, slack: float) -> Placed:
    """Bounded loads: on from the key's token to the first partition below its capacity."""
    start, owners = ring
    producers, partitions = loads.shape
    placed = np.empty(stream.size, dtype=np.int32)
    for record in range(stream.size):
        mine = loads[record % producers]
        capacity = math.ceil((1.0 + slack) * (record // producers + 1) / partitions)
        token = start[stream[record]]
        while mine[owners[token]] >= capacity:
            token = (token + 1) % owners.size
        mine[owners[token]] += 1
        placed[record] = owners[token]
    return placed


def counted_keys(stream: Any, keys: int, counters: int) -> NDArray[np.int64]:
    """Space-Saving over a whole stream: the estimated count of each key, 0 if not counted."""
    counts = np.zeros(counters, dtype=np.int64)
    counted = np.full(counters, -1, dtype=np.int32)
    counter_of_key = np.full(keys, -1, dtype=np.int32)
    scan = np.zeros(2, dtype=np.int64)
    for record in range(stream.size):
        estimated_count(stream[record], counts, counted, counter_of_key, scan)
    estimates = np.zeros(keys, dtype=np.int64)
    for at in range(counters):
        if counted[at] >= 0:
            estimates[counted[at]] = counts[at]
    return estimates
