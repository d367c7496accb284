"""Rows of tasks add up to one sketch, however they are spread over workers on the way."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from kafka_sizing import PARTITIONERS
from kafka_sizing.keys.columns import KeyColumn
from kafka_sizing.keys.tail import TAIL_BINS
from kafka_sizing.sources.key_parts import SLICES, Facts, KeyParts

COUNTS = (7, 13, 26)
JAVA = PARTITIONERS["java"]


def task(loads, names, *, heavy=3, partitioner=JAVA):
    parts = KeyParts(partitioner, COUNTS, heavy)
    parts.facts.records = len(names)
    parts.add_groups(KeyColumn.of(names), np.array(loads, dtype=float))
    return list(parts.rows())


def added_up(rows, *, heavy=3, partitioner=JAVA):
    parts = KeyParts(partitioner, COUNTS, heavy)
    for row in rows:
        parts.add_row(row)
    return parts


def whole_of(rows, **given):
    parts = added_up(rows, **given)
    parts.finish()
    return parts


def merged(rows, workers, **given):
    """Let workers add up the rows whose part is theirs, as a shuffle deals them."""
    for worker in range(workers):
        yield from added_up(
            [row for row in rows if row.part % workers == worker], **given
        ).merged_rows()


def held(parts):
    keys, loads = parts.heavy_keys()
    return dict(zip(keys, loads.tolist(), strict=True))


@settings(max_examples=15)
@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=40),
    st.integers(1, 4),
    st.integers(1, 3),
    st.integers(0, 5),
)
def test_rows_add_up_to_what_one_task_gives(loads, tasks, workers, heavy):
    names = [b"key-%d" % name for name in range(len(loads))]
    rows = []
    for at in range(tasks):
        rows += task(loads[at::tasks], names[at::tasks], heavy=heavy)
    alone = whole_of(task(loads, names, heavy=heavy), heavy=heavy)
    for sent in (rows, list(merged(rows, workers, heavy=heavy))):
        parts = whole_of(sent, heavy=heavy)
        assert held(parts) == held(alone)
        assert parts.heaviest.line == alone.heaviest.line
        np.testing.assert_array_equal(parts.tail.mass, alone.tail.mass)
        bins, keys, _ = parts.tail.entries()
        assert np.array_equal(parts.tail.bins_of(keys), bins)
        for count, sums in alone.tail.sums.items():
            np.testing.assert_array_equal(parts.tail.sums[count], sums)
        assert (parts.facts.groups, parts.facts.records) == (len(loads), len(loads))


def test_long_keys_of_the_tail_stay_where_they_are():
    names = [b"%0100d" % name for name in range(300)]
    rows = task(np.arange(300.0), names)
    assert max(len(row.payload) for row in rows if row.part >= 0) < 2_000
    parts = whole_of(list(merged(rows + rows, 2)))
    bins, keys, masses = parts.tail.entries()
    assert np.array_equal(parts.tail.bins_of(keys), bins)
    assert masses.sum() + parts.heaviest.loads.sum() == 2 * np.arange(300).sum()


def test_what_is_sent_does_not_grow_with_the_keys():
    names = [b"%d" % name for name in range(2_000)]
    rows = task(np.ones(2_000), names)
    again = added_up(rows + rows)
    assert len(list(again.merged_rows())) == len(rows) == SLICES + 3
    assert sum(len(row.payload) for row in again.merged_rows()) == pytest.approx(
        sum(len(row.payload) for row in rows), rel=0.01
    )


def test_every_bin_has_its_slice():
    assert TAIL_BINS % SLICES == 0


def test_parts_of_different_runs_of_a_task_are_refused():
    names = [b"a", b"b", b"c", b"d"]
    first = task([4.0, 3.0, 2.0, 1.0], names, heavy=1)
    second = task([4.0, 5.0, 2.0, 1.0], names, heavy=1)
    with pytest.raises(RuntimeError, match="a task that ran twice"):
        whole_of(first[:5] + second[5:], heavy=1)
    assert held(whole_of(first[:5] + first[5:], heavy=1)) == {b"a": 4.0}


def test_an_empty_key_that_is_spread_stands_by_itself():
    spreading = PARTITIONERS["librdkafka"]
    assert spreading.empty_key == "spread"
    rows = task([2.0, 9.0, 8.0], [b"", b"a", b"b"], heavy=1, partitioner=spreading)
    rows += task([7.0], [b"c"], heavy=1, partitioner=spreading)
    parts = whole_of(rows, heavy=1, partitioner=spreading)
    assert held(parts) == {b"": 2.0, b"a": 9.0}
    assert parts.tail.mass.sum() == 8 + 7
    assert parts.facts.groups == 4


def test_a_task_that_failed_says_only_why():
    parts = KeyParts(JAVA, COUNTS, 3)
    parts.add_groups(KeyColumn.of([b"a"]), np.ones(1))
    parts.facts.error, parts.facts.error_kind = "key hold integers", "TypeError"
    (row,) = parts.rows()
    assert added_up([row]).facts.error == "key hold integers"


def test_facts_add_up_and_the_first_fault_stays():
    facts = Facts(records=1, line=2.0, wrong_load=-1.0)
    facts.add(Facts(records=4, gaps=2, null_load=0.5, line=1.0, wrong_load=-3.0, error="late"))
    assert facts == Facts(
        records=5, gaps=2, null_load=0.5, line=2.0, wrong_load=-1.0, error="late"
    )
