"""Every client's mapping against what that client did; then names, fates and containers."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing import PARTITIONERS, Partitioner, find_partitioner, murmur2, partition_of
from kafka_sizing.keys import KeyColumn, partitioners, require_keyed, resolve_partitioner
from kafka_sizing.keys.clients import folded, version_of
from kafka_sizing.keys.hashes import HASHES
from kafka_sizing.keys.rules import RULES, remainder

with (Path(__file__).parents[1] / "vectors" / "partitioners.csv").open(newline="") as _file:
    ROWS = list(csv.DictReader(_file))
PAIRS = sorted({(row["client"], row["version"], row["partitioner"]) for row in ROWS})

# Partitioners of keys of any bytes; the others read numbers or windows.
OF_ANY_BYTES = [
    name
    for name, one in PARTITIONERS.items()
    if one.hash and not one.hash.endswith(("integer", "long", "windowed", "session"))
]
KEYS_IGNORED = [name for name, one in PARTITIONERS.items() if not one.is_keyed]


def key_of(row: dict[str, str]) -> bytes | None:
    return None if row["key_hex"] == "NULL" else bytes.fromhex(row["key_hex"])


def expected_hash(row: dict[str, str], chosen: Partitioner, key: bytes) -> int:
    """Give our hash in the form in which the row prints it."""
    (h,) = chosen.hashes_of(KeyColumn.of([key])).tolist()
    if row["client"] == "librdkafka" and row["partitioner"] == "fnv1a":
        return 2**32 - h if h >> 31 else h
    return h & 0x7FFFFFFF if row["client"] == "pulsar" else h


# --- what clients did ----------------------------------------------------------------------


def test_all_rows_are_here():
    assert len(ROWS) == 1_572


@pytest.mark.parametrize(("client", "version", "partitioner"), PAIRS)
def test_client_placed_its_keys_where_we_say(client, version, partitioner):
    chosen = find_partitioner(
        client, partitioner, version=version if version not in ("", "master") else None
    )
    rows = [
        r
        for r in ROWS
        if (r["client"], r["version"], r["partitioner"]) == (client, version, partitioner)
    ]
    for row in rows:
        key = key_of(row)
        if row["hash_u32_or_empty"] and key is not None:
            assert expected_hash(row, chosen, key) == int(row["hash_u32_or_empty"]), row
        if not row["partition"]:
            continue
        count = int(row["num_partitions"])
        if row["partition"] == "-1":
            with pytest.raises(ValueError, match=r"spreads|ignores keys"):
                partition_of([key], count, partitioner=chosen)
        else:
            assert partition_of([key], count, partitioner=chosen).tolist() == [
                int(row["partition"])
            ], row
            if key is not None:
                assert partition_of(key, count, partitioner=chosen) == int(row["partition"])


@pytest.mark.parametrize(("client", "partitioner"), sorted({(c, p) for c, _, p in PAIRS}))
def test_every_pair_resolves_without_a_version(client, partitioner):
    assert find_partitioner(client, partitioner).name in PARTITIONERS


def test_rows_of_one_client_are_placed_as_one_column():
    rows = [r for r in ROWS if r["client"] == "kafka-clients" and r["num_partitions"] == "50"]
    assert len(rows) > 5
    placed = partition_of([key_of(row) for row in rows], 50)
    assert placed.tolist() == [int(row["partition"]) for row in rows]
    assert placed.dtype == np.int32


def test_known_pair_of_a_migration_from_kafkajs_1():
    # tulios/kafkajs#357: key 100:48069 of 12 partitions
    assert partition_of("100:48069", 12, partitioner="kafkajs-legacy") == 6
    assert partition_of("100:48069", 12) == 9


# --- how often two mappings agree ----------------------------------------------------------


def agreement(a: str, b: str, count: int) -> float:
    keys = [f"user-{number}" for number in range(5_000)]
    same = partition_of(keys, count, partitioner=a) == partition_of(keys, count, partitioner=b)
    return float(same.mean())


def test_an_unmasked_hash_agrees_on_half_the_keys_and_on_all_at_a_power_of_two():
    for count in (7, 12, 50, 100, 1_000):
        # keys whose top bit is clear: 51.3 % of another sample; ours is half, within 5 sd
        assert agreement("java", "murmur2-unmasked", count) == pytest.approx(0.5, abs=0.036)
    for count in (1, 2, 64, 1_024):
        assert agreement("java", "murmur2-unmasked", count) == 1


@pytest.mark.parametrize("other", ["librdkafka", "sarama", "kafkajs-legacy"])
@pytest.mark.parametrize("count", [7, 12, 50])
def test_different_hashes_agree_only_by_chance(other, count):
    # one key in n, within 5 standard deviations of 5,000 draws
    chance = 1 / count
    assert agreement("java", other, count) == pytest.approx(
        chance, abs=5 * (chance * (1 - chance) / 5_000) ** 0.5
    )


def test_sarama_and_its_reference_agree_below_the_sign_bit_and_on_two_partitions():
    keys = [f"user-{number}" for number in range(1_000)]
    sarama = resolve_partitioner("sarama")
    positive = sarama.hashes_of(KeyColumn.of([key.encode() for key in keys])) >> 31 == 0
    ours = partition_of(keys, 12, partitioner="sarama")
    reference = partition_of(keys, 12, partitioner="sarama-reference")
    assert (ours == reference)[positive].all()
    assert not (ours == reference)[~positive].all()
    assert agreement("sarama", "sarama-reference", 2) == 1


# --- the registry --------------------------------------------------------------------------


def test_entries_name_real_hashes_and_rules_and_are_distinct():
    mappings = [
        (one.hash, one.rule, one.null_key, one.null_hash, one.empty_key)
        for one in PARTITIONERS.values()
        if one.is_keyed
    ]
    assert len(set(mappings)) == len(mappings)
    fates = {"hashed", "spread", "partition 0", "own hash", "refused"}
    for name, one in PARTITIONERS.items():
        assert one.name == name
        assert {one.null_key, one.empty_key} <= fates
        assert one.clients
        assert all(client.source and client.partitioner for client in one.clients)
        if one.is_keyed:
            assert one.hash in HASHES
            assert one.rule in RULES
        else:
            assert one.rule is None
    assert set(HASHES) == {one.hash for one in PARTITIONERS.values() if one.hash}
    assert set(RULES) == {one.rule for one in PARTITIONERS.values() if one.rule}


def test_registry_cannot_be_changed():
    with pytest.raises(TypeError):
        PARTITIONERS["mine"] = PARTITIONERS["java"]  # type: ignore[index]


def test_repr_is_one_line():
    assert repr(PARTITIONERS["java"]) == (
        "Partitioner(name='java', hash='murmur2', rule='mask', null_key='spread', "
        "empty_key='hashed', null_hash=0)"
    )


@pytest.mark.parametrize(
    ("client", "name"),
    [
        ("kafka-clients", "java"),
        ("Java", "java"),
        ("Kafka Streams", "java"),
        ("debezium", "java"),
        ("kafka_python", "java"),
        ("aiokafka", "java"),
        ("KafkaJS", "java"),
        ("franz-go", "java"),
        ("confluent-kafka", "librdkafka"),
        ("confluent_kafka_go", "librdkafka"),
        ("Confluent.Kafka", "librdkafka"),
        ("node-rdkafka", "librdkafka"),
        ("rust-rdkafka", "librdkafka"),
        ("karafka", "librdkafka"),
        ("sarama", "sarama"),
        ("redpanda-connect", "sarama"),
        ("ruby-kafka", "sarama-crc"),
        ("platformatic", "murmur2-unmasked"),
        ("kafka-node", "kafka-node"),
        ("kafka-go", "round-robin"),
        ("pykafka", "random"),
        ("rskafka", "manual"),
        ("brod", "brod"),
    ],
)
def test_default_of_a_client(client, name):
    assert find_partitioner(client).name == name
    assert find_partitioner(client, "default").name == name


@pytest.mark.parametrize(
    ("client", "partitioner", "version", "name"),
    [
        ("librdkafka", "murmur2_random", "0.11.4", "murmur2-unmasked"),
        ("librdkafka", "murmur2_random", "v0.11.5", "java"),
        ("librdkafka", "murmur2", "0.11.4", "librdkafka-murmur2-unmasked"),
        ("librdkafka", None, "0.8.6", "random"),
        ("kafkajs", None, "1.x", "kafkajs-legacy"),
        ("kafkajs", None, "2.0.0", "java"),
        ("kafkajs", None, "2", "java"),
        ("sarama", "NewCustomPartitioner", None, "sarama"),
        ("logstash", "uniform_sticky", "11.6.0", "sticky"),
        ("kafkajs", "JavaCompatiblePartitioner", "1.x", "java"),
        ("kafka_ex", None, "0.10.0", "murmur2-unmasked"),
        ("kafka_ex", None, "0.11.0", "java"),
        ("kafka-go", "Hash", "0.3.0", "fnv1a-unsigned"),
        ("kafka-go", "Hash", "0.4.50", "sarama"),
        ("kafka-clients", None, "0.8.1", "pulsar"),
        ("kafka-clients", None, "0.8.2", "java"),
        ("kafka-scala-producer", None, "1.1", "scala-string"),
        ("kafka-python", None, "0.9.5", "python-hash"),
        ("kafka-clients", "UniformStickyPartitioner", "3.9.0", "sticky"),
        ("confluent-kafka-javascript", "default(KafkaJS API)", None, "java"),
        ("confluent-kafka-javascript", "default(node-rdkafka API)", None, "librdkafka"),
        ("karafka", "partition_key", None, "rdkafka-ruby-partition-key"),
    ],
)
def test_a_version_decides_where_a_mapping_changed(client, partitioner, version, name):
    assert find_partitioner(client, partitioner, version=version).name == name


@pytest.mark.parametrize("alias", sorted(partitioners._ALIASES))
def test_an_alias_is_another_name_of_a_client(alias):
    client = partitioners._ALIASES[alias]
    partitioner = partitioners._ROWS[client][0][0].partitioner
    assert find_partitioner(alias, partitioner) is find_partitioner(client, partitioner)
    assert folded(alias) not in {folded(name) for name in partitioners._ROWS}


def test_a_client_has_one_default_at_a_time():
    for client, rows in partitioners._ROWS.items():
        for version in ("0.1", "0.8.1", "0.9.5", "1.5", "2.0", "3.0", None):
            found = {
                one.name for row, one in rows if row.is_default and row.covers(version_of(version))
            }
            assert len(found) <= 1, (client, version, found)


def test_errors_say_what_is_near():
    with pytest.raises(ValueError, match=r"client must be .* got 'kafka-pyton' .*'kafka-python'"):
        find_partitioner("kafka-pyton")
    with pytest.raises(ValueError, match=r"librdkafka's, got 'murmur3' \(near: 'murmur2'"):
        find_partitioner("librdkafka", "murmur3")
    with pytest.raises(ValueError, match=r"brod's, got 'xyz' \(it has: 'hash', 'random'\)"):
        find_partitioner("brod", "xyz")
    with pytest.raises(ValueError, match=r"got None \(it has: .*KafkaJS API"):
        find_partitioner("confluent-kafka-javascript")
    with pytest.raises(ValueError, match=r"version must be >=1\.50 for sarama's .* got '1\.4'"):
        find_partitioner("sarama", "NewMurmur2Partitioner", version="1.4")
    with pytest.raises(ValueError, match=r"<4\.0\.0 for .* got the current one"):
        find_partitioner("kafka-clients", "UniformStickyPartitioner")
    with pytest.raises(ValueError, match=r"version must be like .* got 'new'"):
        find_partitioner("sarama", version="new")
    with pytest.raises(ValueError, match=r"PARTITIONERS, got 'jav' \(near: 'java'"):
        resolve_partitioner("jav")
    with pytest.raises(ValueError, match=r"'aiokafka' is a client, .* is 'java'"):
        resolve_partitioner("aiokafka")
    with pytest.raises(TypeError, match="client must be text, got None"):
        find_partitioner(None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="partitioner must be text, got 5"):
        find_partitioner("sarama", 5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"version must be text, got 2\.0"):
        find_partitioner("kafkajs", version=2.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="partitioner must be a name or a Partitioner, got int"):
        resolve_partitioner(3)  # type: ignore[arg-type]


def test_a_partitioner_and_its_name_are_taken_alike():
    sarama = PARTITIONERS["sarama"]
    assert resolve_partitioner(sarama) is sarama
    assert resolve_partitioner(" Sarama ") is sarama
    assert partition_of("a", 7, partitioner=sarama) == partition_of("a", 7, partitioner="sarama")


@pytest.mark.parametrize("name", KEYS_IGNORED)
def test_a_partitioner_that_ignores_keys_refuses_to_place_one(name):
    one = PARTITIONERS[name]
    assert not one.has_remainder_rule
    assert one.null_partition(12) is None
    with pytest.raises(ValueError, match=rf"'{name}', which ignores keys.*NoKey"):
        require_keyed(name)
    with pytest.raises(ValueError, match="ignores keys"):
        partition_of(["a"], 12, partitioner=name)
    with pytest.raises(ValueError, match="ignores keys"):
        one.hashes_of(KeyColumn.of([b"a"]))
    with pytest.raises(ValueError, match="ignores keys"):
        replace(one, null_key="own hash").null_partition(3)
    with pytest.raises(ValueError, match="ignores keys"):
        one.partitions_of(KeyColumn.of([b"a"]), 3)
    assert one.numbers_of(KeyColumn.of([b"a"])) is None


# --- null and empty keys -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("librdkafka-consistent", 0),
        ("librdkafka-murmur2", 275646681 % 12),
        ("librdkafka-fnv1a", 0x7EE3623B % 12),
        ("platformatic-compatibility", 0),
        ("no-kafka-crc32", 0),
        ("kafka-node", 0),
        ("kafka-node-keyed", 1),
        ("spark", 42 % 12),
        ("brod", 45914356 % 12),
    ],
)
def test_null_keys_that_are_placed(name, expected):
    assert PARTITIONERS[name].null_partition(12) == expected
    placed = partition_of(["a", None, "b"], 12, partitioner=name)
    a, b = partition_of(["a", "b"], 12, partitioner=name)
    assert placed.tolist() == [a, expected, b]


def test_null_keys_that_are_spread_are_named():
    with pytest.raises(
        ValueError, match=r"'java' spreads them .* 2 null keys, the first at position 1"
    ):
        partition_of(["a", None, None], 12)
    with pytest.raises(ValueError, match=r"'pykafka' refuses them, .* position 0"):
        partition_of([None], 12, partitioner="pykafka")
    with pytest.raises(ValueError, match="'pykafka' refuses null keys"):
        PARTITIONERS["pykafka"].null_partition(12)
    assert PARTITIONERS["java"].null_partition(12) is None


def test_empty_keys_that_are_spread_are_named():
    with pytest.raises(ValueError, match=r"'librdkafka' spreads them .* 1 empty .* position 1"):
        partition_of(["a", ""], 12, partitioner="librdkafka")
    with pytest.raises(ValueError, match="'librdkafka' spreads empty keys"):
        partition_of("", 12, partitioner="librdkafka")
    librdkafka = PARTITIONERS["librdkafka"]
    column = KeyColumn.of([b"a", b"", b"b"])
    assert librdkafka.partitions_of(column, 12).tolist()[1] == -1
    assert librdkafka.spread_among(column).tolist() == [False, True, False]
    assert PARTITIONERS["java"].spread_among(column).tolist() == [False] * 3
    # a C string that begins with a zero byte is empty
    with pytest.raises(ValueError, match="spreads them"):
        partition_of([b"a", b"\0b"], 12, partitioner="node-rdkafka-string")


def test_empty_keys_are_refused_where_a_partitioner_says_so():
    mine = Partitioner(
        name="mine", hash="crc32", rule="mask", null_key="refused", empty_key="refused"
    )
    with pytest.raises(ValueError, match="keys must not be empty: 'mine' refuses"):
        partition_of(["a", ""], 3, partitioner=mine)
    zero = Partitioner(
        name="zero", hash="fnv1a", rule="mask", null_key="hashed", empty_key="partition 0"
    )
    assert partition_of(["", None], 7, partitioner=zero).tolist() == [0, 0]
    spread = Partitioner(
        name="spread", hash="fnv1a", rule="mask", null_key="hashed", empty_key="spread"
    )
    assert spread.null_partition(7) is None


def test_a_partitioner_of_ones_own_is_checked():
    fates = {"null_key": "hashed", "empty_key": "hashed"}
    with pytest.raises(ValueError, match=r"hash must be one of .* got 'murmur' \(near: 'murmur"):
        Partitioner(name="mine", hash="murmur", rule="mask", **fates)
    with pytest.raises(ValueError, match=r"rule must be one of .* got None"):
        Partitioner(name="mine", hash="murmur2", rule=None, **fates)
    with pytest.raises(ValueError, match=r"hash must be one of .* got None"):
        Partitioner(name="mine", hash=None, rule="mask", **fates)
    with pytest.raises(ValueError, match=r"null_key must be one of 'hashed', .* got 'random'"):
        Partitioner(name="mine", hash="crc32", rule="mask", null_key="random", empty_key="hashed")
    with pytest.raises(ValueError, match="empty_key must be one of"):
        Partitioner(name="mine", hash="crc32", rule="mask", null_key="hashed", empty_key="0")
    with pytest.raises(ValueError, match="null_hash must be a whole number"):
        Partitioner(name="mine", hash="crc32", rule="mask", null_hash=2**32, **fates)


def test_every_empty_key_on_partition_35_of_1000_is_saramas_hidden_hot_partition():
    assert partition_of("", 1_000, partitioner="sarama") == 35


# --- properties ----------------------------------------------------------------------------

counts = st.one_of(st.integers(1, 1_000), st.integers(1, 2**31 - 1))


@pytest.mark.parametrize("name", OF_ANY_BYTES)
@given(keys=st.lists(st.binary(min_size=1, max_size=24), min_size=1, max_size=12), count=counts)
def test_a_partition_is_in_range_and_a_column_equals_its_keys(name, keys, count):
    keys = [key if key[0] else b"a" + key for key in keys]
    if name.startswith("flink-subtask"):
        count = min(count, 128)
    placed = partition_of(keys, count, partitioner=name)
    assert placed.dtype == np.int32
    assert ((placed >= 0) & (placed < count)).all()
    assert placed.tolist() == [partition_of(key, count, partitioner=name) for key in keys]
    one = PARTITIONERS[name]
    column = KeyColumn.of(keys)
    numbers = one.numbers_of(column)
    assert (numbers is not None) is one.has_remainder_rule
    if numbers is not None:
        assert remainder(numbers, count).tolist() == placed.tolist()


@given(st.lists(st.binary(max_size=24), min_size=1), counts)
def test_java_rule_written_in_python(keys, count):
    expected = [(murmur2(key) & 0x7FFFFFFF) % count for key in keys]
    assert partition_of(keys, count).tolist() == expected


@pytest.mark.parametrize("name", list(PARTITIONERS))
def test_one_partition_takes_every_key(name):
    if name in OF_ANY_BYTES:
        assert partition_of(["a", "b"], 1, partitioner=name).tolist() == [0, 0]


# --- other engines -------------------------------------------------------------------------


def test_flink_and_spark_numbers_are_big_endian_keys():
    row = next(r for r in ROWS if r["partitioner"] == "hash(int)_seed42_pmod")
    number = int.from_bytes(bytes.fromhex(row["key_hex"]), "big", signed=True)
    placed = partition_of(
        [number], int(row["num_partitions"]), partitioner="spark-integer", serializer="int32"
    )
    assert placed.tolist() == [int(row["partition"])]


def test_flink_has_no_more_subtasks_than_key_groups():
    with pytest.raises(
        ValueError, match="partitions must be <= 128, Flink's number of key groups"
    ):
        partition_of("a", 129, partitioner="flink-subtask-of-128")
    assert 0 <= partition_of("a", 129, partitioner="flink-subtask") < 129
