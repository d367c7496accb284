"""Who owns what over time: when a rebalance shows, and who owned a partition last."""

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays

from kafka_sizing.consumers.monitoring.ownership import last_owners, rebalancing

grids = arrays(
    np.int64, st.tuples(st.integers(1, 12), st.integers(1, 5)), elements=st.integers(-1, 3)
)


def column(*owners):
    return np.array(owners)[:, None]


@pytest.mark.parametrize(
    ("seen", "last"),
    [
        pytest.param([0, 0, 1], [0, 0, 1], id="nothing to fill in"),
        pytest.param([0, -1, -1, 1], [0, 0, 0, 1], id="nobody for a time"),
        pytest.param([0, -1, -1], [0, -1, -1], id="nobody any more"),
        pytest.param([-1, -1, 2], [-1, -1, 2], id="nobody yet"),
        pytest.param([-1, -1], [-1, -1], id="nobody ever"),
    ],
)
def test_the_last_owner_is_kept_until_there_is_another(seen, last):
    assert last_owners(column(*seen))[:, 0].tolist() == last


@given(grids)
def test_an_owner_that_was_seen_is_never_another(owner):
    filled = last_owners(owner)
    assert (filled == owner)[owner >= 0].all()
    assert np.array_equal(last_owners(filled), filled)


def test_one_partition_that_moves_shows_a_rebalance():
    owner = np.tile([0, 0, 1, 1], (6, 1))
    owner[3:, 0] = 1
    first, under_way = rebalancing(owner)
    assert np.flatnonzero(first).tolist() == [3]
    assert np.flatnonzero(under_way).tolist() == [3]


def test_a_time_without_owners_is_one_rebalance_whatever_it_changes():
    owner = np.tile([0, 0, 1, 1], (8, 1))
    owner[2:5] = -1
    for after in ([0, 0, 1, 1], [2, 2, 3, 3]):
        owner[5:] = after
        first, under_way = rebalancing(owner)
        assert np.flatnonzero(first).tolist() == [2]
        assert np.flatnonzero(under_way).tolist() == [2, 3, 4, 5]


def test_rebalances_at_every_sample_are_counted_one_by_one():
    owner = np.arange(6)[:, None] % 2 + np.zeros((1, 4), np.int64)
    assert rebalancing(owner)[0].tolist() == [False, True, True, True, True, True]


def test_one_partition_of_many_without_an_owner_is_no_rebalance():
    owner = np.tile([0, 0, 1, 1], (6, 1))
    owner[2:4, 1] = -1
    assert not rebalancing(owner)[0].any()


def test_partitions_that_get_their_first_owner_are_no_rebalance_by_that_alone():
    owner = np.tile([0, 1, -1], (6, 1))
    owner[3:, 2] = 1
    assert not rebalancing(owner)[0].any()


def test_members_that_go_for_good_are_no_rebalance():
    owner = np.tile([0, 1], (6, 1))
    owner[3:] = -1
    assert not rebalancing(owner)[0].any()


@given(grids)
def test_a_rebalance_that_shows_is_under_way(owner):
    first, under_way = rebalancing(owner)
    assert (under_way | ~first).all()
    assert not first[0] or (owner[0] == -1).any()
