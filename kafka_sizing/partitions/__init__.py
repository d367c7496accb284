"""Key loads and rates in; where load lands, what runs hot and how many partitions it takes out."""

from kafka_sizing.partitions.agreement import PartitionerComparison, compare_partitioners
from kafka_sizing.partitions.bands import Band, band_of
from kafka_sizing.partitions.bounds import HashBounds
from kafka_sizing.partitions.certainty import SamplingNoise, chance_on_line, sampling_noise
from kafka_sizing.partitions.dispersion import DispersionTest, dispersion_test
from kafka_sizing.partitions.expectation import (
    ImbalanceExpectation,
    ThroughputCeiling,
    expected_imbalance,
)
from kafka_sizing.partitions.groups import ConsumerGroup
from kafka_sizing.partitions.growing import (
    ChangeExposure,
    GrowthCurve,
    GrowthPath,
    GrowthStage,
    GrowthStep,
    MovedAtCounts,
    change_exposure,
    moved_at_counts,
    plan_growth,
)
from kafka_sizing.partitions.growth import MovedKeys, moved_keys, moved_share
from kafka_sizing.partitions.hotspots import HotKey, HotPartition, HotReport, find_hot
from kafka_sizing.partitions.intervals import (
    ShareInterval,
    hottest_share_interval,
    share_interval,
)
from kafka_sizing.partitions.keyed import KeyedPlan, plan_keyed_partitions
from kafka_sizing.partitions.keyless import (
    HiddenHotPartition,
    KeylessClient,
    KeylessSpread,
    draws_until_even,
    hidden_hot_partition,
    keyless_clients,
    simulate_keyless,
)
from kafka_sizing.partitions.limits import Limit
from kafka_sizing.partitions.lines import Line
from kafka_sizing.partitions.luck import Luck
from kafka_sizing.partitions.lucky_counts import ExpectedSweep, expected_sweep
from kafka_sizing.partitions.moments import HashMoments, expected_normal_maximum, hash_moments
from kafka_sizing.partitions.placement import PartitionLoads, place
from kafka_sizing.partitions.rates import PublishedRate, published_rates
from kafka_sizing.partitions.sampling import RecordsNeeded, records_to_see, records_to_tell
from kafka_sizing.partitions.sizing import PartitionPlan, plan_partitions
from kafka_sizing.partitions.skew import (
    coefficient_of_variation,
    gini,
    imbalance_ratio,
    jain_index,
    normalized_entropy,
)
from kafka_sizing.partitions.sweep import PartitionSweep, sweep_partitions

__all__ = [
    "Band",
    "ChangeExposure",
    "ConsumerGroup",
    "DispersionTest",
    "ExpectedSweep",
    "GrowthCurve",
    "GrowthPath",
    "GrowthStage",
    "GrowthStep",
    "HashBounds",
    "HashMoments",
    "HiddenHotPartition",
    "HotKey",
    "HotPartition",
    "HotReport",
    "ImbalanceExpectation",
    "KeyedPlan",
    "KeylessClient",
    "KeylessSpread",
    "Limit",
    "Line",
    "Luck",
    "MovedAtCounts",
    "MovedKeys",
    "PartitionLoads",
    "PartitionPlan",
    "PartitionSweep",
    "PartitionerComparison",
    "PublishedRate",
    "RecordsNeeded",
    "SamplingNoise",
    "ShareInterval",
    "ThroughputCeiling",
    "band_of",
    "chance_on_line",
    "change_exposure",
    "coefficient_of_variation",
    "compare_partitioners",
    "dispersion_test",
    "draws_until_even",
    "expected_imbalance",
    "expected_normal_maximum",
    "expected_sweep",
    "find_hot",
    "gini",
    "hash_moments",
    "hidden_hot_partition",
    "hottest_share_interval",
    "imbalance_ratio",
    "jain_index",
    "keyless_clients",
    "moved_at_counts",
    "moved_keys",
    "moved_share",
    "normalized_entropy",
    "place",
    "plan_growth",
    "plan_keyed_partitions",
    "plan_partitions",
    "published_rates",
    "records_to_see",
    "records_to_tell",
    "sampling_noise",
    "share_interval",
    "simulate_keyless",
    "sweep_partitions",
]
