"""One key, or a column of them in any container, is placed; what cannot be is named."""

import uuid

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from kafka_sizing import PARTITIONERS, partition_of
from kafka_sizing.keys import KeyColumn

# --- containers ----------------------------------------------------------------------------

TEXTS = ["user-1", "naïve", "日本語", "user-1", "x" * 20]
PLACED = partition_of(TEXTS, 50).tolist()
BYTES = [text.encode() for text in TEXTS]


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param(TEXTS, id="list of str"),
        pytest.param(tuple(BYTES), id="tuple of bytes"),
        pytest.param([*TEXTS[:2], *BYTES[2:]], id="str and bytes"),
        pytest.param(KeyColumn.of(BYTES), id="KeyColumn"),
        pytest.param(np.array(TEXTS), id="NumPy U"),
        pytest.param(np.array(TEXTS, dtype=object), id="NumPy object"),
        pytest.param(np.array(TEXTS, dtype=np.dtypes.StringDType()), id="NumPy StringDType"),
        pytest.param(pd.Series(TEXTS), id="pandas str"),
        pytest.param(pd.Series(TEXTS, dtype=object), id="pandas object"),
        pytest.param(pd.Series(TEXTS, dtype="string[python]"), id="pandas string[python]"),
        pytest.param(pd.Series(TEXTS, dtype="string[pyarrow]"), id="pandas string[pyarrow]"),
        pytest.param(pd.Series(TEXTS, dtype="category"), id="pandas category"),
        pytest.param(pd.Index(TEXTS), id="pandas Index"),
        pytest.param(pd.Series(TEXTS, dtype=pd.ArrowDtype(pa.string())), id="pandas ArrowDtype"),
        pytest.param(pa.array(TEXTS), id="Arrow string"),
        pytest.param(pa.array(TEXTS, pa.large_string()), id="Arrow large_string"),
        pytest.param(pa.array(TEXTS, pa.string_view()), id="Arrow string_view"),
        pytest.param(pa.array(BYTES), id="Arrow binary"),
        pytest.param(pa.array(BYTES, pa.large_binary()), id="Arrow large_binary"),
        pytest.param(pa.array(BYTES, pa.binary_view()), id="Arrow binary_view"),
        pytest.param(pa.array(TEXTS).dictionary_encode(), id="Arrow dictionary"),
        pytest.param(pa.chunked_array([TEXTS[:2], [], TEXTS[2:]]), id="Arrow chunked"),
        pytest.param(pa.array(["a", "b", *TEXTS, "c"]).slice(2, 5), id="Arrow sliced"),
        pytest.param(
            pa.chunked_array(
                [pa.array(TEXTS[:2]).dictionary_encode(), pa.array(TEXTS[2:]).dictionary_encode()]
            ),
            id="Arrow chunked dictionary",
        ),
        pytest.param(pl.Series(TEXTS), id="Polars String"),
        pytest.param(pl.Series(BYTES), id="Polars Binary"),
        pytest.param(pl.Series(TEXTS, dtype=pl.Categorical), id="Polars Categorical"),
        pytest.param(
            pl.Series(TEXTS, dtype=pl.Enum(["unused", *dict.fromkeys(TEXTS)])), id="Polars Enum"
        ),
    ],
)
def test_the_container_does_not_matter(keys):
    assert partition_of(keys, 50).tolist() == PLACED


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param(["a", None, "b"], id="list"),
        pytest.param(pd.Series(["a", None, "b"]), id="pandas str"),
        pytest.param(pd.Series(["a", None, "b"], dtype="category"), id="pandas category"),
        pytest.param(pa.array(["a", None, "b"]), id="Arrow"),
        pytest.param(pa.array(["a", None, "b"]).dictionary_encode(), id="Arrow dictionary"),
        pytest.param(
            pa.DictionaryArray.from_arrays(pa.array([0, 1, 2]), pa.array(["a", None, "b"])),
            id="Arrow dictionary with a null value",
        ),
        pytest.param(pl.Series(["a", None, "b"]), id="Polars"),
        pytest.param(pl.Series(["a", None, "b"], dtype=pl.Categorical), id="Polars Categorical"),
    ],
)
def test_nulls_of_every_container(keys):
    placed = partition_of(keys, 50, partitioner="librdkafka-murmur2")
    a, b = partition_of(["a", "b"], 50)
    assert placed.tolist() == [a, 275646681 % 50, b]
    with pytest.raises(ValueError, match="1 null keys, the first at position 1"):
        partition_of(keys, 50)


def test_an_empty_column_and_one_of_nulls_only():
    assert partition_of([], 5).tolist() == []
    assert partition_of(pa.array([], pa.string()), 5).tolist() == []
    assert partition_of([None, None], 5, partitioner="librdkafka-consistent").tolist() == [0, 0]
    nulls = pa.array([None, None], pa.string()).dictionary_encode()
    assert partition_of(nulls, 5, partitioner="librdkafka-consistent").tolist() == [0, 0]


def test_serializers_change_the_bytes_and_so_the_partition():
    assert partition_of([1], 1_000, serializer="string")[0] == partition_of("1", 1_000)
    assert partition_of([1], 1_000, serializer="int32")[0] == partition_of(b"\0\0\0\1", 1_000)
    assert partition_of(np.array([1, 2]), 1_000, serializer="int64")[0] == partition_of(
        b"\0\0\0\0\0\0\0\1", 1_000
    )
    one = uuid.UUID(int=7)
    assert partition_of([one], 1_000, serializer="uuid")[0] == partition_of(str(one), 1_000)


# --- bad input -----------------------------------------------------------------------------


@pytest.mark.parametrize("partitions", [0, -1, 2**31, 1.5, "12", None, True])
@pytest.mark.parametrize("keys", ["a", ["a"], []])
def test_partitions_is_a_count_that_kafka_can_have(partitions, keys):
    with pytest.raises(
        ValueError, match=r"partitions must be a whole number in 1 … 2,147,483,647"
    ):
        partition_of(keys, partitions)
    with pytest.raises(ValueError, match="partitions"):
        PARTITIONERS["java"].null_partition(partitions)


def test_one_key_is_held_to_its_serializer_as_a_column_is():
    for keys in ("a", ["a"]):
        with pytest.raises(TypeError, match=r"keys hold text: .* got serializer='int32'"):
            partition_of(keys, 12, serializer="int32")
        with pytest.raises(ValueError, match=r"serializer must be one of .* got 'avro'"):
            partition_of(keys, 12, serializer="avro")
    assert partition_of("a", 12, serializer="string") == partition_of("a", 12)


def test_mixed_types_are_named_with_their_places():
    with pytest.raises(TypeError, match="str at position 0, int at position 1"):
        partition_of(["a", 1], 12)
