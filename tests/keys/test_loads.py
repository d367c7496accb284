import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing import KeyLoads, MiB
from kafka_sizing.keys.loads import sample_size_of

counts = st.dictionaries(st.binary(max_size=6), st.integers(1, 10**6), min_size=1, max_size=30)


def test_shares_are_parts_of_the_total_with_null_keys_in_it():
    keys = KeyLoads(["a", "b"], [6, 2], null_load=2)
    assert keys.total == 10
    assert keys.shares.tolist() == [0.6, 0.2]
    assert keys.null_share == 0.2


def test_effective_keys_is_the_participation_ratio_of_the_keyed_load():
    assert KeyLoads(["a", "b", "c", "d"], [1, 1, 1, 1], null_load=4).effective_keys == 4
    assert KeyLoads(["a", "b"], [3, 1]).effective_keys == pytest.approx(16 / 10)
    assert KeyLoads(["a", "b"], [0, 0]).effective_keys == 2


def test_no_load_at_all_has_zero_shares():
    keys = KeyLoads(["a"], [0])
    assert keys.shares.tolist() == [0.0]
    assert keys.top(1)[0].share == 0.0
    assert keys.null_share == 0.0


def test_top_keys_come_heaviest_first_and_ties_in_the_order_of_the_keys():
    keys = KeyLoads(["a", "b", "c", "d"], [1, 5, 5, 2])
    assert [key.key for key in keys.top(3)] == ["b", "c", "d"]
    assert [key.key for key in keys.top(9)] == ["b", "c", "d", "a"]


def test_keys_that_are_not_utf8_are_shown_as_bytes():
    assert [key.key for key in KeyLoads([b"\xff", "é".encode()], [2, 1]).top(2)] == [b"\xff", "é"]


@given(counts, st.floats(1e-3, 1e12))
def test_scaling_keeps_shares_and_sample_size(counted, total):
    keys = KeyLoads(list(counted), list(counted.values()), null_load=7, sample_size=11)
    scaled = keys.scaled_to(total, "bytes/s")
    assert scaled.total == pytest.approx(total)
    assert scaled.shares == pytest.approx(keys.shares)
    assert (scaled.unit, scaled.sample_size) == ("bytes/s", 11)
    assert list(scaled.keys) == list(keys.keys)


def test_frame_is_heaviest_first():
    frame = KeyLoads(["a", b"\xff"], [1, 3]).to_frame()
    assert frame.columns.tolist() == ["key", "load", "share"]
    assert frame.values.tolist() == [[b"\xff", 3.0, 0.75], ["a", 1.0, 0.25]]


def test_notebook_table_escapes_keys_and_says_what_it_leaves_out():
    keys = KeyLoads([f"<b>{n}" for n in range(25)], np.arange(25.0))
    html = keys._repr_html_()
    assert "<b>" not in html
    assert "&lt;b&gt;24" in html
    assert "5 more keys" in html


def test_repr_names_the_hottest_key():
    keys = KeyLoads(["a", "b"], [1, 3]).scaled_to(8 * MiB, "bytes/s")
    assert repr(keys) == "KeyLoads(2 keys, total=8.0 MiB/s, hottest='b' 75.0 %)"


def test_repr_of_a_key_of_a_mebibyte_is_short():
    assert len(repr(KeyLoads(["x" * 2**20], [1]))) < 150


def test_loads_are_copied_and_read_only():
    given_loads = np.array([1.0, 2.0])
    keys = KeyLoads(["a", "b"], given_loads)
    given_loads[0] = 9
    assert keys.loads.tolist() == [1, 2]
    with pytest.raises(ValueError, match="read-only"):
        keys.loads[0] = 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((["a", "a"], [1, 2]), r"keys must be distinct, got 'a' more than once"),
        ((["a", None], [1, 2]), r"keys must not be null, got a null key at position 1"),
        (([], []), r"keys must hold at least one key, got none"),
        ((["a"], [1, 2]), r"loads must hold one load per key, got 2 loads for 1 keys"),
        ((["a"], [-1]), r"loads must be finite and >= 0, got -1.0 at position 0"),
        ((["a"], [float("nan")]), r"loads must be finite and >= 0, got nan"),
        ((["a"], [float("inf")]), r"loads must be finite and >= 0, got inf"),
        ((["a"], [[1]]), r"loads must be 1-D, got 2 dimensions"),
        ((["a"], [1], "MB"), r"unit must be one of .* got 'MB'"),
        ((["a"], [1], "records", -2), r"null_load must be finite and >= 0, got -2"),
        ((["a"], [1], "records", 0, 0), r"sample_size must be finite and > 0, got 0"),
        ((["a", "b"], [1e308, 1e308]), r"loads must add up to a finite total, got inf"),
        ((["a"], [1e308], "records", 1e308), r"loads must add up to a finite total, got inf"),
        (
            (["a", "b"], np.ma.masked_array([1, 2], mask=[False, True])),
            r"loads must be finite and >= 0, got nan at position 1",
        ),
        (([], [], "records", 5), r"at least one key that is not null"),
    ],
)
def test_bad_loads_get_one_clear_line(arguments, message):
    with pytest.raises(ValueError, match=message):
        KeyLoads(*arguments)


@pytest.mark.parametrize("loads", [["x"], ["5"], [1j], [object()]])
def test_loads_that_are_no_numbers_are_a_type_error(loads):
    with pytest.raises(TypeError, match=r"loads must be numbers, got \["):
        KeyLoads(["a"], loads)


@pytest.mark.parametrize("size", [1e-300, 1e-200, 1.0, 1e200, 1e307])
def test_shares_and_effective_keys_do_not_depend_on_the_size_of_loads(size):
    keys = KeyLoads(["a", "b"], [3 * size, size])
    assert keys.effective_keys == pytest.approx(4**2 / 10)
    assert keys.scaled_to(100, "records").loads == pytest.approx([75, 25])


def test_nothing_cannot_be_scaled():
    with pytest.raises(ValueError, match="more than 0 to be scaled"):
        KeyLoads(["a"], [0]).scaled_to(1, "records")
    with pytest.raises(ValueError, match=r"total must be finite and > 0, got 0"):
        KeyLoads(["a"], [1]).scaled_to(0, "records")


@pytest.mark.parametrize("effective", [None, 0.0, float("nan"), float("inf")])
def test_a_sample_size_that_could_not_be_worked_out_is_none(effective):
    assert sample_size_of("bytes", 5.0, effective) is None


def test_the_sample_size_is_the_records_or_what_their_bytes_weigh():
    assert sample_size_of("records", 5.0, 3.0) == 5
    assert sample_size_of("records", 0.0, None) is None
    assert sample_size_of("bytes", 5.0, 3.0) == 3
    assert sample_size_of("bytes/s", 5.0, 3.0) is None
