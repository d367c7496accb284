"""Designs as files: units, models of keys, and errors that name table, key and line."""

from __future__ import annotations

import re
import tomllib

import pytest

from kafka_sizing import KeyLoads, MiB
from kafka_sizing.toml import TableError, line_of
from kafka_sizing.topic import KeyLog, design_of, read_design, template_text, topic_schema
from kafka_sizing.topic.file.tables import MODELS, TABLES

LEAST = """[topic]
name = "orders"
[traffic]
rate = "2 MB/s"
record = "500 B"
"""


def read(text, **given):
    return design_of(tomllib.loads(text), **given)


def test_the_least_that_a_file_must_say():
    design = read(LEAST)
    assert (design.name, design.traffic.records_per_s) == ("orders", 4_000)
    assert (design.keys, design.groups, design.retries, design.cluster) == (None, (), None, None)


def test_units_are_read_as_they_are_written():
    design = read(
        LEAST.replace('"2 MB/s"', '"50000 records/s"')
        + """
growth = "30 %"
horizon = "18 min"
headroom = 0.25
key = "16 B"
[producers]
partition_rate = "20 MiB/s"
latency = "150 ms"
[[group]]
name = "billing"
member_rate = "1 MB/s"
delay = "5 min"
[[group]]
name = "search"
processing = "2 ms"
[retries]
delays = ["500 ms", "1 h"]
failing = "2 %"
[cluster]
brokers = 3
disk = "2 TiB"
"""
    )
    traffic = design.traffic
    assert traffic.write_bytes_per_s == 50_000 * 500
    assert (traffic.growth_fraction_per_year, traffic.headroom_fraction) == (0.3, 0.25)
    assert traffic.horizon_years == pytest.approx(18 / (365.25 * 24 * 60))
    assert design.producers.partition_bytes_per_s == 20 * MiB
    assert design.producers.latency_s == 0.15
    assert [group.records_per_s for group in design.groups] == [2_000, 500]
    assert design.groups[0].delay_s == 300
    assert design.retries.delays_s == (0.5, 3_600)
    assert design.retries.failing_fraction == 0.02
    assert design.cluster.disk_bytes_per_broker == 2 * 2**40


def test_properties_may_stand_with_or_without_quotes():
    design = read(
        LEAST
        + """
[producers.config]
"linger.ms" = 20
batch.size = 65_536
compression.type = "zstd"
"""
    )
    assert dict(design.producers.config) == {
        "linger.ms": 20,
        "batch.size": 65_536,
        "compression.type": "zstd",
    }


def test_a_model_of_keys_needs_no_log():
    keys = read(f"{LEAST}[keys]\nzipf = {{ keys = 3, exponent = 1 }}\n").keys
    assert keys.loads.shares.tolist() == pytest.approx([6 / 11, 3 / 11, 2 / 11])
    assert keys.source == "made up: zipf, keys = 3, exponent = 1"


def test_a_log_of_keys_is_read_by_whoever_may():
    asked = []

    def read_keys(log):
        asked.append(log)
        return KeyLoads(["a"], [1])

    text = f'{LEAST}[keys]\nlog = ["a.csv", "b.csv"]\nkey = "id"\nload = "bytes"\n'
    design = read(text, read_keys=read_keys)
    assert asked == [KeyLog(files=("a.csv", "b.csv"), key="id", load="bytes", serializer=None)]
    assert design.keys.source == "a.csv, b.csv"
    of_counts = f'{text}unit = "records"\n[producers]\nclient = "librdkafka"\n'
    assert read(of_counts, read_keys=read_keys).partitioner == "librdkafka"
    assert (asked[1].unit, asked[1].partitioner) == ("records", "librdkafka")


def test_a_column_of_counts_is_one_of_records(tmp_path):
    (tmp_path / "keys.csv").write_text("id,n\na,4000\nb,10\n")
    design = tmp_path / "topic.toml"
    log = 'log = "keys.csv"\nkey = "id"\nload = "n"\n'
    for unit, found in (('unit = "records"\n', "records"), ("", "bytes")):
        design.write_text(f"{LEAST}[keys]\n{log}{unit}")
        assert read_design(design).keys.loads.unit == found
    design.write_text(f'{LEAST}[keys]\nlog = "keys.csv"\nkey = "id"\nunit = "records"\n')
    with pytest.raises(ValueError, match=r":9: \[keys\] unit must go with load"):
        read_design(design)


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        pytest.param(
            LEAST.replace("name", "nmae"),
            "[topic] may hold name, partitions,.* got 'nmae' (near: 'name')",
            2,
            id="a typo in a key",
        ),
        pytest.param(
            f"{LEAST}[grup]\n",
            "the file may hold topic, .* got 'grup' (near: 'group')",
            6,
            id="a typo in a table",
        ),
        pytest.param(
            LEAST.replace("500 B", "500"),
            "[traffic] record must be a size such as '1 KiB' or '500 B', got '500'",
            5,
            id="a missing unit",
        ),
        pytest.param(
            LEAST.replace('"500 B"', "500"),
            "[traffic] record must be a size .*, with its unit, got 500",
            5,
            id="a bare number",
        ),
        pytest.param(
            LEAST.replace("2 MB/s", "2 MB"),
            "[traffic] rate must be a rate such as '120 MiB/s' or '5000 records/s', got '2 MB'",
            4,
            id="an amount where a rate belongs",
        ),
        pytest.param(
            LEAST.replace("2 MB/s", "-2 MB/s"),
            "[traffic] rate must be a rate .* got '-2 MB/s'",
            4,
            id="a negative rate",
        ),
        pytest.param(
            LEAST.replace("2 MB/s", "0 MB/s"),
            "[traffic] rate must be finite and > 0, got 0",
            4,
            id="no rate",
        ),
        pytest.param(
            f'{LEAST}growth = "fast"\n',
            "[traffic] growth must be a number such as 0.3, or '30 %', got 'fast'",
            6,
            id="a part in words",
        ),
        pytest.param(
            f"{LEAST}growth = 30\n",
            "[traffic] growth must be below 10, for 0.3 is 30 % a year",
            6,
            id="30 where 30 % was meant",
        ),
        pytest.param(
            LEAST.replace("2 MB/s", "2 Mb/s"),
            "[traffic] rate must be a rate such as '120 MiB/s' or '5000 records/s', got '2 Mb/s'",
            4,
            id="bits",
        ),
        pytest.param("[topic]\nname = 'a'\n", "the file must hold [traffic], got none", None),
        pytest.param("", "the file must hold [topic], got none", None, id="empty"),
        pytest.param(
            f"{LEAST}[cluster]\nbrokers = 2\n",
            "[topic] replication_factor must be at most brokers (2), got 3",
            1,
            id="more replicas than brokers",
        ),
        pytest.param(
            f'{LEAST}[[group]]\nname = "billing"\n',
            "[[group]] 1 group 'billing' must give member_rate or processing, got neither",
            6,
            id="a group without a rate",
        ),
        pytest.param(
            f'{LEAST}[[group]]\nname = "a"\nprocessing = "1 ms"\n'
            '[[group]]\nprocessing = "1 ms"\nname = "a"\n',
            "[[group]] 2 name must differ, got 'a' twice",
            11,
            id="a group twice",
        ),
        pytest.param(
            f'{LEAST}[[group]]\nname = "a"\nprocessing = "1 ms"\n'
            '[retries]\ndelays = []\ngroups = ["b"]\n',
            "[retries] groups must be groups of the design, got 'b'",
            11,
            id="retries of a group that is not there",
        ),
        pytest.param(
            f'{LEAST}compression_ratio = 3\n[producers.config]\n"compression.type" = "none"\n',
            "[traffic] compression_ratio must be 1 where compression.type of producers is 'none'",
            6,
            id="compression that nobody does",
        ),
        pytest.param(
            f'{LEAST}[keys]\npartitioner = "jva"\n',
            "[keys] partitioner must be a name in PARTITIONERS, got 'jva' (near: 'java')",
            7,
            id="an unknown partitioner",
        ),
        pytest.param(
            f'{LEAST}[operations]\nlabels = {{ "a-b" = "c" }}\n',
            "[operations] labels must have names of letters, digits and _ .* got 'a-b'",
            7,
            id="a label that Prometheus refuses",
        ),
        pytest.param(
            LEAST.replace("[traffic]", 'segment_size = "1 kB"\n[traffic]'),
            "[topic] segment_size: segment.bytes must be at least 1,048,576, got 1000",
            3,
            id="a segment that Kafka refuses",
        ),
        pytest.param(
            LEAST.replace("orders", "our orders"),
            "[topic] name must be at most 249 letters, .* got 'our orders'",
            2,
            id="a name that Kafka refuses",
        ),
        pytest.param(
            f'{LEAST}[cluster]\nbrokers = 3\nlimits = "MSK Standard m5.lrge"\n',
            "[cluster] limits: name must be a cluster of .*(near: 'MSK Standard m5.large'",
            8,
            id="an unknown instance type",
        ),
        pytest.param(
            f"{LEAST}[keys]\nzipf = {{ keys = 3, exponnt = 1 }}\n",
            "[keys] zipf may hold keys, exponent, shift, got 'exponnt' (near: 'exponent')",
            7,
            id="a typo in a model",
        ),
        pytest.param(
            f"{LEAST}[keys]\nzipf = {{ keys = 3 }}\n",
            "[keys] zipf must hold exponent, got none",
            7,
            id="half a model",
        ),
        pytest.param(
            f"{LEAST}[keys]\nuniform = {{ keys = 3 }}\nhottest_share = 0.1\n",
            "[keys] must hold one of log, zipf, lognormal, uniform, hottest_share, got",
            7,
            id="two models",
        ),
        pytest.param(
            f'{LEAST}[keys]\nload = "bytes"\n',
            "[keys] load must go with log, got it alone",
            7,
            id="a column of nothing",
        ),
        pytest.param(
            f'{LEAST}[keys]\nlog = "a.csv"\n',
            "[keys] log names a file, 'a.csv': read_keys must be given to read it",
            7,
            id="a log that nobody reads",
        ),
        pytest.param(
            f"{LEAST}[keys]\nhottest_share = 2\n",
            "[keys] hottest_share must be a share in (0, 1], got 2",
            7,
            id="more than all",
        ),
        pytest.param(
            f'{LEAST}[retries]\ndelays = "1 s"\n',
            "[retries] delays must be a list such as ['1 s', '1 min'], got '1 s'",
            7,
            id="one delay without a list",
        ),
        pytest.param(
            f"{LEAST}[producers]\nconfig = 3\n",
            "[producers] config must be a table, got 3",
            7,
            id="no table of properties",
        ),
        pytest.param(
            f'{LEAST}[producers.config]\n"linger.ms" = "soon"\n',
            "[producers] .*linger.ms.* got 'soon'",
            7,
            id="a property of another type",
        ),
    ],
)
def test_an_error_names_table_key_and_line(text, message, line):
    pattern = "^" + re.escape(message).replace(r"\.\*", ".*")
    with pytest.raises(TableError, match=pattern) as caught:
        read(text)
    assert line_of(text, caught.value.where, caught.value.key) == line


def test_the_template_names_every_key():
    text = template_text()
    for name, (table, _) in TABLES.items():
        assert f"[{name}]" in text
        for key in table:
            assert re.search(rf"^(# )?{key} = |\[{name}\.{key}\]", text, re.MULTILINE), key


def test_the_template_still_holds_with_every_comment_taken_off():
    """What it offers as an example must be readable too, each on its own."""
    text = template_text()
    header = None
    for line in text.splitlines():
        opened = re.match(r"\[\[?(\w+)", line)
        header = opened[1] if opened else header
        offered = re.match(r"# (\w+) = (.*)", line)
        if not offered or offered[1] in {"log", "key", "load", "serializer"}:
            continue
        field = TABLES[header][0][offered[1]]
        value = tomllib.loads(f"{offered[1]} = {offered[2]}")[offered[1]]
        field.kind.read(value)


@pytest.mark.needs_dev
def test_the_schema_takes_what_the_reader_takes():
    import jsonschema

    validator = jsonschema.Draft202012Validator(topic_schema())
    jsonschema.Draft202012Validator.check_schema(topic_schema())
    validator.validate(tomllib.loads(template_text()))
    validator.validate(tomllib.loads(LEAST))
    for wrong in (
        LEAST.replace("name", "nmae"),
        LEAST.replace("500 B", "500"),
        LEAST.replace("2 MB/s", "2 MB"),
        f"{LEAST}[retries]\n",
        f'{LEAST}[cluster]\nbrokers = 3\nlimits = "MSK"\n',
        f"{LEAST}[keys]\nzipf = {{ keys = 3 }}\n",
    ):
        assert not validator.is_valid(tomllib.loads(wrong)), wrong


def test_every_key_says_what_it_means():
    tables = [*(table for table, _ in TABLES.values()), *(table for table, _ in MODELS.values())]
    for table in tables:
        for name, field in table.items():
            assert field.about.endswith("."), name


def test_a_service_that_shows_no_brokers_needs_none_in_the_file():
    hidden = read(f'{LEAST}[cluster]\nlimits = "MSK Serverless"\n').cluster
    assert (hidden.shows_brokers, hidden.brokers) == (False, 3)
    with pytest.raises(TableError, match=r"^\[cluster\] must hold brokers, got none$"):
        read(f'{LEAST}[cluster]\nlimits = "MSK Standard m5.large"\n')


def test_a_horizon_may_be_in_months():
    text = f'{LEAST}horizon = "18 months"\ngrowth = "21 %"\n'
    assert read(text).traffic.horizon_years == 1.5
    assert read(text.replace("18 months", "1 month")).traffic.horizon_years == pytest.approx(
        1 / 12
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            LEAST.replace("2 MB", "-2 MB"),
            r"^\[traffic\] rate must be a rate .*, > 0, got '-2 MB/s'$",
        ),
        (
            LEAST.replace("[traffic]", 'retention = "unlimited"\n[traffic]'),
            r"^\[topic\] retention must be .*\"retention\.ms\" = -1 .* got 'unlimited'$",
        ),
    ],
)
def test_an_error_says_what_would_do(text, message):
    with pytest.raises(TableError, match=message):
        read(text)
