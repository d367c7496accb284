"""A client, a rate and windows of time in; the records of each partition in each window out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.partitions.keyless.batches import Batching, records_per_draw
from kafka_sizing.partitions.keyless.clients import KeylessClient
from kafka_sizing.partitions.keyless.hidden import hidden_hot_partition
from kafka_sizing.partitions.keyless.queues import Queue, SlowProducer
from kafka_sizing.partitions.keyless.runs import drawn_runs
from kafka_sizing.partitions.keyless.turns import dealt_in_turn, dealt_skipping

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeylessTraffic:
    """Producers that send records without a key, evenly in time, to one topic."""

    client: KeylessClient
    batching: Batching
    records_per_s: float  #: of all producers
    producers: int
    partitions: int
    slow_partitions: Mapping[int, float]  #: records/s that such a partition takes, of all
    window_s: float
    windows: int

    @property
    def each_per_s(self) -> float:
        """What one producer sends. [records/s]"""
        return self.records_per_s / self.producers

    @property
    def has_queues(self) -> bool:
        """Whether what waits for slow partitions changes where records go."""
        return bool(self.slow_partitions) and self.client.heeds_slow_partitions

    @property
    def draws(self) -> float:
        """About how many draws the whole simulation takes."""
        if not self.client.draws or self.client.rule == "random":
            return 0.0
        run = records_per_draw(self.client, self.batching, self.each_per_s)
        return self.records_per_s * self.window_s * self.windows / run

    def counted(self, rng: np.random.Generator) -> Counts:
        """Send the records of all producers; give those of each window and partition."""
        edges = self._edges(rng)
        at = hidden_hot_partition(self.client, partitions=self.partitions).null_partition
        if at is not None:
            counts = np.zeros((self.windows, self.partitions), dtype=np.int64)
            counts[:, at] = np.diff(edges, axis=1).sum(axis=0)
            return counts
        if self.client.rule == "random":
            even = np.full(self.partitions, 1 / self.partitions)
            return rng.multinomial(np.diff(edges, axis=1).sum(axis=0), even)
        counts = np.zeros((self.windows, self.partitions), dtype=np.int64)
        for of_one in edges:
            counts += self._of_one(of_one, rng)
        return counts

    def _edges(self, rng: np.random.Generator) -> Counts:
        """Number the records of each producer at the edges of the windows; one row each."""
        times_s = np.arange(self.windows + 1) * self.window_s
        phase = rng.random((self.producers, 1))
        edges = np.ceil(times_s * self.each_per_s - phase)
        return np.maximum(edges, 0).astype(np.int64)

    def _of_one(self, edges: Counts, rng: np.random.Generator) -> Counts:
        """Send the records of one producer."""
        n = self.partitions
        if not edges[-1]:
            return np.zeros((self.windows, n), dtype=np.int64)
        if self.client.rule == "round robin":
            dealt = dealt_in_turn(edges, n, first=int(rng.integers(n)))
            return np.diff(dealt, axis=0)
        if self.client.rule == "round robin, skipping":
            at_once = math.ceil(n / 2)
            batch = self.batching.records(self.each_per_s / at_once)
            before = int(rng.integers(n * at_once * batch))  # records, when we begin to look
            return np.diff(dealt_skipping(before + edges, n, batch_records=batch), axis=0)
        if self.has_queues:
            return self._slow_producer(rng).runs(int(edges[-1])).counted(edges, n)
        runs = drawn_runs(
            int(edges[-1]),
            n,
            run_records=records_per_draw(self.client, self.batching, self.each_per_s),
            draw=self.client.draw,
            rng=rng,
        )
        return runs.counted(edges, n)

    def _slow_producer(self, rng: np.random.Generator) -> SlowProducer:
        return SlowProducer(
            client=self.client,
            batching=self.batching,
            records_per_s=self.each_per_s,
            partitions=self.partitions,
            queues={
                partition: Queue(records_per_s=taken_per_s / self.producers)
                for partition, taken_per_s in self.slow_partitions.items()
            },
            rng=rng,
        )
