"""Assertions for the unit tests of a service: what passes, and what a failure says."""

import os
import subprocess
import sys
import zlib

import pytest

from kafka_sizing import KeyLoads
from kafka_sizing.testing import (
    assert_fits,
    assert_keeps_up,
    assert_no_findings,
    assert_no_hot_partition,
    assert_partitions,
    assert_settings,
)
from kafka_sizing.topic import Group, Keys, TopicDesign, Traffic, plan_topic

# 2 MB/s of records of 500 B are 4,000 records/s: 3 partitions for members that read 1,500.
TABLES = {
    "topic": {"name": "orders", "min_insync_replicas": 2},
    "traffic": {"rate": "2 MB/s", "record": "500 B"},
    "group": [{"name": "billing", "member_rate": "1500 records/s"}],
}
FILE = """
[topic]
name = "orders"
min_insync_replicas = 2
[traffic]
rate = "2 MB/s"
record = "500 B"
[[group]]
name = "billing"
member_rate = "1500 records/s"
"""


def designed(*, member=1_500, members=None, group=None, **others):
    return TopicDesign(
        name="orders",
        traffic=Traffic(write_bytes_per_s=2e6, record_bytes=500),
        groups=[
            Group(name="billing", member_records_per_s=member, members=members, **(group or {}))
        ],
        **others,
    )


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.toml").write_text(FILE, encoding="utf-8")
    return tmp_path


def message_of(assertion, *arguments, **options):
    with pytest.raises(AssertionError) as failed:
        assertion(*arguments, **options)
    return str(failed.value)


def test_a_design_that_holds_passes_in_every_form(folder):
    assert_fits(designed())
    assert_fits(plan_topic(designed()))
    assert_fits(TABLES)
    assert_fits("orders.toml")
    assert_fits(folder / "orders.toml")


def test_what_does_not_hold_is_the_message():
    # 2 partitions carry 2,000 records/s each, and a member reads 1,500.
    message = message_of(assert_fits, designed(partitions=2))
    first, *reasons = message.splitlines()
    assert first == "topic orders does not hold:"
    assert reasons[0].startswith("- partitions: 2 partitions will not do")
    assert reasons[1].startswith("- group billing: ")
    assert len(reasons) == 2


def test_one_reason_stands_on_the_first_line():
    short = designed(retention_s=60, group={"outage_s": 3_600})
    message = message_of(assert_fits, short)
    assert message.startswith("topic orders does not hold: retention: records are kept")
    assert "\n" not in message


def test_a_key_log_is_found_beside_the_design(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "designs").mkdir()
    keys = "\n".join(["customer", *["UA"] * 90, *["B6"] * 10])
    (tmp_path / "designs" / "keys.csv").write_text(f"{keys}\n", encoding="utf-8")
    log = '[keys]\nlog = "keys.csv"\nkey = "customer"\n'
    (tmp_path / "designs" / "orders.toml").write_text(FILE + log, encoding="utf-8")
    # UA writes 90 % of 4,000 records/s, more than a member reads, on any count.
    assert "more partitions cannot help" in message_of(assert_fits, "designs/orders.toml")
    monkeypatch.chdir(tmp_path / "designs")
    tables = {**TABLES, "keys": {"log": "keys.csv", "key": "customer"}}
    assert "more partitions cannot help" in message_of(assert_fits, tables)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            FILE.replace("record =", "recrod ="),
            r"^orders\.toml:7: \[traffic\] may hold .*'recrod'",
        ),
        (FILE.replace("[topic]", "[topic"), r"^orders\.toml:2: Expected"),
        ("", r"^orders\.toml: the file must hold \[topic\], got none"),
        (FILE.partition("[[group]]")[0], r"^orders\.toml: partition_bytes_per_s of producers or"),
    ],
    ids=["typo", "no TOML", "empty", "nobody says what a partition carries"],
)
def test_a_file_that_cannot_be_planned_is_no_failed_assertion(folder, text, message):
    (folder / "orders.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        assert_fits("orders.toml")


def test_bytes_that_are_no_text_are_named(folder):
    (folder / "orders.toml").write_bytes(b"\x80")
    with pytest.raises(ValueError, match=r"orders\.toml must be TOML in UTF-8, got byte 0x80"):
        assert_fits("orders.toml")


def test_a_design_of_another_type_is_refused():
    with pytest.raises(TypeError, match=r"design must be a TopicDesign, .* got int"):
        assert_fits(12)


@pytest.mark.parametrize(
    "bounds", [{}, {"least": 3}, {"most": 3}, {"least": 3, "most": 3}, {"least": 1, "most": 12}]
)
def test_the_count_needed_lies_within_its_bounds(bounds):
    assert_partitions(designed(), **bounds)


def test_a_count_given_is_not_the_count_needed():
    assert_partitions(designed(partitions=24), least=3, most=3)


@pytest.mark.parametrize(
    ("bounds", "start"),
    [
        ({"most": 2}, "3 partitions are needed, and at most 2 were expected: "),
        ({"least": 4}, "3 partitions would be enough, and at least 4 were expected: "),
    ],
    ids=["more are needed", "fewer would do"],
)
def test_a_count_out_of_bounds_is_told_with_its_limit(bounds, start):
    message = message_of(assert_partitions, designed(), **bounds)
    assert message.startswith(start)
    assert "billing" in message


def test_where_no_count_is_enough_that_is_the_failure():
    # The hottest key writes 3,600 records/s of the 4,000.
    message = message_of(assert_partitions, designed(keys=Keys(hottest_key_share=0.9)))
    assert message.startswith("no count keeps every limit: ")


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ({"least": 0}, r"least must be a whole number .* got 0"),
        ({"least": 6, "most": 5}, r"most must be a whole number in 6 .* got 5"),
    ],
)
def test_bounds_must_be_counts_in_their_order(bounds, message):
    with pytest.raises(ValueError, match=message):
        assert_partitions(designed(), **bounds)


def test_a_group_that_keeps_up_passes():
    assert_keeps_up(designed(members=3))
    assert_keeps_up(designed(members=3), group="billing")


def test_a_group_that_falls_behind_is_the_message():
    # 4 partitions are 2 for each of 2 members: 2,000 records/s, and 1,500 are read.
    message = message_of(assert_keeps_up, designed(members=2, partitions=4))
    assert message.startswith("falls behind: group billing: ")


def test_a_group_that_recovers_too_late_is_the_message():
    # An hour down at 4,000 records/s, an hour to read it beside what comes: 8,000 are needed,
    # and 3 members read 4,500.
    slow = designed(members=3, group={"outage_s": 3_600, "recovery_s": 3_600})
    assert message_of(assert_keeps_up, slow).startswith("falls behind: group billing: ")
    assert_keeps_up(
        designed(member=3_000, members=3, group={"outage_s": 3_600, "recovery_s": 3_600})
    )


def test_only_the_group_named_is_looked_at():
    traffic = Traffic(write_bytes_per_s=2e6, record_bytes=500)
    groups = [
        Group(name="billing", member_records_per_s=1_500, members=3),
        Group(name="search", member_records_per_s=1_500, members=1),
    ]
    design = TopicDesign(name="orders", traffic=traffic, groups=groups)
    assert_keeps_up(design, group="billing")
    assert "group search" in message_of(assert_keeps_up, design, group="search")
    assert "group billing" not in message_of(assert_keeps_up, design)
    with pytest.raises(ValueError, match=r"group must be one of 'billing', 'search', got 'serch'"):
        assert_keeps_up(design, group="serch")


@pytest.mark.parametrize(
    "keys",
    [
        ["UA"] * 6_000 + ["B6"] * 2_000 + ["EV"] * 1_500 + ["DL"] * 500,
        {"UA": 6_000, "B6": 2_000, "EV": 1_500, "DL": 500},
        KeyLoads(["UA", "B6", "EV", "DL"], [6_000, 2_000, 1_500, 500]),
    ],
    ids=["a key per record", "counts", "loads"],
)
def test_keys_are_judged_by_what_a_partition_carries(keys):
    # No placement brings a partition above all keys together, nor the hottest below UA.
    assert_no_hot_partition(keys, 4, capacity=10_000)
    message = message_of(assert_no_hot_partition, keys, 4, capacity=5_000)
    assert message.startswith("1 of 4 partitions is hot. Partition")
    assert "'UA' alone writes 60.0 %" in message


def test_keys_are_judged_by_a_multiple_of_the_even_share():
    keys = KeyLoads(["UA", "B6", "EV", "DL"], [60, 20, 15, 5]).scaled_to(1e6, "bytes/s")
    assert_no_hot_partition(keys, 4, ratio=4)
    assert "60.0 %" in message_of(assert_no_hot_partition, keys, 4, ratio=2)


def test_the_client_decides_where_keys_go():
    # Of 12 partitions Kafka's Java client puts EV and MQ on number 3, by hand in test_story.py;
    # librdkafka's CRC-32 of them, by zlib, is 10 and 5 modulo 12.
    keys = KeyLoads(["EV", "MQ"], [1e6, 1e6], unit="bytes/s")
    assert [zlib.crc32(key) % 12 for key in (b"EV", b"MQ")] == [10, 5]
    assert_no_hot_partition(keys, 12, capacity=1.5e6, partitioner="librdkafka")
    assert "'EV' 50.0 %, 'MQ' 50.0 %" in message_of(
        assert_no_hot_partition, keys, 12, capacity=1.5e6, partitioner="java"
    )


def test_a_design_without_findings_passes():
    assert_no_findings(designed(min_insync_replicas=2), severity="error")


def test_findings_are_the_message_with_their_rules():
    message = message_of(assert_no_findings, designed(min_insync_replicas=1), severity="error")
    assert message.startswith("topic orders has findings: error: topic orders: ")
    assert message.endswith("[acknowledged-on-one-replica]")


def test_rules_may_be_left_out():
    assert_no_findings(
        designed(min_insync_replicas=1), severity="error", ignore=["acknowledged-on-one-replica"]
    )


def test_a_milder_severity_finds_more():
    loose = designed(min_insync_replicas=2)
    counts = {
        severity: len(message_of(assert_no_findings, loose, severity=severity).splitlines())
        for severity in ("warning", "note")
    }
    assert counts["note"] > counts["warning"] > 1


def test_settings_that_are_safe_pass():
    assert_settings(producer={"acks": "all", "linger.ms": 20, "compression.type": "zstd"})


def test_settings_that_lose_data_are_the_message():
    message = message_of(
        assert_settings, producer={"acks": 1, "enable.idempotence": "true"}, severity="error"
    )
    assert "acks=1 (set)" in message


def test_settings_are_read_from_a_properties_file(folder):
    (folder / "consumer.properties").write_text(
        "session.timeout.ms=9000\nheartbeat.interval.ms=4000\n", encoding="utf-8"
    )
    message = message_of(assert_settings, consumer="consumer.properties")
    assert message.startswith("the settings have findings: ")
    assert "[heartbeat-too-slow]" in message


def test_a_broken_properties_file_is_no_failed_assertion(folder):
    (folder / "consumer.properties").write_text("=1\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"consumer\.properties: line 1 must begin with the name"):
        assert_settings(consumer=folder / "consumer.properties")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "one of producer, consumer, topic and broker must be given, got none"),
        ({"producer": {}, "severity": "fatal"}, r"severity must be one of .* got 'fatal'"),
        (
            {"producer": {}, "ignore": ["acks-loses-data"]},
            r"ignore must hold names of rules, got 'acks-loses-data' \(near: 'acks-lose-data'",
        ),
    ],
    ids=["nothing", "a severity", "a rule"],
)
def test_words_that_mean_nothing_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        assert_settings(**options)


def test_pytest_shows_the_reason_and_not_this_package(tmp_path):
    (tmp_path / "test_orders.py").write_text(
        "from kafka_sizing.testing import assert_no_hot_partition\n\n\n"
        "def test_no_partition_is_hot():\n"
        "    assert_no_hot_partition({'UA': 90, 'B6': 10}, 4, capacity=50)\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_orders.py"],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"},
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 1
    assert "E       AssertionError: 1 of 4 partitions is hot." in done.stdout
    assert "testing.py" not in done.stdout


def test_importing_it_loads_nothing_heavier_than_numpy():
    program = (
        "import sys; before = set(sys.modules); import kafka_sizing.testing; "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, check=True, text=True
    )
    loaded = set(done.stdout.split()) - set(sys.stdlib_module_names)
    assert loaded <= {"kafka_sizing", "numpy"}
