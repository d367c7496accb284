"""Counting in bounded memory: exact while keys fit, heavy keys exact when they do not."""

import re
from collections import Counter

import numpy as np
import pytest

from kafka_sizing import KeyLoads, place
from kafka_sizing.keys import PARTITIONERS, KeyColumn, counter as counting, table
from kafka_sizing.keys.batches import KeyBatch
from kafka_sizing.keys.columns import offsets_of
from kafka_sizing.keys.counter import KeyCounter
from kafka_sizing.keys.intake import EncodedKeys
from kafka_sizing.keys.sketch import KeySketch
from kafka_sizing.keys.tail import TAIL_BINS

JAVA = PARTITIONERS["java"]
SMALL = 2**19  # holds about 12,000 keys


def column_of(numbers):
    """Write numbers as text keys; -1 as an empty key."""
    text = np.where(numbers < 0, "", np.char.add("k", numbers.astype("U"))).astype("S")
    lengths = np.strings.str_len(text).astype(np.int64)
    table = text.view(np.uint8).reshape(len(text), -1)
    kept = np.arange(table.shape[1]) < lengths[:, None]
    return KeyColumn(table[kept], offsets_of(lengths))


def log_of(records=150_000, distinct=60_000, heavy=40, seed=0):
    """Give a third of the records to a few heavy keys, the others to very many light ones."""
    rng = np.random.default_rng(seed)
    light = rng.integers(heavy, distinct, records)
    return np.where(rng.random(records) < 1 / 3, rng.integers(-1, heavy, records), light)


def read_into(counter, numbers, loads=None, per_batch=20_000):
    for begin in range(0, len(numbers), per_batch):
        some = slice(begin, begin + per_batch)
        weights = None if loads is None else loads[some]
        counter.add(KeyBatch.of(EncodedKeys(column_of(numbers[some])), weights))


@pytest.fixture
def numbers():
    return log_of()


@pytest.fixture(autouse=True)
def heavy_from_a_thousandth(monkeypatch):
    monkeypatch.setattr(counting, "HEAVY_SHARE", 1e-3)


def test_keys_that_fit_are_counted_exactly(numbers):
    counter = KeyCounter(2**26, partitioner=JAVA)
    read_into(counter, numbers)
    assert counter.is_exact
    keys = counter.key_loads("records")
    assert type(keys) is KeyLoads
    first = list(dict.fromkeys(numbers.tolist()))
    assert list(keys.keys) == list(column_of(np.array(first)))
    assert keys.total == keys.sample_size == len(numbers)


@pytest.mark.parametrize("memory", [SMALL, 2**27])
def test_a_row_for_each_key_holds_its_total_however_many_keys_there_are(memory):
    """One key has 2 of 3 parts of the load: Kish would see 2.25 records, and there are none."""
    distinct = np.arange(60_000)
    totals = np.where(distinct == 0, 120_000.0, 1.0)
    counter = KeyCounter(memory, partitioner=JAVA)
    read_into(counter, distinct, totals)
    assert counter.is_exact is (memory > SMALL)
    assert counter.sample_size("bytes") is None
    assert counter.sample_size("records") == totals.sum()
    counter.add(KeyBatch.of(EncodedKeys(column_of(np.array([0]))), np.array([1.0])))
    assert counter.sample_size("bytes") == pytest.approx(2.25, rel=1e-3)


def test_one_row_without_a_key_is_a_total_and_two_are_records():
    counter = KeyCounter(2**26, partitioner=JAVA)
    without = KeyBatch.of(EncodedKeys(KeyColumn.of([b"a", None])), np.array([2.0, 2.0]))
    counter.add(without)
    assert counter.sample_size("bytes") is None
    counter.add(KeyBatch.of(EncodedKeys(KeyColumn.of([None])), np.array([2.0])))
    assert counter.sample_size("bytes") == 3


@pytest.mark.parametrize("partitioner", ["java", "librdkafka", "sarama"])
@pytest.mark.parametrize("weighted", [False, True])
def test_two_looks_give_heavy_keys_and_partition_loads_exactly(numbers, partitioner, weighted):
    loads = np.random.default_rng(1).integers(1, 50, len(numbers)) / 4 if weighted else None
    chosen = PARTITIONERS[partitioner]
    counter = KeyCounter(SMALL, partitioner=chosen, counts=[7, 97])
    read_into(counter, numbers, loads)
    assert not counter.is_exact
    second = counter.second_look()
    read_into(second, numbers, loads)
    sketch = second.sketch("bytes" if weighted else "records")

    whole = KeyCounter(2**27, partitioner=chosen)
    read_into(whole, numbers, loads)
    exact = whole.key_loads("records")
    of_key = dict(zip(exact.keys, exact.loads.tolist(), strict=True))
    heavy = {key for key, load in of_key.items() if load >= 1e-3 * exact.total}
    named = list(sketch.keys[: sketch.heavy])
    assert heavy <= set(named) <= heavy | {b""}
    assert [of_key[key] for key in named] == sketch.loads[: sketch.heavy].tolist()
    assert sketch.is_exact
    assert sketch.total == pytest.approx(exact.total, rel=1e-12)
    assert sketch.sample_size == pytest.approx(
        len(numbers) if loads is None else loads.sum() ** 2 / (loads**2).sum()
    )
    assert sketch.distinct == pytest.approx(len(exact), rel=0.04)
    for count in (1, 7, 12, 97, 120, 1_108_800):
        np.testing.assert_allclose(
            place(sketch, count, partitioner=chosen).loads,
            place(exact, count, partitioner=chosen).loads,
            rtol=1e-9,
            atol=1e-6,
        )


def test_one_look_says_by_how_much_a_heavy_key_may_be_heavier(numbers):
    counter = KeyCounter(SMALL, partitioner=JAVA, counts=[7])
    read_into(counter, numbers)
    sketch = counter.sketch("records")
    true = Counter(numbers.tolist())
    names = {
        key: number for number, key in zip(true, column_of(np.array(list(true))), strict=True)
    }
    assert sketch.total == len(numbers)
    for key, load, error in zip(
        sketch.keys[: sketch.heavy], sketch.loads, sketch.heavy_errors, strict=False
    ):
        assert load <= true[names[key]] <= load + error
    missed = {number for number, load in true.items() if load >= sketch.least_load}
    assert missed <= {names[key] for key in sketch.keys[: sketch.heavy]}
    whole = KeyCounter(2**27, partitioner=JAVA)
    read_into(whole, numbers)
    exact = whole.key_loads("records")
    for count in (7, 12):
        assert np.array_equal(place(sketch, count).loads, place(exact, count).loads)


def test_records_without_a_key_are_counted_apart(numbers):
    counter = KeyCounter(SMALL, partitioner=JAVA)
    read_into(counter, numbers)
    counter.add(KeyBatch.of(EncodedKeys(KeyColumn.of([None, None, b"k1"]))))
    second = counter.second_look()
    read_into(second, numbers)
    second.add(KeyBatch.of(EncodedKeys(KeyColumn.of([None, None, b"k1"]))))
    sketch = second.sketch("records")
    assert sketch.null_load == 2
    assert sketch.total == len(numbers) + 3


def test_looks_at_different_records_are_refused(numbers):
    counter = KeyCounter(SMALL, partitioner=JAVA)
    read_into(counter, numbers)
    second = counter.second_look()
    read_into(second, numbers[:-1])
    with pytest.raises(ValueError, match=r"records must be the same at both looks, got 149,999"):
        second.sketch("records")


def test_a_key_too_long_to_hold_goes_to_its_bin():
    counter = KeyCounter(2**18, partitioner=JAVA)
    long = b"k" * 2**18
    counter.add(KeyBatch.of(EncodedKeys(KeyColumn.of([b"a", long, b"b", long]))))
    sketch = counter.sketch("records")
    assert isinstance(sketch, KeySketch)
    assert sketch.total == 4
    assert place(sketch, 3).loads.sum() == 4


@pytest.mark.parametrize("partitioner", ["java", "librdkafka"])
def test_keys_too_long_to_hold_leave_the_empty_key_where_it_is(partitioner):
    chosen = PARTITIONERS[partitioner]
    long = [bytes([letter]) * 2**16 for letter in b"abcdefgh"]
    keys = [b"", *long, b"x", b"", *long, b"y"]
    counter = KeyCounter(2**18, partitioner=chosen)
    counter.add(KeyBatch.of(EncodedKeys(KeyColumn.of(keys))))
    sketch = counter.sketch("records")
    assert sketch.total == len(keys)
    exact = KeyLoads(list(dict.fromkeys(keys)), list(Counter(keys).values()))
    for count in (1, 12):
        found = place(sketch, count, partitioner=chosen)
        assert np.array_equal(found.loads, place(exact, count, partitioner=chosen).loads)


def test_too_little_memory_for_the_heavy_keys_is_said_before_the_second_look(numbers, monkeypatch):
    """Every bin that is not empty may hold a key this heavy, so all keys are to be counted."""
    monkeypatch.setattr(counting, "HEAVY_SHARE", 1e-7)
    counter = KeyCounter(SMALL, partitioner=JAVA)
    read_into(counter, numbers)
    with pytest.raises(MemoryError, match=r"^memory_bytes must hold the keys .* got 512\.0 KiB"):
        counter.second_look()


def test_keys_that_no_table_holds_are_not_said_to_need_memory(numbers, monkeypatch):
    monkeypatch.setattr(counting, "HEAVY_SHARE", 1e-7)
    monkeypatch.setattr(table, "_MOST_RECORDS_BYTES", 2**18)
    counter = KeyCounter(SMALL, partitioner=JAVA)
    read_into(counter, numbers)
    with pytest.raises(MemoryError, match=r"about [\d,]+: no memory is enough, got 512\.0 KiB"):
        counter.second_look()


@pytest.mark.parametrize("distinct", [1_000, 500_000, 3_000_000])
def test_keys_of_some_bins_are_foretold(distinct):
    """Draw bins at random: 5,000 that are not empty, and 5,000 with a key more than the others."""
    held = np.random.default_rng(0).multinomial(distinct, np.full(TAIL_BINS, 1 / TAIL_BINS))
    some = np.flatnonzero(held)[:: max(1, np.count_nonzero(held) // 5_000)]
    fewest, _ = counting.keys_in_bins(len(some), distinct)
    assert fewest == pytest.approx(held[some].sum(), rel=0.05)
    _, expected = counting.keys_in_bins(5_000, distinct)
    assert expected == pytest.approx((held[:: TAIL_BINS // 5_000][:5_000] + 1).sum(), rel=0.05)


def test_the_memory_that_an_error_asks_for_is_enough(numbers, monkeypatch):
    monkeypatch.setattr(counting, "HEAVY_SHARE", 1e-7)
    monkeypatch.setattr(counting, "MiB", 1)  # figures to the byte
    monkeypatch.setattr(counting, "format_load", lambda load, unit: f"{round(load)} B")
    counter = KeyCounter(SMALL, partitioner=JAVA)
    read_into(counter, numbers)
    with pytest.raises(MemoryError) as caught:
        counter.second_look()
    about, needed = re.search(r"about ([\d,]+): give (\d+) B", str(caught.value)).groups()
    distinct = len(set(numbers.tolist()))
    assert int(about.replace(",", "")) == pytest.approx(distinct, rel=0.04)
    for part, is_enough in ((1.0, True), (0.45, False)):
        look = counting.SecondLook(
            KeyCounter(SMALL, partitioner=JAVA),
            counter._bins(),
            np.ones(TAIL_BINS, dtype=np.bool_),
            0.0,
            most_bytes=int(part * int(needed)),
            expected_keys=distinct,
        )
        if is_enough:
            read_into(look, numbers)
            assert len(look._table) == distinct
        else:
            with pytest.raises(MemoryError, match="memory_bytes must hold the keys"):
                read_into(look, numbers)


def test_a_light_key_that_is_spread_stays_when_others_make_room(numbers):
    """librdkafka spreads the empty key over all partitions, so that no bin can stand for it."""
    keys = KeyColumn.of([b"", *(b"%d" % number for number in range(40_000))])
    counter = KeyCounter(SMALL, partitioner=PARTITIONERS["librdkafka"])
    counter.add(KeyBatch.of(EncodedKeys(keys)))
    assert not counter.is_exact
    sketch = counter.sketch("records")
    assert sketch.total == 40_001
    assert b"" in list(sketch.keys)


def test_a_partitioner_without_remainders_needs_all_keys_in_memory(numbers):
    counter = KeyCounter(SMALL, partitioner=PARTITIONERS["flink-subtask"])
    with pytest.raises(
        ValueError, match=r"must place keys by a remainder .* give more memory_bytes, or a"
    ):
        read_into(counter, numbers)
