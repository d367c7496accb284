"""What Kafka 4.x does when nobody sets anything."""

import pytest

from kafka_sizing.consumers import ConsumerSettings
from kafka_sizing.consumers.settings import default_of


@pytest.mark.parametrize(
    ("name", "value", "unit"),
    [
        # ConsumerConfig, GroupCoordinatorConfig and ShareGroupConfig of Apache Kafka 4.x
        ("session.timeout.ms", 45, "s"),
        ("heartbeat.interval.ms", 3, "s"),
        ("max.poll.interval.ms", 300, "s"),
        ("max.poll.records", 500, "records"),
        ("auto.commit.interval.ms", 5, "s"),
        ("fetch.max.bytes", 50 * 2**20, "bytes"),
        ("max.partition.fetch.bytes", 2**20, "bytes"),
        ("metadata.max.age.ms", 300, "s"),
        ("group.initial.rebalance.delay.ms", 3, "s"),
        ("group.consumer.session.timeout.ms", 45, "s"),
        ("group.consumer.heartbeat.interval.ms", 5, "s"),
        ("group.share.record.lock.duration.ms", 30, "s"),
        ("group.share.delivery.count.limit", 5, "deliveries"),
        ("group.share.partition.max.record.locks", 2_000, "records"),
        # librdkafka's CONFIGURATION.md, in kilobytes there
        ("queued.max.messages.kbytes", 65_536 * 1_024, "bytes"),
    ],
)
def test_defaults_are_those_of_the_sources_of_kafka(name, value, unit):
    setting = default_of(name)
    assert (setting.value, setting.unit) == (value, unit)
    assert setting.kind == "exact"
    assert setting.source
    assert setting.date


def test_settings_begin_with_the_defaults():
    settings = ConsumerSettings()
    assert settings.session_timeout_s == 45
    assert settings.heartbeat_interval_s == 3
    assert settings.max_poll_interval_s == 300
    assert settings.max_poll_records == 500
    assert settings.auto_commit_interval_s == 5
    assert settings.metadata_max_age_s == 300
    assert settings.initial_rebalance_delay_s == 3
    assert settings.consumer_session_timeout_s == 45
    assert settings.consumer_heartbeat_interval_s == 5


def test_a_property_that_is_not_there_is_named_with_its_neighbours():
    with pytest.raises(ValueError, match=r"name must be one of .*near: 'session\.timeout\.ms'"):
        default_of("session.timeout")


def test_a_heartbeat_must_be_shorter_than_the_session():
    rule = r"consumer_heartbeat_interval_s must be below consumer_session_timeout_s, got 45 and 45"
    with pytest.raises(ValueError, match=rule):
        ConsumerSettings(consumer_heartbeat_interval_s=45)


def test_an_empty_group_need_not_wait_for_more_members():
    assert ConsumerSettings(initial_rebalance_delay_s=0).initial_rebalance_delay_s == 0
    with pytest.raises(ValueError, match="initial_rebalance_delay_s must be finite and >= 0"):
        ConsumerSettings(initial_rebalance_delay_s=-1)
