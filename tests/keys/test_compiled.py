"""Compiled kernels give what the NumPy forms give, bit for bit."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from kafka_sizing.keys import KeyColumn, fast, hashing, remainders
from kafka_sizing.keys.columns import offsets_of
from kafka_sizing.keys.distinct import distinct_keys
from kafka_sizing.keys.hashing import CRC32, FNV1A, MURMUR2, murmur3_seeded

HASHES = [MURMUR2, CRC32, FNV1A, murmur3_seeded(0), murmur3_seeded(2**32 - 1)]
KEY = st.one_of(st.binary(max_size=9), st.binary(max_size=70))


@pytest.fixture
def choose(monkeypatch):
    """Say whether compiled kernels are used, however few keys there are."""

    def chosen(worth):
        for module in (hashing, remainders):
            monkeypatch.setattr(module, "worth_compiling", lambda n: worth)
        for module in ("columns", "distinct"):
            monkeypatch.setattr(f"kafka_sizing.keys.{module}.worth_compiling", lambda n: worth)

    return chosen


def mixed_keys(n, longest=40, seed=0):
    rng = np.random.default_rng(seed)
    offsets = offsets_of(rng.integers(0, longest, n))
    return KeyColumn(rng.integers(0, 256, offsets[-1], dtype=np.uint8), offsets)


@pytest.mark.parametrize("hash", HASHES, ids=lambda hash: hash.name)
@given(keys=st.lists(KEY, min_size=1, max_size=8), repeat=st.integers(1, 60))
@settings(deadline=None)
def test_any_keys_hash_alike_compiled_and_not(hash, keys, repeat):
    column = KeyColumn.of(keys * repeat)
    alone = [hash.of_key(key) for key in keys] * repeat
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashing, "worth_compiling", lambda n: True)
        assert hash.of_column(column).tolist() == alone


@pytest.mark.parametrize("hash", HASHES, ids=lambda hash: hash.name)
@pytest.mark.parametrize("at", [0, 500, 999])
def test_one_key_far_longer_than_its_neighbours_hashes_alike(choose, hash, at):
    keys = [b"user-%d" % number for number in range(1_000)]
    keys[at] = np.random.default_rng(1).bytes(300_001)
    choose(True)
    compiled = hash.of_column(KeyColumn.of(keys))
    choose(False)
    assert np.array_equal(compiled, hash.of_column(KeyColumn.of(keys)))


@pytest.mark.parametrize("hash", HASHES, ids=lambda hash: hash.name)
def test_keys_that_begin_within_a_buffer_and_end_with_it_hash_alike(choose, hash):
    column = mixed_keys(2_000)
    part = KeyColumn(column.data, column.offsets[700:])
    choose(True)
    compiled = hash.of_column(part)
    choose(False)
    assert np.array_equal(compiled, hash.of_column(part))


def test_parts_on_several_cores_make_the_whole(choose, monkeypatch):
    column = mixed_keys(10_000)
    choose(True)
    whole = MURMUR2.of_column(column)
    monkeypatch.setattr(hashing, "LEAST_KEYS_PER_PART", 1_000)
    monkeypatch.setattr(fast, "workers", lambda: 4)
    assert np.array_equal(MURMUR2.of_column(column), whole)


def test_what_a_core_raises_is_raised():
    def fails(begin, end):
        if begin:
            raise ValueError("part")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fast, "workers", lambda: 3)
        with pytest.raises(ValueError, match="part"):
            fast.run_in_parts(fails, 9, 1)


def test_few_keys_do_not_load_a_compiler(monkeypatch):
    monkeypatch.setattr(fast, "have_numba", lambda: True)
    monkeypatch.setitem(fast.sys.modules, "numba", object())
    assert [fast.worth_compiling(n) for n in (10, 999, 1_000)] == [False, False, True]
    monkeypatch.delitem(fast.sys.modules, "numba")
    assert [fast.worth_compiling(n) for n in (1_000, 99_999, 100_000)] == [False, False, True]
    monkeypatch.setattr(fast, "have_numba", lambda: False)
    assert not fast.worth_compiling(10**9)


def test_without_numba_nothing_is_compiled(monkeypatch):
    monkeypatch.setitem(fast.sys.modules, "numba", None)
    assert not fast.have_numba.__wrapped__()


def test_a_process_may_use_the_cores_it_is_given(monkeypatch):
    assert fast.workers() >= 1
    monkeypatch.delattr(fast.os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(fast.os, "cpu_count", lambda: None)
    assert fast.workers() == 1


def test_distinct_keys_are_the_same_compiled_and_not(choose):
    column = mixed_keys(5_000, longest=3)
    choose(True)
    compiled = distinct_keys(column)
    choose(False)
    plain = distinct_keys(column)
    assert list(compiled.column) == list(plain.column) == list(dict.fromkeys(column))
    assert np.array_equal(compiled.codes, plain.codes)


def test_many_distinct_keys_outgrow_their_slots(choose):
    keys = [b"%d" % number for number in range(200_000)]
    choose(True)
    found = distinct_keys(KeyColumn.of([*keys, *keys[::-1]]))
    assert np.array_equal(found.codes[:200_000], np.arange(200_000))
    assert np.array_equal(found.codes[200_000:], np.arange(200_000)[::-1])


def test_keys_are_taken_alike_compiled_and_not(choose):
    column = KeyColumn.of([b"a", None, b"", b"longer", b"b"])
    at = np.array([4, 4, 1, 3, 2])
    for worth in (True, False):
        choose(worth)
        assert list(column.take(at)) == [b"b", b"b", None, b"longer", b""]


@pytest.mark.parametrize("worth", [True, False], ids=["compiled", "not"])
@pytest.mark.parametrize("at", [1, 64, 127, 128, 700, 999])
@pytest.mark.parametrize("wrong", [10**9, -(10**9)])
@pytest.mark.parametrize("hash", HASHES, ids=lambda hash: hash.name)
def test_keys_outside_their_data_are_refused_before_they_are_read(choose, hash, wrong, at, worth):
    offsets = np.arange(0, 8 * 1_001, 8)
    offsets[at] = wrong
    column = KeyColumn(np.zeros(8_000, dtype=np.uint8), offsets)
    choose(worth)
    with pytest.raises(ValueError, match=r"^offsets must not fall, got .* at position"):
        hash.of_column(column)
    with pytest.raises(ValueError, match=r"^offsets must not fall, got .* at position"):
        distinct_keys(column)
    for near in (at - 1, at):
        with pytest.raises(ValueError, match=r"^offsets must not fall, got .* at position"):
            column.take(np.array([near]))


@pytest.mark.parametrize("hash", HASHES, ids=lambda hash: hash.name)
def test_lengths_that_wrap_around_are_refused(choose, hash):
    offsets = np.zeros(1_001, dtype=np.int64)
    offsets[200:203] = 2**63 - 1, -(2**63), -1
    column = KeyColumn(np.zeros(8, dtype=np.uint8), offsets)
    choose(True)
    with pytest.raises(ValueError, match=r"^offsets must not fall, got .* at position"):
        hash.of_column(column)


def test_parts_of_a_column_are_each_checked(choose, monkeypatch):
    monkeypatch.setattr(hashing, "LEAST_KEYS_PER_PART", 1_000)
    monkeypatch.setattr(fast, "workers", lambda: 4)
    offsets = np.arange(0, 8 * 4_001, 8)
    offsets[2_000:2_002] = -(10**9)  # where a part begins
    choose(True)
    with pytest.raises(ValueError, match=r"offsets must not fall, got .* at position 2,000$"):
        MURMUR2.of_column(KeyColumn(np.zeros(32_000, dtype=np.uint8), offsets))


NUMBERS = {
    "unsigned": np.random.default_rng(0).integers(0, 2**32, 20_000, dtype=np.uint32),
    "signed": np.random.default_rng(1).integers(-(2**31), 2**31, 20_000, dtype=np.int64),
    "edges": np.array([0, 1, 2**31 - 1, 2**31, 2**32 - 1], dtype=np.uint32),
    "signed edges": np.array([0, -1, 1, -(2**31), 2**31 - 1], dtype=np.int64),
}


@pytest.mark.parametrize("numbers", NUMBERS.values(), ids=NUMBERS)
def test_sums_by_remainder_are_python_s(choose, numbers):
    loads = np.random.default_rng(2).pareto(1.2, len(numbers)) + 1
    counts = (1, 2, 3, 7, 12, 997, 65_536, 1_108_800)
    expected = {count: np.zeros(count) for count in counts}
    for number, load in zip(numbers.tolist(), loads.tolist(), strict=True):
        for count, sums in expected.items():
            sums[number % count] += load
    for worth in (True, False):
        choose(worth)
        sums = {count: np.zeros(count) for count in counts}
        remainders.add_remainders(numbers, loads, sums)
        for count in counts:
            np.testing.assert_allclose(sums[count], expected[count], rtol=1e-12)


def test_loads_are_added_in_the_order_of_the_keys_compiled_and_not(choose):
    """A load of 1e16 swallows each 1 that comes after it, and none of those before."""
    loads = np.tile([1.0, 1.0, 1e16, 1.0], 50_000)
    loads[70_000] = -1e16
    expected = 0.25
    for load in loads.tolist():
        expected += load
    for worth in (True, False):
        choose(worth)
        sums = {1: np.array([0.25]), 2: np.zeros(2)}
        remainders.add_remainders(np.zeros(len(loads), dtype=np.uint32), loads, sums)
        assert sums[1].tolist() == [expected]


def test_sums_are_added_to_what_is_there(choose):
    numbers, loads = np.array([5, 7], dtype=np.uint32), np.array([1.0, 2.0])
    for worth in (True, False):
        choose(worth)
        sums = {4: np.array([10.0, 20.0, 30.0, 40.0])}
        remainders.add_remainders(numbers, loads, sums)
        assert sums[4].tolist() == [10, 21, 30, 42]
        remainders.add_remainders(numbers, loads, {})


def test_a_kernel_is_compiled_even_where_it_cannot_be_kept(monkeypatch):
    from kafka_sizing.keys.compiled import words

    real = words.njit

    def no_directory(*args, **options):
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return real(*args, **options)

    monkeypatch.setattr(words, "njit", no_directory)
    assert words.kernel(lambda a: a + 1)(1) == 2


@pytest.fixture
def kept(monkeypatch, tmp_path):
    """Let Numba keep what it compiles in a folder of the test's own; list what is there."""
    import numba

    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    return lambda ending: sorted(tmp_path.rglob(f"*.{ending}"))


def plus_one(a):
    return a + 1


def test_a_disk_that_is_full_keeps_nothing_and_stops_nothing(monkeypatch, kept):
    from numba.core import caching

    from kafka_sizing.keys.compiled import words

    def full(self, name, data):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(caching.IndexDataCacheFile, "_save_data", full)
        assert words.kernel(plus_one)(1) == 2
    assert not kept("nbi")  # it would name data of other sources, should there be some
    assert words.kernel(plus_one)(2) == 3
    assert len(kept("nbi")) == len(kept("nbc")) == 1


@pytest.mark.parametrize("ending", ["nbi", "nbc"])
@pytest.mark.parametrize("left", [0, 30])
def test_what_was_kept_and_is_cut_off_is_compiled_again(kept, ending, left):
    from kafka_sizing.keys.compiled import words

    assert words.kernel(plus_one)(1) == 2
    (path,) = kept(ending)
    path.write_bytes(path.read_bytes()[:left])
    assert words.kernel(plus_one)(2) == 3
    assert path.stat().st_size > left  # a name may be a digit longer than before


def hits(kernel):
    assert kernel(1) == 2
    return sum(kernel.stats.cache_hits.values())


def test_what_was_kept_of_other_sources_is_compiled_again(monkeypatch, kept):
    from kafka_sizing.keys.compiled import words

    assert [hits(words.kernel(plus_one)) for _ in range(2)] == [0, 1]
    monkeypatch.setattr(words, "_digest_of_package", lambda: "another")
    assert [hits(words.kernel(plus_one)) for _ in range(2)] == [0, 1]


def test_what_was_kept_of_another_helper_is_compiled_again(tmp_path, kept):
    from kafka_sizing.keys.compiled import words

    path = tmp_path / "helper.py"
    for text in ("def one(): return 1", "def one(): return 2 - 1"):
        path.write_text(text)
        names = {}
        exec(compile(text, path, "exec"), names)
        assert [hits(words.kernel(plus_one, names["one"])) for _ in range(2)] == [0, 1]


def test_what_was_kept_is_good_wherever_its_sources_stand_and_whenever_they_came(tmp_path, kept):
    from kafka_sizing.keys.compiled import words

    found = []
    for name in ("one.py", "other.py"):
        path = tmp_path / name
        path.write_text("def one(): return 1")
        names = {}
        exec(compile(path.read_text(), path, "exec"), names)
        found.append(hits(words.kernel(plus_one, names["one"])))
    assert found == [0, 1]


def test_a_loop_whose_sources_are_no_files_is_compiled_and_not_kept(kept):
    from kafka_sizing.keys.compiled import words

    names = {}
    exec(compile("def one(): return 1", "<frozen>", "exec"), names)
    assert hits(words.kernel(plus_one, names["one"])) == 0
    assert not kept("nbi")


def test_every_file_of_the_package_counts_as_a_source(monkeypatch, tmp_path):
    from kafka_sizing.keys.compiled import words

    folder = Path(words.__file__).parent
    digests = {words._digest_of_package.__wrapped__()}
    monkeypatch.setattr(words.resources, "files", lambda package: tmp_path)
    with pytest.raises(FileNotFoundError, match="has no sources"):
        words._digest_of_package.__wrapped__()
    for file in folder.glob("*.py"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    assert words._digest_of_package.__wrapped__() in digests
    for file in folder.glob("*.py"):
        (tmp_path / file.name).write_text("# other")
        digests.add(words._digest_of_package.__wrapped__())
    assert len(digests) == 1 + len(list(folder.glob("*.py")))
