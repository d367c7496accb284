"""Key logs in files: exact bytes, every format, and one clear line for what is wrong."""
# ruff: noqa: E501 - a table of bad files reads best a file a line

import gzip
import json
import sys
import uuid
import zlib

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kafka_sizing import count_keys
from kafka_sizing.sources import count_key_files

CARRIERS = ["UA", "B6", "UA", "EV", "", "UA", "Ünïcødé-€", "B6"]
LOADS = [300, 20, 500, 1, 7, 0, 2.5, 30]


def zstd(data):
    sink = pa.BufferOutputStream()
    with pa.output_stream(sink, compression="zstd") as stream:
        stream.write(data)
    return sink.getvalue().to_pybytes()


def csv_of(delimiter=","):
    rows = [
        delimiter.join(['""' if key == "" else key, str(load), "x"])
        for key, load in zip(CARRIERS, LOADS, strict=True)
    ]
    return "\n".join([delimiter.join(["carrier", "bytes", "other"]), *rows, ""]).encode()


def json_lines():
    rows = zip(CARRIERS, LOADS, strict=True)
    return "".join(json.dumps({"carrier": k, "bytes": v}) + "\n" for k, v in rows).encode()


def parquet(**columns):
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue().to_pybytes()


def written(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def counted(path, key="key", **options):
    loads = count_key_files(path, key=key, **options)
    return dict(zip(loads.keys, loads.loads.tolist(), strict=True))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("log.csv", csv_of()),
        ("semicolons.csv", csv_of(";")),
        ("log.tsv", csv_of("\t")),
        ("windows.csv", csv_of().replace(b"\n", b"\r\n")),
        ("marked.csv", b"\xef\xbb\xbf" + csv_of()),
        ("log.csv.gz", gzip.compress(csv_of(), mtime=0)),
        ("log.csv.zst", zstd(csv_of())),
        ("log.jsonl", json_lines()),
        ("log.jsonl.gz", gzip.compress(json_lines(), mtime=0)),
        ("log.ndjson.zst", zstd(json_lines())),
        ("list.json", b"[" + b",".join(json_lines().splitlines()) + b"]"),
        ("log.parquet", parquet(carrier=CARRIERS, bytes=LOADS)),
        ("coded.parquet", parquet(carrier=pa.array(CARRIERS).dictionary_encode(), bytes=LOADS)),
        ("binary.pq", parquet(carrier=[key.encode() for key in CARRIERS], bytes=LOADS)),
    ],
)
def test_every_format_gives_what_counting_in_memory_gives(tmp_path, name, content):
    path = written(tmp_path, name, content)
    # An independent count: a mapping made by hand.
    records, loads = {}, {}
    for key, load in zip(CARRIERS, LOADS, strict=True):
        records[key.encode()] = records.get(key.encode(), 0) + 1
        loads[key.encode()] = loads.get(key.encode(), 0) + load
    assert counted(path, "carrier") == records
    assert counted(path, "carrier", load="bytes") == loads


def test_several_files_of_several_formats_add_up_and_columns_may_change_places(tmp_path):
    paths = [
        written(tmp_path, "a.csv", b"key,load\nx,1\ny,2\n"),
        written(tmp_path, "b.csv", b"load,key\n10,x\n"),
        written(tmp_path, "c.tsv.gz", gzip.compress(b"load\tkey\n100\tx\n")),
        written(tmp_path, "d.jsonl", b'{"load": 1000, "key": "x"}\n'),
        written(tmp_path, "e.parquet", parquet(load=[10_000], key=["x"])),
        written(tmp_path, "f.parquet", parquet(key=[b"x"], load=[0.5])),
    ]
    assert counted(paths, load="load") == {b"x": 11_111.5, b"y": 2}


def test_keys_one_a_line_in_a_text_file_need_no_column(tmp_path):
    path = written(tmp_path, "keys.txt.gz", gzip.compress(b"a\n\xff\na\n"))
    assert counted(path, key=None) == {b"a": 2, b"\xff": 1}


def test_csv_keys_keep_their_exact_bytes(tmp_path):
    content = b'key,x\n007,1\n7,1\n a ,1\n"a,b",1\n"x""y",1\n"two\nlines",1\n\xe2\x82\xac,1\na\x00b,1\nNULL,1\n1e3,1\n'
    exact = [
        b"007",
        b"7",
        b" a ",
        b"a,b",
        b'x"y',
        b"two\nlines",
        "€".encode(),
        b"a\x00b",
        b"NULL",
        b"1e3",
    ]
    assert counted(written(tmp_path, "a.csv", content)) == dict.fromkeys(exact, 1)


def test_an_empty_csv_field_is_a_null_key_and_an_empty_text_is_an_empty_key(tmp_path):
    path = written(tmp_path, "a.csv", b'key,load\n,5\n"",3\na,2\n')
    loads = count_key_files(path, key="key", load="load")
    assert (loads.null_load, dict(zip(loads.keys, loads.loads, strict=True))) == (
        5,
        {b"": 3, b"a": 2},
    )


def test_missing_and_null_json_fields_are_null_keys(tmp_path):
    path = written(
        tmp_path, "a.jsonl", b'{"key": "a"}\n{"key": null}\n{"other": 1}\n{"key": "null"}\n'
    )
    loads = count_key_files(path, key="key")
    assert (loads.null_load, list(loads.keys)) == (2, [b"a", b"null"])


def test_json_text_is_unescaped_and_a_field_may_have_any_name(tmp_path):
    name = "a/b~c\"'.d"
    lines = [json.dumps({name: key}) for key in ("A", "€", "\x00", "😀")]
    path = written(tmp_path, "it's.jsonl", "\n".join(lines).encode())
    assert counted(path, name) == dict.fromkeys([b"A", "€".encode(), b"\x00", "😀".encode()], 1)


def test_column_names_are_told_apart_by_case_and_may_hold_quotes(tmp_path):
    path = written(tmp_path, "a.csv", b'Key,key,"k""e\'y"\nA,b,C\n')
    assert [counted(path, name) for name in ("Key", "key", "k\"e'y")] == [
        {b"A": 1},
        {b"b": 1},
        {b"C": 1},
    ]


def test_a_file_name_may_hold_quotes_and_stars(tmp_path):
    written(tmp_path, "ab.csv", b"key\nwrong\n")
    assert counted(written(tmp_path, "a*'[b].csv", b"key\nright\n")) == {b"right": 1}


def test_keys_of_a_mebibyte_are_read(tmp_path):
    long = b"k" * 2**20
    for name, content in (
        ("a.csv", b"key,x\n" + long + b",1\nb,1\n"),
        ("a.jsonl", b'{"key": "' + long + b'"}\n{"key": "b"}\n'),
        ("a.parquet", parquet(key=[long.decode(), "b"])),
    ):
        assert counted(written(tmp_path, name, content)) == {long: 1, b"b": 1}


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.parquet", "a.txt"])
def test_distinct_keys_come_in_the_order_of_their_first_records(tmp_path, name):
    numbers = np.random.default_rng(1).integers(0, 50_000, 300_000)
    keys = [str(number) for number in numbers]
    content = {
        "a.csv": lambda: "\n".join(["key", *keys]).encode(),
        "a.jsonl": lambda: "\n".join(f'{{"key":"{key}"}}' for key in keys).encode(),
        "a.parquet": lambda: parquet(key=keys),
        "a.txt": lambda: "\n".join(keys).encode(),
    }[name]()
    loads = count_key_files(
        written(tmp_path, name, content), key=None if name == "a.txt" else "key"
    )
    assert loads.keys.text() == list(dict.fromkeys(keys))


@pytest.mark.parametrize(
    ("serializer", "expected"),
    [
        ("string", {b"1": 2, b"-2": 1}),
        ("int32", {b"\0\0\0\x01": 2, b"\xff\xff\xff\xfe": 1}),
        ("int64", {b"\0\0\0\0\0\0\0\x01": 2, b"\xff\xff\xff\xff\xff\xff\xff\xfe": 1}),
    ],
)
@pytest.mark.parametrize("name", ["a.parquet", "a.jsonl", "a.csv"])
def test_whole_numbers_are_written_as_the_serializer_does(tmp_path, name, serializer, expected):
    content = {
        "a.parquet": parquet(key=pa.array([1, -2, 1, None], pa.int16())),
        "a.jsonl": b'{"key":1}\n{"key":-2}\n{"key":1}\n{"key":null}\n',
        "a.csv": b"key,x\n1,\n-2,\n1,\n,\n",
    }[name]
    loads = count_key_files(written(tmp_path, name, content), key="key", serializer=serializer)
    assert dict(zip(loads.keys, loads.loads, strict=True)) == expected
    assert loads.null_load == 1


def test_floats_and_uuids_are_written_as_the_serializer_does(tmp_path):
    one = uuid.UUID(int=1)
    floats = written(tmp_path, "f.jsonl", b'{"key": 1.5}\n{"key": 2}\n')
    assert counted(floats, serializer="float64") == {
        b"\x3f\xf8" + bytes(6): 1,
        b"\x40" + bytes(7): 1,
    }
    ids = written(tmp_path, "u.csv", f"key\n{str(one).upper()}\n{one}\n".encode())
    assert counted(ids, serializer="uuid") == {str(one).encode(): 2}
    doubles = written(tmp_path, "d.parquet", parquet(key=[0.1, float(np.float32(0.1))]))
    assert counted(doubles, serializer="float32") == {b"\x3d\xcc\xcc\xcd": 2}


def test_parquet_has_types_that_arrow_lacks(tmp_path):
    path = tmp_path / "types.parquet"
    one = uuid.UUID(int=1)
    duckdb.sql(f"""COPY (SELECT '{one}'::UUID AS id, 'b'::ENUM ('a', 'b') AS choice,
        18446744073709551615::UBIGINT AS big, 1.5::DECIMAL(5, 2) AS price, true AS flag)
        TO '{path}'""")
    assert counted(path, "id", load="price", serializer="uuid") == {str(one).encode(): 1.5}
    assert counted(path, "choice") == {b"b": 1}
    assert counted(path, "big", serializer="string") == {b"18446744073709551615": 1}
    with pytest.raises(TypeError, match=r"id hold UUIDs: .* got no serializer"):
        counted(path, "id")
    with pytest.raises(TypeError, match="got 'flag' of type BOOLEAN"):
        counted(path, "flag")


def test_members_of_one_compressed_file_are_all_read(tmp_path):
    parts = [b"key,x\na,1\n", b"b,2\nc,3\n"]
    for name, pack in (("a.csv.gz", gzip.compress), ("a.csv.zst", zstd)):
        path = written(tmp_path, name, b"".join(map(pack, parts)))
        assert counted(path) == {b"a": 1, b"b": 1, b"c": 1}


def test_kish_gives_the_sample_behind_unequal_loads(tmp_path):
    path = written(tmp_path, "a.csv", b"key,load\na,1\na,1\nb,2\n,4\n")
    loads = count_key_files(path, key="key", load="load")
    assert loads.sample_size == pytest.approx(8**2 / (1 + 1 + 4 + 16))
    assert count_key_files(path, key="key").sample_size == 4
    assert count_key_files(path, key="key", load="load", unit="records").sample_size == 8


def test_a_row_for_each_key_is_its_total_and_no_sample(tmp_path):
    path = written(tmp_path, "a.csv", b"key,load\na,4\nb,1\n,1\n")
    assert count_key_files(path, key="key", load="load").sample_size is None
    assert count_key_files(path, key="key").sample_size == 3


def test_files_and_memory_agree_on_a_log_with_many_keys(tmp_path):
    rng = np.random.default_rng(7)
    keys = [f"user-{number}" for number in rng.zipf(1.3, 50_000) % 10_000]
    loads = rng.integers(1, 1_000, 50_000)
    path = written(tmp_path, "a.parquet", parquet(key=keys, load=loads))
    ours = count_key_files(path, key="key", load="load")
    theirs = count_keys(pa.table({"key": keys, "load": loads}), key="key", load="load")
    assert ours.unit == theirs.unit == "bytes"
    assert ours.sample_size == pytest.approx(theirs.sample_size)
    assert dict(zip(ours.keys, ours.loads, strict=True)) == dict(
        zip(theirs.keys, theirs.loads, strict=True)
    )


@pytest.mark.parametrize(
    ("name", "content", "kind", "message"),
    [
        ("a.csv", b"key,load\n", ValueError, "must hold at least one record, got none"),
        ("a.parquet", parquet(key=pa.array([], pa.string())), ValueError, "at least one record"),
        ("a.csv", b"key,load\n,1\n,2\n", ValueError, "not null, got 2 null keys"),
        ("a.jsonl", b'{"key":null}\n', ValueError, "not null, got 1 null keys"),
        ("a.csv", b"kye,load\na,1\n", ValueError, r"columns \['kye', 'load'\] .* got 'key' \(near: 'kye'\)"),
        ("a.parquet", parquet(kye=["a"]), ValueError, r"columns \['kye'\] .* got 'key' \(near: 'kye'\)"),
        ("a.jsonl", b'{"kye":"a"}\n', ValueError, r"columns \['kye'\] .* got 'key' \(near: 'kye'\)"),
        ("a.csv", b"k" * 200_000 + b"\na\n", ValueError, "must begin with column names"),
        ("a.csv", b"key,key\na,b\n", ValueError, "must name one column .* stands there 2 times"),
        ("a.csv", b"key,load\na,1\nb\n", ValueError, "must hold 2 columns a line, got 1 in line 3"),
        ("a.csv", b"key,load\na,1\nb,2,3\n", ValueError, "2 columns a line, got 3 in line 3"),
        ("a.csv", b'key,load\n"a,1\nb,2\n', ValueError, "must close every quote, .* in line 2"),
        ("a.csv", b"key,load\na,1\n\xff\xfe,2\n", ValueError, "UTF-8 text, got other bytes in line 3"),
        ("a.csv", b"k\xffy,load\na,1\n", ValueError, "UTF-8 text, got other bytes in line 1"),
        ("a.csv", b"key,x\n" + b"k" * 3_000_000 + b",\n", ValueError, "lines of at most 2 MB"),
        ("a.jsonl", b'{"key":"a"}\n{"key":"\xff"}\n', ValueError, "must hold UTF-8 text"),
        ("a.jsonl", b'{"key":"a"}\nkey,load\n', ValueError, "must hold JSON, got unexpected char"),
        ("a.jsonl", b'{"key":"a"}\n{"key":"', ValueError, "must hold JSON, got unexpected end"),
        ("a.parquet", parquet(key=["a"])[:-40] + b"PAR1", ValueError, "must be readable"),
        ("a.jsonl", b'{"key":"a"}\n{"key":7}\n', TypeError, "one type, got integers in 1 record, text in 1 record$"),
        ("a.jsonl", b'{"key":true}\n', TypeError, "must be text or numbers, got booleans in 1 record$"),
        ("a.jsonl", b'{"key":{"a":1}}\n', TypeError, "must be text or numbers, got objects"),
        ("a.jsonl", b'{"key":[1]}\n', TypeError, "must be text or numbers, got arrays"),
        ("a.jsonl", b'{"key":"a"}\n[1]\n5\n', ValueError, "must hold JSON objects, got 2 records of another kind"),
        ("a.json", b'["a","b"]', ValueError, "must hold JSON objects, got 2 records of another kind"),
        ("a.jsonl", b'{"key":7}\n', TypeError, "key hold integers: .* got no serializer"),
        ("a.jsonl", b'{"key":7.5}\n', TypeError, "key hold floating-point numbers: .* no serializer"),
        ("a.parquet", parquet(key=[7]), TypeError, "key hold integers: .* got no serializer"),
        ("a.parquet", parquet(key=pa.array([1], pa.date32())), TypeError, "got 'key' of type DATE"),
        ("a.parquet", parquet(key=[[1]]), TypeError, r"got 'key' of type BIGINT\[\]"),
    ],
)  # fmt: skip
def test_one_line_says_what_is_wrong_with_a_file(tmp_path, name, content, kind, message):
    path = written(tmp_path, name, content)
    with pytest.raises(kind, match=message) as caught:
        count_key_files(path, key="key")
    assert "\n" not in str(caught.value)
    if kind is ValueError:
        assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (b"a,1\nb,-2\n", r"got '-2' \(1 record like this\)"),
        (b"a,nan\nb,NaN\n", r"got 'NaN' \(2 records like this\)"),
        (b"a,inf\n", r"got 'inf' \(1 record"),
        (b"a,\n", r"got null \(1 record"),
        (b"a,many\n", r"got 'many' \(1 record"),
    ],
)
def test_a_load_that_is_none_is_counted_and_quoted(tmp_path, rows, message):
    path = written(tmp_path, "a.csv", b"key,load\n" + rows)
    with pytest.raises(ValueError, match="load must be a finite number >= 0 .* " + message):
        count_key_files(path, key="key", load="load")


def test_a_load_must_be_a_number_in_typed_files(tmp_path):
    with pytest.raises(
        TypeError, match="load must be a column of numbers, got 'load' of type VARC"
    ):
        count_key_files(
            written(tmp_path, "a.parquet", parquet(key=["a"], load=["1"])), key="key", load="load"
        )
    with pytest.raises(ValueError, match=r"""must be a finite number .* got '"1"'"""):
        count_key_files(
            written(tmp_path, "a.jsonl", b'{"key":"a","load":"1"}'), key="key", load="load"
        )


def test_a_missing_column_is_found_in_each_of_several_files(tmp_path):
    paths = [
        written(tmp_path, "a.csv", b"key\na\n"),
        written(tmp_path, "b.csv", b"kex\nb\n"),
    ]
    with pytest.raises(ValueError, match=r"columns \['kex'\] of .*b\.csv"):
        count_key_files(paths, key="key")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"kex,size\nb,1\n"),
        ("a.tsv", b"kex\tsize\nb\t1\n"),
        ("a.parquet", parquet(kex=["b"], size=[1])),
        ("a.jsonl", b'{"kex":"b","size":1}\n'),
    ],
)
def test_columns_are_listed_where_none_is_named_or_the_load_is_missing(tmp_path, name, content):
    path = written(tmp_path, name, content)
    with pytest.raises(ValueError, match=r"^key must be one of the columns \['kex', 'size'\]"):
        count_key_files(path)
    with pytest.raises(ValueError, match=r"^load must be one of .* got 'sise' \(near: 'size'\)"):
        count_key_files(path, key="kex", load="sise")


def test_loads_that_add_up_to_no_number_are_refused(tmp_path):
    path = written(tmp_path, "a.csv", b"key,load\na,1e308\nb,1e308\n")
    with pytest.raises(ValueError, match="must add up to a finite total, got inf"):
        count_key_files(path, key="key", load="load")


def test_loads_too_small_or_large_to_square_are_kept(tmp_path):
    for size in ("1e-200", "1e200"):
        content = f"key,load\na,{size}\nb,{size}\n".encode()
        counted = count_key_files(written(tmp_path, "a.csv", content), key="key", load="load")
        assert counted.loads.tolist() == [float(size)] * 2


def test_text_here_and_numbers_there_are_mixed_types(tmp_path):
    paths = [
        written(tmp_path, "a.parquet", parquet(key=["a"])),
        written(tmp_path, "b.parquet", parquet(key=[1])),
    ]
    with pytest.raises(
        TypeError, match=r"one type in all files, got text in .*a.* integers in .*b"
    ):
        count_key_files(paths, key="key", serializer="int32")


@pytest.mark.parametrize("name", ["a.csv.gz", "a.csv.zst", "a.jsonl.gz"])
def test_a_compressed_file_that_was_cut_off_loses_nothing_in_silence(tmp_path, name):
    line = b'{"key":"a"}\n' if "json" in name else b"a\n"
    rows = (b"" if "json" in name else b"key\n") + line * 100_000
    if name.endswith("gz"):  # cut at a flush: all lines are there, the end is not
        packer = zlib.compressobj(wbits=31)
        content = packer.compress(rows) + packer.flush(zlib.Z_FULL_FLUSH)
    else:
        content = zstd(rows)[:-4]
    with pytest.raises(ValueError, match=r"must be whole (gzip|zstd) data"):
        count_key_files(written(tmp_path, name, content), key="key")


def test_a_key_column_belongs_to_a_table(tmp_path):
    lines = written(tmp_path, "a.txt", b"a\n")
    with pytest.raises(ValueError, match="must be a table to have columns, got key='key'"):
        count_key_files(lines, key="key")
    with pytest.raises(
        ValueError, match=r"key must be one of the columns \['key'\] of .*, got none"
    ):
        count_key_files(written(tmp_path, "a.csv", b"key\na\n"))


def test_progress_hears_shares_of_the_work(tmp_path):
    heard = []
    keys = pa.array(np.arange(1_500_000).astype(str))
    path = written(tmp_path, "a.parquet", parquet(key=keys))
    count_key_files(path, key="key", progress=heard.append)
    assert heard
    assert all(0 <= one.share <= 1 and one.records <= 1_500_000 for one in heard)
    assert (heard[-1].share, heard[-1].records, heard[-1].look) == (1, 1_500_000, 1)
    assert heard[-1].left_s == 0
    assert heard[-1].records_per_s == pytest.approx(1_500_000 / heard[-1].elapsed_s)


def test_memory_must_hold_more_than_the_bins(tmp_path):
    path = written(tmp_path, "a.csv", b"key\na\n")
    with pytest.raises(ValueError, match="memory_bytes must be a whole number in 67,108,864"):
        count_key_files(path, key="key", memory_bytes=2**20)
    assert len(count_key_files(path, key="key", memory_bytes=8 * 2**30)) == 1


@pytest.mark.parametrize("missing", ["duckdb", "numba", "pyarrow"])
def test_a_package_that_is_missing_is_named_with_its_extra(tmp_path, monkeypatch, missing):
    path = written(tmp_path, "a.csv", b"key\na\n")
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ImportError, match=rf"{missing} is needed .* 'kafka-sizing\[cli\]'"):
        count_key_files(path, key="key")
