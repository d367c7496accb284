"""The column of key bytes behaves as a list of bytes and nulls."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.keys import KeyColumn, columns, murmur2
from kafka_sizing.keys.columns import bytes_of, check_rising, offsets_of, text_of

keys = st.lists(st.none() | st.binary(max_size=8), max_size=12)


@given(keys)
def test_a_column_is_the_list_it_was_made_of(listed):
    column = KeyColumn.of(listed)
    assert list(column) == listed
    assert len(column) == len(listed)
    assert column.lengths.tolist() == [len(key or b"") for key in listed]
    assert column.null_positions.tolist() == [i for i, key in enumerate(listed) if key is None]
    assert list(column.keyed()) == [key for key in listed if key is not None]


@given(keys, st.data())
def test_indices_and_slices_are_those_of_a_list(listed, data):
    column = KeyColumn.of(listed)
    if listed:
        at = data.draw(st.integers(-len(listed), len(listed) - 1))
        assert column[at] == listed[at]
    cut = data.draw(st.slices(len(listed)))
    assert list(column[cut]) == listed[cut]
    with pytest.raises(IndexError):
        column[len(listed)]


@given(st.lists(st.none() | st.binary(max_size=8), min_size=1, max_size=12), st.data())
def test_take_gives_any_keys_in_any_order(listed, data):
    at = data.draw(st.lists(st.integers(0, len(listed) - 1)))
    taken = KeyColumn.of(listed).take(np.array(at, dtype=np.int64))
    assert list(taken) == [listed[index] for index in at]


def test_take_in_several_runs(monkeypatch):
    monkeypatch.setattr(columns, "BYTES_PER_TAKE", 7)
    listed = [bytes([65 + n]) * n for n in range(20)]
    at = np.random.default_rng(0).permutation(20)
    assert list(KeyColumn.of(listed).take(at)) == [listed[index] for index in at]


def test_a_column_may_begin_inside_its_bytes():
    data = np.frombuffer(b"..abc..", dtype=np.uint8)
    column = KeyColumn(data, np.array([2, 3, 5]))
    assert list(column) == [b"a", b"bc"]
    assert repr(column) == "KeyColumn(2 keys, 3 bytes)"


def test_a_column_is_read_only_and_leaves_the_callers_arrays_alone():
    data, offsets = np.zeros(3, dtype=np.uint8), np.array([0, 3])
    column = KeyColumn(data, offsets)
    with pytest.raises(ValueError, match="read-only"):
        column.data[0] = 1
    data[0] = 1
    assert data.flags.writeable


@pytest.mark.parametrize("offsets", [[-1, 2], [0, 17], [3, 1_000_000]])
def test_offsets_beyond_the_data_are_refused(offsets):
    with pytest.raises(ValueError, match=r"^offsets must lie within the 16 bytes of data, got"):
        KeyColumn(np.zeros(16, dtype=np.uint8), np.array(offsets))


def test_offsets_that_fall_are_found_wherever_they_do(monkeypatch):
    offsets = np.arange(100)
    check_rising(offsets)
    monkeypatch.setattr(columns, "OFFSETS_PER_STEP", 10)
    check_rising(offsets)
    for at in (1, 9, 10, 11, 99):
        fallen = offsets.copy()
        fallen[at] = -5
        with pytest.raises(ValueError, match=rf"got -5 after {at - 1} at position {at}$"):
            check_rising(fallen)


def test_text_where_it_is_text():
    column = KeyColumn.of(["naïve".encode(), b"\xff", None, b"", b"a\0"])
    assert column.text() == ["naïve", b"\xff", None, "", "a\0"]


@pytest.mark.parametrize("key", ["", "naïve", "日本語🙂", "a\0b", "<script>$"])
def test_text_survives_its_bytes(key):
    assert bytes_of(key) == key.encode()
    assert text_of(bytes_of(key)) == key


def test_bytes_of_bytes_and_of_a_lone_surrogate():
    assert bytes_of(b"\xff\0") == b"\xff\0"
    with pytest.raises(ValueError, match="key must be text that UTF-8 can write"):
        bytes_of("a\ud800")


def test_offsets():
    assert offsets_of(np.array([2, 0, 3])).tolist() == [0, 2, 2, 5]
    assert offsets_of(np.array([], dtype=np.int64)).tolist() == [0]


def test_columns_of_any_layout_are_read_alike():
    names = [b"%d" % number for number in range(1_000)]
    column = KeyColumn.of(names)
    twice = np.repeat(column.offsets, 2)[::2]
    for offsets in (twice, column.offsets.astype(np.int32), column.offsets[::-1].copy()[::-1]):
        assert list(KeyColumn(column.data, offsets)) == names
        assert np.array_equal(murmur2(KeyColumn(column.data, offsets)), murmur2(column))
    with pytest.raises(TypeError, match="Cannot cast array data"):
        KeyColumn(column.data, column.offsets.astype(float))


@pytest.mark.parametrize("at", [[-1], [-1, 0, 1], [0, -1]])
def test_keys_are_not_taken_from_the_end(at):
    with pytest.raises(IndexError, match=r"^positions must be >= 0, got -1$"):
        KeyColumn.of([b"a", b"b"]).take(np.array(at))
