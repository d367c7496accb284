"""A whole plan: every part follows from the design by arithmetic that can be redone by hand."""

from __future__ import annotations

import pytest

from kafka_sizing import GiB, KeyLoads, MorePartitions, TiB, partition_of
from kafka_sizing.keys import zipf_keys
from kafka_sizing.topic import (
    Cluster,
    Group,
    Keys,
    Producers,
    Retries,
    TopicDesign,
    Traffic,
    plan_topic,
    planned_topics,
)


def plan(write=10e6, traffic=None, **given):
    return plan_topic(
        TopicDesign(
            name="orders",
            traffic=Traffic(write_bytes_per_s=write, record_bytes=1_000, **(traffic or {})),
            **{"groups": [Group(name="billing", member_records_per_s=2_000)], **given},
        )
    )


def test_a_group_gets_members_for_the_peak_of_the_horizon():
    """10 MB/s × 2 at the peak × 1.5 grown = 30,000 records/s, 2,000 a member: 15."""
    group = plan(
        traffic={"peak_ratio": 2, "growth_fraction_per_year": 0.5, "horizon_years": 1},
        partitions=30,
    ).groups[0]
    assert (group.members, group.needed.members, group.needed_today.members) == (15, 15, 10)
    assert group.keeps_up
    assert group.keeps_up_today
    assert group.divides_evenly


def test_members_that_are_planned_are_judged():
    group = plan(
        partitions=10,
        groups=[Group(name="billing", member_records_per_s=2_000, members=3)],
    ).groups[0]
    assert (group.members, group.needed.members, group.keeps_up) == (3, 5, False)
    assert not group.divides_evenly
    assert group.reason == group.capacity.reason


def test_lag_that_is_allowed_is_the_rate_of_the_hottest_partition_times_the_delay():
    """10,000 records/s at 5 partitions: 2,000 a partition, 120,000 in a minute."""
    group = Group(name="billing", member_records_per_s=2_000, delay_s=60)
    even = plan(groups=[group])
    assert even.partitions == 5
    assert even.groups[0].lag_records_per_partition == pytest.approx(120_000)
    keys = Keys(loads=KeyLoads(["a", "b", "c"], [2, 1, 1]))
    hot = plan(groups=[group], keys=keys, partitions=5)
    assert hot.groups[0].lag_records_per_partition == pytest.approx(
        10_000 * hot.keys.loads.max_share * 60
    )


def test_lag_counts_what_a_group_skips():
    """Lag is in offsets: of 2,000 records/s to a partition, 120,000 in a minute."""
    group = Group(name="billing", member_records_per_s=2_000, delay_s=60, read_ratio=0.1)
    assert plan(groups=[group], partitions=5).groups[0].lag_records_per_partition == 120_000


def test_a_hottest_key_makes_its_partition_at_least_as_hot():
    """Of 10,000 records/s 1,500 are of one key, and 1,000 are the even share of 10."""
    group = Group(name="billing", member_records_per_s=2_000, delay_s=60)
    hot = plan(groups=[group], keys=Keys(hottest_key_share=0.15), partitions=10)
    assert hot.groups[0].lag_records_per_partition == pytest.approx(90_000)
    cool = plan(groups=[group], keys=Keys(hottest_key_share=0.05), partitions=10)
    assert cool.groups[0].lag_records_per_partition == pytest.approx(60_000)


def test_size_retention_is_shortest_where_the_hottest_key_is():
    """1.5 MB/s of one key fill 5.4 GB in an hour."""
    given = {"keys": Keys(hottest_key_share=0.15), "retention_bytes": 5.4e9}
    assert plan(partitions=10, **given).retention.kept_s == pytest.approx(3_600)


def test_more_members_than_any_group_has_held_are_refused_by_name():
    with pytest.raises(ValueError, match=r"plan asks of group 'billing' must be .* got 500000"):
        plan(write=1e12)


def test_a_recovery_target_may_ask_for_more_members_than_the_peak():
    """λ (1 + T/R): an outage as long as the recovery doubles the rate."""
    group = Group(name="billing", member_records_per_s=2_000, outage_s=3_600, recovery_s=3_600)
    planned = plan(groups=[group], partitions=20).groups[0]
    assert planned.needed.members == 5
    assert planned.needed_to_recover.members == 10
    assert (planned.members, planned.recovers) == (10, True)
    assert planned.drain.drain_s == pytest.approx(3_600)


def test_a_group_that_cannot_recover_says_so():
    group = Group(
        name="billing", member_records_per_s=2_000, members=5, outage_s=3_600, recovery_s=60
    )
    planned = plan(groups=[group], partitions=5)
    assert planned.groups[0].recovers is False
    assert planned.groups[0].drain.drain_s is None
    assert planned.retention.needed_s is None
    assert planned.retention.needed_by == "billing"
    assert not planned.retention.enough
    assert "never catches up" in planned.retention.reason


def test_retention_must_outlast_the_longest_outage_and_the_time_to_catch_up():
    """A day down at 10,000/s, 20,000/s carried: a day to catch up, so two days are needed."""
    group = Group(name="billing", member_records_per_s=2_000, members=10, outage_s=86_400)
    kept = plan(groups=[group], partitions=10).retention
    assert kept.kept_s == 604_800  # Kafka's default
    assert kept.needed_s == pytest.approx(2 * 86_400)
    assert (kept.needed_by, kept.enough) == ("billing", True)
    short = plan(groups=[group], partitions=10, retention_s=86_400 * 1.5).retention
    assert not short.enough
    assert "is too short for group 'billing'" in short.reason


def test_size_retention_keeps_the_hottest_partition_for_the_shortest_time():
    """2 MB/s a partition and 7.2 GB: an hour."""
    kept = plan(retention_bytes=7.2e9).retention
    assert (kept.kept_s, kept.kept_by) == (pytest.approx(3_600), "retention.bytes")
    forever = plan(config={"retention.ms": -1}).retention
    assert (forever.kept_s, forever.enough) == (None, True)
    assert (
        forever.reason == "records are kept without limit; no group has named an outage to survive"
    )


def test_what_the_brokers_must_hold_grows_to_the_horizon():
    """10 MB/s, 3 replicas, 7 days: 18.1 TB on 6 brokers, three times that after growth."""
    planned = plan(
        traffic={"growth_fraction_per_year": 2.0, "horizon_years": 1},
        cluster=Cluster(brokers=6, zones=3, disk_bytes_per_broker=12 * TiB),
        partitions=18,
    )
    today, horizon = planned.brokers.today, planned.brokers.horizon
    assert today.disk_bytes == pytest.approx(10e6 * 604_800 * 3)
    assert horizon.disk_bytes == pytest.approx(3 * today.disk_bytes)
    assert today.replicas_per_broker == 9
    assert planned.brokers.without_broker.brokers == 5
    assert planned.brokers.without_zone.brokers == 4
    assert planned.brokers.disk_used_ratio < planned.brokers.disk_used_ratio_without_broker < 1
    assert planned.brokers.fits
    assert planned.brokers.network_used_ratio is None


def test_a_disk_that_is_too_small_is_named():
    planned = plan(cluster=Cluster(brokers=3, disk_bytes_per_broker=100 * GiB))
    assert not planned.brokers.fits
    assert not planned.holds
    assert "of disk at the horizon and has 100.0 GiB" in planned.brokers.reason
    assert planned.reason.startswith("brokers: ")


def test_the_limits_of_a_named_cluster_are_held_against_the_footprint():
    planned = plan(cluster=Cluster(brokers=3, limits="MSK Standard m5.large"))
    assert planned.brokers.fit.fits
    assert planned.brokers.horizon_fit.binding.used_share > 0
    assert plan().brokers is None


def test_keys_that_are_known_are_placed_at_the_count():
    fine = plan(keys=Keys(loads=zipf_keys(10_000, exponent=0.3, total=1)))
    assert fine.keys.report.fits
    assert fine.keys.comparison is None
    assert fine.keys.loads.total == pytest.approx(10e6)
    hot = plan(keys=Keys(loads=KeyLoads(["big", "a", "b"], [8, 1, 1]), ordering="none"))
    assert not hot.keys.report.fits
    assert hot.keys.comparison.best.fits
    assert not hot.holds
    assert hot.keys.comparison.reason in hot.keys.reason
    assert plan(keys=Keys(hottest_key_share=0.01)).keys is None


def test_a_count_that_only_this_hash_favours_is_named():
    """Three keys, a third each, and a partition takes two fifths: 3!/27 = 2/9 of hashes fit."""
    names = [f"key-{at}" for at in range(50)]
    places = partition_of(names, 3).tolist()
    apart = [names[places.index(partition)] for partition in range(3)]
    group = Group(name="billing", member_records_per_s=4_000)
    keys = Keys(loads=KeyLoads(apart, [1, 1, 1]))
    lucky = plan(partitions=3, groups=[group], keys=keys).keys
    assert lucky.report.fits
    assert lucky.is_lucky
    assert lucky.fitting_hashes_share == pytest.approx(2 / 9, abs=0.03)
    assert "of random hashes would fit at this count" in lucky.reason
    even = Keys(loads=zipf_keys(10_000, exponent=0.1, total=1))
    sure = plan(partitions=3, groups=[group], keys=even).keys
    assert not sure.is_lucky
    assert sure.fitting_hashes_share == pytest.approx(1)
    assert sure.reason == sure.report.verdict


def test_producers_are_judged_and_batched_for_the_count():
    planned = plan(producers=Producers(instances=4, config={"linger.ms": 20}))
    assert planned.producers.verdict.accepted
    assert planned.producers.horizon.records_per_batch > 1
    refused = plan(
        producers=Producers(config={"acks": "1", "enable.idempotence": "true"}),
    )
    assert not refused.producers.verdict.accepted
    assert not refused.holds


def test_retries_are_planned_for_the_groups_that_retry():
    """1 % of 10,000 records/s at the first retry, 1 % of that at the second."""
    planned = plan(retries=Retries(delays_s=(1, 60), failing_fraction=0.01))
    rates = [stage.records_per_s for stage in planned.retries.stages]
    assert rates == pytest.approx([100, 1])
    assert planned.retries.dead_letter.records_per_s == pytest.approx(0.01)
    assert plan().retries is None


def test_a_plan_answers_in_the_order_of_a_review():
    planned = plan(
        keys=Keys(loads=zipf_keys(1_000, exponent=0.1, total=1)),
        cluster=Cluster(brokers=3),
        retries=Retries(delays_s=(1,)),
    )
    frame = planned.to_frame()
    assert frame["subject"].tolist() == [
        "partitions",
        "keys",
        "group billing",
        "producers",
        "brokers",
        "retries",
        "retention",
    ]
    assert frame["holds"].all()
    assert planned.holds
    assert planned.reason == planned.count.reason
    assert repr(planned).startswith("TopicPlan('orders', partitions=")
    assert "<table" in planned._repr_html_()


def test_every_part_has_a_line_of_its_own():
    planned = plan(
        keys=Keys(loads=zipf_keys(1_000, exponent=0.1, total=1)), cluster=Cluster(brokers=3)
    )
    parts = (planned.keys, planned.groups[0], planned.producers, planned.brokers)
    assert all("\n" not in repr(part) for part in parts)


def test_something_else_than_a_design_is_refused():
    with pytest.raises(TypeError, match="design must be TopicDesign, got dict"):
        plan_topic({})


def test_a_topic_that_keeps_everything_is_reckoned_up_to_the_horizon():
    """Without growth: 10 MB/s, 3 replicas, 2 years."""
    planned = plan(
        config={"retention.ms": -1}, cluster=Cluster(brokers=3), traffic={"horizon_years": 2}
    )
    year_s = 365.25 * 86_400
    assert planned.brokers.horizon.disk_bytes == pytest.approx(10e6 * 2 * year_s * 3)
    sooner = plan(config={"retention.ms": -1}, cluster=Cluster(brokers=3))
    assert sooner.brokers.today.disk_bytes == pytest.approx(10e6 * year_s * 3)


RETRIED = {
    "partitions": 5,
    "replication_factor": 3,
    "retries": Retries(delays_s=(10, 60), failing_fraction=0.1, triage_s=1_000, instances=4),
    "groups": [Group(name="billing", member_records_per_s=2_000, outage_s=3_600)],
}


def test_brokers_hold_the_topics_of_retries_too():
    """10,000 records/s of 1 kB: 1,000/s, 100/s and 10/s go on, on a partition of 2,000/s each."""
    alone = plan(cluster=Cluster(brokers=6), **{**RETRIED, "retries": None}).brokers.horizon
    with_retries = plan(cluster=Cluster(brokers=6), **RETRIED).brokers
    together = with_retries.horizon
    assert together.leaders - alone.leaders == 3
    assert together.replicas - alone.replicas == 9
    assert together.write_bytes_per_s - alone.write_bytes_per_s == pytest.approx(1.11e6)
    assert together.read_bytes_per_s - alone.read_bytes_per_s == pytest.approx(1.1e6)
    kept_bytes = (1_000 * 3_610 + 100 * 3_660 + 10 * 1_000) * 1_000 * 3
    assert with_retries.retries.disk_bytes == pytest.approx(kept_bytes)
    more = together.disk_bytes_per_broker - alone.disk_bytes_per_broker
    assert more == pytest.approx(kept_bytes / 6)


def test_in_a_stated_outage_every_stage_takes_the_whole_rate():
    """100 s of 10,000/s, and 70 s of delays: 5 partitions each, and 30 s of dead letters."""
    retries = Retries(delays_s=(10, 60), failing_fraction=0.1, triage_s=1_000, outage_s=100)
    planned = plan(cluster=Cluster(brokers=6), **{**RETRIED, "retries": retries})
    taken = planned.brokers.retries
    assert taken.leaders == sum(topic.partitions for topic in planned_topics(planned)[1:]) == 15
    assert (taken.in_records_per_s, taken.out_records_per_s) == (30_000, 20_000)
    more = 10_000 * (0.9 * 100 + 0.99 * 90 + 0.999 * 30)
    kept = 1_000 * 3_610 + 100 * 3_660 + 10 * 1_000
    assert taken.disk_bytes == pytest.approx((kept + more) * 1_000 * 3)
    assert planned.retries.outage.dead_letter_records == pytest.approx(300_000)


def test_today_the_topics_of_retries_carry_the_rate_of_today():
    """Grown fourfold by the horizon: a quarter of 1.11 MB/s today, in as many partitions."""
    given = {
        **RETRIED,
        "traffic": {"growth_fraction_per_year": 3.0, "horizon_years": 1},
        "partitions": 20,
        "cluster": Cluster(brokers=6),
    }
    with_retries = plan(**given).brokers
    alone = plan(**{**given, "retries": None}).brokers
    today = with_retries.today.write_bytes_per_s - alone.today.write_bytes_per_s
    horizon = with_retries.horizon.write_bytes_per_s - alone.horizon.write_bytes_per_s
    assert (today, horizon) == (pytest.approx(1.11e6), pytest.approx(4.44e6))
    assert with_retries.today.leaders == with_retries.horizon.leaders


def test_retry_topics_take_partitions_that_the_vendor_counts():
    """MSK Serverless takes 2,400 leaders: 2,390 elsewhere leave 10, retries 7 of them."""
    given = {**RETRIED, "partitions": None}
    cluster = Cluster(limits="MSK Serverless", other_leaders=2_390, other_replicas=7_170)
    found = plan(**given, cluster=cluster).count
    (upper,) = [limit for limit in found.limits if limit.name == "MSK Serverless: leaders"]
    assert upper.partitions == 7


def test_replicas_elsewhere_whose_leaders_nobody_counts_stay_as_many():
    cluster = Cluster(brokers=6, other_replicas=600, other_in_bytes_per_s=6e6)
    alone = plan(cluster=cluster, **{**RETRIED, "retries": None}).brokers.horizon
    together = plan(cluster=cluster, **RETRIED).brokers.horizon
    assert together.replicas - alone.replicas == 9
    more = together.in_bytes_per_s_per_broker - alone.in_bytes_per_s_per_broker
    assert more == pytest.approx(1.11e6 * 3 / 6)


def test_retry_topics_outlive_the_outage_of_a_group_or_three_days():
    """3 days is the rule of thumb of the library where no outage is stated."""
    stated = plan(**RETRIED).retries
    assert [stage.retention_s for stage in stated.stages] == [3_610, 3_660]
    silent = {**RETRIED, "groups": [Group(name="billing", member_records_per_s=2_000)]}
    thumb = plan(**silent).retries
    assert [stage.retention_s for stage in thumb.stages] == [259_210, 259_260]


def test_a_partition_of_a_retry_topic_carries_what_a_member_does():
    """10 threads of 2 ms are 5,000/s; a fifth left unused, 40,000/s take 10."""
    given = {
        "traffic": {"headroom_fraction": 0.2},
        "write": 40e6,
        "retries": Retries(delays_s=(10,), failing_fraction=0.1),
    }
    threaded = plan(**given, groups=[Group(name="billing", processing_s=0.002, threads=10)])
    single = plan(**given, groups=[Group(name="billing", member_records_per_s=5_000)])
    assert threaded.retries.stages[0].outage_partitions == 10
    assert single.retries.stages[0].outage_partitions == 10


def test_every_client_is_connected_to_every_broker():
    """2 producers, 5 members that the plan asks for and 2 × 4 consumers of retries, × 6."""
    given = {**RETRIED, "producers": Producers(instances=2), "partitions": None}
    planned = plan(**given, cluster=Cluster(brokers=6, connections=100))
    assert planned.groups[0].members == 5
    assert planned.brokers.horizon.connections == 100 + (2 + 5 + 8) * 6
    told = plan(
        **{**given, "groups": [Group(name="billing", member_records_per_s=2_000, members=5)]},
        cluster=Cluster(brokers=6),
    )
    assert told.brokers.horizon.connections == 90


def test_requests_and_records_are_held_against_the_vendor():
    """Event Hubs takes 1,000 records/s a unit, 4,096 out: 10,000 ask for 10 units."""
    few = plan(cluster=Cluster(limits="Event Hubs Standard", units=9)).brokers
    written = few.horizon_fit.of("in_records_per_s")
    assert (written.used, written.allowed, written.outcome) == (10_000, 9_000, "exceeded")
    assert few.horizon_fit.of("out_records_per_s").used == 10_000
    assert few.reason.endswith("; 10 TU would do")
    assert few.units_needed.units == 10
    assert plan(cluster=Cluster(limits="Event Hubs Standard", units=10)).brokers.fits


def test_requests_that_are_too_many_only_alone_are_a_range():
    """50 producers of 400 records/s each; MSK Serverless takes 15,000 requests/s.

    A request for each of 3 brokers leaves every 7.5 + 5 ms: 50 × 3 × 80 = 12,000/s. A batch for
    each of 60 partitions leaves every 150 + 5 ms: 50 × 60 / 0.155 = 19,355/s.
    """
    planned = plan(
        write=20e6,
        partitions=60,
        producers=Producers(instances=50, config={"linger.ms": 5}),
        keys=Keys(hottest_key_share=0.001),
        cluster=Cluster(limits="MSK Serverless"),
    )
    brokers = planned.brokers
    requests = brokers.horizon_fit.of("requests_per_s")
    assert (requests.used, requests.outcome) == (pytest.approx(12_000), "fits")
    assert brokers.reason.endswith(
        "; requests are 19,355 a second if each batch goes alone, more than the 15,000 that MSK "
        "Serverless takes"
    )


def test_a_message_larger_than_the_vendor_takes_does_not_fit():
    """MSK Serverless: 8 MiB."""
    cluster = Cluster(limits="MSK Serverless")
    large = plan(cluster=cluster, config={"max.message.bytes": 9 * 2**20}).brokers
    assert [check.limit.name for check in large.horizon_fit.exceeded] == ["largest message"]
    unset = plan(cluster=cluster).brokers
    assert unset.horizon_fit.of("message_bytes").outcome == "not known"


def test_a_service_without_brokers_needs_none():
    """One connection a client: 1 producer and 5 members."""
    planned = plan(cluster=Cluster(limits="MSK Serverless"))
    brokers = planned.brokers
    assert not brokers.shows_brokers
    assert planned.design.cluster.brokers == planned.design.replication_factor
    assert (brokers.without_broker, brokers.without_zone) == (None, None)
    assert brokers.horizon.connections == 6
    assert brokers.answer == "5 leaders in the cluster"
    with pytest.raises(ValueError, match=r"brokers must be a whole number .* got 0"):
        Cluster(limits="MSK Standard m5.large")


def test_the_larger_count_that_is_proposed_is_the_one_recommended():
    """Keys that overload a partition of 24; twice as many would be another count that fits."""
    keys = Keys(loads=zipf_keys(500, exponent=0.6, total=1))
    group = Group(name="billing", member_records_per_s=1_400)
    planned = plan(partitions=24, write=24e6, groups=[group], keys=keys)
    outcomes = planned.keys.comparison.outcomes
    larger = [one.fix.partitions for one in outcomes if isinstance(one.fix, MorePartitions)]
    assert planned.count.recommended > 24
    assert larger == [planned.count.recommended]


def test_a_count_that_cools_one_partition_is_not_taken_for_one_that_cools_all():
    """Of 24 partitions several are hot; the count that separates the keys of one is smaller."""
    keys = Keys(loads=zipf_keys(500, exponent=0.6, total=1))
    group = Group(name="billing", member_records_per_s=1_300)
    planned = plan(partitions=24, write=24e6, groups=[group], keys=keys).keys
    first, named = planned.report.first_fitting, planned.report.hot[0].separating_partitions
    assert (first is not None, named is not None, first != named) == (True, True, True)
    told = f"{named} is the first count that brings them below it. {first} is the first count with"
    assert told in planned.reason


def test_a_group_that_is_fuller_than_wanted_says_how_full_it_may_be():
    """10,000 records/s over 5 × 2,100 are 95.2 %; a fifth is to be left unused."""
    group = Group(name="billing", member_records_per_s=2_100, members=5)
    full = plan(partitions=5, groups=[group], traffic={"headroom_fraction": 0.2}).groups[0]
    assert not full.keeps_up
    assert "the fullest is 95.2 % full, and 80.0 % are wanted at most" in full.reason
