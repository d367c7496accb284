"""A mapping that cannot be changed, and what holds one can be copied and pickled."""

import copy
import pickle

import pytest

from kafka_sizing import assign, plan_topic, review_topic
from kafka_sizing._mappings import ReadOnly
from kafka_sizing.topic import Cluster, Group, Operations, Retries, TopicDesign, Traffic


def test_it_is_a_copy_that_nobody_can_change():
    given = {"a": 1, "b": 2}
    kept = ReadOnly(given)
    given["a"] = 3
    assert kept == {"a": 1, "b": 2}
    assert (list(kept), len(kept), repr(kept)) == (["a", "b"], 2, "{'a': 1, 'b': 2}")
    with pytest.raises(TypeError, match="item assignment"):
        kept["a"] = 4
    with pytest.raises(KeyError):
        _ = kept["c"]
    assert kept | {"b": 5, "c": 6} == {"a": 1, "b": 5, "c": 6}
    assert {"b": 5, "c": 6} | kept == {"a": 1, "b": 2, "c": 6}


def test_a_design_its_plan_and_its_review_can_be_copied_and_pickled():
    design = TopicDesign(
        name="orders",
        traffic=Traffic(write_bytes_per_s=1e6, record_bytes=100),
        config={"retention.ms": 86_400_000},
        groups=[Group(name="billing", member_records_per_s=1e4, config={"fetch.min.bytes": 1})],
        retries=Retries(delays_s=(1,)),
        cluster=Cluster(brokers=3),
        operations=Operations(owner="orders", labels={"cluster": "main"}),
    )
    plan = plan_topic(design)
    for copied in (copy.deepcopy(plan), pickle.loads(pickle.dumps(plan))):
        assert copied.partitions == plan.partitions
        assert copied.design.config == design.config
        assert copied.design.operations == design.operations
        assert copied.to_frame().equals(plan.to_frame())
    review = review_topic(plan)
    assert pickle.loads(pickle.dumps(review)).reason == review.reason


def test_an_assignment_can_be_pickled():
    given = assign(6, 2)
    assert pickle.loads(pickle.dumps(given)).to_frame().equals(given.to_frame())
