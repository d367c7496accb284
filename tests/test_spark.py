"""Spark counts and hashes by itself; what comes back is what a list gives."""

import os
import struct

import numpy as np
import pandas as pd
import pytest

from kafka_sizing import PARTITIONERS, count_keys, place, sweep_partitions
from kafka_sizing.sources.spark import sketch_key_frame

pytestmark = [
    pytest.mark.needs_dev,
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas"),
]

KEYS = ["UA", "B6", None, "UA", "", "naïve", "UA"]
SIZES = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]


@pytest.fixture(scope="module")
def spark():
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2,4]")  # a task may fail three times
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", "3")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def log(spark):
    return spark.createDataFrame(list(zip(KEYS, SIZES, strict=True)), "key string, size double")


def frame_of(spark, keys, loads, kind):
    """Lay rows over four partitions, one of which is empty."""
    rows = list(zip(keys, loads, range(len(keys)), strict=True))
    frame = spark.createDataFrame(rows, f"key {kind}, load double, at int")
    return frame.repartitionByRange(4, "at").filter(f"at < {len(keys)} / 2 or at > 0.8")


def held(loads):
    return dict(zip(loads.keys.text(), loads.loads, strict=True))


def test_count_keys_counts_records(log):
    counted = count_keys(log, key="key")
    assert held(counted) == {"UA": 3, "B6": 1, "": 1, "naïve": 1}
    assert (counted.null_load, counted.sample_size) == (1, 7)


def test_count_keys_adds_up_loads(log):
    counted = count_keys(log, key="key", load="size")
    assert counted.top(1)[0].load == 12
    assert counted.null_load == 3
    assert counted.sample_size == pytest.approx(28**2 / 140)


@pytest.mark.parametrize("count", [count_keys, sketch_key_frame])
def test_columns_are_named_when_one_is_missing(log, count):
    with pytest.raises(ValueError, match=r"key must be one of the columns \['key', 'size'\]"):
        count(log, key="kye")


def test_a_sketch_of_few_keys_holds_them_all(log):
    sketch = sketch_key_frame(log, key="key")
    assert held(sketch) == {"UA": 3, "B6": 1, "": 1, "naïve": 1}
    assert (sketch.heavy, sketch.distinct, sketch.distinct_error) == (4, 4, 0)
    assert (sketch.null_load, sketch.sample_size, sketch.unit) == (1, 7, "records")


def test_a_sketch_of_loads_knows_how_many_records_they_weigh(log):
    sketch = sketch_key_frame(log, key="key", load="size")
    assert (sketch.total, sketch.null_load, sketch.unit) == (28, 3, "bytes")
    assert sketch.sample_size == pytest.approx(28**2 / 140)


def text_keys(rng, n):
    keys = rng.zipf(1.3, n) % 900
    return "string", [None if key == 3 else "" if key == 5 else f"ключ-{key}" for key in keys]


def binary_keys(rng, n):
    keys = rng.zipf(1.5, n) % 700
    return "binary", [bytes([255, key % 7, 0]) * (key % 5) + b"%d" % key for key in keys]


def integer_keys(rng, n):
    keys = (rng.zipf(1.2, n) % 600 - 300).tolist()
    return "long", [None if key == 2 else key for key in keys]


def small_integer_keys(rng, n):
    return "int", integer_keys(rng, n)[1]


@pytest.mark.parametrize(
    ("keys_of", "serializer", "load", "partitioner"),
    [
        pytest.param(text_keys, None, None, "java", id="text"),
        pytest.param(text_keys, None, "load", "librdkafka", id="text with loads"),
        pytest.param(binary_keys, None, "load", "sarama", id="bytes that are not UTF-8"),
        pytest.param(integer_keys, "int64", None, "java", id="integers"),
        pytest.param(small_integer_keys, "string", "load", "java", id="integers as text"),
    ],
)
def test_a_sketch_places_as_exact_counts_on_one_machine_do(
    spark, keys_of, serializer, load, partitioner
):
    rng = np.random.default_rng(2)
    (kind, keys), loads = keys_of(rng, 3_000), rng.lognormal(3, 2, 3_000).tolist()
    frame = frame_of(spark, keys, loads, kind)
    listed = pd.DataFrame(frame.collect(), columns=["key", "load", "at"])
    column = listed["key"].astype("Int64" if serializer else object)
    exact = count_keys(listed.assign(key=column), key="key", load=load, serializer=serializer)
    sketch = sketch_key_frame(
        frame,
        key="key",
        load=load,
        serializer=serializer,
        partitioner=partitioner,
        counts=[7, 13, 26],
        heavy=20,
    )
    for count in (1, 7, 12, 13, 24, 26):
        expected = place(exact, count, partitioner=partitioner)
        found = place(sketch, count, partitioner=partitioner)
        np.testing.assert_allclose(found.loads, expected.loads, rtol=1e-12)
        assert found.margin == 0
    swept = sweep_partitions(sketch, [7, 12, 26], partitioner=partitioner)
    expected = sweep_partitions(exact, [7, 12, 26], partitioner=partitioner)
    np.testing.assert_allclose(swept.max_share, expected.max_share, rtol=1e-12)
    named = {share.key: share.load for share in sketch.top(sketch.heavy)}
    heaviest = {share.key: share.load for share in exact.top(40)}
    if partitioner == "librdkafka":  # spreads the empty key, which is named whatever it writes
        named.pop("")
        heaviest.pop("", None)
    assert 10 <= len(named) <= 20
    assert named == pytest.approx(dict(list(heaviest.items())[: len(named)]))
    assert list(heaviest.values())[len(named)] < sketch.least_load
    assert (sketch.distinct, sketch.distinct_error) == (len(exact), 0)
    assert not sketch.heavy_errors.any()
    assert sketch.null_load == pytest.approx(exact.null_load)
    assert sketch.sample_size == pytest.approx(exact.sample_size)


@pytest.mark.parametrize(
    ("rows", "sample_size"),
    [
        pytest.param([("a", 4.0), ("b", 1.0), (None, 1.0)], None, id="a row for each key"),
        pytest.param([("a", 4.0), ("a", 1.0), (None, 1.0)], 2.0, id="records: 36 / 18"),
    ],
)
def test_a_row_for_each_key_is_its_total_and_no_sample(spark, rows, sample_size):
    frame = spark.createDataFrame(rows, "key string, load double")
    assert sketch_key_frame(frame, key="key", load="load").sample_size == sample_size
    assert count_keys(frame, key="key", load="load").sample_size == sample_size


def test_long_keys_that_differ_at_their_end_are_different_keys(spark):
    frame = spark.range(12).selectExpr("concat(repeat('x', 1000000), cast(id % 6 as string)) key")
    sketch = sketch_key_frame(frame, key="key", heavy=2)
    exact = count_keys([f"{'x' * 1_000_000}{last}" for last in range(6)] * 2)
    assert sketch.distinct == 6
    assert place(sketch, 4).loads.tolist() == place(exact, 4).loads.tolist()


def test_keys_that_a_collation_calls_equal_are_different_keys(spark):
    frame = spark.sql("select collate(key, 'UTF8_LCASE') key from values ('UA'), ('ua') as t(key)")
    assert held(sketch_key_frame(frame, key="key")) == {"UA": 1, "ua": 1}


def test_numbers_that_are_the_same_four_bytes_are_one_key(spark):
    frame = spark.createDataFrame([(0.1,), (0.1 + 1e-12,), (2.0,)], "key double")
    sketch = sketch_key_frame(frame, key="key", serializer="float32")
    assert sketch.distinct == 2
    assert sorted(sketch.loads) == [1, 2]


@pytest.mark.parametrize("kind", ["double", "float"])
@pytest.mark.parametrize("serializer", ["float64", "float32"])
def test_zeros_of_two_signs_are_two_keys_as_a_serializer_writes_them(spark, kind, serializer):
    keys, loads = [0.0, -0.0, 1.0, None, -0.0] * 2, [1.0, 2.0, 4.0, 8.0, 16.0] * 2
    frame = frame_of(spark, keys, loads, kind)
    zeros = bytes(8 if serializer == "float64" else 4)
    one = struct.pack(">d" if serializer == "float64" else ">f", 1.0)
    below = b"\x80" + zeros[1:]
    counted = sketch_key_frame(frame, key="key", serializer=serializer)
    added = sketch_key_frame(frame, key="key", load="load", serializer=serializer)
    assert dict(zip(counted.keys, counted.loads, strict=True)) == {zeros: 2, below: 4, one: 2}
    assert dict(zip(added.keys, added.loads, strict=True)) == {zeros: 2, below: 36, one: 8}
    assert (counted.null_load, added.null_load, counted.distinct) == (2, 16, 3)


def test_a_number_too_small_for_four_bytes_is_zero_of_its_sign(spark):
    frame = spark.createDataFrame([(-1e-60,), (-0.0,), (1e-60,)], "key double")
    sketch = sketch_key_frame(frame, key="key", serializer="float32")
    assert dict(zip(sketch.keys, sketch.loads, strict=True)) == {bytes(4): 1, b"\x80\0\0\0": 2}


def test_a_column_may_have_any_name(spark):
    frame = spark.createDataFrame([("a", 2.0), ("b", 3.0)], ["my.`key`", "load of it"])
    sketch = sketch_key_frame(frame, key="my.`key`", load="load of it")
    assert held(sketch) == {"a": 2, "b": 3}


BAD_LOADS = [
    pytest.param(
        "cast(null as double)", "load must hold a load in every row, got a null", id="null"
    ),
    pytest.param("-1.0", "load must be finite and >= 0, got -1.0", id="negative"),
    pytest.param("double('NaN')", "load must be finite and >= 0, got nan", id="NaN"),
    pytest.param("double('Infinity')", "load must be finite and >= 0, got inf", id="infinite"),
    pytest.param("double('-Infinity')", "load must be finite and >= 0, got -inf", id="below"),
]


@pytest.mark.parametrize(("load", "text"), BAD_LOADS)
def test_a_load_that_is_none_is_refused(spark, load, text):
    frame = spark.sql(
        f"select cast(id % 5 as string) key, if(id = 3, {load}, 1.0) load from range(9)"
    )
    for count in (count_keys, sketch_key_frame):
        with pytest.raises(ValueError, match=text):
            count(frame, key="key", load="load")


@pytest.mark.parametrize(
    ("query", "given", "kind", "text"),
    [
        pytest.param(
            "select 'a' key, 'b' load",
            {"load": "load"},
            TypeError,
            "load must be a column of numbers, got String",
            id="load is text",
        ),
        pytest.param(
            "select 'a' key", {"load": "size"}, ValueError, "load must be one of", id="no load"
        ),
        pytest.param(
            "select 7 key",
            {},
            TypeError,
            "key hold integers.*name one of 'string', 'int16', .*, got no serializer",
            id="no serializer",
        ),
        pytest.param(
            "select 70000 key",
            {"serializer": "int16"},
            ValueError,
            "key must lie in -32768 … 32767 for serializer='int16', got 70000",
            id="a number that does not fit",
        ),
        pytest.param(
            "select true key",
            {},
            TypeError,
            "key must be text, bytes, numbers or UUIDs",
            id="bool",
        ),
        pytest.param(
            "select 'a' key where 1 = 0",
            {},
            ValueError,
            "data must hold at least one record, got none",
            id="no record",
        ),
        pytest.param(
            "select cast(null as string) key from range(4)",
            {},
            ValueError,
            "at least one key that is not null, got 4 null keys",
            id="null keys only",
        ),
        pytest.param(
            "select cast(id as string) key, 1e308D load from range(3)",
            {"load": "load"},
            ValueError,
            "load must add up to a finite total, got inf",
            id="too much in all",
        ),
    ],
)
def test_what_cannot_be_counted_is_said_in_one_line(spark, query, given, kind, text):
    with pytest.raises(kind, match=text):
        sketch_key_frame(spark.sql(query), key="key", **given)


@pytest.mark.parametrize(
    ("given", "kind", "text"),
    [
        ({"unit": "tons"}, ValueError, "unit must be one of"),
        ({"serializer": "avro"}, ValueError, "serializer must be one of"),
        ({"partitioner": "jva"}, ValueError, "partitioner must be a name in PARTITIONERS"),
        ({"partitioner": "flink-subtask"}, ValueError, "remainder of a number"),
        ({"counts": [0]}, ValueError, "counts must be a whole number"),
        ({"heavy": -1}, ValueError, "heavy must be a whole number in 0"),
    ],
)
def test_arguments_are_checked_before_any_work(given, kind, text):
    with pytest.raises(kind, match=text):
        sketch_key_frame(None, key="key", **given)


def test_a_list_is_no_frame():
    with pytest.raises(TypeError, match="frame must be a data frame, got list"):
        sketch_key_frame(["a"], key="key")


def test_tasks_that_die_once_are_run_again_and_counted_once(spark):
    def die_once(batches):
        from pyspark import TaskContext

        task = TaskContext.get()
        yield from batches
        if task.attemptNumber() == 0 and task.partitionId() % 2:
            os._exit(1)

    frame = spark.range(0, 4_000, 1, 4).selectExpr("cast(id % 1000 as string) key")
    sketch = sketch_key_frame(frame.mapInArrow(die_once, "key string"), key="key", counts=[7])
    exact = count_keys([str(number % 1000) for number in range(4_000)])
    assert (sketch.total, sketch.distinct) == (4_000, 1_000)
    assert place(sketch, 7).loads.tolist() == place(exact, 7).loads.tolist()


@pytest.mark.parametrize("step", ["_PartGroups", "_MergeParts"])
def test_a_worker_that_dies_half_way_through_its_answer_is_run_again(spark, monkeypatch, step):
    from kafka_sizing.sources import spark as source

    whole = getattr(source, step)

    def dying(asked):
        def first_dies(batches):
            from pyspark import TaskContext

            for at, batch in enumerate(whole(asked)(batches)):
                if at == 5 and TaskContext.get().attemptNumber() == 0:
                    os._exit(1)
                yield batch

        return first_dies

    monkeypatch.setattr(source, step, dying)
    frame = spark.range(600).selectExpr("cast(id % 200 as string) key")
    sketch = sketch_key_frame(frame, key="key", counts=[7], heavy=10)
    exact = count_keys([str(number % 200) for number in range(600)])
    assert (sketch.total, sketch.distinct) == (600, 200)
    for count in (7, 12):
        assert place(sketch, count).loads.tolist() == place(exact, count).loads.tolist()


def test_a_package_that_a_worker_lacks_is_named(spark):
    def lacks(batches):
        for _ in batches:
            raise ModuleNotFoundError("No module named 'kafka_sizing'")
        yield from ()

    frame = spark.range(3).selectExpr("cast(id as string) key").mapInArrow(lacks, "key string")
    with pytest.raises(ImportError, match=r"kafka_sizing is needed on every worker.*\[spark\]"):
        sketch_key_frame(frame, key="key")


def test_what_fails_upstream_stays_as_it_is(spark):
    from pyspark.errors import PySparkException

    frame = spark.sql("select cast(raise_error('broken here') as string) key")
    with pytest.raises(PySparkException, match="broken here"):
        sketch_key_frame(frame, key="key")


def test_workers_of_another_version_are_refused(log, monkeypatch):
    monkeypatch.setattr("kafka_sizing.sources.spark.__version__", "0.0.1")
    with pytest.raises(RuntimeError, match=r"workers must have the same version.*0\.0\.1, got"):
        sketch_key_frame(log, key="key")


def test_what_travels_to_the_workers_is_small():
    from pyspark import cloudpickle

    from kafka_sizing.sources.spark import _Asked, _PartGroups

    asked = _Asked(
        key="key",
        load=None,
        unit="records",
        serializer=None,
        partitioner=PARTITIONERS["java"],
        counts=(),
        heavy=1,
    )
    assert len(cloudpickle.dumps(_PartGroups(asked))) < 10_000
