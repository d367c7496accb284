"""The clients' files hold what the design sets, and what the plan counts on beside it."""

import re
from itertools import pairwise

import pytest

from kafka_sizing.report.exports import client_properties
from kafka_sizing.settings import properties_of
from kafka_sizing.topic import Group, Keys, Producers, TopicDesign, Traffic, plan_topic

JAVA = "org.apache.kafka.clients.consumer."


def files_of(*groups: Group, compression_ratio: float = 1.0, **parts) -> dict[str, str]:
    design = TopicDesign(
        name="orders",
        traffic=Traffic(
            write_bytes_per_s=2e6,
            record_bytes=500,
            key_bytes=20,
            compression_ratio=compression_ratio,
        ),
        partitions=8,
        groups=groups or (Group(name="billing", member_records_per_s=1_500),),
        **parts,
    )
    return dict(client_properties(plan_topic(design)))


def producer(**parts) -> dict[str, str]:
    return properties_of(files_of(**parts)["producer.properties"])


def consumer(**parts) -> dict[str, str]:
    group = Group(name="billing", **({"member_records_per_s": 1_500} | parts))
    return properties_of(files_of(group)["consumer-billing.properties"])


def test_a_file_for_the_producers_and_one_for_each_group():
    names = files_of(
        Group(name="billing", member_records_per_s=1_500),
        Group(name="a/b", member_records_per_s=1_500),
    )
    producers, billing, other = names
    assert (producers, billing) == ("producer.properties", "consumer-billing.properties")
    assert re.fullmatch(r"consumer-a-b-[0-9a-f]{8}\.properties", other)
    assert properties_of(names[other])["group.id"] == "a/b"


def test_every_property_says_why():
    for text in files_of().values():
        lines = text.splitlines()
        for before, line in pairwise(lines):
            assert line.startswith("#") or not line or before.startswith("# ")
        assert all(len(line) <= 99 for line in lines)


def test_a_producer_that_sets_nothing_writes_safely():
    assert producer() == {"acks": "all", "enable.idempotence": "true"}


def test_what_the_design_sets_stays_as_it_is():
    given = {"linger.ms": 20, "acks": "all", "enable.idempotence": True}
    assert producer(producers=Producers(config=given)) == {
        "linger.ms": "20",
        "acks": "all",
        "enable.idempotence": "true",
    }


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"acks": "1"}, id="acknowledged by the leader alone"),
        pytest.param({"retries": 0}, id="no retries"),
        pytest.param({"max.in.flight.requests.per.connection": 6}, id="six requests under way"),
    ],
)
def test_idempotence_is_not_asked_for_where_the_design_rules_it_out(given):
    assert "enable.idempotence" not in producer(producers=Producers(config=given))


def test_five_requests_under_way_can_be_put_in_order():
    given = {"max.in.flight.requests.per.connection": 5}
    assert producer(producers=Producers(config=given))["enable.idempotence"] == "true"


def test_a_setting_that_the_client_refuses_says_so():
    given = {"acks": "1", "enable.idempotence": True, "linger.ms": 20}
    text = files_of(producers=Producers(config=given))["producer.properties"]
    assert "# as the design has it\nlinger.ms=20" in text
    assert "# as the design has it, but refused: " in text


@pytest.mark.parametrize(
    ("ratio", "codec"),
    [
        pytest.param(1.5, "lz4", id="1.81 was measured with lz4"),
        pytest.param(2.0, "snappy", id="2.35 with snappy"),
        pytest.param(3.4, "gzip", id="3.58 with gzip"),
        pytest.param(9.0, "zstd", id="nothing reaches 9; zstd comes nearest with 4.5"),
    ],
)
def test_the_compression_that_the_plan_counts_on_is_asked_for(ratio, codec):
    # Cloudflare's figures, batches of about 1 MB; Trendyol's 3.3 with zstd does not reach 3.4
    assert producer(compression_ratio=ratio)["compression.type"] == codec


def test_a_codec_that_is_set_stays():
    set_to = Producers(config={"compression.type": "zstd"})
    assert producer(compression_ratio=2, producers=set_to)["compression.type"] == "zstd"


@pytest.mark.parametrize(
    ("partitioner", "client", "wanted"),
    [
        pytest.param("java", "librdkafka", "murmur2_random", id="as the Java client does"),
        pytest.param("librdkafka", "librdkafka", None, id="its own default"),
        pytest.param("spark", "librdkafka", None, id="one it does not have"),
        pytest.param("java", "java", None, id="the Java client itself"),
    ],
)
def test_librdkafka_is_told_to_place_keys_as_the_plan_does(partitioner, client, wanted):
    found = producer(
        keys=Keys(hottest_key_share=0.01, partitioner=partitioner),
        producers=Producers(client=client),
    )
    assert found.get("partitioner") == wanted


def test_a_partitioner_that_is_set_stays():
    found = producer(
        keys=Keys(hottest_key_share=0.01),
        producers=Producers(client="librdkafka", config={"partitioner": "consistent"}),
    )
    assert found["partitioner"] == "consistent"


def test_a_group_id_that_is_set_stands_once():
    group = Group(name="billing", member_records_per_s=1_500, config={"group.id": "bills"})
    text = files_of(group)["consumer-billing.properties"]
    assert text.count("group.id=") == 1
    assert properties_of(text)["group.id"] == "bills"


def test_a_group_starts_at_the_oldest_record():
    found = consumer()
    assert (found["group.id"], found["auto.offset.reset"]) == ("billing", "earliest")
    assert consumer(config={"auto.offset.reset": "latest"})["auto.offset.reset"] == "latest"


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        pytest.param(
            {"protocol": "cooperative"},
            {"partition.assignment.strategy": JAVA + "CooperativeStickyAssignor"},
            id="cooperative",
        ),
        pytest.param(
            {"protocol": "cooperative", "client": "librdkafka"},
            {"partition.assignment.strategy": "cooperative-sticky"},
            id="cooperative, librdkafka",
        ),
        pytest.param(
            {"protocol": "eager", "assignor": "roundrobin"},
            {"partition.assignment.strategy": JAVA + "RoundRobinAssignor"},
            id="eager",
        ),
        pytest.param(
            {"protocol": "eager", "assignor": "load-aware"}, {}, id="an assignor Kafka lacks"
        ),
        pytest.param(
            {"protocol": "consumer", "assignor": "server-range"},
            {"group.protocol": "consumer", "group.remote.assignor": "range"},
            id="KIP-848",
        ),
        pytest.param(
            {"protocol": "consumer", "assignor": "sticky"},
            {"group.protocol": "consumer"},
            id="KIP-848 with an assignor brokers lack",
        ),
        pytest.param(
            {"protocol": "consumer", "config": {"group.protocol": "consumer"}},
            {"group.protocol": "consumer"},
            id="KIP-848, set already",
        ),
        pytest.param({}, {}, id="nobody plans a protocol"),
        pytest.param(
            {"assignor": "cooperative-sticky"},
            {"partition.assignment.strategy": JAVA + "CooperativeStickyAssignor"},
            id="only the assignor is planned",
        ),
        pytest.param(
            {"config": {"partition.assignment.strategy": "x.Mine"}},
            {"partition.assignment.strategy": "x.Mine"},
            id="set already",
        ),
    ],
)
def test_the_protocol_of_the_plan_is_asked_for(group, expected):
    names = ("partition.assignment.strategy", "group.protocol", "group.remote.assignor")
    found = consumer(**group)
    assert {name: found[name] for name in names if name in found} == expected


def test_a_batch_shrinks_to_what_is_done_between_two_polls():
    # 1 s a record: 500 of them take 500 s, and 300 s is all there is
    slow = {"member_records_per_s": None, "processing_s": 1.0}
    most = int(consumer(**slow)["max.poll.records"])
    assert 1 <= most <= 300
    assert "max.poll.records" not in consumer(**slow, client="librdkafka")
    assert "max.poll.records" not in consumer()


def test_a_batch_that_is_set_too_large_says_so():
    group = Group(name="billing", processing_s=1.0, config={"max.poll.records": 400})
    text = files_of(group)["consumer-billing.properties"]
    assert properties_of(text)["max.poll.records"] == "400"
    assert "# as the design has it, but a poll of 400 records takes 400 s" in text


def test_records_worked_on_at_once_are_committed_by_hand():
    threads = {"member_records_per_s": None, "processing_s": 0.01, "threads": 4}
    assert consumer(**threads)["enable.auto.commit"] == "false"
    assert consumer(**threads, config={"enable.auto.commit": True})["enable.auto.commit"] == "true"
    assert "enable.auto.commit" not in consumer()


def test_a_static_member_needs_a_name_that_no_file_can_give():
    group = Group(name="billing", member_records_per_s=1_500, membership="static")
    text = files_of(group)["consumer-billing.properties"]
    assert "\n# group.instance.id=\n" in text
    assert "group.instance.id" not in properties_of(text)


def test_readers_of_transactions_skip_what_was_aborted():
    transactional = Producers(config={"transactional.id": "orders-1"})
    files = files_of(
        Group(name="billing", member_records_per_s=1_500),
        Group(name="raw", member_records_per_s=1_500, client="librdkafka"),
        producers=transactional,
    )
    billing = properties_of(files["consumer-billing.properties"])
    assert billing["isolation.level"] == "read_committed"
    # librdkafka reads what was committed unless it is told otherwise
    assert "isolation.level" not in properties_of(files["consumer-raw.properties"])


def test_only_a_plan_is_taken():
    with pytest.raises(TypeError, match="plan must be TopicPlan, as plan_topic gives, got str"):
        client_properties("orders")


def test_a_file_says_whose_it_is():
    files = files_of()
    assert files["producer.properties"].startswith("# What producers of orders should be set to\n")
    assert files["consumer-billing.properties"].startswith(
        "# What members of group billing, which read orders, should be set to\n"
    )
