"""Tables of numbers come with the package; whoever reads one may change what came."""

import pytest

from kafka_sizing._tables import read_table


def test_each_reading_is_a_table_of_its_own():
    first, again = (read_table("kafka_sizing.partitions", "lines") for _ in range(2))
    assert first == again
    first.clear()
    assert again


def test_a_table_that_is_not_there_is_named():
    with pytest.raises(FileNotFoundError, match=r"nothing\.toml"):
        read_table("kafka_sizing.partitions", "nothing")
