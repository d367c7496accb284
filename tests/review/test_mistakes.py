"""Nine small bad designs, each found by its own rule, and a good one."""

import pytest

from kafka_sizing import KeyLoads
from kafka_sizing.review import AREAS, Practices, mistakes, review_topic
from kafka_sizing.topic import Keys, Operations

NAMES = [mistake.name for mistake in mistakes()]


def one_hot_key():
    """One key writes 100,000 records, 4,999 others one each: 95 % of all on one partition."""
    return KeyLoads([f"order-{n}" for n in range(5_000)], [1e5] + [1.0] * 4_999)


@pytest.mark.parametrize(
    ("mistake", "changes", "rules"),
    [
        pytest.param(
            "too few partitions",
            {"producers": {"partition_bytes_per_s": 1e5}},
            {"too-few-partitions"},
            id="1: 2.88 MB/s on the wire at 80 kB/s a partition need 36",
        ),
        pytest.param(
            "too many partitions",
            {"partitions": 600},
            {"too-many-partitions"},
            id="2: a hundred times what is needed",
        ),
        pytest.param(
            "bad key",
            {"keys": Keys(loads=one_hot_key())},
            {"hot-key", "falls-behind"},
            id="3: one key writes nearly everything",
        ),
        pytest.param(
            "order lost",
            {"retries": {"delays_s": (1, 60)}},
            {"order-lost-by-retries"},
            id="4: retry topics under a topic in order per key",
        ),
        pytest.param(
            "acknowledged data lost",
            {"min_insync_replicas": 1},
            {"acknowledged-on-one-replica"},
            id="5: acks=all on one replica",
        ),
        pytest.param(
            "offsets out of step",
            {"traffic": {"write_bytes_per_s": 500}, "group": {"processing_s": 0.7}},
            {"poll-too-late"},
            id="6: 500 records of 0.7 s in a poll interval of 300 s",
        ),
        pytest.param(
            "members that cannot help",
            {"group": {"members": 18}},
            {"idle-members"},
            id="7: 18 members on 12 partitions",
        ),
        pytest.param(
            "failures without a way out",
            {"retries": None},
            {"no-dead-letter-topic"},
            id="8: no dead-letter topic",
        ),
        pytest.param(
            "running blind",
            {
                "retention_s": 12 * 3_600,
                "operations": Operations(),
                "group": {"delay_s": None},
            },
            {"kept-too-short", "alerts-without-owner", "blind-on-lag"},
            id="9: no owner, no objective, 12 h kept for an outage of a day",
        ),
    ],
)
def test_each_mistake_is_found_by_its_own_rules_alone(changed, practices, mistake, changes, rules):
    review = review_topic(changed(**changes), practices=practices)
    grave = [finding for finding in review.findings if finding.severity != "note"]
    assert {finding.rule for finding in grave} == rules
    assert {finding.mistake for finding in grave} == {mistake}
    assert all(finding.evidence and finding.change and finding.source for finding in grave)


@pytest.mark.parametrize(
    ("mistake", "changes", "found"),
    [
        pytest.param(
            "order lost",
            {"producers": {"config": {"enable.idempotence": False}}},
            ("order-lost-in-flight", "error"),
            id="4: five requests in flight without idempotence",
        ),
        pytest.param(
            "acknowledged data lost",
            {"min_insync_replicas": 3},
            ("writes-stop-on-one-loss", "error"),
            id="5: 3/3 stops on one loss",
        ),
        pytest.param(
            "acknowledged data lost",
            {"producers": {"config": {"acks": "1"}}, "keys": None},
            ("acks-lose-data", "error"),
            id="5: acks=1",
        ),
        pytest.param(
            "offsets out of step",
            {"group": {"config": {"enable.auto.commit": True}, "threads": 4}},
            ("committed-before-processed", "warning"),
            id="6: auto-commit while threads are at work",
        ),
    ],
)
def test_other_faces_of_a_mistake(changed, practices, mistake, changes, found):
    review = review_topic(changed(**changes), practices=practices)
    grave = [finding for finding in review.findings if finding.severity != "note"]
    assert (grave[0].rule, grave[0].severity) == found
    assert {finding.mistake for finding in grave} == {mistake}


@pytest.mark.parametrize(
    ("mistake", "practices", "rule"),
    [
        pytest.param(
            "members that cannot help",
            Practices(scaling="cpu"),
            "scaled-on-the-wrong-metric",
            id="7: scaled on the processor",
        ),
        pytest.param(
            "failures without a way out",
            Practices(retrying="same topic"),
            "retried-in-the-way",
            id="8: written to the same topic again",
        ),
        pytest.param(
            "failures without a way out",
            Practices(retrying="blocking"),
            "retried-in-the-way",
            id="8: retried in place",
        ),
        pytest.param(
            "offsets out of step",
            Practices(committing="before processing"),
            "committed-before-processed",
            id="6: committed first",
        ),
    ],
)
def test_what_only_people_know_is_judged_once_they_say_it(good, mistake, practices, rule):
    review = review_topic(good, practices=practices)
    assert [(each.rule, each.mistake) for each in review.findings] == [(rule, mistake)]
    assert rule not in review.passed


def test_a_good_design_has_no_finding_at_all(good, practices):
    review = review_topic(good, practices=practices)
    assert review.findings == ()
    assert review.worst is None
    assert review.holds
    assert [state.state for state in review.checklist()] == ["done"] * len(AREAS)
    assert review.reason.startswith("topic orders: nothing found, ")


def test_a_design_that_says_little_is_judged_where_it_can_be(good):
    review = review_topic(good)
    gaps = {gap.rule: gap.missing for gap in review.not_applicable}
    assert gaps["scaled-on-the-wrong-metric"] == (
        "what the number of members follows (practices.scaling)"
    )
    assert gaps["outage-overflows-retries"] == (
        "the longest outage of a dependency (retries.outage_s)"
    )


def test_there_are_nine_mistakes():
    assert len(NAMES) == len(set(NAMES)) == 9
