"""Numbers and UUIDs become the bytes that Kafka's serializers write."""

import struct
import uuid

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.keys import as_key_column
from kafka_sizing.keys.serializers import SERIALIZERS

FORMATS = {"int16": ">h", "int32": ">i", "int64": ">q", "float32": ">f", "float64": ">d"}


@pytest.mark.parametrize(
    ("serializer", "written"),
    [
        ("int16", b"\0\1"),
        ("int32", b"\0\0\0\1"),
        ("int64", b"\0\0\0\0\0\0\0\1"),
        ("string", b"1"),
    ],
)
def test_one_is_written_big_endian_or_in_digits(serializer, written):
    assert list(as_key_column([1], serializer=serializer)) == [written]
    assert list(as_key_column(np.array([1], dtype=np.int8), serializer=serializer)) == [written]


@pytest.mark.parametrize("bits", [16, 32, 64])
@given(data=st.data())
def test_integers_are_twos_complement(bits, data):
    values = data.draw(st.lists(st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)))
    column = as_key_column(np.array(values, dtype=np.int64), serializer=f"int{bits}")
    assert list(column) == [struct.pack(FORMATS[f"int{bits}"], value) for value in values]


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1))
def test_decimal_text_is_what_java_prints(values):
    column = as_key_column(np.array(values, dtype=np.int64), serializer="string")
    assert list(column) == [str(value).encode() for value in values]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_doubles_are_ieee_754_big_endian(values):
    column = as_key_column(values, serializer="float64")
    assert list(column) == [struct.pack(">d", value) for value in values]


def test_single_floats():
    assert list(as_key_column(np.array([1.5], np.float32), serializer="float32")) == [
        struct.pack(">f", 1.5)
    ]


@pytest.mark.parametrize("serializer", ["uuid", "string"])
def test_a_uuid_is_its_36_characters(serializer):
    one = uuid.UUID("12345678-1234-5678-1234-567812345678")
    column = as_key_column([one, None], serializer=serializer)
    assert list(column) == [b"12345678-1234-5678-1234-567812345678", None]


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([1, None, 3], id="list"),
        pytest.param(pd.Series([1, None, 3], dtype="Int64"), id="pandas Int64"),
        pytest.param(pd.Series([1, None, 3], dtype=pd.ArrowDtype(pa.int64())), id="ArrowDtype"),
        pytest.param(pa.array([1, None, 3]), id="Arrow"),
        pytest.param(pl.Series([1, None, 3]), id="Polars"),
    ],
)
def test_missing_numbers_are_null_keys(values):
    column = as_key_column(values, serializer="int32")
    assert list(column) == [b"\0\0\0\1", None, b"\0\0\0\3"]
    assert column.null_positions.tolist() == [1]


@pytest.mark.parametrize(
    ("serializer", "value", "limits"),
    [
        ("int16", 2**15, "-32768 … 32767"),
        ("int32", -(2**31) - 1, "-2147483648 … 2147483647"),
        ("int64", 2**63, "9223372036854775807"),
    ],
)
def test_a_number_out_of_range_is_named(serializer, value, limits):
    with pytest.raises(ValueError, match=f"keys must lie in .*{limits}.*got {value}"):
        as_key_column([1, value], serializer=serializer)


def test_a_number_beyond_64_bits_is_named():
    with pytest.raises(ValueError, match=rf"64 bits, got {2**64}"):
        as_key_column([2**64], serializer="string")
    with pytest.raises(ValueError, match="64 bits"):
        as_key_column([-1, 2**63], serializer="string")
    assert list(as_key_column([2**64 - 1], serializer="string")) == [str(2**64 - 1).encode()]


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_floats_are_finite(bad):
    with pytest.raises(ValueError, match="keys must be finite"):
        as_key_column([1.0, bad], serializer="float64")


def test_a_number_too_large_for_a_single_float_is_named():
    largest = struct.unpack(">f", b"\x7f\x7f\xff\xff")[0]
    assert list(as_key_column([largest], serializer="float32")) == [b"\x7f\x7f\xff\xff"]
    with pytest.raises(ValueError, match=r"keys must lie within .*'float32', got 1e\+300"):
        as_key_column([1e300], serializer="float32")


@pytest.mark.parametrize("serializer", SERIALIZERS)
def test_nothing_fits_every_serializer(serializer):
    assert list(as_key_column([None], serializer=serializer)) == [None]
    assert list(as_key_column([], serializer=serializer)) == []


@pytest.mark.parametrize(
    ("values", "serializer", "choices"),
    [
        ([1], None, "'string', 'int16', 'int32', 'int64', got no serializer"),
        ([1], "bytes", "got serializer='bytes'"),
        ([1.5], None, "'float32', 'float64'"),
        ([1.5], "string", "got serializer='string'"),
        ([uuid.UUID(int=1)], None, "'uuid', 'string'"),
        (["a"], "int32", "keys hold text: .*'string', got serializer='int32'"),
        ([b"a"], "int64", "keys hold bytes"),
        (pa.array(["a"]), "int32", "keys hold text"),
        (pa.array([b"a"]), "int32", "keys hold bytes"),
    ],
)
def test_a_serializer_that_does_not_fit_is_a_type_error(values, serializer, choices):
    with pytest.raises(TypeError, match=choices):
        as_key_column(values, serializer=serializer)


@pytest.mark.parametrize("serializer", ["int8", "avro", "STRING"])
def test_an_unknown_serializer_is_named(serializer):
    with pytest.raises(ValueError, match=f"serializer must be one of .*got '{serializer}'"):
        as_key_column(["a"], serializer=serializer)
    assert serializer not in SERIALIZERS


def test_whole_numbers_with_gaps_are_not_taken_for_floats():
    with pytest.raises(TypeError, match="nullable type"):
        as_key_column(pd.Series([1, None, 3]), serializer="int64")
    with_gap = pd.Series([1.5, None])
    assert list(as_key_column(with_gap, serializer="float64")) == [struct.pack(">d", 1.5), None]


def test_bools_are_no_keys():
    with pytest.raises(TypeError, match="got bool"):
        as_key_column([True, False], serializer="string")
    with pytest.raises(TypeError, match="dtype bool"):
        as_key_column(np.array([True]), serializer="string")


def test_the_number_that_does_not_fit_is_quoted_and_not_one_on_the_edge():
    with pytest.raises(ValueError, match=r"got 40000$"):
        as_key_column(np.array([-(2**15), 40_000]), serializer="int16")
