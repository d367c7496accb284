"""Parquet logs: row groups, dictionaries, nulls, and files that break."""

import os
from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kafka_sizing.sources import count_key_files, parquet
from kafka_sizing.sources.paths import find_logs
from kafka_sizing.sources.pieces import Wanted


def written(path, keys, *, groups=1, **options):
    table = pa.table({"other": range(len(keys)), "key": keys})
    pq.write_table(table, path, row_group_size=max(1, -(-len(keys) // groups)), **options)
    return path


def counted(path, **options):
    loads = count_key_files(path, key="key", **options)
    return dict(zip(loads.keys.text(), loads.loads.tolist(), strict=True)), loads.null_load


def some_keys(n=20_000, distinct=900, nulls=True):
    numbers = np.random.default_rng(0).zipf(1.4, n) % distinct
    return [None if nulls and number == 7 else f"user-{number}" for number in numbers.tolist()]


@pytest.mark.parametrize(
    "options",
    [
        {"use_dictionary": True},
        {"use_dictionary": False},
        {"dictionary_pagesize_limit": 500},  # a dictionary first, plain keys when it is full
        {"compression": "zstd", "data_page_version": "2.0"},
    ],
    ids=["codes", "plain", "both", "second page version"],
)
@pytest.mark.parametrize("groups", [1, 7])
@pytest.mark.parametrize("nulls", [False, True])
def test_keys_are_counted_however_they_are_written(tmp_path, options, groups, nulls):
    keys = some_keys(nulls=nulls)
    path = written(tmp_path / "log.parquet", keys, groups=groups, **options)
    expected = Counter(keys)
    null = expected.pop(None, 0)
    assert counted(path) == (dict(expected), null)


def rows_asked(monkeypatch):
    """Note how many rows are asked for at once, of each row group that comes in batches."""
    asked = []
    real = pq.ParquetFile.iter_batches

    def noted(self, rows, **how):
        asked.append(rows)
        return real(self, rows, **how)

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", noted)
    return asked


@pytest.mark.parametrize("options", [{}, {"use_dictionary": False}], ids=["codes", "plain"])
def test_row_groups_too_large_to_hold_come_in_batches(tmp_path, monkeypatch, options):
    monkeypatch.setattr(parquet, "_BYTES_AT_ONCE", 1_000)
    monkeypatch.setattr(parquet, "_ROWS_PER_BATCH", 700)
    asked = rows_asked(monkeypatch)
    keys = some_keys()
    path = written(tmp_path / "log.parquet", keys, groups=2, **options)
    assert counted(path)[0] == {key: n for key, n in Counter(keys).items() if key is not None}
    assert asked == [700, 700]


def test_keys_mostly_spelled_out_are_read_as_such_few_until_it_is_known_how_long_they_are(
    tmp_path, monkeypatch
):
    """Codes would be made by Arrow, key by key, and a dictionary hides how long keys are."""
    monkeypatch.setattr(parquet, "_ROWS_UNTRIED", 60)
    monkeypatch.setattr(parquet, "BYTES_PER_PIECE", 100 * 320)
    asked = rows_asked(monkeypatch)
    keys = [f"{100 * group + n % 100:0320}" for group in range(3) for n in range(300)]
    path = written(tmp_path / "log.parquet", keys, groups=3)
    assert counted(path)[0] == Counter(keys)
    assert asked[0] == 60
    assert asked[1:] == [100, 100]


def test_wide_keys_come_few_at_a_time(tmp_path, monkeypatch):
    """Keys of 1,000 bytes and 4 for their length: 40 fit in 40,160 bytes."""
    monkeypatch.setattr(parquet, "BYTES_PER_PIECE", 40_160)
    keys = [f"{number:01000}" for number in range(200)]
    path = written(tmp_path / "log.parquet", keys, use_dictionary=False)
    key_bytes = pq.read_metadata(path).row_group(0).column(1).total_uncompressed_size
    assert 200 * 40_160 / 40 < key_bytes < 200 * 40_160 / 39  # pages have headers
    wanted = Wanted(key="key", load=None, serializer=None)
    (task,) = parquet.parquet_tasks(find_logs(path), wanted)
    sizes = [piece.batch.records for piece in task()]
    assert sizes == [39] * 5 + [5]
    assert counted(path)[0] == dict.fromkeys(keys, 1)


@pytest.mark.parametrize("encoding", ["DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY", "PLAIN"])
def test_keys_of_every_encoding_are_read(tmp_path, encoding):
    keys = some_keys()
    path = written(
        tmp_path / "log.parquet", keys, groups=3,
        use_dictionary=False, column_encoding={"key": encoding},
    )  # fmt: skip
    expected = Counter(keys)
    null = expected.pop(None)
    assert counted(path) == (dict(expected), null)


def test_json_is_text(tmp_path):
    text = pa.array(['{"a": 1}', "2", '{"a": 1}', None])
    kind = pa.json_() if hasattr(pa, "json_") else pa.string()
    path = written(tmp_path / "log.parquet", text.cast(kind))
    assert counted(path) == ({'{"a": 1}': 2, "2": 1}, 1)


def columns_written(path, **columns):
    names = [name.rstrip("_") for name in columns]
    pq.write_table(pa.Table.from_arrays([pa.array(c) for c in columns.values()], names), path)
    return path


def test_names_in_letters_of_two_cases_are_two_columns(tmp_path):
    path = columns_written(
        tmp_path / "log.parquet", K=["a", "a"], k=["b", "c"], B=[1, 1], b=[2, 5]
    )
    keys = count_key_files(path, key="k", load="b")
    assert dict(zip(keys.keys.text(), keys.loads.tolist(), strict=True)) == {"b": 2, "c": 5}
    assert count_key_files(path, key="K").keys.text() == ["a"]
    numbers = count_key_files(path, key="b", load="B", serializer="string")
    assert numbers.keys.text() == ["2", "5"]
    assert count_key_files(path, key="B", serializer="string").keys.text() == ["1"]
    with pytest.raises(ValueError, match=r"one of the columns \['K', 'k', 'B', 'b'\]"):
        count_key_files(path, key="z")


def test_a_name_that_two_columns_bear_is_refused(tmp_path):
    path = columns_written(
        tmp_path / "log.parquet", k=["a"], k_=["b"], size=[1], size_=[2], x=["c"]
    )
    with pytest.raises(ValueError, match=r"^key must name one column of .*'k'.* there 2 times$"):
        count_key_files(path, key="k")
    with pytest.raises(ValueError, match=r"^load must name one column of .*'size'.* 2 times$"):
        count_key_files(path, key="x", load="size")


def damaged(path, begin, some):
    content = bytearray(path.read_bytes())
    content[begin : begin + len(some)] = some
    path.write_bytes(bytes(content))


def test_codes_that_lead_beyond_the_dictionary_are_refused(tmp_path):
    """Arrow hands them on: 11 bits a code for 1,030 keys, all set, are code 2,047."""
    keys = [f"key-{n}" for n in np.random.default_rng(0).permutation(20_600) % 1_030]
    whole = written(tmp_path / "log.parquet", keys, compression="none").read_bytes()
    column = pq.read_metadata(tmp_path / "log.parquet").row_group(0).column(1)
    page = column.data_page_offset
    size = column.dictionary_page_offset + column.total_compressed_size - page
    said = []
    for part in np.arange(0.05, 0.95, 0.1):
        path = tmp_path / "damaged.parquet"
        path.write_bytes(whole)
        damaged(path, page + int(size * part), b"\xff" * 190)
        with pytest.raises(ValueError, match=rf"^{path} must be readable: ") as caught:
            count_key_files(path, key="key")
        said.append(str(caught.value))
    assert any("codes of key must lie within its dictionary of 1,030, got" in one for one in said)


@pytest.mark.parametrize("page", ["dictionary", "data"])
def test_a_page_that_its_checksum_does_not_fit_is_refused(tmp_path, page):
    keys = some_keys()
    options = {"compression": "none", "write_page_checksum": True}
    path = written(tmp_path / "log.parquet", keys, **options)
    column = pq.read_metadata(path).row_group(0).column(1)
    begin = column.dictionary_page_offset if page == "dictionary" else column.data_page_offset
    at = begin + 100
    damaged(path, at, bytes([path.read_bytes()[at] ^ 1]))
    with pytest.raises(ValueError, match=rf"^{path} must be readable: .*(CRC|checksum)"):
        count_key_files(path, key="key")


def test_keys_are_not_made_codes_where_most_are_spelled_out(tmp_path, monkeypatch):
    asked = []
    real = pq.ParquetFile

    def noted(*arguments, **options):
        asked.append(options.get("read_dictionary"))
        return real(*arguments, **options)

    monkeypatch.setattr(pq, "ParquetFile", noted)
    new = [f"id-{number}" for number in range(9_000)]
    assert counted(written(tmp_path / "new.parquet", new, groups=3))[0] == dict.fromkeys(new, 1)
    assert ["key"] not in asked
    asked.clear()
    assert counted(written(tmp_path / "few.parquet", new[:30] * 300, groups=3))[0] == (
        dict.fromkeys(new[:30], 300)
    )
    assert asked.count(["key"]) == 3


@pytest.mark.parametrize(
    "kind",
    [
        pa.string(),
        pa.large_string(),
        pa.binary(),
        pa.large_binary(),
        pa.dictionary(pa.int8(), pa.string()),
    ],
    ids=str,
)
def test_text_and_bytes_of_every_width_are_keys(tmp_path, kind):
    keys = pa.array(["a", None, "b", "a"]).cast(kind)
    assert counted(written(tmp_path / "log.parquet", keys)) == ({"a": 2, "b": 1}, 1)


def test_loads_are_added_up_in_the_order_of_the_columns_of_the_file(tmp_path):
    table = pa.table({"size": [1.5, 2.0, 4.0], "key": ["a", "b", "a"]})
    pq.write_table(table, tmp_path / "log.parquet")
    loads = count_key_files(tmp_path / "log.parquet", key="key", load="size")
    assert loads.to_frame().values.tolist() == [["a", 5.5, 5.5 / 7.5], ["b", 2.0, 2 / 7.5]]


def test_wrong_loads_are_counted_over_all_row_groups(tmp_path):
    loads = pa.array([1, None, -3, 4, None, 6], pa.int32())
    pq.write_table(
        pa.table({"key": ["a"] * 6, "size": loads}), tmp_path / "log.parquet", row_group_size=2
    )
    with pytest.raises(ValueError, match=r"size must be .* got '-3' \(3 records like this\)"):
        count_key_files(tmp_path / "log.parquet", key="key", load="size")


def test_a_file_without_rows_is_refused(tmp_path):
    with pytest.raises(ValueError, match="must hold at least one record, got none"):
        count_key_files(written(tmp_path / "log.parquet", pa.array([], pa.string())), key="key")


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.95])
def test_a_truncated_file_is_refused_by_name(tmp_path, kept):
    path = written(tmp_path / "log.parquet", some_keys())
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])
    with pytest.raises(ValueError, match=rf"^{path} must be readable: .*") as caught:
        count_key_files(path, key="key")
    assert "\n" not in str(caught.value)


def test_a_page_that_is_damaged_is_refused_by_name(tmp_path):
    path = written(tmp_path / "log.parquet", some_keys(), groups=3)
    content = bytearray(path.read_bytes())
    column = pq.read_metadata(path).row_group(1).column(1)
    begin = column.dictionary_page_offset or column.data_page_offset
    content[begin : begin + column.total_compressed_size] = bytes(column.total_compressed_size)
    path.write_bytes(bytes(content))
    with pytest.raises(ValueError, match=rf"^{path} must be readable: "):
        count_key_files(path, key="key")


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path, monkeypatch):
    path = written(tmp_path / "log.parquet", some_keys(), groups=4)
    other = written(tmp_path / "other.parquet", some_keys(n=10_000), groups=4).read_bytes()
    real = parquet._File.tasks

    def changed_meanwhile(self, **options):
        yield from list(real(self, **options))
        path.write_bytes(other)

    monkeypatch.setattr(parquet._File, "tasks", changed_meanwhile)
    with pytest.raises(ValueError, match=rf"^{path} must (not change while|be readable)"):
        count_key_files(path, key="key")


def test_a_file_whose_time_is_set_back_after_a_change_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "log.csv"
    path.write_text("key\na\nb\n")
    from kafka_sizing.sources import logs

    real = logs.query_tasks

    def changed_meanwhile(*arguments):
        yield from real(*arguments)
        before = path.stat()
        path.write_text("key\na\na\n")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    monkeypatch.setattr(logs, "query_tasks", changed_meanwhile)
    with pytest.raises(ValueError, match=rf"^{path} must not change while it is read, got a"):
        count_key_files(path, key="key")


def test_a_file_that_is_gone_at_the_end_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "log.csv"
    path.write_text("key\na\n")
    from kafka_sizing.sources import logs

    real = logs.query_tasks

    def gone_meanwhile(*arguments):
        yield from real(*arguments)
        path.unlink()

    monkeypatch.setattr(logs, "query_tasks", gone_meanwhile)
    with pytest.raises((ValueError, FileNotFoundError), match=r"log\.csv"):
        count_key_files(path, key="key")
