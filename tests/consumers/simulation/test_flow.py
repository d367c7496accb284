"""What members read of their partitions in a stretch of time."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.consumers.simulation.flow import read_records


@pytest.mark.parametrize(
    ("unread", "readers", "can_read", "read"),
    [
        pytest.param([5, 7], [0, 1], [10, 10], [5, 7], id="enough for all"),
        pytest.param([50, 70], [0, 0], [60], [30, 30], id="evenly if both want more"),
        pytest.param([10, 70], [0, 0], [60], [10, 50], id="what one leaves goes to the other"),
        pytest.param([5, 20, 90], [0, 0, 0], [60], [5, 20, 35], id="in several rounds"),
        pytest.param([9, 9], [-1, 0], [4], [0, 4], id="nobody reads nothing"),
        pytest.param([9, 9], [0, 1], [0, 9], [0, 9], id="no capacity reads nothing"),
        pytest.param([9, 9], [1, 1], [9, 4], [2, 2], id="capacity is not lent"),
    ],
)
def test_reading_by_hand(unread, readers, can_read, read):
    got = read_records(np.array(unread, float), np.array(readers), np.array(can_read, float))
    assert got.tolist() == read


@given(
    data=st.lists(st.tuples(st.floats(0, 1e6), st.integers(-1, 3)), min_size=1, max_size=20),
    can_read=st.lists(st.floats(0, 1e6), min_size=4, max_size=4),
)
def test_reading_is_max_min_fair(data, can_read):
    unread = np.array([amount for amount, _ in data])
    readers = np.array([reader for _, reader in data])
    read = read_records(unread, readers, np.array(can_read))
    assert (read >= 0).all()
    assert (read <= unread).all()
    assert not read[readers == -1].any()
    for member, capacity in enumerate(can_read):
        mine = readers == member
        total = read[mine].sum()
        assert total <= capacity * (1 + 1e-9) + 1e-9
        left_over = unread[mine] - read[mine] > 1e-6
        if left_over.any():  # then all capacity is used, and nobody richer than the poor
            assert total == pytest.approx(capacity, rel=1e-9, abs=1e-6)
            assert read[mine][left_over].min() >= read[mine].max() - 1e-6
