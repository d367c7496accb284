import numpy as np
import pytest

from kafka_sizing import KeyLoads, zipf_keys
from kafka_sizing.fixes.splitting import head_choices

EXPONENTS = [tenth / 10 for tenth in range(1, 21)]
#: Nasir et al., When two choices are not enough, ICDE 2016, figure 3 (drawn for 100 partitions)
HEADS = [0, 0, 0, 1, 6, 15, 26, 38, 46, 51, 51, 48, 43, 38, 33, 29, 25, 22, 19, 17]
#: the same, figure 4
CHOICES = {
    5: [2] * 12 + [4] + [5] * 7,
    50: [2, 2, 2, 2, 2, 2, 2, 2, 4, 6, 11, 15, 18, 22, 27, 32, 36, 40, 45, 49],
}


@pytest.mark.parametrize(
    ("exponent", "keys"),
    [
        pytest.param(z, h, id=f"T2 ICDE 2016 figure 3, z={z}")
        for z, h in zip(EXPONENTS, HEADS, strict=True)
    ],
)
def test_the_head_is_as_large_as_published(exponent, keys):
    found = head_choices(zipf_keys(10_000, exponent=exponent, total=1), 100)
    assert found.head_keys == keys


@pytest.mark.parametrize(
    ("partitions", "exponent", "choices"),
    [
        pytest.param(n, z, d, id=f"T3 ICDE 2016 figure 4, n={n}, z={z}")
        for n, row in CHOICES.items()
        for z, d in zip(EXPONENTS, row, strict=True)
    ],
)
def test_heavy_keys_need_as_many_choices_as_published(partitions, exponent, choices):
    found = head_choices(zipf_keys(10_000, exponent=exponent, total=1), partitions)
    assert found.choices == choices


def test_one_heavy_key_by_hand():
    # p = 0.6 on 4 partitions, the rest in a hundred small keys. d = 2: b = 4 - 4 (3/4)^2 = 1.75,
    # b/n = 0.4375 and 0.6 + 0.4375^2 x 0.4 = 0.677 > 0.4375; d = 3: 0.578 against
    # 0.6 + 0.134 = 0.734. No d below 4 does, so all 4 are taken.
    found = head_choices([60] + [0.4] * 100, 4, head_share=0.05)
    assert (found.head_keys, found.choices) == (1, 4)
    assert found.head_load_share == pytest.approx(0.6)
    # p = 0.2: d = 2 gives 0.2 + 0.191 x 0.8 = 0.353 <= 0.4375.
    assert head_choices([20] + [0.8] * 100, 4, head_share=0.05).choices == 2


def test_more_imbalance_accepted_needs_no_more_choices():
    keys = zipf_keys(1_000, exponent=1.2, total=1)
    needed = [head_choices(keys, 50, tolerance=t).choices for t in (0, 1e-3, 1e-2, 0.1)]
    assert needed == sorted(needed, reverse=True)
    assert needed[0] > needed[-1]


def test_no_heavy_key_needs_two_choices_and_one_partition_has_one():
    even = np.ones(1_000)
    none = head_choices(even, 10)
    assert (none.head_keys, none.head_load_share, none.choices) == (0, 0, 2)
    assert none.reason == "no key writes 2.0 % of the records, so two choices do"
    assert head_choices(even, 1).choices == 1
    assert head_choices([1], 1).choices == 1


def test_the_reason_says_how_many_keys_and_choices():
    found = head_choices(KeyLoads(["a", "b"], [1, 1]), 4)
    assert found.head_share == 0.05
    assert found.reason == (
        "2 keys write 100.0 % of the records, and 4 of 4 partitions each keep them level"
    )
    assert head_choices([0.5, 0.2], 10) == head_choices([5, 2], 10)  # parts of their sum
    assert head_choices([1], 1).reason == (
        "1 key writes 100.0 % of the records, and 1 of 1 partition keep it level"
    )


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"keys": [0, 0]}, "keys must have a load, got none"),
        ({"partitions": 0}, "partitions must be a whole number"),
        ({"head_share": 0}, "head_share must be a share"),
        ({"tolerance": -1}, "tolerance must be finite and >= 0"),
    ],
)
def test_an_argument_out_of_range_is_named(arguments, text):
    given = {"keys": [1, 2], "partitions": 4} | arguments
    with pytest.raises(ValueError, match=text):
        head_choices(given.pop("keys"), given.pop("partitions"), **given)
