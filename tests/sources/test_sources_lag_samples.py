"""Files of offsets: what tools print and export, and where a broken one is broken."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from kafka_sizing.consumers.monitoring import LagSamples
from kafka_sizing.sources import read_lag_samples
from kafka_sizing.sources.times import seconds_of

EPOCH = 1_764_583_200  # 2025-12-01 10:00:00 UTC
HEADER = (
    "GROUP TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG"
    "             CONSUMER-ID      HOST            CLIENT-ID"
)
FIRST = """
app   orders          0          35              36              1  c-1-9f  /10.0.0.1  c-1
app   orders          1          -               40              -  -       -          -
app   returns         0          7               7               0  c-2-3a  /10.0.0.2  c-2
"""
SECOND = """
app   orders          0          40              44              4  c-1-9f  /10.0.0.1  c-1
app   orders          1          2               50              48 c-2-3a  /10.0.0.2  c-2
app   returns         0          7               8               1  c-2-3a  /10.0.0.2  c-2
"""


@pytest.fixture
def read(tmp_path):
    """Write a file and read it."""

    def read_text(text, name="lag.txt", **others):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_lag_samples(path, **others)

    return read_text


def snapshots(first="Mon Dec  1 10:00:00 UTC 2025", second="Mon Dec  1 10:00:30 UTC 2025"):
    return f"{first}\n\n{HEADER}{FIRST}\n{second}\n\n{HEADER}{SECOND}"


def rows(samples):
    frame = samples.to_frame()
    frame = frame.astype(object).where(frame.notna(), None)
    return [tuple(row) for row in frame.drop(columns="lag_records").itertuples(index=False)]


EXPECTED = [
    (0, "orders", 0, 35, 36, "c-1-9f"),
    (30, "orders", 0, 40, 44, "c-1-9f"),
    (0, "orders", 1, None, 40, None),
    (30, "orders", 1, 2, 50, "c-2-3a"),
    (0, "returns", 0, 7, 7, "c-2-3a"),
    (30, "returns", 0, 7, 8, "c-2-3a"),
]


def since(start, expected=EXPECTED):
    return [(start + time, *others) for time, *others in expected]


# --- what kafka-consumer-groups.sh prints ----------------------------------------------


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Mon Dec  1 10:00:00 UTC 2025", "Mon Dec  1 10:00:30 UTC 2025"),
        ("Mon  1 Dec 10:00:00 GMT 2025", "Mon  1 Dec 10:00:30 GMT 2025"),
        ("Mon Dec  1 10:00:00 AM UTC 2025", "Mon Dec  1 10:00:30 AM UTC 2025"),
        ("Mon, 01 Dec 2025 11:00:00 +0100", "Mon, 01 Dec 2025 11:00:30 +0100"),
        ("2025-12-01T10:00:00Z", "2025-12-01T10:00:30+00:00"),
        ("2025-12-01 10:00:00", "2025-12-01 10:00:30"),
        (str(EPOCH), str(EPOCH + 30)),
        (f"{EPOCH}000", f"{EPOCH + 30}000"),
        ("=== 2025-12-01T10:00:00Z ===", "# 2025-12-01T10:00:30Z"),
    ],
)
def test_tables_with_a_time_before_each(read, first, second):
    assert rows(read(snapshots(first, second))) == since(EPOCH)


@pytest.mark.parametrize(
    "encode",
    [
        pytest.param(lambda text: text.replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(lambda text: text.encode("utf-8-sig"), id="UTF-8 with its mark"),
        pytest.param(lambda text: text.encode("utf-16"), id="UTF-16, as PowerShell redirects"),
    ],
)
def test_other_line_ends_and_encodings(read, encode):
    assert rows(read(encode(snapshots()))) == since(EPOCH)


def test_tables_without_times_need_an_interval(read):
    text = HEADER + FIRST + HEADER + SECOND
    assert rows(read(text, every_s=30)) == EXPECTED
    with pytest.raises(ValueError, match="every_s must say how far apart the 2 snapshots of"):
        read(text)
    assert rows(read(HEADER + FIRST)) == [row for row in EXPECTED if row[0] == 0]


def test_a_header_that_is_not_repeated_is_no_matter(read):
    assert rows(read(HEADER + FIRST + SECOND, every_s=30)) == EXPECTED
    assert rows(
        read(snapshots().replace(HEADER, "", 2).replace("\n", f"\n{HEADER}\n", 1))
    ) == since(EPOCH)


def test_times_and_an_interval_are_too_much(read):
    with pytest.raises(ValueError, match=r"every_s must be left out for .*, which says"):
        read(snapshots(), every_s=30)
    with pytest.raises(ValueError, match="every_s must be finite and > 0, got 0"):
        read(snapshots(), every_s=0)


def test_what_the_tool_says_between_tables_is_no_row(read):
    said = (
        "\nConsumer group 'app' has no active members.\n"
        "\nWarning: Consumer group 'app' is rebalancing.\n"
        "OpenJDK 64-Bit Server VM warning: If the number of processors\n"
        "[2025-12-01 10:00:00,123] WARN something (org.apache.kafka)\n"
        "$ kafka-consumer-groups.sh --describe --group app\n"
        "Error: Consumer group 'app' does not exist.\n"
    )
    assert rows(read(said + snapshots() + said)) == since(EPOCH)


def test_a_group_without_members_has_no_owners(read):
    text = re.sub(r"c-\S+ +/\S+ +c-\d", "-    -   -", snapshots())
    samples = read(text)
    assert samples.members == ()
    assert samples.owner.tolist() == [-1] * 6


def test_a_member_without_partitions_is_no_row(read):
    idle = "app   -   -   -   -   -   c-3-77   /10.0.0.3   c-3\n"
    assert rows(read(snapshots() + idle)) == since(EPOCH)


def test_a_group_and_a_client_may_have_spaces_in_their_names(read):
    text = (
        snapshots()
        .replace("app  ", "my app")
        .replace("c-1-9f", "c 1-9f")
        .replace("  c-1", "  c 1")
    )
    samples = read(text)
    assert samples.members == ("c 1-9f", "c-2-3a")
    assert len(samples) == 6


def test_older_and_wider_tables_have_other_columns(read):
    older = "\n".join(line.replace("app ", "    ", 1) for line in (HEADER + FIRST).splitlines())
    older = older.replace("GROUP", "     ")
    assert len(read(older)) == 3
    wider = HEADER.replace("CURRENT", "LEADER-EPOCH  CURRENT") + re.sub(
        r"^(app +\S+ +\d)", r"\1   3", FIRST, flags=re.MULTILINE
    )
    assert rows(read(wider)) == [row for row in EXPECTED if row[0] == 0]
    bare = "TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG\norders 0 1 2 1\n"
    assert read(bare).owner is None


def test_an_end_that_is_not_known_is_a_missing_sample(read):
    text = snapshots().replace("44              4 ", "-  - ")
    assert len(read(text)) == 5


def test_of_several_groups_one_must_be_named(read):
    other = (HEADER + FIRST).replace("app  ", "other").replace(" 35 ", " 99 ")
    text = snapshots().replace(HEADER + FIRST, HEADER + FIRST + "\n" + other)
    assert rows(read(text, group="app")) == since(EPOCH)
    assert read(text, group="other").committed_offsets.tolist() == [99, -1, 7]
    with pytest.raises(ValueError, match=r"group must be one of 'app', 'other' in .* got None"):
        read(text)
    with pytest.raises(ValueError, match=r"got 'othr' \(near: 'other'\)"):
        read(text, group="othr")


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("  35 ", "  3x5 ", r"line 4, column CURRENT-OFFSET: must be a .* or -, got '3x5'"),
        (" 36 ", " -36 ", r"line 4, column LOG-END-OFFSET: must be a .* or -, got '-36'"),
        ("orders          0", "ord/rs          0", r"line 4, column TOPIC: must be a name"),
        ("  8               1  c-2-3a  /10.0.0.2  c-2", "",
         r"line 13: must have 9 columns as the header has, got 4"),
        ("Mon Dec  1 10:00:30", "some words are not a row or a",
         r"line 8, column PARTITION: must be a whole number or -, got 'are'"),
    ],
)  # fmt: skip
def test_a_broken_table_says_where(read, old, new, text):
    assert old in snapshots()
    with pytest.raises(ValueError, match=text):
        read(snapshots().replace(old, new, 1))


def test_a_row_above_the_first_time_has_none(read):
    with pytest.raises(ValueError, match="line 2: must stand below a line with the time"):
        read(snapshots().partition("\n")[2].lstrip("\n"))


def test_two_tables_below_one_time_are_refused(read):
    text = snapshots().replace("Mon Dec  1 10:00:30 UTC 2025", "")
    with pytest.raises(
        ValueError, match=r"line 11: must be of another time than the row of orders-0"
    ):
        read(text)


def test_a_time_before_the_one_above_is_refused(read):
    later, earlier = "Mon Dec  1 10:01:00 UTC 2025", "Mon Dec  1 09:59:30 UTC 2025"
    with pytest.raises(ValueError, match="must be no earlier than the time before it") as caught:
        read(snapshots() + snapshots(later, earlier))
    assert re.search(rf"lag\.txt, line \d+: .*, '{later}', got '{earlier}'$", str(caught.value))
    line = int(re.search(r"line (\d+)", str(caught.value))[1])
    assert (snapshots() + snapshots(later, earlier)).splitlines()[line - 1] == earlier


def test_groups_may_have_been_looked_at_one_after_the_other(read):
    both = snapshots() + snapshots().replace("\napp ", "\nweb ")
    assert rows(read(both, group="web")) == rows(read(both, group="app")) == since(EPOCH)


def test_a_header_alone_holds_nothing(read):
    with pytest.raises(ValueError, match="must hold a row below its header, got none"):
        read(HEADER + "\n")


# --- tables as CSV ---------------------------------------------------------------------


def test_our_own_frame_comes_back_from_csv(tmp_path):
    samples = LagSamples.from_grid(
        [0, 10.5],
        [[1, -1], [2, 3]],
        [[5, 6], [7, 8]],
        partitions=[("a", 0), ("a", 1)],
        members=["m"],
        owner=[[0, -1], [0, 0]],
    )
    path = tmp_path / "lag.csv"
    samples.to_frame().to_csv(path, index=False)
    pd.testing.assert_frame_equal(read_lag_samples(path).to_frame(), samples.to_frame())


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_are_parted_by_comma_semicolon_or_tab(read, delimiter):
    text = "time_s,partition,committed_offset,end_offset\n0,0,1,2\n\n10,0,3,4\n"
    samples = read(text.replace(",", delimiter))
    assert rows(samples) == [(0, "topic", 0, 1, 2), (10, "topic", 0, 3, 4)]


def test_the_table_of_the_tool_may_be_saved_as_csv(read):
    text = (
        "TIMESTAMP,GROUP,TOPIC,PARTITION,CURRENT-OFFSET,LOG-END-OFFSET,LAG,CONSUMER-ID,HOST,CLIENT-ID\n"
        f"{EPOCH},app,orders,0,35,36,1,c-1-9f,/10.0.0.1,c-1\n"
        f"{EPOCH},app,orders,1,-,40,-,-,-,-\n"
        f"{EPOCH + 30},app,orders,0,40,44,4,c-1-9f,/10.0.0.1,c-1\n"
    )
    expected = [EXPECTED[0], EXPECTED[1], EXPECTED[2]]
    assert rows(read(text, name="lag.csv")) == since(EPOCH, expected)
    without = re.sub(r"^(\d+|TIMESTAMP),", "", text, flags=re.MULTILINE)
    assert rows(read(without, name="lag.csv", every_s=30)) == expected


def test_the_lag_stands_in_for_one_of_the_offsets(read):
    text = "time_s,partition,committed_offset,lag\n0,0,10,5\n"
    assert rows(read(text)) == [(0, "topic", 0, 10, 15)]
    text = "time_s,partition,end_offset,lag\n0,0,10,4\n"
    assert rows(read(text)) == [(0, "topic", 0, 6, 10)]


def test_milliseconds_are_told_by_their_size_but_not_in_time_s(read):
    text = f"time,partition,committed_offset,end_offset\n{EPOCH}500,0,1,2\n"
    assert read(text).times_s.tolist() == [EPOCH + 0.5]
    text = f"time_s,partition,committed_offset,end_offset\n{EPOCH}500,0,1,2\n"
    assert read(text).times_s.tolist() == [EPOCH * 1000 + 500]


def test_the_largest_offset_stays_exact(read):
    text = f"time_s,partition,committed_offset,end_offset\n0,0,{2**63 - 2},{2**63 - 1}\n"
    assert read(text).lags_records.tolist() == [1]


GOOD = b"time_s,partition,committed_offset,end_offset\n0,0,1,2\n"


@pytest.mark.parametrize(
    ("added", "text"),
    [
        (b"1,0,x,4\n", r"line 3, column committed_offset: must be a whole number .* got 'x'"),
        (b"1,0,1.5,4\n", r"line 3, column committed_offset: .* got '1.5'"),
        (b"1,0,1,-4\n", r"line 3, column end_offset: must be a whole number >= 0"),
        (b"1,0,1,9223372036854775808\n", r"line 3, column end_offset: .* got '92233720368547758"),
        (b"1,0,1,1e400\n", r"line 3, column end_offset: must be a whole number"),
        (b"\n1,0,1," + b"9" * 80 + b"\n", r"line 4, column end_offset: .* got '9{57}\.\.\.'"),
        (b"soon,0,1,4\n", r"line 3, column time_s: must be a time, got 'soon'"),
        (b"inf,0,1,4\n", r"line 3, column time_s: must be a time, got 'inf'"),
        (b"1,p,1,4\n", r"line 3, column partition: must be a whole number"),
        (b"1,0,1\n", r"line 3: must have 4 columns as the header has, got 3"),
        (b"1,0,1,4,5\n", r"line 3: must have 4 columns as the header has, got 5"),
        (b"1,0,1,\xe9\n", r"line 3: must be UTF-8, got byte 0xe9"),
        (b"1,0,1,\x00\n", r"line 3: must be text, got a zero byte"),
        (b'1,0,1,"4\n', r"line 4: unexpected end of data"),
        (
            b"0,0,1,3\n",
            r"line 3: must be of another time than the row of topic-0 before, got 1970",
        ),
    ],
)
def test_a_broken_table_of_csv_says_where(read, added, text):
    with pytest.raises(ValueError, match=text) as caught:
        read(GOOD + added)
    assert "\n" not in str(caught.value)


def test_rows_whose_ends_grow_while_time_goes_back_are_refused(read):
    head = "time_s,partition,committed_offset,end_offset\n"
    with pytest.raises(
        ValueError,
        match="line 4: must be later than the row of topic-0 before, as more was written by then, "
        "got 10 s after 30 s",
    ):
        read(head + "0,0,1,2\n30,0,2,3\n10,0,3,4\n")


@pytest.mark.parametrize(
    "order",
    [
        pytest.param([2, 1, 0], id="newest first"),
        pytest.param([1, 0, 2], id="in no order"),
        pytest.param([0, 1, 2], id="oldest first"),
    ],
)
def test_rows_may_come_in_any_order_of_time(read, order):
    lines = ["0,0,1,2", "30,0,2,3", "60,0,3,5"]
    text = "\n".join(lines[at] for at in order)
    samples = read(f"time_s,partition,committed_offset,end_offset\n{text}\n")
    assert samples.end_offsets.tolist() == [2, 3, 5]


def test_a_group_is_left_out_for_a_file_without_any(read):
    with pytest.raises(
        ValueError, match=r"group must be left out for .*, which names none, got 'x'"
    ):
        read(GOOD, group="x")


def test_the_same_row_twice_is_no_contradiction(read):
    assert len(read(GOOD + b"0,0,1,2\n")) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must hold samples, got an empty file"),
        (" \n\n", "must hold samples, got an empty file"),
        ("time_s,partition,committed_offset,end_offset\n", "must hold a row below its header"),
        ("time_s,partition,committed_offset,end_offset\n0,0,1,-\n", "must hold a row with an end"),
        (
            "time_s,partition,committed,end_offset\n0,0,1,2\n",
            "must have a column committed_offset",
        ),
        ("hello\nworld\n", r"must have a column partition, or be .* got the columns hello"),
        (
            "partition,committed_offset,end_offset\n0,1,2\n0,3,4\n",
            "every_s must say how far apart",
        ),
    ],
)
def test_what_holds_no_samples_is_refused(read, text, said):
    with pytest.raises(ValueError, match=said):
        read(text)


def test_a_file_that_is_not_there_is_not_found(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_lag_samples(tmp_path / "none.csv")


# --- Prometheus ------------------------------------------------------------------------

KAFKA_EXPORTER = f"""timestamp,__name__,consumergroup,topic,partition,value
{EPOCH},kafka_consumergroup_current_offset,app,orders,0,1.5e+06
{EPOCH},kafka_consumergroup_lag,app,orders,0,10
{EPOCH},kafka_topic_partition_current_offset,,orders,0,1500010
{EPOCH},kafka_consumergroup_current_offset,app,orders,1,-1
{EPOCH},kafka_topic_partition_current_offset,,orders,1,7
{EPOCH},kafka_brokers,,,,3
{EPOCH + 30},kafka_consumergroup_current_offset,app,orders,0,1500020
{EPOCH + 30},kafka_topic_partition_current_offset,,orders,0,1500030
"""
OFFSETS = [
    (0, "orders", 0, 1_500_000, 1_500_010),
    (30, "orders", 0, 1_500_020, 1_500_030),
    (0, "orders", 1, None, 7),
]


def test_an_export_of_kafka_exporter_with_a_column_for_each_label(read):
    assert rows(read(KAFKA_EXPORTER)) == since(EPOCH, OFFSETS)


def test_an_export_with_labels_in_one_column(read):
    def labelled(match):
        time, name, group, topic, partition, value = match.groups()
        labels = f'{name}{{consumergroup=""{group}"",topic=""{topic}"",partition=""{partition}""}}'
        return f'{time},{value},"{labels}"'

    text = re.sub(
        r"^(\d+),(\w+),(\w*),(\w*),(\w*),(.*)$", labelled, KAFKA_EXPORTER, flags=re.MULTILINE
    )
    text = "timestamp,value,metric\n" + text.partition("\n")[2]
    assert rows(read(text)) == since(EPOCH, OFFSETS)
    as_json = re.sub(r'(\w+)=""', r'""\1"":""', text).replace("}", ',""job"":""x""}')
    assert rows(read(as_json)) == since(EPOCH, OFFSETS)


def test_lag_alone_gives_the_end(read):
    text = "\n".join(line for line in KAFKA_EXPORTER.splitlines() if "_topic_" not in line)
    assert rows(read(text)) == [(EPOCH, "orders", 0, 1_500_000, 1_500_010)]


def test_an_export_of_kafka_lag_exporter_names_the_owners(read):
    text = (
        "timestamp,value,name,group,topic,partition,consumer_id\n"
        f"{EPOCH},5,kafka_consumergroup_group_offset,app,orders,0,c-1\n"
        f"{EPOCH},9,kafka_partition_latest_offset,,orders,0,\n"
        f"{EPOCH},NaN,kafka_consumergroup_group_offset,app,orders,1,\n"
        f"{EPOCH},9,kafka_partition_latest_offset,,orders,1,\n"
    )
    expected = [(EPOCH, "orders", 0, 5, 9, "c-1"), (EPOCH, "orders", 1, None, 9, None)]
    assert rows(read(text)) == expected


def test_an_export_of_grafana_has_a_column_for_each_series(read):
    series = [
        f'"{name}{{{group}partition=""{partition}"", topic=""orders""}}"'
        for partition in (0, 1)
        for name, group in (
            ("kafka_consumergroup_current_offset", 'consumergroup=""app"", '),
            ("kafka_topic_partition_current_offset", ""),
        )
    ]
    header = ",".join(['"Time"', *series])
    text = f"sep=,\n{header}\n2025-12-01 10:00:00,5,9,1,2\n2025-12-01 10:00:30,6,10,,4\n"
    expected = [
        (0, "orders", 0, 5, 9),
        (30, "orders", 0, 6, 10),
        (0, "orders", 1, 1, 2),
    ]  # an empty cell is a scrape that was missed
    assert rows(read(text)) == since(EPOCH, expected)


def test_of_several_groups_in_an_export_one_must_be_named(read):
    text = KAFKA_EXPORTER + (f"{EPOCH},kafka_consumergroup_current_offset,other,orders,0,3\n")
    with pytest.raises(ValueError, match="group must be one of 'app', 'other'"):
        read(text)
    assert rows(read(text, group="other")) == [(EPOCH, "orders", 0, 3, 1_500_010)]


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("1500020", "15x", r"line 8, column value: must be a whole number .* got '15x'"),
        (",orders,1,-1", ",,1,-1", "line 5: must have a label topic, got none"),
        (",orders,1,-1", ",orders,,-1", "line 5: must have a label partition, got none"),
        (f"{EPOCH + 30},kafka_c", "later,kafka_c", r"line 8, column timestamp: must be a time"),
    ],
)
def test_a_broken_export_says_where(read, old, new, text):
    assert old in KAFKA_EXPORTER
    with pytest.raises(ValueError, match=text):
        read(KAFKA_EXPORTER.replace(old, new))


@pytest.mark.parametrize(
    ("kept", "text"),
    [
        (
            "brokers",
            "must hold metrics of kafka_exporter or kafka-lag-exporter .* got kafka_b",
        ),
        ("_topic_", "must hold kafka_consumergroup_current_offset or .* got end offsets alone"),
        ("group_current", "must hold end offsets, or the lag, at the times of the committed"),
    ],
)
def test_an_export_without_what_is_needed_is_refused(read, kept, text):
    lines = KAFKA_EXPORTER.splitlines()
    some = [line for line in lines[1:] if kept in line]
    with pytest.raises(ValueError, match=text):
        read("\n".join([lines[0], *some]))


def test_values_without_a_metric_are_refused(read):
    with pytest.raises(ValueError, match="must hold metrics of kafka_exporter"):
        read(f"timestamp,topic,partition,value\n{EPOCH},orders,0,1\n")


# --- times -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1764583200", EPOCH),
        ("1764583200.25", EPOCH + 0.25),
        ("1764583200250", EPOCH + 0.25),
        ("1764583200250000", EPOCH + 0.25),
        ("1764583200250000000", EPOCH + 0.25),
        ("2025-12-01T10:00:00.25Z", EPOCH + 0.25),
        ("2025-12-01T12:00:00+02:00", EPOCH),
        ("2025-12-01 10:00:00,250", EPOCH + 0.25),
        ("Mon Dec  1 10:00:00 PM UTC 2025", EPOCH + 12 * 3600),
        ("Mon Dec  1 12:00:00 AM UTC 2025", EPOCH - 10 * 3600),
        ("Mon 01 Dec 2025 11:00:00 AM CET", EPOCH),
        ("Mon 01 Dec 2025 05:00:00 AM EST", EPOCH),
        ("Mon Dec 1 10:00:00 XYZ 2025", EPOCH),
        ("Mon Dec 1 15:30:00 +0530 2025", EPOCH),
        ("Mon Dec 1 06:00:00 -04 2025", EPOCH),
        ("Mon Dec 1 10:00:00 2025", EPOCH),
    ],
)
def test_a_time_is_seconds_since_the_epoch(text, seconds):
    assert seconds_of(text) == pytest.approx(seconds, abs=1e-6)


@pytest.mark.parametrize(
    "text", ["", "soon", "inf", "nan", "Mon Foo 1 10:00:00 UTC 2025", "Mon Dec 1 10:00:00 UTC",
             "Mon Dec 41 10:00:00 UTC 2025", "Mon ecj 1 10:00:00 UTC 2025"]
)  # fmt: skip
def test_what_is_no_time_is_none(text):
    assert seconds_of(text) is None


def test_of_plain_seconds_nothing_is_guessed():
    assert seconds_of("1764583200250", is_seconds=True) == 1764583200250
    assert seconds_of("2025-12-01", is_seconds=True) is None


# --- properties ------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.integers(0, 2**40), st.integers(0, 2**20)), min_size=1, max_size=12),
    st.integers(1, 4),
)
def test_a_table_printed_is_the_table_read(tmp_path_factory, moments, partitions):
    ends = np.array([end for end, _ in moments])[:, None] + np.arange(partitions)
    committed = np.maximum(ends - np.array([lag for _, lag in moments])[:, None], 0)
    samples = LagSamples.from_grid(np.arange(len(moments)) * 30, committed, ends)
    text = ""
    for at in range(len(moments)):
        text += f"{EPOCH + 30 * at}\n{HEADER}\n"
        for partition in range(partitions):
            done, end = committed[at, partition], ends[at, partition]
            text += f"g topic {partition} {done} {end} {end - done} - - -\n"
    path = tmp_path_factory.mktemp("tables") / "lag.txt"
    path.write_text(text)
    read = read_lag_samples(path)
    assert read.lags_records.tolist() == samples.lags_records.tolist()
    assert (read.times_s - EPOCH).tolist() == samples.times_s.tolist()
