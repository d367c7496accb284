from collections import Counter

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, strategies as st

from kafka_sizing import count_keys
from kafka_sizing.keys import KeyColumn
from kafka_sizing.keys.pairs import PairLoads, count_pairs

ROWS = {
    "carrier": ["UA", "UA", "B6", None, "UA"],
    "origin": ["EWR", "JFK", "JFK", "EWR", "EWR"],
    "size": [5.0, 1.0, 2.0, 9.0, 7.0],
    "flight": [1, 2, 2, 3, 1],
}


def as_dict(pairs):
    return {
        (pairs.keys[key], pairs.values[value]): load
        for key, value, load in zip(
            pairs.key_of_pair.tolist(),
            pairs.value_of_pair.tolist(),
            pairs.loads.tolist(),
            strict=True,
        )
    }


@given(st.lists(st.tuples(st.binary(max_size=2), st.none() | st.binary(max_size=2)), min_size=1))
def test_pairs_are_counted_as_a_counter_would(records):
    keys, values = zip(*records, strict=True)
    pairs = count_pairs(list(keys), by=list(values))
    assert as_dict(pairs) == Counter((key, value or b"") for key, value in records)
    assert pairs.total == len(records)
    counted = count_keys(list(keys))
    loads = dict(zip(pairs.key_loads.keys, pairs.key_loads.loads.tolist(), strict=True))
    assert loads == dict(zip(counted.keys, counted.loads.tolist(), strict=True))


@pytest.mark.parametrize(
    "frame", [pd.DataFrame, pl.DataFrame, pl.LazyFrame, pa.table], ids=lambda kind: kind.__name__
)
def test_every_frame_gives_the_same_pairs(frame):
    rows = frame(ROWS)
    pairs = count_pairs(rows, key="carrier", by="origin", load="size")
    assert pairs.unit == "bytes"
    assert as_dict(pairs) == {(b"UA", b"EWR"): 12, (b"UA", b"JFK"): 1, (b"B6", b"JFK"): 2}
    records = count_pairs(rows, key="carrier", by="origin")
    assert records.unit == "records"
    assert as_dict(records) == {(b"UA", b"EWR"): 2, (b"UA", b"JFK"): 1, (b"B6", b"JFK"): 1}


def test_a_null_value_counts_as_no_bytes_whatever_lies_beneath_it():
    values = KeyColumn(
        np.frombuffer(b"xyz", np.uint8), np.array([0, 1, 2, 3]), np.array([True, False, True])
    )
    pairs = count_pairs(["a", "a", "a"], by=values)
    assert as_dict(pairs) == {(b"a", b"x"): 1, (b"a", b""): 1, (b"a", b"z"): 1}


def test_numbers_need_a_serializer():
    rows = pd.DataFrame(ROWS)
    pairs = count_pairs(rows, key="carrier", by="flight", by_serializer="string")
    assert set(pairs.values) == {b"1", b"2"}
    with pytest.raises(TypeError, match="flight hold integers"):
        count_pairs(rows, key="carrier", by="flight")


def test_a_frame_has_a_row_per_pair_heaviest_first():
    pairs = count_pairs(pd.DataFrame(ROWS), key="carrier", by="origin", load="size")
    assert pairs.to_frame().values.tolist() == [
        ["UA", "EWR", 12],
        ["B6", "JFK", 2],
        ["UA", "JFK", 1],
    ]
    assert len(pairs) == 3
    assert repr(pairs) == "PairLoads(3 pairs of 2 keys and 2 values, total=15 B)"
    assert "<table" in pairs._repr_html_()


def test_pairs_are_escaped():
    assert "<b>" not in count_pairs(["<b>"], by=["<b>"])._repr_html_()


def test_pairs_cannot_be_written_to():
    pairs = count_pairs(["a"], by=["b"])
    for array in (pairs.loads, pairs.key_of_pair, pairs.value_of_pair):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 3


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"key": "carier", "by": "origin"}, r"key must be one of .* got 'carier'.*'carrier'"),
        ({"key": "carrier", "by": "orign"}, r"by must be one of .* got 'orign'.*'origin'"),
        ({"key": "carrier", "by": "origin", "load": "sze"}, r"load must be one of .*'size'"),
        ({"by": "origin"}, r"key must name one of the columns .* got None"),
    ],
)
def test_a_missing_column_is_named(arguments, text):
    with pytest.raises(ValueError, match=text):
        count_pairs(pd.DataFrame(ROWS), **arguments)


@pytest.mark.parametrize(
    ("data", "arguments", "text"),
    [
        (["a"], {"by": ["b", "c"]}, r"by must hold one value per record, got 2 for 1 records"),
        ([None], {"by": ["b"]}, r"at least one key that is not null"),
        ([], {"by": []}, r"at least one key that is not null"),
        (["a"], {"by": ["b"], "key": "k"}, r"key and load must be left out"),
        (["a"], {"by": ["b"], "load": "k"}, r"key and load must be left out"),
        (["a"], {"by": ["b"], "unit": "kB"}, r"unit must be one of"),
    ],
)
def test_bad_input_is_named(data, arguments, text):
    with pytest.raises(ValueError, match=text):
        count_pairs(data, **arguments)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"key_of_pair": [1]}, r"key_of_pair must hold, for each load, a position in 0 … 0"),
        ({"value_of_pair": [-1]}, r"value_of_pair must hold"),
        ({"value_of_pair": [0, 0]}, r"value_of_pair must hold"),
        ({"loads": [-1.0]}, r"loads must be finite and >= 0"),
        ({"keys": [None]}, r"keys must not be null, got a null at position 0"),
        ({"values": [None]}, r"values must not be null, got a null at position 0"),
    ],
)
def test_pairs_that_do_not_fit_each_other_are_refused(change, text):
    fields = {
        "keys": ["a"],
        "values": ["b"],
        "key_of_pair": [0],
        "value_of_pair": [0],
        "loads": [1.0],
    }
    with pytest.raises(ValueError, match=text):
        PairLoads(**{**fields, **change})


def test_a_mapping_has_no_records_to_pair():
    with pytest.raises(TypeError, match="data must be a frame or a column of keys, got dict"):
        count_pairs({"a": 5}, by=["b"])


def test_the_columns_of_pairs_are_their_parts():
    pairs = count_pairs(["UA"], by=["EWR"])
    assert pairs.to_frame().columns.tolist() == ["key", "value", "load"]


def test_keys_of_a_frame_are_written_by_their_serializer():
    frame = pl.DataFrame({"id": [7], "to": ["JFK"]})
    pairs = count_pairs(frame, key="id", by="to", serializer="int32")
    assert list(pairs.keys) == [b"\0\0\0\7"]
