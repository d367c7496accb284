"""Keys from every container arrive as the same bytes, and bad ones are named."""

import sys
import uuid

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.keys import KeyColumn, as_key_column, intake
from kafka_sizing.keys.intake import EncodedKeys, encode_keys

ODD = [b"", b"\0", b"a\0", b"\0a", b"\xff\xfe", "日本語".encode(), b"<b>$x</b>", b"x" * 1_024]

texts = st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=6))


@pytest.mark.parametrize(
    "container",
    [
        pytest.param(list, id="list"),
        pytest.param(iter, id="iterator"),
        pytest.param(KeyColumn.of, id="KeyColumn"),
        pytest.param(lambda keys: np.array(keys, dtype=object), id="NumPy object"),
        pytest.param(lambda keys: pd.Series(keys, dtype=object), id="pandas object"),
        pytest.param(lambda keys: pd.Series(keys, dtype="category"), id="pandas category"),
        pytest.param(pa.array, id="Arrow binary"),
        pytest.param(lambda keys: pa.array(keys, pa.large_binary()), id="Arrow large_binary"),
        pytest.param(lambda keys: pa.array(keys, pa.binary_view()), id="Arrow binary_view"),
        pytest.param(lambda keys: pa.array(keys).dictionary_encode(), id="Arrow dictionary"),
        pytest.param(pl.Series, id="Polars Binary"),
        pytest.param(
            lambda keys: nw.from_native(pl.Series(keys), series_only=True), id="narwhals"
        ),
    ],
)
def test_any_bytes_survive_any_container(container):
    assert list(as_key_column(container(ODD))) == ODD


@pytest.mark.parametrize("size", [*range(21), 1_023, 1_024, 1_025, 2**20])
def test_any_length_survives(size):
    keys = [bytes(size), b"\xff" * size, b"end"]
    assert list(as_key_column(keys)) == keys
    assert list(as_key_column(pa.array(keys))) == keys


@given(texts)
def test_text_is_written_in_utf8_with_its_nulls(keys):
    expected = [None if key is None else key.encode() for key in keys]
    assert list(as_key_column(keys)) == expected
    assert list(as_key_column(pa.array(keys, pa.string()))) == expected
    assert list(as_key_column(pl.Series(keys, dtype=pl.String))) == expected
    assert list(as_key_column(pd.Series(keys, dtype="string[pyarrow]"))) == expected


@given(texts)
def test_coded_columns_expand_to_their_keys(keys):
    expected = [None if key is None else key.encode() for key in keys]
    assert list(as_key_column(pa.array(keys, pa.string()).dictionary_encode())) == expected
    assert list(as_key_column(pl.Series(keys, dtype=pl.Categorical))) == expected
    categories = list(dict.fromkeys(key for key in keys if key is not None))
    codes = [-1 if key is None else categories.index(key) for key in keys]
    categorical = pd.Categorical.from_codes(codes, pd.Index(categories, dtype=object))
    assert list(as_key_column(pd.Series(categorical))) == expected


def test_a_dictionary_keeps_its_codes():
    encoded = encode_keys(pa.array(["a", "b", "a", None]).dictionary_encode())
    assert encoded.codes is not None
    assert encoded.codes.tolist() == [0, 1, 0, -1]
    assert list(encoded.column) == [b"a", b"b"]
    assert encoded.null_positions.tolist() == [3]
    assert encode_keys(encoded) is encoded


@pytest.mark.parametrize("kind", [pa.int8(), pa.uint16(), pa.int32(), pa.uint64()], ids=str)
@pytest.mark.parametrize("code", [2, 100])
def test_a_code_beyond_its_dictionary_is_refused(kind, code):
    codes = pa.array([0, None, code, 1], kind)
    keys = pa.DictionaryArray.from_arrays(codes, pa.array(["a", "b"]), safe=False)
    with pytest.raises(
        ValueError, match=rf"^codes of k must lie within its dictionary of 2, got {code}$"
    ):
        encode_keys(keys, name="k")


def test_a_code_below_its_dictionary_is_no_null():
    codes = pa.array([0, -1], pa.int32())
    keys = pa.DictionaryArray.from_arrays(codes, pa.array(["a", "b"]), safe=False)
    with pytest.raises(ValueError, match=r"its dictionary of 2, got -1$"):
        encode_keys(keys)


def test_arrow_offsets_that_nobody_checked_are_refused():
    offsets = np.array([0, 10**6, 4], dtype=np.int32)
    keys = pa.StringArray.from_buffers(2, pa.py_buffer(offsets), pa.py_buffer(b"abcd"))
    with pytest.raises(ValueError, match=r"^offsets must not fall, got 4 after 1,000,000"):
        as_key_column(keys).take(np.array([0]))


class Name(pa.ExtensionType):
    """Text that goes by another name, as JSON does."""

    def __init__(self):
        super().__init__(pa.string(), "name")

    def __arrow_ext_serialize__(self):
        return b""


@pytest.mark.parametrize("kind", [Name(), *([pa.json_()] if hasattr(pa, "json_") else [])])
def test_text_of_another_name_is_text(kind):
    held = pa.array(["1", None, "2"])
    keys = pa.ExtensionArray.from_storage(kind, held)
    assert list(as_key_column(keys)) == [b"1", None, b"2"]
    coded = pa.DictionaryArray.from_arrays(pa.array([2, 0, 1]), keys)
    assert list(as_key_column(coded)) == [b"2", b"1", None]


def test_a_null_value_of_a_dictionary_is_a_null_key():
    codes, values = pa.array([0, 1, None, 1]), pa.array(["a", None])
    encoded = encode_keys(pa.DictionaryArray.from_arrays(codes, values))
    assert encoded.null_positions.tolist() == [1, 2, 3]
    assert list(encoded.expanded()) == [b"a", None, None, None]


def test_an_encoding_without_values():
    encoded = EncodedKeys(KeyColumn.of([]), np.array([-1, -1]))
    assert list(encoded.expanded()) == [None, None]


def test_arrow_text_is_not_copied():
    array = pa.array(["abc", "defg"], pa.large_string())
    column = as_key_column(array)
    assert column.data.__array_interface__["data"][0] == array.buffers()[2].address


@pytest.mark.parametrize(
    "empty",
    [
        [],
        (),
        np.array([], dtype="U1"),
        np.array([], dtype="S1"),
        np.array([], dtype=object),
        np.array([], dtype=np.dtypes.StringDType()),
        pd.Series([], dtype="str"),
        pd.Series([], dtype="category"),
        pa.array([], pa.string()),
        pa.array([], pa.null()),
        pa.chunked_array([], pa.string()),
        pa.array([], pa.string()).dictionary_encode(),
        pl.Series([], dtype=pl.String),
        pl.Series([], dtype=pl.Categorical),
    ],
    ids=lambda empty: f"{type(empty).__module__} {getattr(empty, 'dtype', '')}",
)
def test_an_empty_column_has_no_keys(empty):
    assert list(as_key_column(empty)) == []


@pytest.mark.parametrize(
    "nulls",
    [
        [None, None],
        np.array([None, None], dtype=object),
        pd.Series([None, None], dtype="str"),
        pd.Series([None, None], dtype=object),
        pd.Series([np.nan, pd.NA], dtype=object),
        pd.Series([np.nan, np.nan]),
        pd.Series([None, None], dtype="category"),
        pa.nulls(2),
        pa.nulls(2, pa.string()),
        pl.Series([None, None]),
        pl.Series([None, None], dtype=pl.String),
        pl.Series([None, None], dtype=pl.Categorical),
    ],
    ids=lambda nulls: f"{type(nulls).__module__} {getattr(nulls, 'dtype', '')}",
)
def test_a_column_of_nulls_has_only_null_keys(nulls):
    assert list(as_key_column(nulls)) == [None, None]


def test_fixed_size_and_uuid_arrays_of_arrow():
    assert list(as_key_column(pa.array([b"ab", None], pa.binary(2)))) == [b"ab", None]
    one = uuid.UUID(int=7)
    assert list(as_key_column(pa.array([one.bytes], pa.uuid()), serializer="uuid")) == [
        str(one).encode()
    ]


def test_pandas_bytes_with_a_missing_value():
    assert list(as_key_column(pd.Series([b"a", None], dtype=object))) == [b"a", None]


def test_polars_without_arrow(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert list(as_key_column(pl.Series(["naïve", None, ""]))) == ["naïve".encode(), None, b""]
    assert list(as_key_column(pl.Series(["a", None], dtype=pl.Categorical))) == [b"a", None]


def test_columns_are_joined_as_chunks_beyond_2_gib_are():
    columns = [as_key_column(chunk) for chunk in (["a", None], [], ["naïve", "b"])]
    assert list(intake._concatenated(columns)) == [b"a", None, "naïve".encode(), b"b"]
    assert intake._concatenated(columns[1:]).valid is None


def test_numpy_string_dtype_with_a_missing_value():
    keys = np.array(["a", None], dtype=np.dtypes.StringDType(na_object=None))
    assert list(as_key_column(keys)) == [b"a", None]
    nan = np.array(["a", np.nan], dtype=np.dtypes.StringDType(na_object=np.nan))
    assert list(as_key_column(nan)) == [b"a", None]


def test_polars_objects_are_read_by_value():
    one = uuid.UUID(int=1)
    keys = pl.Series([one, None], dtype=pl.Object)
    assert list(as_key_column(keys, serializer="uuid")) == [str(one).encode(), None]
    assert list(as_key_column(pl.Series(["a", b"\xff"], dtype=pl.Object))) == [b"a", b"\xff"]
    with pytest.raises(TypeError, match="str at position 0, int at position 1"):
        as_key_column(pl.Series(["a", 1], dtype=pl.Object))


def test_polars_integers_of_128_bits():
    for wide in (getattr(pl, name) for name in ("Int128", "UInt128") if hasattr(pl, name)):
        keys = pl.Series([5, None], dtype=wide)
        assert list(as_key_column(keys, serializer="string")) == [b"5", None]
        with pytest.raises(ValueError, match=rf"64 bits, got {2**100}"):
            as_key_column(pl.Series([2**100], dtype=wide), serializer="string")


def test_masked_numpy_keys_are_null():
    numbers = np.ma.masked_array([1, 2], mask=[False, True])
    assert list(as_key_column(numbers, serializer="int16")) == [b"\0\1", None]
    assert list(as_key_column(np.ma.masked_array(["a", "b"], mask=[True, False]))) == [None, b"b"]


@pytest.mark.parametrize("values", [["a", None], pd.Categorical(["a", None])])
def test_pandas_arrays_are_read_as_their_series_is(values):
    assert list(as_key_column(pd.array(values))) == [b"a", None]


# --- NumPy S: padding, or part of the key --------------------------------------------------


def test_numpy_bytes_of_one_length_are_unambiguous():
    assert list(as_key_column(np.array([b"ab", b"cd"]))) == [b"ab", b"cd"]
    assert list(as_key_column(np.array([b"a\0b", b"\0\0c"]))) == [b"a\0b", b"\0\0c"]


def test_numpy_bytes_that_end_in_zero_need_a_word():
    keys = np.array([b"abc", b"ab"])
    with pytest.raises(ValueError, match=r"unambiguous, got a NumPy 'S3' .* position 1 ends in"):
        as_key_column(keys)
    assert list(as_key_column(keys, serializer="bytes")) == [b"abc", b"ab\0"]
    assert list(as_key_column(keys, serializer="string")) == [b"abc", b"ab"]
    assert list(as_key_column(keys.astype(object))) == [b"abc", b"ab"]


def test_numpy_bytes_that_are_sliced():
    keys = np.array([b"ab", b"cd", b"ef", b"gh"])[::2]
    assert list(as_key_column(keys)) == [b"ab", b"ef"]


def test_numpy_bytes_are_copied():
    keys = np.array([b"ab", b"cd"])
    column = as_key_column(keys)
    keys[0] = b"zz"
    assert list(column) == [b"ab", b"cd"]


# --- bad input -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "keys",
    [
        ["ok", "a\ud800"],
        np.array(["ok", "a\ud800"], dtype=object),
        pd.Series(["ok", "a\ud800"], dtype=object),
        [b"ok", "a\ud800"],
    ],
    ids=["list", "NumPy", "pandas", "mixed with bytes"],
)
def test_a_lone_surrogate_is_named_with_its_place(keys):
    with pytest.raises(ValueError, match=r"keys must be text that UTF-8 can write.*position 1"):
        as_key_column(keys)


def test_a_long_bad_key_is_quoted_in_part():
    with pytest.raises(ValueError, match="UTF-8") as caught:
        as_key_column(["a" * 10_000 + "\ud800"])
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (["a", 1], "str at position 0, int at position 1"),
        ([None, "a", 1.5], "str at position 1, float at position 2"),
        ([1, 1.5], "int at position 0, float at position 1"),
        ([["a"], ["b"]], "got list"),
        ([object()], "got object"),
        ("abc", "keys must be a column of keys, got str"),
        (b"abc", "keys must be a column of keys, got bytes"),
        (7, "keys must be a column of keys, got int"),
        (None, "keys must be a column of keys, got NoneType"),
        (pd.DataFrame({"a": ["x"]}), "one column, got a pandas DataFrame"),
        (pd.MultiIndex.from_tuples([("a", "b")]), "one column, got a pandas MultiIndex"),
        (pl.DataFrame({"a": ["x"]}), "one column, got a Polars DataFrame"),
        (pa.table({"a": ["x"]}), "one column, got a pyarrow Table"),
        (np.array(["2020-01-01"], dtype="M8[D]"), "dtype datetime64"),
        (pa.array([[1]]), "got Arrow type list"),
    ],
)
def test_what_is_no_column_of_keys_is_a_type_error(keys, message):
    with pytest.raises(TypeError, match=message):
        as_key_column(keys)


def test_two_dimensions_are_too_many():
    with pytest.raises(ValueError, match="keys must be 1-D, got 2 dimensions"):
        as_key_column(np.array([["a"], ["b"]]))


def test_an_error_calls_the_column_by_its_name():
    with pytest.raises(TypeError, match="tailnum must be of one type"):
        as_key_column(["a", 1], name="tailnum")
