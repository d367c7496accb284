"""Made-up keys leave the remainders they stand for."""

import numpy as np
import pytest

from kafka_sizing import PARTITIONERS
from kafka_sizing.keys.stand_ins import stand_ins
from kafka_sizing.keys.tail import TAIL_BINS


@pytest.mark.parametrize("client", ["java", "librdkafka", "sarama", "murmur2-unmasked"])
@pytest.mark.parametrize("modulus", [1, 7, 5_000])
def test_each_remainder_has_a_key_of_its_own(client, modulus):
    partitioner = PARTITIONERS[client]
    wanted = np.arange(modulus)[::-1]
    made = stand_ins(partitioner, modulus, wanted)
    assert np.array_equal(partitioner.numbers_of(made) % modulus, wanted)
    assert len(set(made)) == modulus
    assert list(stand_ins(partitioner, modulus, wanted[:3])) == list(made)[:3]


def test_all_bins_of_a_tail_can_be_stood_for():
    java, bins = PARTITIONERS["java"], np.arange(TAIL_BINS)
    assert np.array_equal(java.numbers_of(stand_ins(java, TAIL_BINS, bins)) % TAIL_BINS, bins)


def test_nothing_to_stand_for_needs_no_key():
    assert len(stand_ins(PARTITIONERS["java"], 7, np.empty(0, dtype=np.int64))) == 0
