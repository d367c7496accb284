import pytest
from hypothesis import given, strategies as st

from kafka_sizing.fixes import subkeys
from kafka_sizing.keys import KeyColumn

keys_ = st.lists(st.binary(max_size=12), max_size=20)


@given(keys=keys_, suffix=st.binary(min_size=1, max_size=5), begin=st.integers(0, 5))
def test_the_suffix_stands_after_every_key(keys, suffix, begin):
    column = KeyColumn.of(keys)
    part = KeyColumn(column.data, column.offsets[min(begin, len(keys)) :])
    assert list(subkeys.suffixed(part, suffix)) == [key + suffix for key in keys[begin:]]


@given(st.lists(keys_, min_size=1, max_size=4))
def test_columns_are_laid_end_to_end(lists):
    joined = subkeys.joined([KeyColumn.of(keys) for keys in lists])
    assert list(joined) == [key for keys in lists for key in keys]


@given(keys=keys_)
def test_steps_cover_every_key_once(keys):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subkeys, "KEYS_PER_STEP", 3)
        steps = list(subkeys.in_steps(KeyColumn.of(keys)))
    assert [key for _, some in steps for key in some] == keys
    assert [keys[where] for where, _ in steps] == [list(some) for _, some in steps]


@given(keys=st.lists(st.binary(max_size=3), unique=True, min_size=1), some=keys_)
def test_positions_are_found_by_bytes(keys, some):
    found = subkeys.positions_of(KeyColumn.of(some), KeyColumn.of(keys)).tolist()
    assert found == [keys.index(key) if key in keys else -1 for key in some]


def test_a_suffix_is_the_separator_and_the_decimal_number():
    assert subkeys.suffix_bytes("·", 12) == "·12".encode()
    assert subkeys.suffix_bytes(b"#", 0) == b"#0"
