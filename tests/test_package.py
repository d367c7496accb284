"""The package as a whole: its names, what importing it loads, and its docstrings."""

import ast
import importlib
import inspect
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

import kafka_sizing

NAMES_THAT_STAND = """
    murmur2 crc32 fnv1a PARTITIONERS Partitioner find_partitioner partition_of
    KeyLoads count_keys count_key_files PairLoads count_pairs
    KeySketch sketch_keys sketch_key_frame
    place PartitionLoads sweep_partitions PartitionSweep
    imbalance_ratio coefficient_of_variation gini jain_index normalized_entropy
    find_hot HotReport plan_partitions PartitionPlan ConsumerGroup Limit
    moved_share moved_keys compare_partitioners
    Fix MorePartitions NoKey CompositeKey KeyBuckets RoutingTable TimeBuckets
    compare_fixes Comparison
    assign Assignment group_capacity GroupCapacity capacity_by_members
    members_needed MembersNeeded drain_backlog time_to_loss
    rebalance_cost RebalanceCost compare_protocols
    simulate_lag LagSimulation Arrivals MemberCapacity compare_policies PolicyComparison
    diagnose_lag LagDiagnosis LagSamples read_lag_samples
    zipf_keys lognormal_keys uniform_keys
    expected_imbalance ImbalanceExpectation expected_sweep ExpectedSweep
    simulate_keyless KeylessSpread hidden_hot_partition
    plan_growth GrowthPath change_exposure grow_buckets
    plan_keyed_partitions KeyedPlan plan_salting SaltingPlan safe_shards simulate_scheme
    plan_batching compare_batching Batching check_producer ProducerVerdict
    latency_budget LatencyBudget
    broker_footprint BrokerFootprint fits ClusterFit find_cluster CLUSTERS
    plan_retries RetryPlan blocking_retry compare_retries dependency_outage same_topic_retry
    plan_topic TopicPlan TopicDesign design_of read_design
    review_topic review_configs Review Finding alerts_of
    KB MB GB TB KiB MiB GiB TiB
    brokers consumers plot producers report retries review settings topic
""".split()


def public_functions() -> list[str]:
    """Every function that the package or one of its rooms hands on, by its full name."""
    rooms = [
        kafka_sizing,
        *(
            importlib.import_module(f"kafka_sizing.{path.parent.name}")
            for path in sorted(Path(kafka_sizing.__path__[0]).glob("*/__init__.py"))
        ),
    ]
    found = {
        f"{value.__module__}.{value.__qualname__}"
        for room in rooms
        for value in (getattr(room, name) for name in room.__all__)
        if inspect.isfunction(value)
    }
    return sorted(found)


def modules_loaded_by(code: str) -> set[str]:
    """Top-level modules from outside the standard library that running ``code`` adds."""
    program = f"import sys; before = set(sys.modules)\n{code}\nprint(*set(sys.modules) - before)"
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        check=True,
        text=True,
    )
    top_level = {module.partition(".")[0] for module in run.stdout.split()}
    return top_level - set(sys.stdlib_module_names)


def test_the_names_that_stand_are_the_public_names():
    assert sorted(kafka_sizing.__all__) == sorted(NAMES_THAT_STAND)


@pytest.mark.parametrize("name", NAMES_THAT_STAND)
def test_a_public_name_opens_on_first_use(name):
    assert getattr(kafka_sizing, name) is not None
    assert name in dir(kafka_sizing)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"'kafka_sizing' has no attribute 'plan_partition'"):
        _ = kafka_sizing.plan_partition


def test_importing_the_package_loads_nothing_heavier_than_numpy():
    assert modules_loaded_by("import kafka_sizing") <= {"kafka_sizing", "numpy"}


def test_every_public_name_opens_without_loading_more_than_numpy():
    loaded = modules_loaded_by("from kafka_sizing import *")
    assert "kafka_sizing" in loaded
    assert loaded <= {"kafka_sizing", "numpy"}


def test_type_information_ships_with_the_package():
    assert files("kafka_sizing").joinpath("py.typed").is_file()


def test_every_room_says_what_comes_in_and_hands_on_its_names():
    for path in Path(kafka_sizing.__path__[0]).glob("*/__init__.py"):
        room = ast.parse(path.read_text(encoding="utf-8"))
        assert ast.get_docstring(room), path
        assert importlib.import_module(f"kafka_sizing.{path.parent.name}").__all__, path


@pytest.mark.needs_dev
def test_every_public_function_has_a_whole_docstring():
    from numpydoc.validate import validate

    # Left out: "See Also" and a second paragraph for their own sake (SA01, ES01); where the
    # text starts (GL01); the full stop after a unit such as [bytes/s] (SS03, PR09, RT05) and
    # the capital before a quantity (PR08, RT04); a measure is described by what it is (SS05).
    left_out = {"SA01", "ES01", "GL01", "SS03", "PR09", "RT05", "PR08", "RT04", "SS05"}
    wanting = [
        f"{name}: {code} {text}"
        for name in public_functions()
        for code, text in validate(name)["errors"]
        if code not in left_out
    ]
    assert not wanting, "\n".join(wanting)


def test_every_public_function_has_an_example_that_runs():
    without = [name for name in public_functions() if ">>>" not in (_function(name).__doc__ or "")]
    assert not without


def _function(name: str) -> object:
    module, _, function = name.rpartition(".")
    return getattr(importlib.import_module(module), function)
