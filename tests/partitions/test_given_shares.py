"""Shares of partitions, as lists, arrays or placed keys give them."""

from __future__ import annotations

import numpy as np
import pytest

from kafka_sizing.partitions.given_shares import given_shares
from kafka_sizing.partitions.placement import PartitionLoads


def test_shares_keep_their_order_and_come_as_python_floats():
    shares = given_shares(np.array([0.5, 0.25, 0.25], dtype=np.float32), 3)
    assert shares == (0.5, 0.25, 0.25)
    assert all(type(share) is float for share in shares)


def test_placed_keys_give_their_shares():
    loads = PartitionLoads(loads=np.array([3.0, 1.0]), unit="records")
    assert given_shares(loads, 2) == (0.75, 0.25)


def test_shares_that_people_typed_are_made_to_sum_to_one():
    shares = given_shares([0.3333333, 0.3333333, 0.3333333], 3)
    assert sum(shares) == pytest.approx(1, abs=1e-15)


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ("ab", r"^shares must be numbers, got 'ab'$"),
        ([[0.5], [0.5, 0]], r"^shares must be numbers, got "),
        (object(), r"^shares must be numbers, got "),
        ([1.0], r"^shares must be one for each of 2 partitions, got shape \(1,\)$"),
        ([[0.5, 0.5]], r"^shares must be one for each of 2 partitions, got shape \(1, 2\)$"),
        ([1.5, -0.5], r"^shares must be finite and >= 0, got \[1\.5, -0\.5\]$"),
        ([float("inf"), 0], r"^shares must be finite and >= 0, got \[inf, 0\]$"),
        ([0.5, 0.6], r"^shares must sum to 1, got 1\.1$"),
    ],
)
def test_other_shares_are_refused_with_what_came(shares, message):
    with pytest.raises(ValueError, match=message):
        given_shares(shares, 2)
