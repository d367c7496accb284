"""Batches of keys are numbered, added up and held in bounded memory."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from kafka_sizing.keys import KeyColumn, murmur2, table as table_of_keys
from kafka_sizing.keys.batches import KeyBatch
from kafka_sizing.keys.intake import EncodedKeys
from kafka_sizing.keys.table import KeyTable, least_bytes, most_keys

KEYS = st.lists(st.one_of(st.none(), st.binary(max_size=4), st.binary(max_size=20)), max_size=80)


def batch_of(keys, weights=None):
    given_weights = None if weights is None else np.array(weights, dtype=float)
    return KeyBatch.of(EncodedKeys(KeyColumn.of(keys)), given_weights)


def held(table):
    return {
        key: load
        for keys, loads in table.pieces()
        for key, load in zip(keys, loads.tolist(), strict=True)
    }


@given(keys=KEYS)
@settings(deadline=None)
def test_a_batch_holds_its_records_and_merged_each_key_once(keys):
    batch = batch_of(keys)
    keyed = [key for key in keys if key is not None]
    assert (list(batch.keys), batch.loads.tolist()) == (keyed, [1] * len(keyed))
    once = batch.merged()
    assert list(zip(once.keys, once.loads, strict=True)) == list(Counter(keyed).items())
    for some in (batch, once, batch.taken(np.arange(len(batch)))):
        assert some.load == some.loads.sum()
    for some in (batch, once):
        assert some.hashes.tolist() == murmur2(some.keys).view(np.uint32).tolist()
        assert len(some) == len(some.keys)
        assert (some.records, some.null_load) == (len(keys), keys.count(None))
        assert some.squares == len(keys)


@given(keys=KEYS, codes=st.lists(st.integers(-1, 5), max_size=60))
@settings(deadline=None)
def test_codes_count_as_the_keys_they_stand_for(keys, codes):
    some = [*keys, b"last"]
    codes = [min(code, len(some) - 1) for code in codes]
    spelled = [None if code < 0 else some[code] for code in codes]
    weights = np.arange(1.0, len(codes) + 1)
    coded = EncodedKeys(KeyColumn.of(some), np.array(codes, dtype=np.int32))
    for weight in (None, weights):
        by_code, by_key = KeyBatch.of(coded, weight), batch_of(spelled, weight)
        added, once = by_code.merged(), by_key.merged()  # a dictionary may hold a key twice
        assert list(added.keys) == list(once.keys)
        assert added.loads.tolist() == once.loads.tolist()
        assert added.hashes.tolist() == once.hashes.tolist()
        assert by_code.load == by_code.loads.sum() == by_key.load
        assert by_code.null_load == by_key.null_load
        assert (by_code.records, by_code.squares) == (by_key.records, by_key.squares)


def test_loads_of_a_batch_are_added_up():
    batch = batch_of([b"a", None, b"b", b"a"], [1.5, 2, 3, 4]).merged()
    assert (list(batch.keys), batch.loads.tolist()) == ([b"a", b"b"], [5.5, 3])
    assert (batch.null_load, batch.squares) == (2, 1.5**2 + 4 + 9 + 16)


def test_loads_too_large_to_add_up_are_left_to_who_refuses_them():
    batch = batch_of([b"a", b"b"], [1e308, 1e308])
    assert batch.load == batch.taken(np.arange(2)).load == np.inf


def test_keys_may_be_written_another_way_and_become_the_same():
    batch = batch_of([b"7", b"07", b"8"]).written(
        lambda column: KeyColumn.of([(key or b"").lstrip(b"0") for key in column])
    )
    table = KeyTable(2**20)
    table.add(batch)
    assert held(table) == {b"7": 2, b"8": 1}


@given(parts=st.lists(KEYS, min_size=1, max_size=5))
@settings(deadline=None)
def test_a_table_adds_batches_up(parts):
    table = KeyTable(2**20)
    for keys in parts:
        batch = batch_of(keys)
        assert table.add(batch) == len(batch)
    counts = Counter(key for keys in parts for key in keys if key is not None)
    assert list(held(table).items()) == list(counts.items())
    assert len(table) == len(counts)
    keys, loads = table.taken()
    assert (list(keys), loads.tolist()) == (list(counts), list(counts.values()))
    assert len(table) == 0
    assert held(table) == {}


def numbered(begin, end, width=0):
    return [b"%0*d" % (width, number) for number in range(begin, end)]


def test_a_table_grows_and_finds_every_key_again():
    table = KeyTable(2**26)
    keys = numbered(0, 300_000)
    for begin in range(0, len(keys), 50_000):
        table.add(batch_of(keys[begin : begin + 50_000]))
    table.add(batch_of(keys[::-3]))
    assert list(held(table)) == keys
    assert table.loads().sum() == 400_000
    assert Counter(table.loads().tolist()) == {1: 200_000, 2: 100_000}


@pytest.mark.parametrize("width", [0, 200])
def test_a_table_takes_no_more_than_its_memory_holds(width):
    most_bytes = 2**21
    table, batch = KeyTable(most_bytes), batch_of(numbered(0, 200_000, width))
    taken = table.add(batch)
    assert 0 < taken < len(batch)
    assert len(table) == taken
    assert taken * (8 + 8 + 4 + width) <= most_bytes  # a slot, a load, a length and the key
    assert list(held(table)) == list(batch.keys)[:taken]
    assert table.add(batch, taken) == taken


@pytest.mark.parametrize("width", [6, 12, 36, 300])
@pytest.mark.parametrize("most_bytes", [2**20, 1_500_000, 2**21, 2**22 - 1])
def test_a_table_holds_as_many_keys_as_it_says(most_bytes, width):
    said = most_keys(most_bytes, width)
    taken = KeyTable(most_bytes).add(batch_of(numbered(0, said + 1_000, width)))
    padding = (12 + width + 7) // 8 * 8 / (12 + width)
    assert said / padding - 1 <= taken <= said


@given(
    keys=st.integers(1, 5_000),
    lengths=st.lists(st.integers(0, 40), min_size=1, max_size=5),
)
@settings(deadline=None, max_examples=50)
def test_a_table_of_the_least_bytes_holds_the_keys(keys, lengths):
    some = [b"%d" % key for key in range(keys)]
    some = [key + b"x" * lengths[at % len(lengths)] for at, key in enumerate(some)]
    needed = least_bytes(keys, sum(map(len, some)) / keys)
    assert KeyTable(needed).add(batch_of(some)) == keys
    assert needed <= 100 * keys + 2 * sum(map(len, some)) + 200  # no more than by some factor


@given(keys=st.integers(1, 10**8), key_bytes=st.floats(0, 300))
def test_the_least_bytes_are_enough_at_any_size(keys, key_bytes):
    assert most_keys(least_bytes(keys, key_bytes), key_bytes) >= keys


@given(keys=st.integers(1, 10**6), key_bytes=st.floats(0, 2_000), above=st.integers(0, 2**33))
def test_more_memory_than_was_too_little_is_asked_for(keys, key_bytes, above):
    needed = least_bytes(keys, key_bytes, above=above)
    assert needed > above
    assert most_keys(needed, key_bytes) >= keys


def test_no_table_holds_more_than_its_slots_lead_to():
    assert table_of_keys._MOST_RECORDS_BYTES // 8 + 1 < 2**32
    assert least_bytes(2**35 // 48 - 1, 29) is not None  # of 12 + 29 + 7 bytes at most
    assert least_bytes(2**35 // 48 + 1, 29) is None


def test_a_record_counts_as_many_bytes_as_it_takes():
    from kafka_sizing.keys.compiled import records

    assert table_of_keys._HEADER_BYTES == records.HEADER_BYTES


@pytest.mark.parametrize(("length", "fits"), [(2**32 - 1, True), (2**32, False)])
def test_a_key_longer_than_a_record_can_say_has_no_room(length, fits):
    from kafka_sizing.keys.compiled import records

    assert records._have_room(np.array([0, length]), 0, 1, 1, 2**34) == fits


def test_one_long_key_over_and_over_takes_its_place_once():
    table = KeyTable(2**20)
    batch = batch_of([b"k" * 300_000] * 256)
    assert table.add(batch) == len(batch)
    assert held(table) == {b"k" * 300_000: 256}


def test_pieces_are_few_bytes_at_a_time(monkeypatch):
    monkeypatch.setattr(table_of_keys, "_BYTES_PER_PIECE", 1_000)
    table = KeyTable(2**20)
    keys = [*numbered(0, 50, 100), b"k" * 5_000, b"last"]
    table.add(batch_of(keys))
    sizes = [keys.lengths.sum() for keys, _ in table.pieces()]
    assert sizes == [1_000] * 5 + [5_000, 4]


def test_the_default_budget_holds_what_the_docs_say():
    """Three quarters of 1 GiB: 2**24 slots, three quarters of them in use, for 12,582,912 keys.

    Slots take 128 MiB, and half of that while they move: 576 MiB are left, 48 bytes a key.
    """
    table = 3 * 2**28
    assert most_keys(table, 12) == most_keys(table, 36) == 12_582_912
    assert most_keys(table, 40) == 576 * 2**20 // (12 + 40)


@pytest.mark.parametrize(("keys_per_piece", "bytes_per_piece"), [(2**17, 2**23), (999, 5_000)])
def test_keys_that_are_not_kept_make_room_for_others(monkeypatch, keys_per_piece, bytes_per_piece):
    monkeypatch.setattr(table_of_keys, "_KEYS_PER_PIECE", keys_per_piece)
    monkeypatch.setattr(table_of_keys, "_BYTES_PER_PIECE", bytes_per_piece)
    table, batch = KeyTable(2**20), batch_of(numbered(0, 100_000))
    taken = table.add(batch)
    table.keep(np.arange(taken) % 3 == 0)
    rest = list(batch.keys)[:taken:3]
    assert list(held(table)) == rest
    assert table.add(batch, taken) > taken
    table.keep(np.arange(len(table)) < len(rest))
    table.add(batch_of(rest))
    assert held(table) == dict.fromkeys(rest, 2)


def test_a_key_longer_than_all_memory_is_not_taken():
    table = KeyTable(2**16)
    assert table.add(batch_of([b"a", b"k" * 2**17, b"b"])) == 1
    assert held(table) == {b"a": 1}


def test_keys_whose_hashes_agree_are_told_apart():
    table = np.random.default_rng(0).integers(0, 256, (400_000, 8), dtype=np.uint8)
    hashes = murmur2(KeyColumn(table.reshape(-1), np.arange(0, 8 * len(table) + 1, 8)))
    order = np.argsort(hashes, kind="stable")
    (at, *_) = np.flatnonzero(np.diff(hashes[order]) == 0)  # about n**2 / 2**33 = 19 pairs
    one, other = (table[order[index]].tobytes() for index in (at, at + 1))
    assert one != other
    held_keys = KeyTable(2**20)
    held_keys.add(batch_of([one, other, one]))
    held_keys.add(batch_of([other, other]))
    assert held(held_keys) == {one: 2, other: 3}
