"""No key: what the client does with the records, when they are even, and what is hot instead."""

import dataclasses

import pytest

from kafka_sizing import KeyLoads, NoKey, find_partitioner
from kafka_sizing.keys import PARTITIONERS

RATES = KeyLoads(["a", "b", "c"], [600, 300, 100], "records/s")


def notes(fix, keys=RATES, partitions=12, **kwargs):
    return fix.evaluate(keys, partitions, **kwargs).notes


def test_notes_say_what_the_client_of_today_does():
    assert notes(NoKey()) == (
        (
            "kafka-clients stays on a partition for batch.size bytes, in whole batches, then "
            "draws one, long queues less often"
        ),
        # 11 * (2.8653 / 0.1)**2, see draws_until_even
        "within 10 % of even after about 9,031 draws of a partition",
        (
            "kafka-clients spreads null keys; an empty key is not null: all of them go to "
            "partition 9 of 12"
        ),
    )


def test_notes_follow_the_partitioner():
    sent = notes(NoKey(), partitioner="librdkafka")
    assert sent[0].startswith("librdkafka stays on a partition for sticky.partitioning.linger.ms")
    # 9,031 draws, each of the 11 records of 10 ms, at 1,000 records/s: 99 s
    assert sent[1:] == ("within 10 % of even after about 1 min 39 s",)


def test_notes_of_a_client_that_is_not_listed_are_general():
    general = "even in the long run: a client fills one partition's batch, then the next"
    assert notes(NoKey(), partitioner="kafkajs-legacy") == (general,)


def test_notes_name_the_hidden_hot_partition():
    on_one = find_partitioner("librdkafka", "murmur2")
    # murmur2 of no bytes is 275,646,681: 9 mod 12
    assert notes(NoKey(), partitioner=on_one)[1:] == (
        "librdkafka murmur2 sends every null key to partition 9 of 12, and every empty key too",
    )


@pytest.mark.parametrize(
    ("fix", "keys", "note"),
    [
        pytest.param(
            NoKey(record_bytes=1_000),
            RATES,
            # Batches of 6 in 5 ms, three of them until batch.size: 18 records a draw
            "after about 2 min 43 s",
            id="batches need the size of a record",
        ),
        pytest.param(
            NoKey(record_bytes=1_000, producers=1_000),
            RATES,
            # A record a second from each: batches of one, 16 of 1,061 bytes
            "after about 2 min 24 s",
            id="producers share the rate",
        ),
        pytest.param(
            NoKey("sarama"), RATES, "after about 9 s", id="every record: 9,031 at 1,000/s"
        ),
        pytest.param(
            NoKey("sarama", record_bytes=10),
            KeyLoads(["a"], [10_000], "bytes/s"),
            "after about 9 s",
            id="bytes/s by the size of a record",
        ),
        pytest.param(
            NoKey("sarama"),
            KeyLoads(["a"], [10_000], "bytes/s"),
            "after about 9,031 draws of a partition",
            id="bytes/s alone do not tell",
        ),
        pytest.param(
            NoKey("sarama"),
            KeyLoads(["a"], [10_000]),
            "after about 9,031 draws of a partition",
            id="counts do not tell",
        ),
        pytest.param(
            NoKey("sarama"),
            KeyLoads(["a"], [0], "records/s"),
            "after about 9,031 draws of a partition",
            id="nothing is sent",
        ),
        pytest.param(
            NoKey("kafkajs"), RATES, "after about 120 ms", id="in turn: 12 / 0.1 records at most"
        ),
        pytest.param(
            NoKey("kafkajs"),
            KeyLoads(["a"], [3]),
            "after a few rounds of the partitions",
            id="in turn, no rate",
        ),
    ],
)
def test_notes_say_when_loads_are_even(fix, keys, note):
    assert notes(fix, keys)[1] == f"within 10 % of even {note}"


def test_a_chosen_client_gives_its_own_loads():
    fix = NoKey("kafka-clients 2.4 roundrobinpartitioner")
    outcome = fix.evaluate(RATES, 4)
    assert outcome.loads.loads.tolist() == [0, 500, 0, 500]
    assert (outcome.read_fan_in, outcome.state_copies) == (2, 2)
    assert outcome.name == "no key, sent by kafka-clients 2.4 RoundRobinPartitioner"
    assert outcome.producer_change == (
        "send records without a key, with kafka-clients 2.4 RoundRobinPartitioner"
    )
    assert "never within 10 % of even" in outcome.notes
    assert outcome.notes[-1].endswith("every other one gets nothing, ever (KAFKA-9965)")


def test_a_client_that_needs_one_partition_moves_the_keys_there():
    # murmur2: "21" is on partition 0 of 4, "foobar" and no bytes on 2 and 1, as Kafka's own tests
    # have it: -973,932,308, -790,332,482 and 275,646,681, each with the sign masked, mod 4
    keys = KeyLoads(["21", "foobar"], [30, 10], null_load=60)
    on_one = find_partitioner("librdkafka", "murmur2")
    outcome = NoKey("librdkafka murmur2").evaluate(keys, 4, partitioner=on_one)
    assert outcome.loads.loads.tolist() == [0, 100, 0, 0]
    assert outcome.moved_key_share == 1
    assert outcome.moved_load_share == pytest.approx(0.4)  # null keys are there already
    spread_before = NoKey("librdkafka murmur2").evaluate(keys, 4)
    assert spread_before.moved_load_share == pytest.approx(0.4 + 0.6 * 3 / 4)


def test_even_clients_give_even_loads_to_the_bit():
    keys = KeyLoads(["a", "b"], [1 / 3, 1 / 7])
    for partitions in (3, 7, 49):
        for fix in (NoKey(), NoKey("kafkajs")):
            assert fix.evaluate(keys, partitions).imbalance_ratio == 1


def test_one_partition_needs_no_notes_on_evenness():
    assert len(notes(NoKey(), partitions=1)) == 1


def test_null_keys_that_are_refused_do_not_count():
    refusing = PARTITIONERS["pykafka"]
    outcome = NoKey().evaluate(KeyLoads(["a"], [5]), 4, partitioner=refusing)
    assert outcome.moved_load_share == pytest.approx(3 / 4)
    assert "('pykafka' does not)" in outcome.producer_change


def test_fixes_compare_by_what_was_chosen():
    assert NoKey() == NoKey(producers=1)
    assert NoKey("LIBRDKAFKA") == NoKey("librdkafka")
    assert NoKey("librdkafka") != NoKey()
    assert len({NoKey(), NoKey("sarama"), NoKey("sarama")}) == 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        NoKey().client = "sarama"


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"client": "pigeon"}, "client must be a name in keyless_clients"),
        ({"record_bytes": 0}, "record_bytes must be finite and > 0, got 0"),
        ({"producers": 0}, "producers must be a whole number in 1"),
    ],
)
def test_nonsense_is_refused(kwargs, message):
    with pytest.raises(ValueError, match=message):
        NoKey(**kwargs)
