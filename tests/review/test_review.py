from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st

from kafka_sizing import KeyLoads
from kafka_sizing.review import (
    AREAS,
    RULES,
    Finding,
    Practices,
    review_configs,
    review_topic,
)
from kafka_sizing.settings import properties_of
from kafka_sizing.topic import Group, Keys, plan_topic

CONSUMER = """
# copied from somewhere
group.id = billing
session.timeout.ms: 9000
heartbeat.interval.ms=4000
max.poll.recrods=50
"""


def finding_of(review, rule):
    return next(finding for finding in review.findings if finding.rule == rule)


def test_a_properties_file_is_reviewed_as_it_stands():
    review = review_configs(consumer=properties_of(CONSUMER))
    heartbeat = finding_of(review, "heartbeat-too-slow")
    assert heartbeat.evidence == (
        "heartbeat.interval.ms=4000 (set) is more than a third of session.timeout.ms=9000 (set)"
    )
    assert heartbeat.change == "set heartbeat.interval.ms=3000 at most"
    assert (heartbeat.subject, heartbeat.kind) == ("group", "rule")
    assert heartbeat.area == "consumers and offsets"


def test_a_name_that_is_nearly_right_is_recognised():
    found = finding_of(
        review_configs(consumer=properties_of(CONSUMER)), "unknown-property-of-consumer"
    )
    assert found.summary.startswith(
        "unknown property max.poll.recrods, did you mean max.poll.records"
    )
    assert found.evidence == "max.poll.recrods=50 (set)"
    assert found.change == "spell it max.poll.records"


def test_a_name_like_no_other_is_only_noted():
    found = finding_of(review_configs(consumer={"acme": 1}), "unknown-property-of-consumer")
    assert (found.severity, found.summary) == ("note", "unknown property acme")
    assert found.change == "leave acme out, unless a plug-in reads it"


def test_a_value_out_of_range_names_the_range():
    found = finding_of(review_configs(topic={"segment.bytes": 5}), "refused-value-of-topic")
    assert found.evidence == "segment.bytes=5 (set), allowed: at least 1,048,576"
    assert found.subject == "topic"


def test_a_value_of_another_type_is_a_finding_and_the_rest_is_still_judged():
    review = review_configs(broker={"num.io.threads": "many", "log.dirs": "/tmp/x"})
    wrong = finding_of(review, "refused-value-of-broker")
    assert "num.io.threads must be a whole number, got 'many'" in wrong.evidence
    assert wrong.subject == "brokers"
    assert finding_of(review, "logs-in-tmp").evidence == "log.dirs=/tmp/x (set)"


def test_a_producer_that_would_not_start_is_told_so_once():
    review = review_configs(producer={"compression.type": "brotli"})
    assert [finding.rule for finding in review.of("error")] == ["refused-value-of-producer"]
    assert review.findings[0].subject == "producers"


def test_retention_of_a_retry_topic_rd03():
    """RD03: 300 s of delay and 3 d of outage need 259,500 s; 2 d are 172,800 s."""
    review = review_configs(
        topic={"retention.ms": 172_800_000}, retry_delay_s=300, outage_s=259_200
    )
    found = finding_of(review, "retry-topic-kept-too-short")
    assert found.evidence == (
        "259,500 s (3 d) needed, 172,800 s (2 d) kept (retention.ms=172800000 (set))"
    )
    assert found.change == "set retention.ms=259500000"


def test_a_batch_that_takes_too_long_is_told_what_would_fit():
    """500 records of 0.7 s take 350 s; 80 % of 300 s hold 342 of them."""
    found = finding_of(review_configs(consumer={}, processing_s=0.7), "poll-too-late")
    assert found.evidence == (
        "a poll of 500 records takes 350 s (5 min 50 s), more than the 300 s (5 min) of "
        "max.poll.interval.ms=300000 (default)"
    )
    assert found.change == "set max.poll.records=342 at most, or raise max.poll.interval.ms"


def test_a_batch_that_nearly_takes_too_long_is_a_warning_of_that():
    found = finding_of(review_configs(consumer={}, processing_s=0.5), "poll-too-late")
    assert found.summary == "a batch takes nearly as long as the group waits"


def test_a_heartbeat_as_slow_as_its_session_stops_the_java_client_alone():
    slow = {"heartbeat.interval.ms": 45_000}
    java = finding_of(review_configs(consumer=slow), "heartbeat-too-slow")
    cpp = finding_of(review_configs(consumer=slow, client="librdkafka"), "heartbeat-too-slow")
    assert "does not start" in java.consequence
    assert "does not start" not in cpp.consequence
    assert java.severity == cpp.severity == "error"


@pytest.mark.parametrize(
    ("acks", "consequence"),
    [
        ("0", "what is lost on the way is never missed"),
        ("1", "a record is lost with the leader though its producer was told it is safe"),
    ],
)
def test_what_acks_lose_depends_on_them(acks, consequence):
    found = finding_of(review_configs(producer={"acks": acks}), "acks-lose-data")
    assert found.consequence == consequence


def test_one_record_that_takes_too_long_cannot_be_helped_by_fewer():
    found = finding_of(review_configs(consumer={}, processing_s=400), "poll-too-late")
    assert found.change.startswith("raise max.poll.interval.ms, or hand records over")


def test_what_brokers_set_for_every_topic_is_what_a_topic_gets():
    review = review_configs(topic={}, broker={"log.retention.hours": 24}, outage_s=86_400)
    found = finding_of(review, "kept-too-short")
    assert "86,400 s (1 d) kept (retention.ms=86400000 (set))" in found.evidence


def test_nothing_given_is_nothing_judged():
    review = review_configs()
    assert review.findings == review.checked == review.passed == ()
    assert {gap.rule for gap in review.not_applicable} == set(RULES)
    assert all(gap.missing for gap in review.not_applicable)
    assert {state.state for state in review.checklist()} == {"not judged"}
    assert review.checklist()[0].reason.startswith("nothing could be judged; not given: ")
    assert review.holds
    assert review.worst is None


@pytest.mark.parametrize(
    ("given", "side"),
    [
        ({"topic": {"min.insync.replicas": 0}, "replication_factor": 3}, "topic"),
        ({"topic": {"retention.ms": -5}, "outage_s": 5}, "topic"),
        ({"consumer": {"max.poll.interval.ms": 0}, "processing_s": 1}, "consumer"),
        ({"broker": {"offsets.retention.minutes": -1}, "outage_s": 5}, "broker"),
        ({"producer": {"max.request.size": -1}, "topic": {}}, "producer"),
    ],
)
def test_a_value_that_kafka_refuses_does_not_stop_the_review(given, side):
    review = review_configs(**given)
    assert finding_of(review, f"refused-value-of-{side}").severity == "error"


def test_a_length_that_makes_no_sense_leaves_its_rule_unjudged():
    review = review_configs(consumer={"session.timeout.ms": -1})
    gaps = {gap.rule: gap.missing for gap in review.not_applicable}
    assert gaps["heartbeat-too-slow"].startswith("a value that makes sense: session.timeout.ms")
    assert gaps["session-out-of-bounds"].startswith("a value that makes sense")


def test_brokers_that_leave_the_replicas_to_the_controller_give_one_at_least():
    review = review_configs(broker={"default.replication.factor": -1})
    assert finding_of(review, "too-few-replicas").severity == "error"


def test_a_topic_that_is_not_given_has_no_names_to_judge():
    gaps = {gap.rule for gap in review_configs(broker={}).not_applicable}
    assert {"unknown-property-of-topic", "refused-value-of-topic"} <= gaps


def test_a_side_that_is_not_given_is_named():
    gaps = {gap.rule: gap.missing for gap in review_configs(topic={}).not_applicable}
    assert gaps["acks-lose-data"] == "the configuration of the producers"
    assert gaps["acknowledged-on-one-replica"] == "the replication factor"
    assert gaps["refused-value-of-consumer"] == "the configuration of the consumer"
    assert gaps["poll-too-late"] == "a consumer group"
    assert gaps["too-few-partitions"] == "a plan of the topic"
    assert gaps["idle-members"] == "a consumer group"


def test_the_checklist_has_the_ten_areas_in_their_order():
    states = review_configs(producer={"acks": "1"}, consumer={}).checklist()
    assert [state.area for state in states] == list(AREAS)
    by_area = {state.area: state for state in states}
    assert by_area["producers and durability"].state == "findings"
    assert by_area["producers and durability"].reason.startswith(
        "acknowledged before the followers have it (producers); not given: "
    )
    assert by_area["consumers and offsets"].state == "done"  # with notes, which do not count
    assert by_area["consumers and offsets"].findings
    assert by_area["monitoring and ownership"].state == "not judged"


def test_findings_come_worst_first_and_by_area():
    review = review_configs(producer={"acks": "1"}, consumer={}, broker={})
    severities = [finding.severity for finding in review.findings]
    assert severities == sorted(severities, key=["error", "warning", "note"].index)
    assert review.worst == "error"
    assert not review.holds
    assert sum(map(len, review.by_area().values())) == len(review.findings)
    area = review.by_area()["producers and durability"]
    assert {finding.area for finding in area} == {"producers and durability"}
    assert area[0].severity == "error"


def test_the_reason_counts_what_was_found():
    review = review_configs(consumer={})
    assert review.reason == (
        f"group: 2 notes, {len(review.checked)} of {len(RULES)} rules applied; first: "
        "offsets are committed by the clock (group)"
    ).replace("group: 2", "topic: 2", 1)


def test_the_frame_has_a_row_for_each_finding():
    review = review_configs(consumer={}, topic={}, replication_factor=3)
    frame = review.to_frame()
    assert list(frame["rule"]) == [finding.rule for finding in review.findings]
    assert set(frame.columns) == set(Finding.__slots__)
    assert review_configs().to_frame().empty


def test_a_review_shows_itself():
    review = review_configs(consumer={})
    assert repr(review) == (
        f"Review('topic', errors=0, warnings=0, notes=2, checked={len(review.checked)})"
    )
    assert review._repr_html_().startswith("<p>topic: 2 notes")
    assert repr(review.findings[0]) == "Finding(note, 'relies-on-auto-commit', 'group')"
    assert review.findings[0].reason.startswith("offsets are committed by the clock: enable.auto")


def test_a_design_and_its_plan_give_the_same_review(good):
    assert review_topic(good) == review_topic(plan_topic(good))


def test_a_rule_that_judges_one_group_of_two_says_which_it_could_not(good):
    groups = (*good.groups, Group(name="audit", member_records_per_s=1e5))
    review = review_topic(replace(good, groups=groups))
    assert "crash-takes-too-long" in review.passed
    gaps = [
        (gap.subject, gap.missing)
        for gap in review.not_applicable
        if gap.rule == "crash-takes-too-long"
    ]
    assert gaps == [("group audit", "the delay allowed (delay_s) of group audit")]
    assert finding_of(review, "blind-on-lag").subject == "group audit"


def test_a_measured_rate_says_how_long_a_batch_takes(good):
    """500 records at one a second take 500 s."""
    groups = (*good.groups, Group(name="audit", member_records_per_s=1))
    found = finding_of(review_topic(replace(good, groups=groups)), "poll-too-late")
    assert found.subject == "group audit"
    assert "takes 500 s" in found.evidence


def test_a_hot_key_that_no_group_can_follow_is_one_mistake(changed):
    """Retention is not blamed for a group that never catches up."""
    hot = KeyLoads([f"order-{n}" for n in range(100)], [1e5] + [1.0] * 99)
    review = review_topic(changed(keys=Keys(loads=hot)))
    assert finding_of(review, "falls-behind").change.startswith("split the hottest key first")
    gaps = {gap.rule: gap.missing for gap in review.not_applicable}
    assert gaps["kept-too-short"] == "members enough for group billing to catch up"


def test_a_group_too_slow_for_any_members_needs_partitions(changed):
    """30 MB/s of 500 B, doubled at the peak, grown by 1.44, over 4,000 records/s: 44 at least."""
    plan = plan_topic(changed(traffic={"write_bytes_per_s": 3e7}))
    found = finding_of(review_topic(plan), "falls-behind")
    assert found.mistake == "too few partitions"
    assert plan.count.recommended >= 44
    wanted = f"make a record cheaper, or take {plan.count.recommended} partitions"
    assert found.change == wanted


def test_size_retention_is_changed_by_its_own_property(changed):
    found = finding_of(review_topic(changed(retention_bytes=1e9)), "kept-too-short")
    assert found.change == "raise retention.bytes, which is counted per partition"


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("replication_factor", 0, "a whole number"),
        ("partitions", 1.5, "a whole number"),
        ("processing_s", 0, "finite and > 0"),
        ("retry_delay_s", -1, "finite and > 0"),
        ("outage_s", -1, "finite and >= 0"),
        ("client", "kafkajs", "one of 'java', 'librdkafka'"),
    ],
)
def test_nonsense_is_refused(name, value, rule):
    with pytest.raises(ValueError, match=rf"{name} must be {rule}.*got {value!r}"):
        review_configs(**{name: value})


def test_only_a_plan_or_a_design_is_a_topic():
    with pytest.raises(TypeError, match="plan must be TopicPlan or TopicDesign"):
        review_topic("orders")


@pytest.mark.parametrize("name", ["scaling", "retrying", "committing"])
def test_a_practice_must_be_a_known_one(name):
    with pytest.raises(ValueError, match=rf"{name} must be one of .*, got 'luck'"):
        Practices(**{name: "luck"})


def test_a_share_of_processors_is_no_percentage():
    with pytest.raises(ValueError, match=r"broker_cpu_share must be a share in \(0, 1\], got 60"):
        Practices(broker_cpu_share=60)


@settings(max_examples=40, deadline=None)
@given(
    sides=st.fixed_dictionaries(
        {},
        optional={
            "topic": st.just({}),
            "broker": st.just({}),
            "producer": st.just({}),
            "consumer": st.just({}),
            "replication_factor": st.integers(1, 5),
            "partitions": st.integers(1, 9),
            "processing_s": st.floats(0.001, 10),
            "outage_s": st.floats(0, 1e6),
            "client": st.sampled_from(["java", "librdkafka"]),
        },
    )
)
def test_every_rule_is_applied_or_says_what_it_lacks(sides):
    review = review_configs(**sides)
    lacking = {gap.rule for gap in review.not_applicable}
    assert set(review.checked) | lacking == set(RULES)
    assert set(review.passed) <= set(review.checked)
    found = {finding.rule for finding in review.findings}
    assert found | set(review.passed) == set(review.checked)
    assert not found & set(review.passed)


def test_a_retry_topic_is_judged_only_with_an_outage_to_outlive():
    review = review_configs(topic={}, retry_delay_s=300)
    gaps = {gap.rule: gap.missing for gap in review.not_applicable}
    assert gaps["retry-topic-kept-too-short"] == "the longest outage of a group (outage_s)"


def test_a_protocol_that_is_configured_and_not_planned_is_found(changed):
    config = {"group.protocol": "consumer", "partition.assignment.strategy": None}
    planned = changed(group={"config": config, "protocol": "cooperative"})
    found = finding_of(review_topic(planned), "protocol-not-configured")
    assert "the protocol 'cooperative', and the configuration gives 'consumer'" in found.evidence
    assert found.set_or_default == "set"


def test_a_protocol_that_nobody_planned_is_the_configured_one(changed):
    """Java's default assignors are range and cooperative sticky together: all stop."""
    review = review_topic(changed(group={"config": {"partition.assignment.strategy": None}}))
    assert "protocol-not-configured" in review.passed


def test_an_area_that_is_done_says_how_many_rules_were_applied(good, practices):
    states = {state.area: state for state in review_topic(good, practices=practices).checklist()}
    assert states["monitoring and ownership"].reason == "3 rules applied"
    assert states["consumer groups"].reason == "4 rules applied"
