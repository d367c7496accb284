"""Shares that a hash places in; what the hottest partition carries under random ones out."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.partitioners import Partitioner
from kafka_sizing.partitions.draws import HashDraws
from kafka_sizing.partitions.shares import HashedShares

CUSTOMARY_CERTAINTY: Final = 0.95
SEED: Final = 0  # the same keys give the same answer
DRAWS: Final = 3_000


def peaks_of(
    shares: KeyLoads | NDArray[np.float64], partitions: int, partitioner: Partitioner
) -> NDArray[np.float64]:
    """Draw the hottest partition's share under random hashes, rising.

    Shares that do not add up to 1 are taken as loads. The partitioner says what becomes of
    records without a key.
    """
    hashed = HashedShares.of(shares, partitioner)
    return HashDraws(hashed, draws=DRAWS, rng=SEED).max_shares(partitions)[0]
