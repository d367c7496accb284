"""Keys one a line: any bytes, any length, cut anywhere."""

import io
import sys
from collections import Counter
from unittest import mock

import pytest
from hypothesis import given, strategies as st

from kafka_sizing import KeySketch
from kafka_sizing.sources import count_key_lines, lines, memory

# Few keys, so that they repeat; no line end within or at the end of one.
keys_of_bytes = st.lists(
    st.binary(max_size=3)
    .map(lambda key: key.replace(b"\n", b"n").rstrip(b"\r"))
    .map(lambda key: key[:2]),
    min_size=1,
    max_size=60,
).map(lambda keys: [key.rstrip(b"\r") for key in keys])


def counted(data, **options):
    loads = count_key_lines(io.BytesIO(data), **options)
    return dict(zip(loads.keys, loads.loads.tolist(), strict=True))


@given(keys=keys_of_bytes, end=st.sampled_from([b"\n", b"\r\n"]), chunk=st.integers(1, 9))
def test_every_line_is_counted_wherever_the_stream_is_cut(keys, end, chunk):
    with mock.patch.object(lines, "BYTES_PER_CHUNK", chunk):
        assert counted(end.join([*keys, b""])) == Counter(keys)


def test_the_last_line_needs_no_end():
    assert counted(b"a\nb\na") == {b"a": 2, b"b": 1}


def test_an_empty_line_is_an_empty_key():
    assert counted(b"a\n\n\r\n") == {b"a": 1, b"": 2}


def test_bytes_that_are_no_text_stay_as_they_are():
    assert counted(b"\xff\xfe\n\x00\n a \n007\n") == {
        b"\xff\xfe": 1,
        b"\x00": 1,
        b" a ": 1,
        b"007": 1,
    }


def test_keys_of_a_mebibyte_are_keys():
    long = b"k" * 2**20
    assert counted(long + b"\nx\n" + long) == {long: 2, b"x": 1}


def test_the_records_counted_are_the_sample():
    assert count_key_lines(io.BytesIO(b"a\na\nb\n")).sample_size == 3


@pytest.mark.parametrize("data", [b"7\n007\n8\n"])
def test_a_serializer_turns_written_numbers_into_bytes_and_adds_up_what_is_the_same(data):
    assert counted(data, serializer="int32") == {b"\0\0\0\x07": 2, b"\0\0\0\x08": 1}


def test_a_serializer_writes_uuids_in_lower_case():
    written = b"123E4567-E89B-12D3-A456-426614174000\n"
    assert counted(written, serializer="uuid") == {written.strip().lower(): 1}


@pytest.mark.parametrize(
    ("data", "serializer", "message"),
    [
        (b"", None, "standard input must hold at least one key a line, got none"),
        (b"a\n", "int32", "standard input must hold numbers for serializer='int32'"),
        (b"99999\n", "int16", r"must lie in -32768 … 32767 .* got 99999"),
        (b"a\n", "uuid", "standard input must hold UUIDs .* got b'a'"),
        (b"a\n", "long", "serializer must be one of"),
    ],
)
def test_what_cannot_be_read_is_said(data, serializer, message):
    with pytest.raises(ValueError, match=message):
        counted(data, serializer=serializer)


def test_a_compiler_that_is_missing_is_named_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(ImportError, match=r"numba is needed .* 'kafka-sizing\[cli\]'"):
        count_key_lines(io.BytesIO(b"a\n"))


def test_a_stream_of_more_keys_than_memory_holds_becomes_a_sketch(monkeypatch):
    monkeypatch.setattr(memory, "LEAST_MEMORY_BYTES", 2**18)
    keys = [b"%d" % (number % 30_000) for number in range(90_000)] + [b"hot"] * 10_000
    sketch = count_key_lines(io.BytesIO(b"\n".join(keys)), memory_bytes=2**18)
    assert isinstance(sketch, KeySketch)
    assert sketch.total == 100_000
    (hottest,) = sketch.top(1)
    assert (hottest.key, hottest.load + sketch.heavy_errors[0] >= 10_000) == ("hot", True)
