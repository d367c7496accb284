"""A Spark session counts keys by itself; what comes back is what a list gives."""

import pytest

from kafka_sizing import count_keys

pytestmark = pytest.mark.needs_dev

KEYS = ["UA", "B6", None, "UA", "", "naïve", "UA"]
SIZES = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]


@pytest.fixture(scope="module")
def log():
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    yield session.createDataFrame(list(zip(KEYS, SIZES, strict=True)), "key string, size double")
    session.stop()


def test_spark_counts_records(log):
    counted = count_keys(log, key="key")
    assert dict(zip(counted.keys.text(), counted.loads, strict=True)) == {
        "UA": 3,
        "B6": 1,
        "": 1,
        "naïve": 1,
    }
    assert (counted.null_load, counted.sample_size) == (1, 7)


def test_spark_adds_up_loads(log):
    counted = count_keys(log, key="key", load="size")
    assert counted.top(1)[0].load == 12
    assert counted.null_load == 3
    assert counted.sample_size == pytest.approx(28**2 / 140)


def test_spark_columns_are_named_when_one_is_missing(log):
    with pytest.raises(ValueError, match=r"key must be one of the columns \['key', 'size'\]"):
        count_keys(log, key="kye")
