import struct
from collections import Counter

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, strategies as st

from kafka_sizing import KeyLoads, count_keys

KEYS = ["UA", "B6", None, "UA", "<b>", "", "UA"]
DUCKDB = duckdb.connect()  # kept open: a relation lives no longer than its connection
SIZES = [1.0, 2, 3, 4, 5, 6, 7]


def loads_of(keys: KeyLoads) -> dict:
    return dict(zip(keys.keys.text(), keys.loads.tolist(), strict=True))


def frames():
    pandas = pd.DataFrame({"key": KEYS, "size": SIZES})
    polars = pl.DataFrame({"key": KEYS, "size": SIZES})
    arrow = pa.table({"key": KEYS, "size": SIZES})
    yield pytest.param(pandas, id="pandas")
    yield pytest.param(pandas.astype({"key": "category"}), id="pandas category")
    yield pytest.param(pandas.astype({"key": object}), id="pandas object")
    yield pytest.param(polars, id="polars")
    yield pytest.param(polars.lazy(), id="polars lazy")
    yield pytest.param(polars.with_columns(pl.col("key").cast(pl.Categorical)), id="categorical")
    yield pytest.param(arrow, id="arrow")
    yield pytest.param(
        arrow.set_column(0, "key", arrow["key"].dictionary_encode()), id="arrow dictionary"
    )
    DUCKDB.register("log", arrow)
    yield pytest.param(DUCKDB.sql("select * from log"), id="duckdb")


@pytest.mark.parametrize("frame", [*frames()])
def test_every_engine_counts_records_and_loads_alike(frame):
    records = count_keys(frame, key="key")
    assert loads_of(records) == {"UA": 3, "B6": 1, "<b>": 1, "": 1}
    assert (records.unit, records.null_load, records.sample_size) == ("records", 1, 7)
    sizes = count_keys(frame, key="key", load="size")
    assert loads_of(sizes) == {"UA": 12, "B6": 2, "<b>": 5, "": 6}
    assert (sizes.unit, sizes.null_load) == ("bytes", 3)
    assert sizes.sample_size == pytest.approx(28**2 / 140)  # Kish: (sum w)^2 / sum w^2


@given(st.lists(st.one_of(st.none(), st.sampled_from(["", "a", "b", "é", "\0"]))))
def test_a_list_is_counted_as_counter_does(keys):
    expected = Counter(keys)
    null = expected.pop(None, 0)
    if not expected:
        with pytest.raises(ValueError, match="at least one"):
            count_keys(keys)
        return
    counted = count_keys(keys)
    assert loads_of(counted) == expected
    assert counted.null_load == null
    assert counted.total == len(keys)
    assert list(counted.keys.text()) == list(expected)


def test_a_mapping_is_added_up_by_the_bytes_of_its_keys():
    counted = count_keys({"a": 1, b"a": 2, None: 3, "b": 4})
    assert loads_of(counted) == {"a": 3, "b": 4}
    assert counted.null_load == 3
    assert counted.sample_size == 10


def test_weighed_records_keep_their_total_as_sample_size():
    frame = pd.DataFrame({"name": ["Mary", "Anna"], "births": [7065, 2604]})
    counted = count_keys(frame, key="name", load="births", unit="records")
    assert counted.sample_size == 7065 + 2604


@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize(
    ("keys", "loads", "sample_size"),
    [
        pytest.param(["a", "b", "c"], [4, 1, 1], None, id="a row for each key is its total"),
        pytest.param(["a", None, "b"], [4, 1, 1], None, id="and so is one without a key"),
        pytest.param(["a", "b", "a"], [4, 1, 1], 36 / 18, id="a key of two rows: records, Kish"),
        pytest.param(["a", None, None], [4, 1, 1], 36 / 18, id="two records without a key"),
    ],
)
def test_totals_of_keys_are_no_sample_of_records(keys, loads, sample_size, lazy):
    frame = pl.DataFrame({"key": keys, "n": loads})
    frame = frame.lazy() if lazy else frame
    counted = count_keys(frame, key="key", load="n")
    assert counted.sample_size == (None if sample_size is None else pytest.approx(sample_size))
    assert count_keys(frame, key="key", load="n", unit="records").sample_size == 6
    assert count_keys(frame, key="key").sample_size == 3


def test_keys_that_a_serializer_writes_alike_are_one_key():
    frame = pl.DataFrame({"key": [0.1, 0.1 + 1e-12], "n": [3, 1]}).lazy()
    counted = count_keys(frame, key="key", load="n", serializer="float32")
    assert (len(counted), counted.sample_size) == (1, pytest.approx(16 / 10))


def test_entries_of_a_mapping_are_no_records():
    assert count_keys({"a": 5e6, "b": 5e6}, unit="bytes").sample_size is None
    assert count_keys({"a": 5.0, "b": 5.0}, unit="records/s").sample_size is None


@pytest.mark.parametrize("size", [1e-200, 1.0, 1e200])
def test_the_effective_number_of_records_does_not_depend_on_the_size_of_loads(size):
    frame = pd.DataFrame({"key": ["a", "b", "b"], "size": [size, size, 2 * size]})
    counted = count_keys(frame, key="key", load="size")
    assert counted.sample_size == pytest.approx(4**2 / 6)


def test_integers_are_counted_as_a_serializer_writes_them():
    counted = count_keys(np.array([1, 2, 1]), serializer="int32")
    assert list(counted.keys) == [b"\0\0\0\1", b"\0\0\0\2"]
    frame = pl.DataFrame({"id": [7, None, 7]})
    counted = count_keys(frame, key="id", serializer="string")
    assert loads_of(counted) == {"7": 2}
    assert counted.null_load == 1


def test_unused_categories_are_no_keys():
    column = pd.Series(["a", "b"], dtype=pd.CategoricalDtype(["z", "b", "a"]))
    assert loads_of(count_keys(column)) == {"a": 1, "b": 1}


def test_a_null_among_the_categories_is_a_null_key():
    column = pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 1]), pa.array([None, "x"]))
    counted = count_keys(column)
    assert loads_of(counted) == {"x": 2}
    assert counted.null_load == 2


FRAME = pd.DataFrame({"carrier": ["UA", "B6"], "size": [1.0, 2.0]})


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: count_keys([]), ValueError, r"data must hold at least one record, got none"),
        (lambda: count_keys([None] * 3), ValueError, r"not null, got 3 null keys"),
        (
            lambda: count_keys(FRAME, key="carier"),
            ValueError,
            r"key must be one of the columns \['carrier', 'size'\], got 'carier' .near: 'carrier'",
        ),
        (lambda: count_keys(FRAME), ValueError, r"key must name one of the columns .* got None"),
        (
            lambda: count_keys(FRAME, key="carrier", load="sise"),
            ValueError,
            r"load must be one of the columns .* got 'sise' .near: 'size'",
        ),
        (
            lambda: count_keys(FRAME, key="carrier", load="carrier"),
            TypeError,
            r"carrier must be a column of numbers, got String",
        ),
        (
            lambda: count_keys(FRAME.assign(size=[1, np.nan]), key="carrier", load="size"),
            ValueError,
            r"size must .* row 1",
        ),
        (
            lambda: count_keys(FRAME.assign(size=[-1, 2]), key="carrier", load="size"),
            ValueError,
            r"size must be finite and >= 0, got -1.0 in row 0",
        ),
        (
            lambda: count_keys(pl.from_pandas(FRAME).lazy(), key="size"),
            TypeError,
            r"size hold floating-point numbers",
        ),
        (
            lambda: count_keys(
                pl.LazyFrame({"k": ["a", "a"], "w": [1.0, None]}), key="k", load="w"
            ),
            ValueError,
            r"w must hold a load in every row, got a null",
        ),
        (
            lambda: count_keys(pl.LazyFrame({"k": ["a", "a"], "w": [5, -3]}), key="k", load="w"),
            ValueError,
            r"w must be finite and >= 0, got -3",
        ),
        (
            lambda: count_keys(pl.LazyFrame({"k": []}, schema={"k": pl.String}), key="k"),
            ValueError,
            r"at least one record",
        ),
        (
            lambda: count_keys(pl.LazyFrame({"k": ["a"], "w": ["5"]}), key="k", load="w"),
            TypeError,
            r"w must be a column of numbers, got String",
        ),
        (
            lambda: count_keys(
                pl.LazyFrame({"k": ["a", "b"], "w": [1.0, float("nan")]}), key="k", load="w"
            ),
            ValueError,
            r"w must be finite and >= 0, got nan$",
        ),
        (
            lambda: count_keys(
                pl.LazyFrame({"k": ["a", "b"], "w": [1.0, float("inf")]}), key="k", load="w"
            ),
            ValueError,
            r"w must be finite and >= 0, got inf$",
        ),
        (
            lambda: count_keys(
                pl.LazyFrame({"k": ["a", "b"], "w": [1e308, 1e308]}), key="k", load="w"
            ),
            ValueError,
            r"w must add up to a finite total, got inf",
        ),
        (
            lambda: count_keys(FRAME.assign(size=1e308), key="carrier", load="size"),
            ValueError,
            r"size must add up to a finite total, got inf",
        ),
        (lambda: count_keys({"a": 10**400}), ValueError, r"loads must be finite and >= 0, got a"),
        (lambda: count_keys({"a": 1}, unit="MB"), ValueError, r"unit must be one of .* got 'MB'"),
        (lambda: count_keys(["a"], unit="MB"), ValueError, r"unit must be one of .* got 'MB'"),
        (
            lambda: count_keys(FRAME, key="carrier", load="size", unit="MB"),
            ValueError,
            r"unit must be one of .* got 'MB'",
        ),
        (lambda: count_keys({"a": -1}), ValueError, r"loads must be finite and >= 0, got -1"),
        (lambda: count_keys(["a"], key="a"), ValueError, r"key must be left out"),
        (lambda: count_keys(5), TypeError, r"keys must be a column of keys, got int"),
        (lambda: count_keys("abc"), TypeError, r"keys must be a column of keys, got str"),
        (lambda: count_keys([1, "a"]), TypeError, r"one type, got int at .* 0, str at .* 1"),
    ],
)
def test_bad_records_get_one_clear_line(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    ("held", "serializer"), [(pl.Float32, "float32"), (pl.Float64, "float64")]
)
@pytest.mark.parametrize("engine", ["polars", "polars lazy", "duckdb"])
def test_zeros_of_two_signs_are_two_keys(engine, held, serializer):
    keys = pl.Series([0.0, -0.0, -0.0, -1.5, None], dtype=held)
    log = pl.DataFrame({"key": keys, "size": [1, 2, 3, 4, 5]})
    frame = {
        "polars": lambda: log,
        "polars lazy": log.lazy,
        "duckdb": lambda: DUCKDB.from_arrow(log.to_arrow()),
    }[engine]()
    counted = count_keys(frame, key="key", load="size", serializer=serializer)
    code = ">f" if serializer == "float32" else ">d"
    expected = {struct.pack(code, key): load for key, load in ((0.0, 1), (-0.0, 5), (-1.5, 4))}
    assert dict(zip(counted.keys, counted.loads.tolist(), strict=True)) == expected
    assert counted.null_load == 5


@pytest.mark.parametrize("lazy", [False, True])
def test_a_rate_is_no_sample_of_records(lazy):
    frame = pl.DataFrame({"key": ["a", "b"], "rate": [3.0, 1.0]})
    counted = count_keys(frame.lazy() if lazy else frame, key="key", load="rate", unit="bytes/s")
    assert (counted.total, counted.sample_size) == (4, None)


def test_counted_loads_are_read_only():
    counted = count_keys(["a", "b", "a"])
    with pytest.raises(ValueError, match="read-only"):
        counted.loads[0] = 5


def test_a_list_counted_in_bytes_has_one_byte_and_one_record_per_key():
    counted = count_keys(["a", "b", "a"], unit="bytes")
    assert (counted.unit, counted.total, counted.sample_size) == ("bytes", 3, 3)


@pytest.mark.parametrize(
    "column",
    [["a", 1], pd.Series(["a", 1], dtype=object), pd.Series([1, None, "a"], dtype=object)],
)
def test_an_error_names_the_column(column):
    with pytest.raises(TypeError, match=r"^carrier must be of one type, got"):
        count_keys(pd.DataFrame({"carrier": column}), key="carrier")
