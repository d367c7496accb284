"""Partitions that take records slowly in; which runs a client then makes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kafka_sizing._checks import ceil_ratio
from kafka_sizing.partitions.keyless.batches import Batching, records_per_draw
from kafka_sizing.partitions.keyless.clients import KeylessClient
from kafka_sizing.partitions.keyless.runs import Runs


@dataclass(slots=True, kw_only=True)
class Queue:
    """What one producer has ready for a slow partition."""

    records_per_s: float  #: that the partition takes from this producer
    free_at_s: float = 0.0  #: when all that is ready now will have been taken

    def wait_s(self, now_s: float) -> float:
        """How long a batch begun now waits until the ones before it are taken. [s]"""
        return max(0.0, self.free_at_s - now_s)

    def records(self, now_s: float) -> float:
        """How many records are not taken yet."""
        return self.wait_s(now_s) * self.records_per_s

    def add(self, records: int, now_s: float) -> None:
        """Let a batch be ready."""
        self.free_at_s = max(self.free_at_s, now_s) + records / self.records_per_s


@dataclass(slots=True, kw_only=True)
class SlowProducer:
    """One producer of records without a key, of whose partitions some are slow.

    What it sends next depends on what waits, so that runs follow one after the other.
    """

    client: KeylessClient
    batching: Batching
    records_per_s: float
    partitions: int
    queues: Mapping[int, Queue]
    rng: np.random.Generator

    def runs(self, records: int) -> Runs:
        """Send so many records, evenly in time."""
        partition, first_record = [], []
        unseen = set(range(self.partitions))
        at, sent = -1, 0
        while sent < records:
            at = self._next(at, sent / self.records_per_s, heed=not unseen)
            unseen.discard(at)
            partition.append(at)
            first_record.append(sent)
            sent += self._fill(at, sent)
        return Runs(partition=np.array(partition), first_record=np.array(first_record))

    def _next(self, last: int, now_s: float, *, heed: bool) -> int:
        """Draw the next partition."""
        if self.client.weights == "none" or not heed:  # Java weighs once all had a batch
            return self._any(last)
        fast_weight, slow_weights = self._weights(now_s)
        fast = self.partitions - len(self.queues)
        u = self.rng.random() * (fast * fast_weight + sum(slow_weights.values()))
        for partition, weight in slow_weights.items():
            if u < weight:
                return partition
            u -= weight
        return (
            self._fast_at(min(int(u / fast_weight), fast - 1)) if fast else next(iter(self.queues))
        )

    def _any(self, last: int) -> int:
        n = self.partitions
        if self.client.draw == "any" or last < 0 or n == 1:
            return int(self.rng.integers(n))
        if self.client.draw == "another":
            return (last + int(self.rng.integers(1, n))) % n
        return (last + max(1, int(self.rng.integers(n)))) % n

    def _weights(self, now_s: float) -> tuple[float, dict[int, float]]:
        """Weigh a partition without a queue, and each of the others."""
        if self.client.weights == "queued records":
            return 1.0, {
                partition: 1 / (queue.records(now_s) + 1)
                for partition, queue in self.queues.items()
            }
        full = self.batching.full_records
        batches = {
            partition: ceil_ratio(queue.records(now_s), full)
            for partition, queue in self.queues.items()
        }
        most = max(batches.values()) + 1.0
        return most, {partition: most - waiting for partition, waiting in batches.items()}

    def _fast_at(self, position: int) -> int:
        """Give the partition that is so many places down the list of those without a queue."""
        for slow in sorted(self.queues):
            position += slow <= position
        return position

    def _fill(self, partition: int, sent: int) -> int:
        """Send a run to a partition; give how many records it is."""
        queue = self.queues.get(partition)
        if queue is None or self.client.stays_bytes is not None:
            run = records_per_draw(self.client, self.batching, self.records_per_s)
            if queue is not None:
                queue.add(run, (sent + run) / self.records_per_s)
            return run
        stay_bytes = self.batching.batch_bytes if self.client.rule == "until enough bytes" else 0.0
        run, filled_bytes = 0, 0.0
        while not run or filled_bytes < stay_bytes:
            now_s = (sent + run) / self.records_per_s
            batch = self.batching.records(self.records_per_s, wait_s=queue.wait_s(now_s))
            run += batch
            filled_bytes += self.batching.bytes_of(batch)
            queue.add(batch, (sent + run) / self.records_per_s)
        return run
