"""Every hash against vectors, and against implementations that share no code with it."""

import csv
import hashlib
import random
import zlib
from pathlib import Path

import mmh3
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, strategies as st

from kafka_sizing import crc32, fnv1a, murmur2
from kafka_sizing.keys import KeyColumn, murmur3
from kafka_sizing.keys.hashes import HASHES

VECTORS = Path(__file__).parents[1] / "vectors"
BITS = 0xFFFFFFFF

# Every length of head and tail; around the length at which keys are taken one by one.
LENGTHS = [*range(41), 63, 64, 65, 127, 128, 1_023, 1_024, 1_025, 5_000]
NUMBER_BYTES = {"java-integer": 4, "spark-integer": 4, "java-long": 8, "spark-long": 8}
LEAST_BYTES = {"murmur2-windowed": 8, "murmur2-session": 16}


def some_keys(seed: int = 1) -> list[bytes]:
    rng = random.Random(seed)
    return [rng.randbytes(length) for length in rng.sample(LENGTHS, len(LENGTHS)) * 2]


def keys_for(name: str) -> list[bytes]:
    rng = random.Random(2)
    if name in NUMBER_BYTES:
        return [rng.randbytes(NUMBER_BYTES[name]) for _ in range(50)]
    keys = [*some_keys(), "日本語🙂".encode(), b"a\0b", b"\xe6\x97"]
    return [key for key in keys if len(key) >= LEAST_BYTES.get(name, 0)]


def as_number(hash_of_key) -> int:
    """Join the words of a hash into one whole number."""
    joined = 0
    for word in np.atleast_1d(hash_of_key).tolist():
        joined = joined << 32 | word
    return joined


def hashes_of(name: str, keys: list[bytes]) -> list[int]:
    return [as_number(one) for one in HASHES[name].of_column(KeyColumn.of(keys))]


# --- published values ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("21", -973932308),
        ("foobar", -790332482),
        ("a-little-bit-long-string", -985981536),
        ("a-little-bit-longer-string", -1486304829),
        ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        ("abc", 479470107),
        ("", 275646681),
    ],
)
def test_murmur2_gives_the_signed_values_of_kafkas_own_test(key, expected):
    assert murmur2(key) == expected
    assert murmur2([key]).tolist() == [expected]
    assert murmur2([key]).dtype == np.int32


def test_check_values_of_the_other_hashes():
    assert crc32("123456789") == 0xCBF43926
    assert fnv1a("foobar") == 0xBF9CF968  # from the authors' list of test vectors
    assert murmur3("foo") == 0xF6A5C420
    assert [crc32(""), fnv1a(""), murmur3("")] == [0, 0x811C9DC5, 0]
    assert murmur3("", seed=1) == 0x514E28B7


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", 0), ("a", 97), ("Aa", 2112), ("BB", 2112), ("polygenelubricants", -(2**31))],
)
def test_java_string_hash_code(text, expected):
    assert hashes_of("java-string", [text.encode()]) == [expected & BITS]


def test_phash2_is_what_erlang_prints():
    with (VECTORS / "phash2.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    keys = [bytes.fromhex(row["key_hex"]) for row in rows]
    assert len(keys) == 92
    assert hashes_of("phash2", keys) == [int(row["phash2"]) for row in rows]


@pytest.mark.parametrize(
    ("key", "expected"),
    [  # the values of the reference implementation's documentation and widely used test suites
        (b"", 0x02CC5D05),
        (b"a", 0x550D7456),
        (b"abc", 0x32D153FF),
        (b"abcdefghijklmnopqrstuvwxyz", 0x63A14D5F),
        (b"Nobody inspects the spammish repetition", 0xE2293B2F),
    ],
)
def test_xxhash32_published_values(key, expected):
    assert hashes_of("xxhash32", [key]) == [expected]


# --- independent implementations -----------------------------------------------------------


@pytest.mark.needs_dev
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # kafka-python's own, on import
def test_murmur2_agrees_with_kafka_python():
    from kafka.partitioner.default import murmur2 as peer

    keys = some_keys()
    assert [value & BITS for value in murmur2(keys).tolist()] == [peer(k) & BITS for k in keys]


@pytest.mark.needs_dev
def test_murmur2_agrees_with_clickhouse_on_a_thousand_random_keys():
    import chdb

    rng = random.Random(3)
    keys = [rng.randbytes(rng.randrange(64)) for _ in range(1_000)]
    listed = ",".join(f"'{key.hex()}'" for key in keys)
    answer = chdb.query(f"SELECT toInt32(kafkaMurmurHash(unhex(arrayJoin([{listed}]))))", "CSV")
    expected = [int(line) for line in str(answer).split()]
    assert (murmur2(keys) & 0x7FFFFFFF).tolist() == [value & 0x7FFFFFFF for value in expected]


@pytest.mark.needs_dev
def test_xxhash32_agrees_with_the_package_xxhash():
    import xxhash

    keys = some_keys()
    assert hashes_of("xxhash32", keys) == [xxhash.xxh32_intdigest(key) for key in keys]


def test_crc32_agrees_with_zlib():
    keys = some_keys()
    assert crc32(keys).tolist() == [zlib.crc32(key) for key in keys]


@pytest.mark.parametrize("seed", [0, 1, 42, 2**32 - 1])
def test_murmur3_agrees_with_mmh3(seed):
    keys = some_keys()
    assert murmur3(keys, seed=seed).tolist() == [mmh3.hash(k, seed, signed=False) for k in keys]


def test_sha1_agrees_with_hashlib():
    keys = [*some_keys(), *(bytes(length) for length in range(50, 70))]
    expected = [int(hashlib.sha1(key).hexdigest(), 16) for key in keys]
    assert hashes_of("sha1", keys) == expected


def java_hash_code(units: bytes, start: int = 0) -> int:
    h = start
    for at in range(0, len(units), 2):
        h = 31 * h + units[at] + 256 * units[at + 1]
    return h & BITS


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=20))
def test_java_string_hash_counts_in_utf16_units(texts):
    expected = [java_hash_code(text.encode("utf-16-le")) for text in texts]
    assert hashes_of("java-string", [text.encode() for text in texts]) == expected
    masked = [max(h & 0x7FFFFFFF, 1) for h in expected]
    assert hashes_of("kafka-node", [text.encode() for text in texts]) == masked


@given(st.binary(max_size=40))
def test_java_byte_array_hash_is_signed_and_starts_from_one(key):
    expected = 1
    for byte in key:
        expected = 31 * expected + (byte - 256 if byte > 127 else byte)
    assert hashes_of("java-bytes", [key]) == [expected & BITS]


# --- whole columns -------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(HASHES))
def test_a_column_is_hashed_as_its_keys_are_one_by_one(name):
    keys = keys_for(name)
    column = KeyColumn.of(keys)
    assert hashes_of(name, keys) == [HASHES[name].of_key(key) for key in keys]
    assert hashes_of(name, keys) == [hashes_of(name, [key])[0] for key in keys]
    one = HASHES[name].one
    if one is not None:
        alone = [one(key) for key in HASHES[name].prepared(column)]
        assert hashes_of(name, keys) == alone


@pytest.mark.parametrize("name", list(HASHES))
def test_order_and_neighbours_do_not_matter(name):
    keys = keys_for(name)
    shuffled = random.Random(4).sample(range(len(keys)), len(keys))
    hashes = hashes_of(name, keys)
    assert hashes_of(name, [keys[at] for at in shuffled]) == [hashes[at] for at in shuffled]


@pytest.mark.parametrize("name", list(HASHES))
def test_bytes_before_and_after_the_keys_do_not_matter(name):
    keys = keys_for(name)[:9]
    alone = KeyColumn.of(keys)
    around = np.frombuffer(b"\xff\0" + alone.data.tobytes() + b"\xff\0", dtype=np.uint8)
    hashes = HASHES[name].of_column(KeyColumn(around, alone.offsets + 2))
    assert [as_number(one) for one in hashes] == hashes_of(name, keys)


@pytest.mark.parametrize("name", list(HASHES))
def test_an_empty_column_has_no_hashes(name):
    assert len(HASHES[name].of_column(KeyColumn.of([]))) == 0


@pytest.mark.parametrize("name", ["murmur2", "crc32", "fnv1a", "murmur3", "java-bytes"])
def test_keys_of_a_mebibyte(name):
    key = bytes(range(256)) * 4096
    assert hashes_of(name, [b"short", key, b""]) == [
        HASHES[name].of_key(one) for one in (b"short", key, b"")
    ]


@given(st.lists(st.binary(max_size=20), max_size=30))
def test_batch_equals_single(keys):
    assert murmur2(keys).tolist() == [murmur2(key) for key in keys]
    assert crc32(keys).tolist() == [crc32(key) for key in keys]
    assert fnv1a(keys).tolist() == [fnv1a(key) for key in keys]
    assert murmur3(keys).tolist() == [murmur3(key) for key in keys]


def test_more_keys_than_fit_a_block():
    keys = [str(number) for number in range(40_000)]
    assert crc32(keys).tolist() == [zlib.crc32(key.encode()) for key in keys]


# --- keys that are hashed in part ----------------------------------------------------------


def test_a_c_string_ends_at_a_zero_byte():
    keys = [b"ab\0cd", b"\0", b"", b"abc", b"\0\0x"]
    assert hashes_of("crc32-c-string", keys) == [
        zlib.crc32(key) for key in (b"ab", b"", b"", b"abc", b"")
    ]


def test_rdkafka_ruby_hashes_as_many_bytes_as_there_are_characters():
    keys = ["naïve".encode(), "日本".encode(), b"abc", b"\xff\xfe\xfd"]
    cut = ["naïve".encode()[:5], "日本".encode()[:2], b"abc", b"\xff\xfe\xfd"]
    assert hashes_of("crc32-first-characters", keys) == [zlib.crc32(key) for key in cut]


def test_a_key_that_begins_inside_a_character_is_not_text():
    # Together the two keys are one valid character; apart, neither is.
    keys = [b"\xc3", b"\xa9"]
    assert hashes_of("java-string", keys) == [0xFFFD, 0xFFFD]
    assert hashes_of("crc32-first-characters", keys) == [zlib.crc32(key) for key in keys]


def test_windowed_keys_are_hashed_without_their_window():
    keys = [b"user-1" + start.to_bytes(8, "big") for start in range(3)]
    assert hashes_of("murmur2-windowed", keys) == [murmur2("user-1") & BITS] * 3
    with pytest.raises(ValueError, match=r"at least 8 bytes, .* got 3 at position 1"):
        hashes_of("murmur2-windowed", [bytes(8), b"abc"])


@pytest.mark.parametrize("name", list(NUMBER_BYTES))
def test_numbers_have_their_width(name):
    width = NUMBER_BYTES[name]
    with pytest.raises(ValueError, match=rf"numbers of {width} bytes, got 3 bytes at position 1"):
        hashes_of(name, [bytes(width), b"abc"])


# --- bad input -----------------------------------------------------------------------------


@pytest.mark.parametrize("function", [murmur2, crc32, fnv1a, murmur3])
def test_one_key_is_held_to_its_serializer(function):
    assert function(b"a", serializer="bytes") == function("a", serializer="string")
    with pytest.raises(TypeError, match=r"keys hold bytes: .* got serializer='int64'"):
        function(b"a", serializer="int64")


@pytest.mark.parametrize("function", [murmur2, crc32, fnv1a, murmur3])
def test_null_keys_are_named_not_hashed(function):
    with pytest.raises(ValueError, match=r"keys must not be null .* 2 null keys.* position 1"):
        function(["a", None, "b", None])


@pytest.mark.parametrize("function", [murmur2, crc32, fnv1a, murmur3])
def test_what_is_no_key_is_a_type_error(function):
    with pytest.raises(TypeError, match="keys"):
        function(7)
    with pytest.raises(TypeError, match="serializer"):
        function([7])
    with pytest.raises(ValueError, match="UTF-8"):
        function("\ud800")


def test_seed_is_32_bits():
    with pytest.raises(ValueError, match="seed"):
        murmur3("a", seed=2**32)


@pytest.mark.parametrize("entries", [[None, "x", "y"], ["x", None, "y"], ["x", "y", None]])
def test_a_null_in_a_dictionary_that_no_key_uses_shifts_no_hash(entries):
    used = [entries.index("y"), entries.index("x")]
    column = pa.DictionaryArray.from_arrays(pa.array(used), pa.array(entries))
    assert murmur2(column).tolist() == [murmur2("y"), murmur2("x")]
