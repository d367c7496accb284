"""Keys in any container in; their hashes, their partitions and their loads out."""

from kafka_sizing.keys.clients import Client
from kafka_sizing.keys.columns import KeyColumn
from kafka_sizing.keys.counting import count_keys
from kafka_sizing.keys.fitting import ZipfFit, ZipfFits, fit_zipf
from kafka_sizing.keys.hashing import crc32, fnv1a, murmur2, murmur3
from kafka_sizing.keys.intake import as_key_column
from kafka_sizing.keys.loads import KeyLoads, KeyShare
from kafka_sizing.keys.pairs import PairLoads, count_pairs
from kafka_sizing.keys.partition import partition_of
from kafka_sizing.keys.partitioners import (
    PARTITIONERS,
    Partitioner,
    find_partitioner,
    require_keyed,
    resolve_partitioner,
)
from kafka_sizing.keys.populations import lognormal_keys, uniform_keys, zipf_keys
from kafka_sizing.keys.sketch import KeySketch, sketch_keys
from kafka_sizing.keys.unseen import UnseenKeys, sum_of_squared_shares, unseen_keys

__all__ = [
    "PARTITIONERS",
    "Client",
    "KeyColumn",
    "KeyLoads",
    "KeyShare",
    "KeySketch",
    "PairLoads",
    "Partitioner",
    "UnseenKeys",
    "ZipfFit",
    "ZipfFits",
    "as_key_column",
    "count_keys",
    "count_pairs",
    "crc32",
    "find_partitioner",
    "fit_zipf",
    "fnv1a",
    "lognormal_keys",
    "murmur2",
    "murmur3",
    "partition_of",
    "require_keyed",
    "resolve_partitioner",
    "sketch_keys",
    "sum_of_squared_shares",
    "uniform_keys",
    "unseen_keys",
    "zipf_keys",
]
