"""Records that have no key, and a client, in; where they go, and when that is even, out."""

from kafka_sizing.partitions.keyless.batches import Batching, batching_of, records_per_draw
from kafka_sizing.partitions.keyless.clients import (
    KeylessClient,
    find_keyless_client,
    keyless_client_of,
    keyless_clients,
)
from kafka_sizing.partitions.keyless.evening import draws_until_even, long_run_shares
from kafka_sizing.partitions.keyless.hidden import HiddenHotPartition, hidden_hot_partition
from kafka_sizing.partitions.keyless.spread import KeylessSpread, simulate_keyless

__all__ = [
    "Batching",
    "HiddenHotPartition",
    "KeylessClient",
    "KeylessSpread",
    "batching_of",
    "draws_until_even",
    "find_keyless_client",
    "hidden_hot_partition",
    "keyless_client_of",
    "keyless_clients",
    "long_run_shares",
    "records_per_draw",
    "simulate_keyless",
]
