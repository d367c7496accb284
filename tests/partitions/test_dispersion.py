import numpy as np
import pytest
from scipy.stats import chi2

from kafka_sizing import KeyLoads, PartitionLoads, place
from kafka_sizing.keys import zipf_keys
from kafka_sizing.partitions import dispersion_test


def placed_by(loads: list[float], records: list[float], partition_of_key: list[int] | None = None):
    keys = KeyLoads([f"k{at}" for at in range(len(records))], records)
    return PartitionLoads(loads=loads, keys=keys, partition_of_key=partition_of_key)


def test_the_statistic_is_pearsons_over_the_dispersion():
    # loads 8 and 4, even 6: X2 = 4/6 + 4/6; keys 6, 4, 2: phi = (36 + 16 + 4) / 12
    test = dispersion_test(placed_by([8, 4], [6, 4, 2]))
    assert test.chi_square == pytest.approx(4 / 3)
    assert test.dispersion == pytest.approx(56 / 12)
    assert test.corrected == pytest.approx((4 / 3) / (56 / 12))
    assert test.degrees_of_freedom == 1
    assert test.plain_p_value == pytest.approx(chi2.sf(4 / 3, 1))
    assert test.p_value == pytest.approx(chi2.sf(test.corrected, 1))
    assert test.heaviest_key_share == pytest.approx(36 / 56)


def test_loads_in_another_unit_give_the_same_answer():
    test = dispersion_test(placed_by([8e6, 4e6], [6, 4, 2]))
    assert test.corrected == pytest.approx((4 / 3) / (56 / 12))


def test_distinct_records_have_no_dispersion():
    test = dispersion_test(placed_by([3, 1], [1, 1, 1, 1]))
    assert test.dispersion == 1
    assert test.plain_p_value == test.p_value


@pytest.mark.parametrize(
    ("exponent", "least", "most"),
    [  # of 1,200 hashes; 5 % less or more 4 standard errors of 0.63 %
        pytest.param(0.0, 0.025, 0.075, id="section 1, X2/phi: size 5 % with even keys"),
        pytest.param(0.5, 0.025, 0.075, id="section 1, X2/phi: size 4.3 to 4.6 %, Zipf 0.5"),
        pytest.param(1.5, 0.0, 0.05, id="one key dominates: fewer, never more"),
    ],
)
def test_a_random_hash_is_rejected_as_often_as_the_level_says(exponent, least, most):
    weights = np.arange(1.0, 1_001) ** -exponent
    records = np.ceil(100_000 * weights / weights.sum())
    keys = zipf_keys(1_000, exponent=0, total=1_000)
    counted = KeyLoads(keys.keys, records)
    rng = np.random.default_rng(11)
    rejected = plainly = 0
    for _ in range(1_200):
        loads = np.bincount(rng.integers(0, 12, 1_000), records, 12)
        test = dispersion_test(PartitionLoads(loads=loads, keys=counted))
        rejected += test.verdict == "more uneven"
        plainly += test.plain_p_value <= 0.05
    assert least <= rejected / 1_200 <= most
    assert plainly == 1_200  # section 1: plain p-values reject always, size 1.00


def test_a_real_hash_of_ordinary_keys_passes_and_a_broken_one_does_not():
    keys = zipf_keys(20_000, exponent=0.5, total=1_000_000)
    assert dispersion_test(place(keys, 24)).p_value > 0.001
    on_one = np.zeros(24)
    on_one[7] = keys.total  # an exporter that wrote to 1 of 24 partitions
    broken = dispersion_test(PartitionLoads(loads=on_one, keys=keys))
    assert broken.verdict == "more uneven"
    assert "look at the partitioner" in broken.reason


def test_records_without_a_key_dilute_when_spread_and_count_as_one_key_when_not():
    keys = KeyLoads(["a", "b"], [3, 1], null_load=4)
    spread = dispersion_test(place(keys, 4, partitioner="java"))
    assert spread.dispersion == pytest.approx((9 + 1) / 8)
    together = dispersion_test(place(keys, 4, partitioner="librdkafka-consistent"))
    assert together.dispersion == pytest.approx((9 + 1 + 16) / 8)


def test_a_dominant_key_is_named_and_a_light_one_not():
    heavy = dispersion_test(placed_by([12, 8], [10, 5, 5]))
    assert heavy.heaviest_key_share == pytest.approx(100 / 150)
    assert "one key makes 66.7 % of sum c²" in heavy.reason
    light = dispersion_test(placed_by([10, 8], [6, 6, 6]))
    assert light.verdict == "as a random hash"
    assert light.reason.endswith(f"probability {light.p_value:.3g}")


def test_a_test_is_shown_as_a_table_and_a_line():
    test = dispersion_test(placed_by([8, 4], [6, 4, 2]))
    frame = test.to_frame()
    assert frame["correction"].tolist() == ["plain", "dispersion"]
    assert frame["statistic"].tolist() == [test.chi_square, test.corrected]
    assert frame["p_value"].tolist() == [test.plain_p_value, test.p_value]
    assert "<table" in test._repr_html_()
    assert repr(test) == "DispersionTest(X²/phi=0.2857, degrees_of_freedom=1, p_value=0.593)"


@pytest.mark.parametrize(
    ("loads", "message"),
    [
        (PartitionLoads(loads=[1, 2]), "loads must come with their keys"),
        (placed_by([3], [1, 2]), "loads must be of two partitions or more, got 1"),
        (placed_by([0, 0], [1, 2]), "loads must add up to more than 0"),
        (placed_by([1, 2], [0, 0]), "loads must add up to more than 0"),
    ],
)
def test_loads_that_cannot_be_tested_are_refused(loads, message):
    with pytest.raises(ValueError, match=message):
        dispersion_test(loads)


def test_something_else_than_loads_is_refused():
    with pytest.raises(TypeError, match="loads must be PartitionLoads, as place gives"):
        dispersion_test([1, 2])
