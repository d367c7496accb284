"""Blocks give every key once, and every key its words, bytes and tail in order."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.keys import KeyColumn, blocks as blocks_module
from kafka_sizing.keys.blocks import KeyBlock, blocks

SIZES = [*range(21), 1_023, 1_024, 1_025, 2**20]

some_keys = st.lists(st.binary(max_size=30), min_size=1, max_size=20)
equal_keys = st.integers(0, 12).flatmap(
    lambda size: st.lists(st.binary(min_size=size, max_size=size), min_size=1, max_size=20)
)


def keys_by_words(block: KeyBlock) -> list[bytes]:
    """Put the keys of a block together again from words and tails."""
    keys = [b""] * len(block.lengths)
    for active, word in block.words():
        assert len(word) == active
        for at in range(active):
            keys[at] += int(word[at]).to_bytes(4, "little")
    for at, (tail, length) in enumerate(zip(block.tail().tolist(), block.lengths, strict=True)):
        keys[at] += tail.to_bytes(4, "little")[: length & 3]
        assert tail >> 8 * (length & 3) == 0
    return keys


def keys_by_bytes(block: KeyBlock) -> list[bytes]:
    keys = [b""] * len(block.lengths)
    for active, byte in block.bytes():
        assert len(byte) == active
        for at in range(active):
            keys[at] += bytes([byte[at]])
    return keys


def placed(column: KeyColumn, read, **options) -> list[bytes | None]:
    found: list[bytes | None] = [None] * len(column)
    for block in blocks(column, **options):
        assert (np.diff(block.lengths) <= 0).all()
        positions = np.arange(len(column))[block.positions]
        for position, key in zip(positions, read(block), strict=True):
            assert found[position] is None
            found[position] = key
    return found


@pytest.mark.parametrize("read", [keys_by_words, keys_by_bytes])
@given(keys=some_keys | equal_keys)
def test_a_block_gives_its_keys_back(read, keys):
    assert placed(KeyColumn.of(keys), read) == keys


@pytest.mark.parametrize("read", [keys_by_words, keys_by_bytes])
@given(keys=some_keys | equal_keys, data=st.data())
def test_so_does_a_column_cut_into_many_blocks(read, keys, data):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks_module, "KEYS_PER_BLOCK", data.draw(st.integers(1, 5)))
        patch.setattr(blocks_module, "BYTES_PER_BLOCK", data.draw(st.integers(1, 40)))
        assert placed(KeyColumn.of(keys), read) == keys


@pytest.mark.parametrize("size", SIZES)
def test_keys_of_every_size_beside_a_short_one(size):
    keys = [b"x" * size, b"ab", bytes(size)]
    long = [key if len(key) <= 1_024 else None for key in keys]
    assert placed(KeyColumn.of(keys), keys_by_words, longest=1_024) == long


def test_the_longest_are_left_out():
    column = KeyColumn.of([b"abc", b"abcdef", b""])
    assert placed(column, keys_by_bytes, longest=3) == [b"abc", None, b""]
    assert list(blocks(KeyColumn.of([b"abcdef"] * 3), longest=3)) == []


def test_an_empty_column_has_no_blocks():
    assert list(blocks(KeyColumn.of([]))) == []


def test_keys_at_the_very_end_of_the_bytes_and_inside_them():
    data = np.frombuffer(b"..abcdefg", dtype=np.uint8)
    for offsets in ([2, 5, 9], [0, 1, 2], [9, 9], [5, 9, 9]):
        column = KeyColumn(data, np.array(offsets))
        assert placed(column, keys_by_words) == list(column)
